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
import { gradedSeries, mainRaters, openDatasets, patientsOf } from "../datasets/index.js";
import type { DatasetPatient, DataSource } from "../datasets/index.js";
import { isTrusted } from "../samples/index.js";
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

/** A patient whose T2 series was located, with the published Pfirrmann grades by level. */
export interface LocatedPatient {
  readonly patient: string;
  readonly spine: Spine;
  readonly grades: ReadonlyMap<string, number>;
}

/** Pfirrmann grades by level as the reader gave them whose habits are learned; of several readers the first. */
function gradesOfMain({ gradings }: DatasetPatient, raters: ReadonlySet<string>): Map<string, number> {
  const grades = new Map<string, number>();
  for (const { level, rater, grades: given } of gradings)
    if (given.pfirrmann !== undefined && raters.has(rater) && !grades.has(level))
      grades.set(level, given.pfirrmann);
  return grades;
}

/** Patients on one side of the project's split with Pfirrmann grades by the first data set's readers, in its order. */
export async function patientsOfSide(
  data: DataSource,
  side: "training" | "held-out",
): Promise<DatasetPatient[]> {
  const datasets = await openDatasets(data, () => undefined);
  const raters = mainRaters(datasets);
  return patientsOf(datasets, side === "training" ? "training" : "validation").filter(
    (patient) => gradedSeries(patient) !== undefined && gradesOfMain(patient, raters).size > 0,
  );
}

/** Locates the discs of patients one by one; spines whose numbering is doubtful are left out. */
export async function* locatePatients(
  models: string,
  patients: readonly DatasetPatient[],
  log: (line: string) => void,
): AsyncGenerator<LocatedPatient> {
  for (const [i, one] of patients.entries()) {
    const { patient } = one;
    if (i > 0 && i % LOG_EVERY === 0) log(`located the discs of ${i} of ${patients.length} patients`);
    const series = gradedSeries(one)!;
    try {
      const spine = await detectSpine(await series.load(), models);
      if (!isTrusted(spine, series)) continue;
      const raters = new Set(one.gradings.map(({ rater }) => rater));
      yield { patient, spine, grades: gradesOfMain(one, raters) };
    } catch (error) {
      // A picture without a spine is left out; whatever else is wrong concerns all of them.
      if (!(error instanceof DetectionError)) throw error;
      log(`${patient}: ${error.message}`);
    }
  }
}

/**
 * Graded discs of data sets' T2 series (SPIDER's), located by the detector; spines whose numbering is doubtful are left out, and patients
 * whom only other readers graded than those of the first data set.
 * @param side "training" leaves the validation patients of the project out, "held-out" gives only those
 */
export async function spiderCrops(
  { data, models, size }: { readonly data: DataSource; readonly models: string; readonly size: number },
  side: "training" | "held-out",
  log: (line: string) => void,
): Promise<GradedCrop[]> {
  const crops: GradedCrop[] = [];
  const patients = await patientsOfSide(await openDatasets(data, log), side);
  for await (const { patient, spine, grades } of locatePatients(models, patients, log))
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
