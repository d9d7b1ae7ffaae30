import { ImagingError } from "./errors.js";
import { hashId, type Series } from "./series.js";

/** The series of one examination of one person, as far as the files tell. */
export interface Examination {
  /** The study's hash where the files say it ({@link Series.study}), else one made of what they say. */
  readonly id: string;
  readonly series: readonly Series[];
}

/**
 * What tells an examination from others: the study; without one who was examined and when; an image file that is not DICOM says
 * nothing of that, so that each is one for itself.
 */
function examinationOf(series: Series): string {
  if (series.study !== undefined) return series.study;
  if (series.modality === "") return series.id;
  const { patient = "", day = "" } = series.subject?.() ?? {};
  return hashId(`examination ${patient} ${day}`);
}

/** Groups series by examination, in the order in which they come. */
export function examinations(series: readonly Series[]): Examination[] {
  const groups = new Map<string, Series[]>();
  for (const one of series) {
    const id = examinationOf(one);
    groups.set(id, [...(groups.get(id) ?? []), one]);
  }
  return [...groups].map(([id, members]) => ({ id, series: members }));
}

/** The examinations that could be meant: those with a sagittal T2 among the candidates, without any those with a candidate. */
export function gradableExaminations(
  series: readonly Series[],
  candidates: readonly Series[],
): Examination[] {
  const holding = (wanted: (one: Series) => boolean): Examination[] =>
    examinations(series).filter((one) =>
      one.series.some((member) => candidates.includes(member) && wanted(member)),
    );
  const withT2 = holding(({ contrast }) => contrast === "T2");
  return withT2.length > 0 ? withT2 : holding(() => true);
}

const listed = (all: readonly Examination[]): string => {
  const shown = all.slice(0, 10).map(({ id, series }) => `"${id}" (${series.length} series)`);
  return all.length > shown.length
    ? `${shown.join(", ")} and ${all.length - shown.length} more`
    : shown.join(", ");
};

/** The examination with the id. @throws ImagingError that lists the ids that are there */
export function examinationById(series: readonly Series[], id: string): Examination {
  const all = examinations(series);
  const found = all.find((one) => one.id === id);
  if (found !== undefined) return found;
  throw new ImagingError(
    "no-files",
    `There is no study "${id}" here; ${all.length === 0 ? "none was found" : `choose one of ${listed(all)}`}.`,
  );
}

/**
 * The one examination that can be meant, and how many there are.
 * @throws ImagingError "several-studies" where more than one could be: none is taken in silence
 */
export function onlyExamination(
  series: readonly Series[],
  candidates: readonly Series[],
): { readonly examination: Examination | undefined; readonly count: number } {
  const gradable = gradableExaminations(series, candidates);
  if (gradable.length > 1)
    throw new ImagingError(
      "several-studies",
      `There are ${gradable.length} studies here that could be graded: ${listed(gradable)}. Name the one that is meant (--study ID; in a cell the option study), or take all (--all or --cohort FILE; in a cell findStudies or gradeCohort).`,
    );
  return { examination: gradable[0], count: examinations(series).length };
}
