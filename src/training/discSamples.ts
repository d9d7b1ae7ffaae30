import { detectSpine } from "../detection/index.js";
import type { Disc, Spine } from "../detection/index.js";
import { FEATURES, geometryOf, slicesOfDisc } from "../grading/index.js";
import type { Volume } from "../imaging/index.js";
import { renderPhantom } from "../phantom/index.js";
import {
  listGradedPatients,
  listSpacePatients,
  readGradings,
  readMidSlice,
  readOverview,
  readSpaceStack,
  validationPatients,
} from "./spider.js";
import type { DiscGrading, SpaceSlice } from "./spider.js";

/** A graded disc in one slice of a volume. */
export interface DiscSample {
  readonly volume: Volume;
  readonly slice: number;
  readonly disc: Pick<Disc, "centre" | "angle" | "width" | "height">;
  /** The disc above, for relative height. */
  readonly above: Pick<Disc, "height"> | undefined;
  /** Classes that the label allows, by feature key; a feature without a label is absent. */
  readonly labels: Readonly<Record<string, readonly number[]>>;
  /** How much the sample counts, by feature key (1 where absent). */
  readonly doubt: Readonly<Record<string, number>>;
  readonly source: "clinical" | "synthetic";
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
function isTrusted(spine: Spine, discs: number): boolean {
  return (
    Math.abs(spine.discs.length - discs) <= 1 &&
    !spine.flags.some(({ code }) => code === "sacrum-uncertain" || code === "disc-missed")
  );
}

/** Samples of one detected spine: each graded disc in each of the slices about its middle. */
function samplesOf(
  spine: Spine,
  gradings: ReadonlyMap<string, DiscGrading>,
  everySlice: boolean,
): DiscSample[] {
  const { volume } = spine.stack;
  return spine.discs.flatMap((disc, i) => {
    const grading = gradings.get(disc.level);
    if (grading === undefined) return [];
    const slices = everySlice
      ? slicesOfDisc(volume, disc.slice).filter(({ weight }) => weight >= 1)
      : [{ slice: disc.slice }];
    return slices.map(({ slice }): DiscSample => ({
      volume,
      slice,
      disc,
      above: spine.discs[i - 1],
      ...clinicalLabels(grading),
      source: "clinical",
    }));
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

/** Graded discs of SPIDER outside the validation split, located by the detector: middle slices and SPACE stacks. */
export async function clinicalSamples(
  folder: string,
  models: string,
  log: (line: string) => void,
): Promise<{ samples: DiscSample[]; patients: number }> {
  const [gradings, overview, graded] = await Promise.all([
    readGradings(folder),
    readOverview(folder),
    listGradedPatients(folder),
  ]);
  const held = new Set(validationPatients(graded));
  const samples: DiscSample[] = [];
  const used = new Set<string>();
  const add = async (
    patient: string,
    series: string,
    load: (spacing: number) => Promise<Volume>,
    everySlice: boolean,
  ): Promise<void> => {
    const { spacing, discs } = overview.get(series)!;
    try {
      const spine = await detectSpine(await load(spacing), models);
      if (!isTrusted(spine, discs)) return;
      samples.push(...samplesOf(spine, gradingsOf(gradings, patient), everySlice));
      used.add(patient);
    } catch (error) {
      log(`${series}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  for (const patient of graded.filter((id) => !held.has(id)))
    await add(patient, `${patient}_t2`, (spacing) => readMidSlice(folder, patient, spacing), false);
  for (const patient of (await listSpacePatients(folder)).filter((id) => !held.has(id)))
    await add(
      patient,
      `${patient}_t2_SPACE`,
      async (spacing) => spaceVolume(await readSpaceStack(folder, patient, spacing)),
      true,
    );
  return { samples, patients: used.size };
}

/** Graded discs of phantoms, at their true places. */
export function syntheticSamples(count: number, seed: number): DiscSample[] {
  return Array.from({ length: count }, (_, i) =>
    renderPhantom({ seed: seed * 10007 + i, appearance: i % 3 === 2 ? "random" : "physics" }),
  ).flatMap(({ volume, truth }) => {
    const discs = truth.discs.map((disc) => ({
      ...disc,
      centre: { column: disc.pixel[0], row: disc.pixel[1] },
    }));
    return discs.flatMap((disc, i) => {
      const labels = Object.fromEntries(
        FEATURES.map(({ key, classes }): [string, number[]] => [
          key,
          [classes.indexOf(Math.round(disc.grades[key as keyof typeof disc.grades].grade))],
        ]),
      );
      return slicesOfDisc(volume, disc.slice)
        .filter(({ weight }) => weight >= 1)
        .map(({ slice }): DiscSample => ({
          volume,
          slice,
          disc,
          above: discs[i - 1],
          labels,
          doubt: {},
          source: "synthetic",
        }));
    });
  });
}

/** The numbers fed beside the picture, for a sample. */
export function sampleGeometry(sample: DiscSample): Float32Array {
  return geometryOf(sample.disc, sample.above);
}
