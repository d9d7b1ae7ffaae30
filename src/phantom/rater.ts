import { RATED_FEATURES } from "./labels.js";
import type { RatedFeature } from "./labels.js";
import { Random } from "../numbers/index.js";
import type { PhantomTruth } from "./truth.js";

/**
 * Whose reliability a simulated rater has: `"jamaludin"` the radiologist against himself (Jamaludin 2017, Table 3),
 * `"niemeyer-intra"` and `"niemeyer-inter"` the main rater against himself and against a second one (Niemeyer 2021, Table 2,
 * integral Pfirrmann grades; their other features are read as Jamaludin's radiologist does).
 */
export type RaterReliability = "jamaludin" | "niemeyer-intra" | "niemeyer-inter";

/**
 * Deviation of a reader's noise on each latent severity. Fitted so that two readings of the discs of phantoms with
 * severity `"population"` agree as the papers' readers do; test/phantom measures it. No paper tells of herniation and
 * bulging: their noise is the endplates'.
 */
const NOISE: Readonly<Record<RatedFeature, number>> = {
  pfirrmann: 0.357,
  narrowing: 0.334,
  spondylolisthesis: 0.411,
  centralCanalStenosis: 0.607,
  upperEndplateDefect: 0.59,
  lowerEndplateDefect: 0.553,
  upperMarrowChange: 0.449,
  lowerMarrowChange: 0.472,
  herniation: 0.57,
  bulging: 0.57,
};

const PFIRRMANN_NOISE: Readonly<Record<RaterReliability, number>> = {
  jamaludin: NOISE.pfirrmann,
  "niemeyer-intra": 0.234,
  "niemeyer-inter": 0.73,
};

/** One rater's grades of a disc: Pfirrmann 1 to 5, narrowing 1 to 4, findings 0 or 1. */
export interface RaterGrades {
  readonly level: string;
  readonly grades: Readonly<Record<RatedFeature, number>>;
  /** The latent severities as this rater saw them: the truth's `severity` with the reading's noise; grades are these, rounded. */
  readonly seen: Readonly<Record<RatedFeature, number>>;
}

/** Grade that a reading on a feature's latent scale amounts to. */
function gradeOf(feature: RatedFeature, reading: number): number {
  if (feature === "pfirrmann") return Math.min(5, Math.max(1, Math.round(reading)));
  if (feature === "narrowing") return Math.min(4, Math.max(1, Math.round(reading)));
  return reading > 0 ? 1 : 0;
}

/**
 * One reading of a phantom by a rater who sees each disc's latent severities with noise of their own.
 * @param seed of the reading: another one is another reading of the same pictures
 */
export function simulateRater(
  truth: Pick<PhantomTruth, "discs">,
  { seed, reliability }: { readonly seed: number; readonly reliability: RaterReliability },
): RaterGrades[] {
  const random = new Random(seed ^ 0x2545f491, "phantom");
  const record = (value: (feature: RatedFeature) => number): Record<RatedFeature, number> =>
    Object.fromEntries(RATED_FEATURES.map((feature) => [feature, value(feature)])) as Record<
      RatedFeature,
      number
    >;
  return truth.discs.map(({ level, severity }) => {
    const seen = record((feature) => {
      const noise = feature === "pfirrmann" ? PFIRRMANN_NOISE[reliability] : NOISE[feature];
      return severity[feature] + random.boundedNormal(0, noise);
    });
    return { level, grades: record((feature) => gradeOf(feature, seen[feature])), seen };
  });
}
