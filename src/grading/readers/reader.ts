import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { WeightsError } from "../../engine/index.js";
import { cumulativeLinkProbabilities } from "../../statistics/index.js";
import type { CumulativeLink } from "../../statistics/index.js";
import {
  checked,
  checkedJson,
  counted,
  finiteNumber,
  numberBetween,
  versionIs,
  wholeNumber,
} from "../../text/index.js";
import type { Schema } from "../../text/index.js";
import { conformalSet } from "../calibration.js";
import { CONTRADICTION, contradictionFlags } from "../contradictions.js";
import { gradeFrom } from "../decide.js";
import { featureOf } from "../features.js";
import type { FeatureGrade, GradedDisc, GradeReport } from "../report.js";
import { weightHashes } from "../weightHashes.js";

/** A disc that the models have graded, and the Pfirrmann grade that the reader gives it. */
export interface ReaderReading {
  /** Whose disc it is: a patient's discs are never on both sides of a cross-validation. */
  readonly patient: string;
  /** Of a graded spine (`graded.discs`), read without a `reader`. */
  readonly disc: Pick<GradedDisc, "grades">;
  /** 1 to 5. */
  readonly grade: number;
}

/**
 * Which grades cannot be excluded where grades follow a reader: conformal sets of the probabilities by the reader's borders, fitted on
 * readings whose patients had no part in the borders.
 */
export interface ReaderSets {
  /** Share of the reader's grades that sets are to hold, in each grade by itself. */
  readonly level: number;
  /**
   * By grade, 1 to 5: the largest "1 − probability" with which it is still held possible; null where too few readings gave it to exclude
   * it ever, and of all grades where these are so few that sets could not be measured.
   */
  readonly thresholds: readonly (number | null)[];
  /** By grade, how many readings gave it. */
  readonly cases: readonly number[];
  /** Whether the error of the probabilities on patients who had no part in the borders is one that chance explains. */
  readonly calibrated: boolean;
}

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
  /** Absent in files from before there were any. */
  readonly sets?: ReaderSets | undefined;
}

/** Names of readers are words, as they are file names too. */
export const READER_NAME = /^[A-Za-z][\w-]{0,39}$/;

const PFIRRMANN = featureOf("pfirrmann");
const GRADES = PFIRRMANN.classes.length;

