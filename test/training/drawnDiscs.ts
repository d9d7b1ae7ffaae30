import { Random } from "../../src/numbers/index.js";
import type { GradedCrop } from "../../src/training/niemeyer/index.js";
import { FRACTIONAL_GRADES } from "../../src/grading/index.js";

/** A drawn disc between two bodies: the worse the grade, the darker and lower it is; noise all over. */
function drawDisc(grade: number, size: number, random: Random): Float32Array {
  const height = size * (0.3 - 0.04 * (grade - 1));
  const signal = 1 - 0.42 * (grade - 1);
  return Float32Array.from({ length: size * size }, (_, i) => {
    const [row, column] = [Math.floor(i / size) - size / 2, (i % size) / size];
    const value = column > 0.8 ? 1 : Math.abs(row) < height / 2 && column > 0.15 ? signal : -0.2;
    return Math.max(-1, Math.min(1, value + 0.1 * random.normal()));
  });
}

/** Drawn discs of several patients, six each, of all 13 grades in turn. */
export function drawnDiscs(patients: number, size: number, seed: number): GradedCrop[] {
  const random = new Random(seed);
  return Array.from({ length: patients * 6 }, (_, i) => {
    const grade = FRACTIONAL_GRADES[(i * 5) % FRACTIONAL_GRADES.length]!;
    return {
      patient: `drawn-${Math.floor(i / 6) + 1}`,
      level: `L${(i % 6) + 1}`,
      grade,
      crop: drawDisc(grade, size, random),
      source: "synthetic",
    };
  });
}
