import { detectSpine } from "../detection/index.js";
import type { Disc, Spine } from "../detection/index.js";
import { FEATURES, geometryOf, measureDiscs, slicesOfDisc } from "../grading/index.js";
import type { Volume } from "../imaging/index.js";
import { renderPhantom } from "../phantom/index.js";
import type { TrueDisc } from "../phantom/index.js";
import { TRAINING_FAMILIES } from "./corners/samples.js";
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
  /** {@link geometryOf} the disc. */
  readonly geometry: Float32Array;
  /** Classes that the label allows, by feature key; a feature without a label is absent. */
  readonly labels: Readonly<Record<string, readonly number[]>>;
  /** How much the sample counts, by feature key (1 where absent). */
  readonly doubt: Readonly<Record<string, number>>;
  readonly source: "clinical" | "synthetic";
  /** Whose disc it is; a phantom's is nobody's. */
  readonly patient?: string;
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

/** The discs of a detected spine that have labels, each in its middle slice or in the slices about it. */
function samplesOf(
  spine: Spine,
  labelsOf: (disc: Disc) => Pick<DiscSample, "labels" | "doubt"> | undefined,
  everySlice: boolean,
  source: DiscSample["source"],
): DiscSample[] {
  const { volume } = spine.stack;
  const offsets = everySlice ? [-1, 0, 1] : [0];
  const measures = measureDiscs(spine);
  return offsets.flatMap((offset) => {
    const sliceOf = (disc: Disc): number | undefined => {
      const near = slicesOfDisc(volume, disc.slice);
      const middle = near.findIndex(({ slice }) => slice === disc.slice);
      return near[middle + offset]?.slice;
    };
    return spine.discs.flatMap((disc, i) => {
      const [slice, labels] = [sliceOf(disc), labelsOf(disc)];
      if (labels === undefined || slice === undefined) return [];
      return [{ volume, slice, disc, geometry: geometryOf(measures[i]!), ...labels, source }];
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
    everySlice: boolean,
  ): Promise<void> => {
    const { spacing, discs } = overview.get(series)!;
    try {
      const spine = await detectSpine(await load(spacing), models);
      if (!isTrusted(spine, discs)) return;
      const own = gradingsOf(gradings, patient);
      const labels = ({ level }: Disc) => {
        const grading = own.get(level);
        return grading === undefined ? undefined : clinicalLabels(grading);
      };
      for (const sample of samplesOf(spine, labels, everySlice, "clinical"))
        samples.push({ ...sample, patient });
      used.add(patient);
    } catch (error) {
      log(`${series}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  for (const patient of graded.filter((id) => !isOut(id)))
    await add(patient, `${patient}_t2`, (spacing) => readMidSlice(folder, patient, spacing), false);
  for (const patient of (await listSpacePatients(folder)).filter((id) => !isOut(id)))
    await add(
      patient,
      `${patient}_t2_SPACE`,
      async (spacing) => spaceVolume(await readSpaceStack(folder, patient, spacing)),
      true,
    );
  return { samples, patients: used.size };
}

/** Distance (mm) within which a detected disc is a phantom's true one. */
const SAME_DISC = 8;

/** True grades of a phantom's disc as allowed classes. */
function syntheticLabels({ grades }: TrueDisc): Pick<DiscSample, "labels" | "doubt"> {
  const labels = Object.fromEntries(
    FEATURES.map(({ key, classes }): [string, number[]] => [
      key,
      [classes.indexOf(Math.round(grades[key as keyof typeof grades].grade))],
    ]),
  );
  return { labels, doubt: {} };
}

/** Graded discs of phantoms, where the detector found them: a training sample is cut as a reading's is. */
export async function syntheticSamples(count: number, seed: number, models: string): Promise<DiscSample[]> {
  const samples: DiscSample[] = [];
  for (let i = 0; i < count; i++) {
    const { volume, truth } = renderPhantom({
      seed: seed * 10007 + i,
      family: TRAINING_FAMILIES[i % 3 === 2 ? 1 : 0],
      artefacts: i % 2 === 0 ? {} : "drawn",
    });
    const spine = await detectSpine(volume, models).catch(() => undefined);
    if (spine === undefined) continue;
    const labels = ({ centre }: Disc) => {
      const disc = truth.discs.find(
        ({ pixel: [column, row] }) =>
          Math.hypot(column - centre.column, row - centre.row) * volume.spacing[0] < SAME_DISC,
      );
      return disc === undefined ? undefined : syntheticLabels(disc);
    };
    samples.push(...samplesOf(spine, labels, true, "synthetic"));
  }
  return samples;
}
