import { detectSpine, LUMBAR_DISCS } from "../../detection/index.js";
import { FEATURES, gradeSpine } from "../../grading/index.js";
import type { GradedDisc } from "../../grading/index.js";
import { renderPhantom } from "../../phantom/index.js";
import type { PhantomFamily, TrueDisc } from "../../phantom/index.js";
import { classAverageAccuracy } from "../../statistics/index.js";

/** One feature on phantoms. */
export interface PhantomFeature {
  /** Mean over the true classes of the share graded rightly (Jamaludin et al. 2017, Table 3); NaN without cases. */
  readonly classAverage: number;
  readonly cases: number;
  /** Cases of each class, in the feature's order. */
  readonly classes: readonly number[];
}

export interface PhantomGrades {
  readonly families: readonly PhantomFamily[];
  readonly phantoms: number;
  /** Discs that were compared: those found, and those of T12-L1 to L5-S1 that were not, which count as wrong in every feature. */
  readonly discs: number;
  /** Of these, not found. */
  readonly missed: number;
  readonly features: Readonly<Record<string, PhantomFeature>>;
}

/** Generator families that no training has seen. */
export const HELD_OUT_FAMILIES: readonly PhantomFamily[] = ["boxy", "waisted"];
/** Discs whose middles are closer than this (mm) are the same one. */
const SAME = 10;

/** Grades phantoms of families kept out of training and compares with what was drawn. */
export async function evaluatePhantomGrades(
  models: string,
  { phantoms, seed }: { readonly phantoms: number; readonly seed: number },
  log: (line: string) => void,
): Promise<PhantomGrades> {
  const pairs: { truth: TrueDisc; disc: GradedDisc | undefined }[] = [];
  for (const family of HELD_OUT_FAMILIES)
    for (let i = 0; i < phantoms; i++) {
      const { volume, truth } = renderPhantom({ seed: seed + i, family });
      const { discs } = await gradeSpine(await detectSpine(volume, models, { contrast: "T2" }), models);
      for (const own of truth.discs) {
        const disc = discs.find(
          ({ centre }) =>
            Math.hypot(
              (centre.column - own.pixel[0]) * volume.spacing[0],
              (centre.row - own.pixel[1]) * volume.spacing[1],
            ) < SAME,
        );
        // The uppermost may be cut by the picture's edge.
        if (disc !== undefined || LUMBAR_DISCS.includes(own.level)) pairs.push({ truth: own, disc });
      }
      log(`${family} phantom ${i + 1} of ${phantoms}`);
    }
  return {
    families: HELD_OUT_FAMILIES,
    phantoms,
    discs: pairs.length,
    missed: pairs.filter(({ disc }) => disc === undefined).length,
    features: Object.fromEntries(
      FEATURES.map(({ key, classes }) => {
        const truth = pairs.map((pair) =>
          Math.round(pair.truth.grades[key as keyof TrueDisc["grades"]].grade),
        );
        const given = pairs.map(
          ({ disc }, i) => disc?.grades[key]!.grade ?? classes.find((grade) => grade !== truth[i])!,
        );
        return [
          key,
          {
            classAverage: classAverageAccuracy(truth, given, [...classes]),
            cases: truth.length,
            classes: classes.map((grade) => truth.filter((one) => one === grade).length),
          },
        ];
      }),
    ),
  };
}
