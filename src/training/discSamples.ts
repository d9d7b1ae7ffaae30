import { detectSpine } from "../detection/index.js";
import type { Disc, Spine, TissueLabels } from "../detection/index.js";
import { FEATURES, LOCAL_FINDINGS, measureDiscs, partnerOf, slicesOfDisc } from "../grading/index.js";
import type { DiscMeasures, Partner } from "../grading/index.js";
import type { Volume } from "../imaging/index.js";
import { renderPhantom } from "../phantom/index.js";
import { counted } from "../text/index.js";
import type { Phantom, TrueDisc } from "../phantom/index.js";
import { TRAINING_FAMILIES } from "./corners/samples.js";
import { mainRaters, openDatasets, patientsOf, seriesOfKind, sliceRange } from "./datasets/index.js";
import type { DatasetPatient, DatasetSeries, DataSource, DiscGrading } from "./datasets/index.js";
import { readerHead } from "./readerHeads.js";

/** A graded disc in one slice of a volume. */
export interface DiscSample {
  readonly volume: Volume;
  readonly slice: number;
  /** The patient's T1 series, where there is one of the same place. */
  readonly partner?: Partner | undefined;
  readonly disc: Pick<Disc, "centre" | "angle" | "width" | "height">;
  readonly measures: DiscMeasures;
  /** Classes that the label allows, by feature key; a feature without a label is absent. */
  readonly labels: Readonly<Record<string, readonly number[]>>;
  /** How much the sample counts, by feature key (1 where absent). */
  readonly doubt: Readonly<Record<string, number>>;
  /** The detector's tissues in the slice. */
  readonly tissue?: TissueLabels | undefined;
  readonly source: "clinical" | "synthetic";
  /** Whose disc it is; a phantom's is nobody's. */
  readonly patient?: string;
  /** Who graded it, where that is another reader than the one whose habits are learned ({@link LabelOptions.reader}). */
  readonly reader?: string;
}

/** What is known of a disc. */
export type SampleLabels = Pick<DiscSample, "labels" | "doubt" | "reader">;

/** Weight of labels that are inferred: SPIDER gives one Modic type a disc, RSNA calls mild stenosis normal. */
const INFERRED = 0.4;

/** How much a reader's grades count. */
export interface LabelOptions {
  /** Weight of each label: a disc that several read gives each of them a part. 1 unless given. */
  readonly share?: number;
  /**
   * Another reader than the one whose habits are learned: the Pfirrmann grade then is a label of this reader's own head, see
   * `readerHeads.ts`; a grade of narrowing means within one of it.
   */
  readonly reader?: string | undefined;
}

/** Classes within one of the k-th. */
function aboutClass(k: number, classes: number): number[] {
  return [k - 1, k, k + 1].filter((one) => one >= 0 && one < classes);
}

/**
 * Grades of a table as allowed class indices. A binary narrowing says "normal" or "some degree of it"; a Modic type whether marrow has
 * changed, not beside which endplate; RSNA's severity whether the canal is narrow, where "normal or mild" is less than sure.
 */
export function clinicalLabels(
  grades: DiscGrading["grades"],
  { share = 1, reader }: LabelOptions = {},
): SampleLabels {
  const labels: Record<string, readonly number[]> = {};
  const doubt: Record<string, number> = {};
  const { narrowingPresent, canalStenosisSeverity, modic } = grades;
  for (const { key, classes } of FEATURES) {
    const k = grades[key] === undefined ? -1 : classes.indexOf(grades[key]);
    if (k < 0) continue;
    if (reader !== undefined && key === "pfirrmann") labels[readerHead(reader)] = [k];
    else labels[key] = reader !== undefined && key === "narrowing" ? aboutClass(k, classes.length) : [k];
  }
  if (labels.narrowing === undefined && narrowingPresent !== undefined)
    labels.narrowing = narrowingPresent === 0 ? [0] : [1, 2, 3];
  if (labels.centralCanalStenosis === undefined && canalStenosisSeverity !== undefined) {
    labels.centralCanalStenosis = [Math.min(1, canalStenosisSeverity)];
    if (canalStenosisSeverity === 0) doubt.centralCanalStenosis = INFERRED;
  }
  for (const key of ["upperMarrowChange", "lowerMarrowChange"])
    if (labels[key] === undefined && modic !== undefined) {
      labels[key] = [Math.min(1, modic)];
      if (modic > 0) doubt[key] = INFERRED;
    }
  if (share !== 1) for (const key of Object.keys(labels)) doubt[key] = share * (doubt[key] ?? 1);
  return { labels, doubt, ...(reader === undefined ? {} : { reader }) };
}

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

/** What {@link samplesOf} is told. */
export interface SampleOptions {
  readonly spine: Spine;
  /** Labels of a disc as one slice of it shows them. */
  readonly labelsOf: (disc: Disc, slice: number) => SampleLabels | undefined;
  /** Steps from a disc's middle slice to the slices that are taken. */
  readonly offsets: readonly number[];
  readonly source: DiscSample["source"];
  readonly t1?: Volume | undefined;
}

/** The discs of a detected spine that have labels, each in its middle slice or in the slices about it. */
export function samplesOf({ spine, labelsOf, offsets, source, t1 }: SampleOptions): DiscSample[] {
  const { volume } = spine.stack;
  const partner = t1 === undefined ? undefined : partnerOf(volume, t1);
  const measures = measureDiscs(spine);
  return offsets.flatMap((offset) => {
    const sliceOf = (disc: Disc): number | undefined => {
      const near = slicesOfDisc(volume, disc.slice);
      const middle = near.findIndex(({ slice }) => slice === disc.slice);
      return near[middle + offset]?.slice;
    };
    return spine.discs.flatMap((disc, i) => {
      const slice = sliceOf(disc);
      const labels = slice === undefined ? undefined : labelsOf(disc, slice);
      if (labels === undefined || slice === undefined) return [];
      const tissue = spine.tissue.find((one) => one.slice === slice);
      return [{ volume, slice, partner, disc, measures: measures[i]!, ...labels, tissue, source }];
    });
  });
}

