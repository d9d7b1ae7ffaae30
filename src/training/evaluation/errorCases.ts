import { cutOut, frameOf, referenceLevels } from "../../grading/index.js";
import { pfirrmannPairs } from "./evaluation.js";
import type { PatientReadings } from "./evaluation.js";

/** A disc whose Pfirrmann grade differs from the published one, with what the networks saw of it. */
export interface ErrorCase {
  readonly patient: string;
  readonly level: string;
  readonly published: number;
  readonly given: number;
  /** Expected grade. */
  readonly fractional: number;
  /** Square picture, 0 to 255: black is no signal, white well above marrow and CSF. */
  readonly pixels: Uint8Array;
}

/** The discs whose expected Pfirrmann grade lies furthest from the published one, worst first. */
export function largestErrors(readings: PatientReadings, count: number): ErrorCase[] {
  return pfirrmannPairs(readings.pairs)
    .map(({ grading, disc, volume, published }) => {
      const { grade, fractional = grade } = disc.grades.pfirrmann!;
      return { grading, disc, volume, published, grade, fractional, error: Math.abs(fractional - published) };
    })
    .sort((a, b) => b.error - a.error)
    .slice(0, count)
    .map(({ grading, disc, volume, published, grade, fractional }) => {
      const values = cutOut(volume, disc.slice, frameOf(disc));
      const { bone, csf } = referenceLevels(values, disc.height);
      const white = Math.max(1.6 * bone, 1.1 * csf, 1e-6);
      return {
        patient: grading.patient,
        level: grading.level,
        published,
        given: grade,
        fractional,
        pixels: Uint8Array.from(values, (value) => Math.min(255, Math.max(0, (255 * value) / white))),
      };
    });
}
