import * as v from "valibot";
import { finiteNumber, numberBetween, recordOf } from "../../text/index.js";
import type { Schema } from "../../text/index.js";
import { chooseSagittal, chooseStudy, readSeries } from "../../imaging/index.js";
import type { Contrast, PictureSpacing, Series, Subject } from "../../imaging/index.js";
import { pseudonym, shiftedDay } from "../pseudonym.js";
import type { StudyRecord } from "../records.js";

/** What is told of one file of a study, and it may not say itself. */
export interface ToldFile {
  /** mm between the pixels of a picture; "auto": to be estimated. */
  readonly spacing?: PictureSpacing | undefined;
  readonly contrast?: Contrast | undefined;
  /** What its one series is called in the cohort, where an importer has named it. */
  readonly series?: string | undefined;
}

/** What is told of a study, as by a manifest, and goes before what its files say. */
export interface Told {
  readonly patient?: string | undefined;
  readonly dataset?: string | undefined;
  /** Years. */
  readonly age?: number | undefined;
  readonly sex?: "F" | "M" | undefined;
  /** A shifted day, as in {@link StudyRecord.day}. */
  readonly day?: number | undefined;
  readonly scanner?: string | undefined;
  readonly more?: StudyRecord["more"] | undefined;
  /** Of each path of the study, in their order. */
  readonly files: readonly ToldFile[];
}

export const CONTRASTS = ["T1", "T2", "T2FS", "STIR", "PD", "unknown"] as const satisfies readonly Contrast[];

/** As a worker is told it. */
export const TOLD: Schema<Told> = v.object({
  patient: v.optional(v.string()),
  dataset: v.optional(v.string()),
  age: v.optional(finiteNumber()),
  sex: v.optional(v.picklist(["F", "M"])),
  day: v.optional(finiteNumber()),
  scanner: v.optional(v.string()),
  more: v.optional(recordOf(v.union([v.string(), v.number(), v.boolean()]))),
  files: v.array(
    v.object({
      spacing: v.optional(v.union([v.literal("auto"), numberBetween(0)])),
      contrast: v.optional(v.picklist(CONTRASTS)),
      series: v.optional(v.string()),
    }),
  ),
});

/**
 * A study by what its header says of who was examined, and before that what is told of it. @param plan the secret of the
 * pseudonyms, and the data set where none is told
 */
export function studyRecord(
  plan: { readonly salt: string; readonly dataset: string },
  { study, told = { files: [] } }: { readonly study: string; readonly told?: Told },
  subject: Subject = {},
): StudyRecord {
  const fromHeader = subject.patient === undefined ? study : pseudonym(plan.salt, "patient", subject.patient);
  const { patient = fromHeader, dataset = plan.dataset, more } = told;
  const [age, sex] = [told.age ?? subject.age, told.sex ?? subject.sex];
  const day =
    told.day ?? (subject.day === undefined ? undefined : shiftedDay(plan.salt, patient, subject.day));
  const scanner = told.scanner ?? scannerOf(subject);
  return {
    study,
    patient,
    dataset,
    ...(age === undefined ? {} : { age }),
    ...(sex === undefined ? {} : { sex }),
    ...(day === undefined ? {} : { day }),
    ...(scanner === undefined ? {} : { scanner }),
    ...(more === undefined ? {} : { more }),
  };
}

/** `SIEMENS 1.5 T`, as far as a header tells. */
function scannerOf({ manufacturer, fieldStrength }: Subject): string | undefined {
  const words = [manufacturer?.trim() ?? "", fieldStrength === undefined ? "" : `${fieldStrength} T`];
  return words.filter((word) => word !== "").join(" ") || undefined;
}

/** A series of a study, and the file or folder that it was read from. */
export interface FoundSeries {
  readonly series: Series;
  readonly path: string;
  /** What a cohort calls it, where its file tells no id: `t2`. */
  readonly name?: string;
}

/** The series at a path, with what is told of it. @param called names of pictures that are taken */
async function seriesAt(
  path: string,
  told: ToldFile,
  called: Set<string>,
  study: string,
): Promise<FoundSeries[]> {
  const { spacing, contrast } = told;
  const found = await readSeries(path, spacing === undefined ? {} : { spacing });
  if (found.length > 1 && contrast !== undefined) {
    // Of a whole study the series of that weighting are meant, where its headers tell any.
    const meant = found.filter((one) => one.contrast === contrast);
    return (meant.length > 0 ? meant : found).map((series) => ({ series, path }));
  }
  return found.map((series) => {
    const weighted = contrast === undefined ? series : { ...series, contrast };
    if (told.series !== undefined) return { series: weighted, path, name: told.series };
    if (series.study !== undefined || series.geometry !== "image") return { series: weighted, path };
    const base = (contrast ?? "picture").toLowerCase();
    let name = base;
    for (let number = 2; called.has(name); number++) name = `${base}-${number}`;
    called.add(name);
    return { series: { ...weighted, id: name, study }, path, name };
  });
}

/** The series of a study of which something is told. @throws ImagingError */
export async function readTold(study: string, paths: readonly string[], told: Told): Promise<FoundSeries[]> {
  const called = new Set<string>();
  const all: FoundSeries[] = [];
  for (const [i, path] of paths.entries())
    all.push(...(await seriesAt(path, told.files[i] ?? {}, called, study)));
  return all;
}

/** The series to grade, and the T1 series where one was told. @throws ImagingError */
export function chooseTold(
  found: readonly FoundSeries[],
  paths: readonly string[],
  told: Told | undefined,
): { readonly t2: Series; readonly t1?: Series } {
  const isT1 = (path: string): boolean => told?.files[paths.indexOf(path)]?.contrast === "T1";
  const partners = found.filter(({ path }) => isT1(path)).map(({ series }) => series);
  const others = found.filter(({ path }) => !isT1(path)).map(({ series }) => series);
  if (partners.length === 0 || others.length === 0)
    return { t2: chooseStudy(found.map(({ series }) => series)).t2 };
  return { t2: chooseStudy(others).t2, t1: chooseSagittal(partners) };
}
