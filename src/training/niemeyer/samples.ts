import {
  bodyHeight,
  cropRegion,
  DetectionError,
  detectSpine,
  neighbourHeights,
  regionOfDisc,
} from "../../detection/index.js";
import type { BodyCorners, Spine } from "../../detection/index.js";
import { Random } from "../../engine/index.js";
import { renderPhantom } from "../../phantom/index.js";
import type { Phantom } from "../../phantom/index.js";
import { gradingsOf, isTrusted } from "../discSamples.js";
import {
  listGradedPatients,
  readGradings,
  readMidSlice,
  readOverview,
  validationPatients,
} from "../spider.js";
import { FRACTIONAL_GRADES, nearestGrade } from "./grades.js";

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
function cropsOfSpine(
  spine: Spine,
  patient: string,
  grades: ReadonlyMap<string, { readonly pfirrmann: number }>,
  size: number,
): GradedCrop[] {
  const { volume } = spine.stack;
  const heights = new Map(
    spine.vertebrae.map(({ level, corners }) => [level, bodyHeight(corners, volume.spacing)]),
  );
  return spine.discs.flatMap((disc) => {
    const grading = grades.get(disc.level);
    if (grading === undefined) return [];
    const region = regionOfDisc(disc, volume.spacing, neighbourHeights(disc.level, heights));
    const crop = cropRegion(volume, disc.slice, region, size);
    return [{ patient, level: disc.level, grade: grading.pfirrmann, crop, source: "clinical" as const }];
  });
}

/** Patients between two lines of the log. */
const LOG_EVERY = 20;

/**
 * Graded discs of SPIDER's T2 middle slices, located by the detector; spines whose numbering is doubtful are left out.
 * @param side "training" leaves the validation patients of the project out, "held-out" gives only those
 */
export async function spiderCrops(
  { data, models, size }: { readonly data: string; readonly models: string; readonly size: number },
  side: "training" | "held-out",
  log: (line: string) => void,
): Promise<GradedCrop[]> {
  const [gradings, overview, graded] = await Promise.all([
    readGradings(data),
    readOverview(data),
    listGradedPatients(data),
  ]);
  const held = new Set(validationPatients(graded));
  const patients = graded.filter((id) => held.has(id) === (side === "held-out"));
  const crops: GradedCrop[] = [];
  for (const [i, patient] of patients.entries()) {
    if (i > 0 && i % LOG_EVERY === 0) log(`located the discs of ${i} of ${patients.length} patients`);
    const { spacing, discs } = overview.get(`${patient}_t2`)!;
    try {
      const spine = await detectSpine(await readMidSlice(data, patient, spacing), models);
      if (isTrusted(spine, discs))
        crops.push(...cropsOfSpine(spine, patient, gradingsOf(gradings, patient), size));
    } catch (error) {
      // A picture without a spine is left out; whatever else is wrong concerns all of them.
      if (!(error instanceof DetectionError)) throw error;
      log(`${patient}: ${error.message}`);
    }
  }
  return crops;
}

/** A simulated rater's grade with .3 and .7 steps: the true one with normal noise, rounded to a valid grade. */
export function simulatedGrade(truth: number, noise: number, random: Random): number {
  return FRACTIONAL_GRADES[nearestGrade(truth + noise * random.normal(), FRACTIONAL_GRADES)]!;
}

function cropsOfPhantom(
  { volume, truth }: Phantom,
  patient: string,
  grade: (fractional: number) => number,
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
    return {
      patient,
      level: disc.level,
      grade: grade(disc.grades.pfirrmann.fractional),
      crop: cropRegion(volume, disc.slice, region, size),
      source: "synthetic",
    };
  });
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
    const grade = (fractional: number): number => simulatedGrade(fractional, raterNoise, random);
    return cropsOfPhantom(phantom, `phantom-${i + 1}`, grade, size);
  }).flat();
}
