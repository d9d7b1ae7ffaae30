import { detectSpine } from "../../detection/index.js";
import type { Spine } from "../../detection/index.js";
import { counted } from "../../text/index.js";
import { mainRaters, openDatasets, patientsOf, seriesOfKind } from "../datasets/index.js";
import type { DatasetPatient, DatasetSeries, DataSource } from "../datasets/index.js";
import { samplesOf, trimmed } from "./discSample.js";
import type { DiscSample, SampleOptions } from "./discSample.js";
import { clinicalLabels } from "./labels.js";
import { withSuppressed } from "./suppressed.js";

/** mm along the slice that a disc may lie beside the place where the data set marks it. */
const BESIDE_PLACE = 15;

/** Whether every disc that the data set marks lies where the spine has the disc of that name. */
function isWherePublished(spine: Spine, places: DatasetSeries["places"]): boolean {
  if (places === undefined) return true;
  const { volume, toOriginal } = spine.stack;
  return spine.discs.every(({ level, centre, slice }) => {
    const place = places.get(level);
    if (place === undefined) return true;
    const [, row] = toOriginal([centre.column, centre.row, slice]);
    return Math.abs(row - place.row) * volume.spacing[1] < BESIDE_PLACE;
  });
}

/** Numberings that the data set's count of discs, or its marks, contradict are not trusted. */
export function isTrusted(spine: Spine, { discs, places }: Pick<DatasetSeries, "discs" | "places">): boolean {
  return (
    (discs === undefined || Math.abs(spine.discs.length - discs) <= 1) &&
    isWherePublished(spine, places) &&
    !spine.flags.some(({ code }) => code === "sacrum-uncertain" || code === "disc-missed")
  );
}

/** Slices that a disc of a stack is learned in: its middle one and those on either side. */
const STACK_OFFSETS = [-1, 0, 1];

/** What is read of a patient's discs by each reader, as labels: a reader's share is one part of all. */
function labelsByRater(
  { gradings }: DatasetPatient,
  learned: ReadonlySet<string>,
): SampleOptions["labelsOf"][] {
  const raters = [...new Set(gradings.map(({ rater }) => rater))];
  return raters.map((rater) => {
    const own = new Map(gradings.filter((one) => one.rater === rater).map((one) => [one.level, one]));
    return ({ level }) => {
      const grading = own.get(level);
      if (grading === undefined) return undefined;
      const readers = gradings.filter((one) => one.level === level).length;
      const reader = learned.has(rater) ? undefined : rater;
      return clinicalLabels(grading.grades, { share: 1 / readers, reader });
    };
  });
}

/** How samples are taken. */
export interface ClinicalOptions {
  /** Which patients are left out; those kept out of all training unless given. */
  readonly isHeld?: ((patient: string) => boolean) | undefined;
  /** Whether discs are also made as fat suppression would show them, where there is T1 of the same place. */
  readonly suppressed?: boolean | undefined;
}

/**
 * Graded discs of data sets, located by the detector: T2 slices or stacks with their T1 partners, and further T2 stacks. Graded scales of
 * readers beside those of the first data set are not pooled with theirs ({@link LabelOptions.reader}).
 */
export async function clinicalSamples(
  data: DataSource,
  models: string,
  log: (line: string) => void,
  { isHeld, suppressed = false }: ClinicalOptions = {},
): Promise<{ samples: DiscSample[]; patients: number }> {
  const datasets = await openDatasets(data, log);
  const learned = mainRaters(datasets);
  const chosen = isHeld
    ? datasets.flatMap(({ patients }) => patients).filter(({ patient }) => !isHeld(patient))
    : patientsOf(datasets, "training");
  const samples: DiscSample[] = [];
  const used = new Set<string>();
  let doubtful = 0;
  const add = async (patient: DatasetPatient, series: DatasetSeries): Promise<void> => {
    try {
      const volume = await series.load();
      const spine = await detectSpine(volume, models);
      if (!isTrusted(spine, series)) {
        doubtful++;
        return;
      }
      const t1 = series.kind === "T2" ? await seriesOfKind(patient, "T1")?.load() : undefined;
      const offsets = volume.slices === 1 ? [0] : STACK_OFFSETS;
      const own = labelsByRater(patient, learned).flatMap((labelsOf) =>
        samplesOf({ spine, labelsOf, offsets, source: "clinical", t1 }),
      );
      const all =
        suppressed && t1 !== undefined ? await withSuppressed(own, spine, t1, models, used.size) : own;
      for (const sample of trimmed(all)) samples.push({ ...sample, patient: patient.patient });
      used.add(patient.patient);
    } catch (error) {
      log(`${series.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  for (const kind of ["T2", "SPACE"] as const)
    for (const patient of chosen) {
      const series = patient.gradings.length === 0 ? undefined : seriesOfKind(patient, kind);
      if (series !== undefined) await add(patient, series);
    }
  if (doubtful > 0)
    log(`${counted(doubtful, "series", "series")} left out: the numbering of their discs is in doubt`);
  return { samples, patients: used.size };
}
