import {
  bodyHeight,
  cropRegion,
  DetectionError,
  detectSpine,
  neighbourHeights,
  regionOfDisc,
} from "../../detection/index.js";
import type { BodyCorners, Spine } from "../../detection/index.js";
import { Random } from "../../numbers/index.js";
import { renderPhantom } from "../../phantom/index.js";
import type { Phantom, PhantomTruth } from "../../phantom/index.js";
import { gradingsOf, isTrusted } from "../discSamples.js";
import {
  listGradedPatients,
  readGradings,
  readMidSlice,
  readOverview,
  validationPatients,
} from "../spider.js";
import { FRACTIONAL_GRADES, nearestGrade } from "../../grading/index.js";

/** A graded disc, cut out as Niemeyer 2021 did. */
export interface GradedCrop {
  /** All discs of a patient stay on one side of every split. */
  readonly patient: string;
  readonly level: string;
  /** The rater's grade: 1 to 5, whole or with .3 and .7. */
  readonly grade: number;
  /** [row][column] in [−1, 1]. */
  readonly crop: Float32Array;
  readonly source: "clinical" | "synthetic";
}

/** Graded discs of one detected spine. */
export function cropsOfSpine(
  spine: Spine,
  patient: string,
  grades: ReadonlyMap<string, number>,
  size: number,
): GradedCrop[] {
  const { volume } = spine.stack;
  const heights = new Map(
    spine.vertebrae.map(({ level, corners }) => [level, bodyHeight(corners, volume.spacing)]),
  );
  return spine.discs.flatMap((disc) => {
    const grade = grades.get(disc.level);
    if (grade === undefined) return [];
    const region = regionOfDisc(disc, volume.spacing, neighbourHeights(disc.level, heights));
    const crop = cropRegion(volume, disc.slice, region, size);
    return [{ patient, level: disc.level, grade, crop, source: "clinical" as const }];
  });
}

/** Patients between two lines of the log. */
const LOG_EVERY = 20;

/** A patient of SPIDER whose T2 middle slice was located, with the published Pfirrmann grades by level. */
export interface LocatedPatient {
  readonly patient: string;
  readonly spine: Spine;
  readonly grades: ReadonlyMap<string, number>;
}

/** The graded patients of SPIDER on one side of the project's split, in numerical order. */
export async function patientsOfSide(data: string, side: "training" | "held-out"): Promise<string[]> {
  const graded = await listGradedPatients(data);
  const held = new Set(validationPatients(graded));
  return graded.filter((id) => held.has(id) === (side === "held-out"));
}

/** Locates the discs of patients one by one; spines whose numbering is doubtful are left out. */
export async function* locatePatients(
  { data, models }: { readonly data: string; readonly models: string },
  patients: readonly string[],
  log: (line: string) => void,
): AsyncGenerator<LocatedPatient> {
  const [gradings, overview] = await Promise.all([readGradings(data), readOverview(data)]);
  for (const [i, patient] of patients.entries()) {
    if (i > 0 && i % LOG_EVERY === 0) log(`located the discs of ${i} of ${patients.length} patients`);
    const { spacing, discs } = overview.get(`${patient}_t2`)!;
    try {
      const spine = await detectSpine(await readMidSlice(data, patient, spacing), models);
      if (!isTrusted(spine, discs)) continue;
      const grades = new Map(
        [...gradingsOf(gradings, patient)].map(([level, { pfirrmann }]) => [level, pfirrmann]),
      );
      yield { patient, spine, grades };
    } catch (error) {
      // A picture without a spine is left out; whatever else is wrong concerns all of them.
      if (!(error instanceof DetectionError)) throw error;
      log(`${patient}: ${error.message}`);
    }
  }
}

/**
 * Graded discs of SPIDER's T2 middle slices, located by the detector; spines whose numbering is doubtful are left out.
 * @param side "training" leaves the validation patients of the project out, "held-out" gives only those
 */
export async function spiderCrops(
  { data, models, size }: { readonly data: string; readonly models: string; readonly size: number },
  side: "training" | "held-out",
  log: (line: string) => void,
): Promise<GradedCrop[]> {
  const crops: GradedCrop[] = [];
  const patients = await patientsOfSide(data, side);
  for await (const { patient, spine, grades } of locatePatients({ data, models }, patients, log))
    crops.push(...cropsOfSpine(spine, patient, grades, size));
  return crops;
}

/** A simulated rater's grade with .3 and .7 steps: the true one with normal noise, rounded to a valid grade. */
export function simulatedGrade(truth: number, noise: number, random: Random): number {
  return FRACTIONAL_GRADES[nearestGrade(truth + noise * random.normal(), FRACTIONAL_GRADES)]!;
}

/** Discs of one phantom at their true places. */
export function cropsOfPhantom(
  { volume, truth }: Pick<Phantom, "volume" | "truth">,
  patient: string,
  grades: ReadonlyMap<string, number>,
  size: number,
): GradedCrop[] {
  const point = ({ pixel }: { pixel: readonly [number, number] }) => ({ column: pixel[0], row: pixel[1] });
  const heights = new Map(
    truth.vertebrae.map(({ level, corners: c }) => {
      const corners: BodyCorners = {
        anteriorSuperior: point(c.anteriorSuperior),
        posteriorSuperior: point(c.posteriorSuperior),
        posteriorInferior: point(c.posteriorInferior),
        anteriorInferior: point(c.anteriorInferior),
      };
      return [level, bodyHeight(corners, volume.spacing)];
    }),
  );
  return truth.discs.map((disc) => {
    const box = { ...disc, centre: point(disc) };
    const region = regionOfDisc(box, volume.spacing, neighbourHeights(disc.level, heights));
    const crop = cropRegion(volume, disc.slice, region, size);
    return { patient, level: disc.level, grade: grades.get(disc.level)!, crop, source: "synthetic" };
  });
}

/** Grades that a simulated rater gives the discs of a phantom, by level. */
export function simulatedGrades(
  { discs }: Pick<PhantomTruth, "discs">,
  noise: number,
  random: Random,
): Map<string, number> {
  return new Map(
    discs.map(({ level, grades }) => [level, simulatedGrade(grades.pfirrmann.fractional, noise, random)]),
  );
}

/** Discs of phantoms (one study a patient) at their true places, graded by a simulated rater in 13 grades. */
export function phantomCrops({
  phantoms,
  seed,
  raterNoise,
  size,
}: {
  readonly phantoms: number;
  readonly seed: number;
  readonly raterNoise: number;
  readonly size: number;
}): GradedCrop[] {
  return Array.from({ length: phantoms }, (_, i) => {
    const random = new Random(seed * 7907 + i);
    const phantom = renderPhantom({ seed: seed * 10007 + i, slices: 3 });
    const grades = simulatedGrades(phantom.truth, raterNoise, random);
    return cropsOfPhantom(phantom, `phantom-${i + 1}`, grades, size);
  }).flat();
}