/** The slices of a volume that samples show, so that the rest of the stack need not be kept; samples of one volume. */
function trimmed(samples: readonly DiscSample[]): DiscSample[] {
  const [first] = samples;
  if (first === undefined) return [];
  const { volume, partner } = first;
  const shown = samples.map(({ slice }) => slice);
  const [low, high] = [Math.min(...shown), Math.max(...shown)];
  if (high - low + 1 === volume.slices) return [...samples];
  const part = sliceRange(volume, low, high - low + 1);
  const beside = partner === undefined ? undefined : trimmedPartner(partner, volume, low, high);
  return samples.map((sample) => ({
    ...sample,
    ...{ volume: part, partner: beside, slice: sample.slice - low },
    tissue: sample.tissue === undefined ? undefined : { ...sample.tissue, slice: sample.slice - low },
  }));
}

/** A partner's slices beside those from `low` to `high` of the volume, and where these are in what is left of it. */
function trimmedPartner({ volume: t1, place }: Partner, volume: Volume, low: number, high: number): Partner {
  const corners = [low, high].flatMap((slice) =>
    [0, volume.columns - 1].flatMap((column) =>
      [0, volume.rows - 1].map((row) => place([column, row, slice])[2]),
    ),
  );
  const within = (slice: number): number => Math.min(t1.slices - 1, Math.max(0, slice));
  const from = within(Math.floor(Math.min(...corners)) - 1);
  const to = within(Math.ceil(Math.max(...corners)) + 1);
  return {
    volume: sliceRange(t1, from, to - from + 1),
    place: ([column, row, slice]) => {
      const [c, r, s] = place([column, row, slice + low]);
      return [c, r, s - from];
    },
  };
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

/**
 * Graded discs of data sets, located by the detector: T2 slices or stacks with their T1 partners, and further T2 stacks. Graded scales of
 * readers beside those of the first data set are not pooled with theirs ({@link LabelOptions.reader}).
 * @param isHeld tells which patients are left out; those kept out of all training unless given
 */
export async function clinicalSamples(
  data: DataSource,
  models: string,
  log: (line: string) => void,
  isHeld?: (patient: string) => boolean,
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
      for (const sample of trimmed(own)) samples.push({ ...sample, patient: patient.patient });
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

/** Distance (mm) within which a detected disc is a phantom's true one. */
const SAME_DISC = 8;

/** A finding is seen in a slice from this area on (mm²); with less, but not none, the slice has no label for it. */
const SEEN = 4;

/** True grades of a phantom's disc as allowed classes, as one slice shows them. */
function syntheticLabels(
  { grades, level }: TrueDisc,
  slice: number,
  { volume, pathology }: Phantom,
): SampleLabels {
  const size = volume.rows * volume.columns;
  const area = (feature: string): number => {
    const mask = pathology.find((one) => one.feature === feature && one.level === level);
    if (mask === undefined) return 0;
    let voxels = 0;
    for (const at of mask.voxels) if (Math.floor(at / size) === slice) voxels++;
    return voxels * volume.spacing[0] * volume.spacing[1];
  };
  const entries = FEATURES.flatMap(({ key, classes }): [string, number[]][] => {
    const label = classes.indexOf(Math.round(grades[key as keyof typeof grades].grade));
    // A slice beside a finding does not show it: its label there is that of the slice.
    if (!LOCAL_FINDINGS.has(key) || label === 0) return [[key, [label]]];
    const seen = key === "modic" ? Math.max(area("upperMarrowChange"), area("lowerMarrowChange")) : area(key);
    if (seen === 0) return [[key, [0]]];
    return seen < SEEN ? [] : [[key, [label]]];
  });
  return { labels: Object.fromEntries(entries), doubt: {} };
}

/** Graded discs of the i-th phantom of a seed, in every slice that a reading takes; none where no spine was found. */
export async function samplesOfPhantom(i: number, seed: number, models: string): Promise<DiscSample[]> {
  const phantom = renderPhantom({
    seed: seed * 10007 + i,
    family: TRAINING_FAMILIES[i % TRAINING_FAMILIES.length]!,
    artefacts: i % 2 === 0 ? {} : "drawn",
    contrasts: ["T2", "T1"],
  });
  const { volume, truth, t1 } = phantom;
  const spine = await detectSpine(volume, models).catch(() => undefined);
  if (spine === undefined) return [];
  const labelsOf = ({ centre }: Disc, slice: number) => {
    const disc = truth.discs.find(
      ({ pixel: [column, row] }) =>
        Math.hypot(column - centre.column, row - centre.row) * volume.spacing[0] < SAME_DISC,
    );
    return disc === undefined ? undefined : syntheticLabels(disc, slice, phantom);
  };
  return samplesOf({ spine, labelsOf, offsets: [-2, -1, 0, 1, 2], source: "synthetic", t1 });
}

/** Graded discs of phantoms, where the detector found them: a training sample is cut as a reading's is. */
export async function syntheticSamples(count: number, seed: number, models: string): Promise<DiscSample[]> {
  const samples: DiscSample[] = [];
  for (let i = 0; i < count; i++) samples.push(...(await samplesOfPhantom(i, seed, models)));
  return samples;
}
