import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { WeightsError } from "../../engine/index.js";
import { cumulativeLinkProbabilities } from "../../statistics/index.js";
import type { CumulativeLink } from "../../statistics/index.js";
import {
  checkedJson,
  counted,
  finiteNumber,
  numberBetween,
  versionIs,
  wholeNumber,
} from "../../text/index.js";
import type { Schema } from "../../text/index.js";
import { gradeFrom } from "../decide.js";
import { featureOf } from "../features.js";
import type { FeatureGrade, GradedDisc, GradeReport } from "../report.js";
import { weightHashes } from "../weightHashes.js";

/**
 * A reader's convention: where on the scale of {@link import("./severity.js").severityOf} this reader passes from one Pfirrmann grade to
 * the next. Readers differ in the borders more than in the order in which they put discs.
 */
export interface Reader extends CumulativeLink {
  readonly version: 1;
  readonly name: string;
  /** Discs and patients that the borders were fitted on. */
  readonly readings: number;
  readonly patients: number;
  /** What tells the graders' weights, whose scale the borders are on. */
  readonly scale: string;
}

/** Names of readers are words, as they are file names too. */
export const READER_NAME = /^[A-Za-z][\w-]{0,39}$/;

const READER: Schema<Reader> = v.object({
  version: versionIs(1),
  name: v.pipe(v.string(), v.regex(READER_NAME, "a word of letters, digits, - and _")),
  thresholds: v.pipe(
    v.array(finiteNumber()),
    v.length(4, "four rising numbers"),
    v.check((list) => list.every((value, k) => k === 0 || value > list[k - 1]!), "four rising numbers"),
  ),
  slope: numberBetween(1e-3, 1e3),
  readings: wholeNumber(1),
  patients: wholeNumber(1),
  scale: v.string(),
});

/** A reader's file that cannot be used; says what is wrong. */
export class ReaderError extends Error {
  override readonly name = "ReaderError";
  readonly code = "reader";
}

/** A reader as a file's text. */
export function readerText(reader: Reader): string {
  return `${JSON.stringify(reader, undefined, 1)}\n`;
}

/** A reader from a file's text. @throws ReaderError that names the file and the field */
export function parseReader(text: string, file: string): Reader {
  const { value, problem } = checkedJson(text, READER);
  if (problem !== undefined)
    throw new ReaderError(`${file} is no reader's file: ${problem}. calibrateReader makes one.`);
  return value;
}

/** Readers that come with the weights of a models folder, by name. */
const FOLDER = "readers";

/**
 * The reader of this name that comes with the weights, or of a file.
 * @param models folder with the graders' weights
 * @throws ReaderError where there is none, or the file is no reader's
 */
export async function loadReader(models: string, nameOrPath: string): Promise<Reader> {
  const isName = READER_NAME.test(nameOrPath);
  const path = isName ? join(models, FOLDER, `${nameOrPath}.json`) : nameOrPath;
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new ReaderError(
      isName
        ? `No reader "${nameOrPath}" comes with these weights; name the file that calibrateReader's result was saved to (with its ending, .json).`
        : `There is no reader's file at ${nameOrPath}.`,
    );
  });
  return parseReader(text, isName ? `${nameOrPath}.json` : nameOrPath);
}

/** What tells the scale of severities apart: the beginnings of both graders' digests, as {@link weightHashes} gives them. */
export async function severityScale(models: string): Promise<string> {
  const hashes = await weightHashes(models);
  return ["multitask", "pfirrmann"]
    .map((name) => {
      const hash = hashes[`${name}.safetensors`];
      if (hash === undefined) throw new WeightsError(`The models folder has no ${name}.safetensors.`);
      return hash.slice(0, 8);
    })
    .join("");
}

const PFIRRMANN = featureOf("pfirrmann");

function discAsReader(disc: GradedDisc, reader: Reader): GradedDisc {
  const given = disc.grades.pfirrmann!;
  const shown = gradeFrom(PFIRRMANN, cumulativeLinkProbabilities(given.severity!, reader));
  const pfirrmann: FeatureGrade = { ...shown, severity: given.severity!, reader: reader.name };
  return { ...disc, grades: { ...disc.grades, pfirrmann } };
}

/**
 * A reading with Pfirrmann grades as this reader gives them. Which grades cannot be excluded was fitted for the default reader, and is left
 * out; a flag of the series says whose grades these are.
 * @param scale as {@link severityScale} of the weights that graded
 * @throws ReaderError where the reader was fitted for other weights
 */
export function readAs(report: GradeReport, reader: Reader, scale: string): GradeReport {
  if (reader.scale !== scale)
    throw new ReaderError(
      `Reader ${reader.name} was fitted for other weights than those that grade; fit it again (calibrateReader).`,
    );
  const message = `Pfirrmann grades are given as reader ${reader.name} gives them (borders fitted on ${reader.readings} discs of ${counted(reader.patients, "patient")}).`;
  return {
    ...report,
    discs: report.discs.map((disc) => discAsReader(disc, reader)),
    flags: [...report.flags, { code: "reader", message }],
  };
}
