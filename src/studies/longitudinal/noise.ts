import { readFile } from "node:fs/promises";
import { parseCsv } from "../../text/index.js";
import { detectSpine } from "../../detection/index.js";
import { FRACTIONAL_GRADES, gradeSpine, nearestGrade } from "../../grading/index.js";
import { phantomTruth, renderPhantom, simulateRater } from "../../phantom/index.js";
import type { PhantomOptions, RaterReliability } from "../../phantom/index.js";
import { measurementError } from "../../statistics/index.js";
import type { MeasurementError } from "../../statistics/index.js";
import * as jamaludin from "../jamaludin/measured.js";
import { modelsFolder, recordSeed } from "../../analysis/index.js";

const person = (seed: number): PhantomOptions => ({ seed, severity: "mixed" });

/** The nearest of the grades that Niemeyer's raters give: 1, 1.3, 1.7, 2 and so on. */
function fractionalGrade(seen: number): number {
  return FRACTIONAL_GRADES[nearestGrade(seen, FRACTIONAL_GRADES)]!;
}

/**
 * A rater's noise: a simulated rater grades the same discs twice, in Niemeyer's fractional Pfirrmann grades.
 * @param options how many people, their seed, and whose reliability the rater has
 */
export function raterNoise({
  seed,
  persons,
  reliability,
}: {
  readonly seed: number;
  readonly persons: number;
  readonly reliability: RaterReliability;
}): MeasurementError {
  recordSeed("phantoms", seed);
  const read = (day: number): number[] =>
    Array.from({ length: persons }, (_, i) => i).flatMap((i) =>
      simulateRater(phantomTruth(person(seed + i)), { seed: 7 * (seed + i) + day, reliability }).map(
        ({ seen }) => fractionalGrade(seen.pfirrmann),
      ),
    );
  return measurementError(read(1), read(2));
}

/**
 * The noise of real readers: a CSV file with the columns `first` and `second`, one row a disc that was graded twice.
 * @throws Error where a column is missing or holds something that is no number
 */
export async function noiseFromFile(path: string): Promise<MeasurementError> {
  const rows = parseCsv(await readFile(path, "utf8"));
  const column = (name: string): number[] =>
    rows.map((row, i) => {
      const value = Number(row[name] === "" ? NaN : row[name]);
      if (Number.isFinite(value)) return value;
      throw new Error(`Row ${i + 1} of the repeated readings has no number under "${name}".`);
    });
  return measurementError(column("first"), column("second"));
}

/**
 * The model's own noise: phantoms are scanned twice, lying otherwise and with other noise, and graded both times. Another scanner
 * or sequence would make it larger.
 * @param onScan called after each of the 2 × `persons` scans
 */
export async function modelNoise({
  seed,
  persons,
  onScan,
}: {
  readonly seed: number;
  readonly persons: number;
  readonly onScan?: () => void;
}): Promise<MeasurementError> {
  recordSeed("phantoms", seed);
  const scores: [number[], number[]] = [[], []];
  for (let i = 0; i < persons; i++) {
    const readings = [];
    for (const visit of [0, 1]) {
      const phantom = renderPhantom({ ...person(seed + i), visit });
      const report = await gradeSpine(
        await detectSpine(phantom.volume, modelsFolder(), { contrast: "T2" }),
        modelsFolder(),
      );
      readings.push(
        phantom.truth.discs.map((own) => ({
          level: own.level,
          score: jamaludin.discAt(phantom, report, own)?.grades.pfirrmann!.fractional,
        })),
      );
      onScan?.();
    }
    for (const { level, score } of readings[0]!) {
      const again = readings[1]!.find((one) => one.level === level)?.score;
      if (score === undefined || again === undefined) continue;
      scores[0].push(score);
      scores[1].push(again);
    }
  }
  return measurementError(...scores);
}