/** A reader, as files and messages between processes hold one. */
export const READER: Schema<Reader> = v.object({
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
  sets: v.optional(
    v.object({
      level: numberBetween(0, 1),
      thresholds: v.pipe(
        v.array(v.nullable(numberBetween(0, 1))),
        v.length(GRADES, "a number or null a grade"),
      ),
      cases: v.pipe(v.array(wholeNumber(0)), v.length(GRADES, "a number a grade")),
      calibrated: v.boolean(),
    }),
  ),
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

/** Names of the readers that come with the weights of a models folder, in the order of the alphabet. */
export async function readerNames(models: string): Promise<string[]> {
  const files = await readdir(join(models, FOLDER)).catch(() => []);
  return files.flatMap((file) => /^(.+)\.json$/.exec(file)?.[1] ?? []).sort();
}

/** Why a reader cannot be read, as a sentence. */
async function whyNoReader(models: string, given: string, code: string | undefined): Promise<string> {
  const names = await readerNames(models);
  const known =
    names.length === 0
      ? "None comes with these weights"
      : `With these weights ${names.length === 1 ? "comes" : "come"} ${names.join(" and ")}`;
  if (given.trim() === "") return `No reader is named. ${known}; or name a reader's file.`;
  if (READER_NAME.test(given))
    return `No reader "${given}" comes with these weights. ${known}; of a reader of your own name the file that calibrateReader's result was saved to (with its ending, .json).`;
  if (code === "EISDIR") return `${given} is a folder; name the reader's file in it.`;
  return code === "ENOENT" || code === "ENOTDIR"
    ? `There is no reader's file at ${given}.`
    : `The reader's file ${given} may not be read; ask whoever owns it.`;
}

/**
 * The reader of this name that comes with the weights, or of a file.
 * @param models folder with the graders' weights
 * @throws ReaderError where there is none, or the file is no reader's
 */
export async function loadReader(models: string, nameOrPath: string): Promise<Reader> {
  const isName = READER_NAME.test(nameOrPath);
  const path = isName ? join(models, FOLDER, `${nameOrPath}.json`) : nameOrPath;
  const text = await readFile(path, "utf8").catch(async (error: unknown) => {
    throw new ReaderError(await whyNoReader(models, nameOrPath, (error as NodeJS.ErrnoException).code));
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

/** The grades that cannot be excluded, each a group of its own. */
const GROUPS = PFIRRMANN.classes.map((_, k) => [k]);

/** Why a reader's grades have no sets, as a clause; undefined where they have. */
function whyNoSets({ sets }: Reader): string | undefined {
  if (sets === undefined)
    return "the reader's file is from before these were fitted; fit it again (calibrateReader)";
  return sets.thresholds.some((threshold) => threshold !== null)
    ? undefined
    : `the readings are too few for that (of grades 1 to 5 there are ${sets.cases.join(", ")})`;
}

function gradeAsReader(given: FeatureGrade, reader: Reader): FeatureGrade {
  const { severity, standing, because } = given;
  // Of a grade that its weighting withholds nothing is told.
  if (severity === undefined) return given;
  const { classes, isOrdered } = PFIRRMANN;
  const probabilities = cumulativeLinkProbabilities(severity, reader);
  const shown = { ...gradeFrom(PFIRRMANN, probabilities), severity, reader: reader.name };
  // What was fitted on T2 is not told of a marked grade.
  if (standing !== undefined) return { ...shown, standing, ...(because === undefined ? {} : { because }) };
  const { sets } = reader;
  if (sets === undefined || whyNoSets(reader) !== undefined) return shown;
  const fitted = { temperature: 1, groups: GROUPS, thresholds: sets.thresholds, cases: sets.cases };
  const set = conformalSet(probabilities, classes, fitted, {
    given: classes.indexOf(shown.grade),
    isOrdered,
  });
  return { ...shown, set, calibrated: sets.calibrated };
}

function discAsReader(disc: GradedDisc, reader: Reader): GradedDisc {
  const grades = { ...disc.grades, pfirrmann: gradeAsReader(disc.grades.pfirrmann!, reader) };
  // Contradictions are those of the grades that are shown.
  const flags = disc.flags.filter(({ code }) => code !== CONTRADICTION);
  return { ...disc, grades, flags: [...flags, ...contradictionFlags(disc.level, grades)] };
}

/** Name of the reader whose convention the Pfirrmann grades of discs follow; undefined where none was named. */
export function readerOf(discs: readonly Pick<GradedDisc, "grades">[]): string | undefined {
  return discs.map(({ grades }) => grades.pfirrmann?.reader).find((name) => name !== undefined);
}

/** Code of the flag that says whose grades these are. */
export const READER_FLAG = "reader";

/** @throws ReaderError where the reader was fitted for other weights than those of this scale ({@link severityScale}) */
function requireScale(reader: Reader, scale: string): void {
  if (reader.scale !== scale)
    throw new ReaderError(
      `Reader ${reader.name} was fitted for other weights than those that grade; fit it again (calibrateReader).`,
    );
}

/**
 * The reader that is meant, by {@link loadReader} where it is named.
 * @param models folder with the graders' weights
 * @throws ReaderError where there is none, or it was fitted for other weights
 */
export async function readerFor(models: string, given: string | Reader): Promise<Reader> {
  const reader = typeof given === "string" ? await loadReader(models, given) : given;
  const { problem } = checked(reader, READER);
  if (problem !== undefined)
    throw new ReaderError(
      `This is no reader: ${problem}. Give a name, a reader's file, or the \`reader\` of what calibrateReader gave.`,
    );
  requireScale(reader, await severityScale(models));
  return reader;
}

/**
 * A reading with Pfirrmann grades as this reader gives them, and the grades that cannot be excluded by the reader's own readings. A flag of
 * the series says whose grades these are, and why sets are withheld where they are.
 * @param scale as {@link severityScale} of the weights that graded
 * @throws ReaderError where the reader was fitted for other weights
 */
export function readAs(report: GradeReport, reader: Reader, scale: string): GradeReport {
  requireScale(reader, scale);
  // Where all Pfirrmann grades are withheld nobody's convention is told.
  const isTold = report.discs.some(({ grades }) => grades.pfirrmann!.severity !== undefined);
  const why = whyNoSets(reader);
  const message =
    `Pfirrmann grades are given as reader ${reader.name} gives them (borders fitted on ${reader.readings} discs of ${counted(reader.patients, "patient")}).` +
    (why === undefined ? "" : ` Which grades cannot be excluded is not told: ${why}.`);
  return {
    ...report,
    discs: report.discs.map((disc) => discAsReader(disc, reader)),
    flags: [
      ...report.flags.filter(({ code }) => code !== READER_FLAG),
      ...(isTold ? [{ code: READER_FLAG, message }] : []),
    ],
  };
}
