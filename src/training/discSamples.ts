import { detectSpine } from "../detection/index.js";
import type { Disc, Spine, TissueLabels } from "../detection/index.js";
import { FEATURES, LOCAL_FINDINGS, measureDiscs, partnerOf, slicesOfDisc } from "../grading/index.js";
import type { DiscMeasures, Partner } from "../grading/index.js";
import type { Volume } from "../imaging/index.js";
import { renderPhantom } from "../phantom/index.js";
import type { Phantom, TrueDisc } from "../phantom/index.js";
import { TRAINING_FAMILIES } from "./corners/samples.js";
import {
  listGradedPatients,
  listSpacePatients,
  readGradings,
  readMidSlice,
  readT1MidSlice,
  readOverview,
  readSpaceStack,
  validationPatients,
} from "./spider.js";
import type { DiscGrading, SpaceSlice } from "./spider.js";

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
  /** Who graded it, where that is not the default reader; the labels are then those of this reader's head. */
  readonly reader?: string;
}

/** Weight of labels that are inferred: SPIDER gives one Modic type a disc, not one an endplate. */
const INFERRED = 0.4;

/** SPIDER's gradings as allowed class indices. Its binary narrowing says "normal" or "some degree of it". */
export function clinicalLabels(grading: DiscGrading): Pick<DiscSample, "labels" | "doubt"> {
  const marrow = grading.modic > 0 ? [1] : [0];
  return {
    labels: {
      pfirrmann: [grading.pfirrmann - 1],
      narrowing: grading.narrowing === 0 ? [0] : [1, 2, 3],
      spondylolisthesis: [grading.spondylolisthesis],
      upperEndplateDefect: [grading.upperEndplateDefect],
      lowerEndplateDefect: [grading.lowerEndplateDefect],
      upperMarrowChange: marrow,
      lowerMarrowChange: marrow,
      herniation: [grading.herniation],
      bulging: [grading.bulging],
      modic: [grading.modic],
    },
    doubt: grading.modic > 0 ? { upperMarrowChange: INFERRED, lowerMarrowChange: INFERRED } : {},
  };
}

/** Numberings that the overview's count of discs contradicts are not trusted. */
export function isTrusted(spine: Spine, discs: number): boolean {
  return (
    Math.abs(spine.discs.length - discs) <= 1 &&
    !spine.flags.some(({ code }) => code === "sacrum-uncertain" || code === "disc-missed")
  );
}

/** What {@link samplesOf} is told. */
export interface SampleOptions {
  readonly spine: Spine;
  /** Labels of a disc as one slice of it shows them. */
  readonly labelsOf: (disc: Disc, slice: number) => Pick<DiscSample, "labels" | "doubt"> | undefined;
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

/** A stack of SPACE slices as a volume; slices lie 1.8 mm apart. */
export function spaceVolume(stack: readonly SpaceSlice[]): Volume {
  const { rows, columns, spacing } = stack[0]!.image;
  const voxels = new Int16Array(stack.length * rows * columns);
  stack.forEach(({ image }, s) => {
    voxels.set(image.voxels, s * rows * columns);
  });
  const step = 1.8;
  const affine = [0, 0, -step, 0, spacing[0], 0, 0, 0, 0, -spacing[1], 0, 0, 0, 0, 0, 1];
  return {
    voxels,
    rows,
    columns,
    slices: stack.length,
    spacing: [spacing[0], spacing[1], step],
    affine,
    geometry: "patient",
  };
}

/** Gradings of a patient by level. */
export function gradingsOf(all: readonly DiscGrading[], patient: string): Map<string, DiscGrading> {
  return new Map(
    all.filter((grading) => grading.patient === patient).map((grading) => [grading.level, grading]),
  );
}

/**
 * Graded discs of SPIDER, located by the detector: middle slices and SPACE stacks.
 * @param isHeld tells which patients are left out; the validation split unless given
 */
export async function clinicalSamples(
  folder: string,
  models: string,
  log: (line: string) => void,
  isHeld?: (patient: string) => boolean,
): Promise<{ samples: DiscSample[]; patients: number }> {
  const [gradings, overview, graded] = await Promise.all([
    readGradings(folder),
    readOverview(folder),
    listGradedPatients(folder),
  ]);
  const validation = new Set(validationPatients(graded));
  const isOut = isHeld ?? ((patient: string): boolean => validation.has(patient));
  const samples: DiscSample[] = [];
  const used = new Set<string>();
  const add = async (
    patient: string,
    series: string,
    load: (spacing: number) => Promise<Volume>,
    offsets: readonly number[],
    t1?: Volume,
  ): Promise<void> => {
    const { spacing, discs } = overview.get(series)!;
    try {
      const spine = await detectSpine(await load(spacing), models);
      if (!isTrusted(spine, discs)) return;
      const own = gradingsOf(gradings, patient);
      const labelsOf = ({ level }: Disc) => {
        const grading = own.get(level);
        return grading === undefined ? undefined : clinicalLabels(grading);
      };
      for (const sample of samplesOf({ spine, labelsOf, offsets, source: "clinical", t1 }))
        samples.push({ ...sample, patient });
      used.add(patient);
    } catch (error) {
      log(`${series}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  for (const patient of graded.filter((id) => !isOut(id)))
    await add(
      patient,
      `${patient}_t2`,
      (spacing) => readMidSlice(folder, patient, spacing),
      [0],
      await readT1MidSlice(folder, patient, overview.get(`${patient}_t1`)?.spacing),
    );
  for (const patient of (await listSpacePatients(folder)).filter((id) => !isOut(id)))
    await add(
      patient,
      `${patient}_t2_SPACE`,
      async (spacing) => spaceVolume(await readSpaceStack(folder, patient, spacing)),
      [-1, 0, 1],
    );
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
): Pick<DiscSample, "labels" | "doubt"> {
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
