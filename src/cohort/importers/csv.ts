import { levelOf } from "../../detection/index.js";
import { basename, extname } from "node:path";
import type { CsvRow } from "../../text/index.js";
import { withDataset } from "../naming.js";
import { CohortError } from "../errors.js";
import { requireOptions } from "../../statistics/index.js";
import type { CohortRecords, ReadingRecord, SeriesRecord, StudyRecord } from "../records.js";
import { AnomalyList, shown } from "./anomalies.js";
import { counted, numberOf } from "../../text/index.js";
import { csvColumns, reportDefaults, UNNAMED_RATER } from "./csvColumns.js";
import type { CsvColumns, CsvMapping, CsvRole } from "./csvColumns.js";
import { gradeInText } from "../../grading/index.js";
import { identifierOf, isAbsent } from "./identifiers.js";
import type { Identifier } from "./identifiers.js";
import { ReadingList } from "./readingList.js";
import { readTable } from "./tables.js";
import type { Table } from "./tables.js";

const OLDEST = 120;
const MOST_READINGS = 1000;
const SEXES: ReadonlyMap<string, "F" | "M"> = new Map([
  ...["f", "female", "woman", "w", "weiblich"].map((word): [string, "F"] => [word, "F"]),
  ...["m", "male", "man", "männlich"].map((word): [string, "M"] => [word, "M"]),
]);

/** Level texts that are remembered; a table has few, and one that has many is no reason to fill the memory. */
const MOST_LEVEL_TEXTS = 1000;

/** Reads the rows of one table into records. */
class CsvImport {
  private readonly studies = new Map<string, StudyRecord>();
  private readonly series = new Map<string, SeriesRecord>();
  private readonly list: ReadingList;
  private readonly decimalComma: boolean;
  private readonly dataset: string;
  private readonly levels = new Map<string, string | undefined>();
  private uids = 0;
  private blankRows = 0;

  constructor(
    private readonly table: Table,
    private readonly columns: CsvColumns,
    private readonly anomalies: AnomalyList,
    /** The rater of rows that tell none; absent where nobody said. */
    private readonly unnamed: string | undefined,
  ) {
    this.list = new ReadingList(anomalies);
    this.decimalComma = table.separator !== ",";
    this.dataset = basename(table.file, extname(table.file));
  }

  records(): CohortRecords {
    for (const row of this.table.rows) this.readRow(row);
    reportDefaults(this.columns, this.list.readings.length, this.unnamed, this.anomalies);
    const uids = `${counted(this.uids, "id was a DICOM UID", "ids were DICOM UIDs")}, for which a pseudonym stands.`;
    this.anomalies.summarise(this.uids, "uid", uids, false);
    const blank = `${counted(this.blankRows, "row holds", "rows hold")} nothing but separators.`;
    this.anomalies.summarise(this.blankRows, "blank-row", blank, true);
    return {
      studies: [...this.studies.values()],
      series: [...this.series.values()],
      readings: this.list.readings,
      anomalies: this.anomalies.list(),
    };
  }

  private readRow(row: CsvRow): void {
    const { fields, line } = row;
    const width = this.table.header.length;
    if (fields.every((field) => field.trim() === "")) this.blankRows++;
    else if (fields.slice(width).some((field) => field.trim() !== ""))
      this.leaveOut(
        line,
        "too-many-fields",
        `The row has ${fields.length} fields and the header ${width}: a separator or a decimal comma is not quoted.`,
      );
    else {
      if (fields.length < width) {
        const message = `The row has ${fields.length} fields and the header ${width}; the others are taken as blank.`;
        this.anomalies.add({ code: "short-row", line, message, isLeftOut: false });
      }
      const reading = this.readingOf(row);
      if (reading !== undefined) this.list.add(reading, line);
    }
  }

  private leaveOut(line: number, code: string, message: string): void {
    this.anomalies.add({ code, line, message, isLeftOut: true });
  }

  private text({ fields }: CsvRow, role: CsvRole): string {
    const index = this.columns.roles[role];
    return index === undefined ? "" : (fields[index] ?? "").trim();
  }

  /** The id in a row; reports what is unusable and counts UIDs. */
  private identifier(row: CsvRow, role: "patient" | "study" | "series"): Identifier {
    const found = identifierOf(this.text(row, role), role);
    if (found.kind === "unusable")
      this.leaveOut(row.line, found.code, `What tells the ${role} ${found.why}.`);
    if (found.kind === "id" && found.isUid) this.uids++;
    return found;
  }

  private readingOf(row: CsvRow): ReadingRecord | undefined {
    const { line } = row;
    const [patient, study, series] = (["patient", "study", "series"] as const).map((role) =>
      this.identifier(row, role),
    ) as [Identifier, Identifier, Identifier];
    if ([patient, study, series].some(({ kind }) => kind === "unusable")) return undefined;
    if (patient.kind !== "id") {
      this.leaveOut(line, "no-patient", "The row does not tell its patient.");
      return undefined;
    }
    const levelText = this.text(row, "level");
    const level = this.level(levelText);
    if (level === undefined) {
      this.leaveOut(line, "unknown-level", `The level cannot be ${shown(levelText)}.`);
      return undefined;
    }
    const rater = this.text(row, "rater");
    if (!isRater(rater)) {
      this.leaveOut(
        line,
        "bad-rater",
        "The rater begins like a formula, holds control characters or is longer than 64 characters.",
      );
      return undefined;
    }
    const readingText = this.text(row, "reading");
    const reading = isAbsent(readingText) ? 1 : numberOf(readingText);
    if (reading === undefined || !Number.isInteger(reading) || reading < 1 || reading > MOST_READINGS) {
      this.leaveOut(
        line,
        "bad-reading",
        `The reading is a whole number from 1 to ${MOST_READINGS} and cannot be ${shown(readingText)}.`,
      );
      return undefined;
    }
    const grades = this.grades(row);
    if (Object.keys(grades).length === 0) {
      this.leaveOut(line, "no-grades", "The row has no grade.");
      return undefined;
    }
    const ofStudy = study.kind === "id" ? study.id : patient.id;
    if (!this.keepStudy(row, ofStudy, patient.id)) return undefined;
    const ofSeries = series.kind === "id" ? series.id : "";
    const seriesKey = `${ofStudy}\n${ofSeries}`;
    if (ofSeries !== "" && !this.series.has(seriesKey))
      this.series.set(seriesKey, {
        series: ofSeries,
        study: ofStudy,
        contrast: "unknown",
        orientation: "unknown",
      });
    return {
      study: ofStudy,
      series: ofSeries,
      level,
      rater: rater === "" ? (this.unnamed ?? UNNAMED_RATER) : rater,
      model: "",
      reading,
      grades,
    };
  }

  private level(text: string): string | undefined {
    if (this.levels.has(text)) return this.levels.get(text);
    const level = levelOf(this.columns.isIvd && /^\d+$/.test(text) ? `IVD ${text}` : text);
    if (this.levels.size < MOST_LEVEL_TEXTS) this.levels.set(text, level);
    return level;
  }

  private grades({ fields, line }: CsvRow): Record<string, number> {
    const grades: Record<string, number> = {};
    for (const { feature, name, index } of this.columns.grades) {
      const text = (fields[index] ?? "").trim();
      if (isAbsent(text)) continue;
      const grade = gradeInText(feature, text, this.decimalComma);
      if (grade !== undefined) grades[feature.key] = grade;
      else {
        const number = numberOf(text, this.decimalComma);
        const isBetween = feature.key === "pfirrmann" && number !== undefined && number > 1 && number < 5;
        const advice = isBetween
          ? "; map the column to pfirrmannFractional if its grades are fractional"
          : "";
        this.leaveOut(
          line,
          "not-a-grade",
          `${name} goes ${feature.isContinuous ? `from ${feature.classes.join(" to ")}` : `by ${feature.classes.join(", ")}`} and cannot be ${shown(text)}${advice}.`,
        );
      }
    }
    return grades;
  }

  /** Adds what a row tells of its study; false where the study belongs to another patient. */
  private keepStudy(row: CsvRow, study: string, patient: string): boolean {
    const { line } = row;
    const known = this.studies.get(study);
    if (known !== undefined && known.patient !== patient) {
      this.leaveOut(line, "two-patients", "The study belongs to another patient in a row before.");
      return false;
    }
    const told = { age: this.age(row), sex: this.sex(row) };
    for (const key of ["age", "sex"] as const)
      if (told[key] !== undefined && known?.[key] !== undefined && told[key] !== known[key])
        this.leaveOut(
          line,
          `two-${key === "age" ? "ages" : "sexes"}`,
          `The ${key} of the study differs from a row before; the first stays.`,
        );
    const [age, sex] = [known?.age ?? told.age, known?.sex ?? told.sex];
    if (known === undefined || age !== known.age || sex !== known.sex)
      this.studies.set(study, {
        study,
        patient,
        dataset: this.dataset,
        ...(age !== undefined && { age }),
        ...(sex !== undefined && { sex }),
      });
    return true;
  }

  /** Years, from a number or DICOM's `054Y`. */
  private age(row: CsvRow): number | undefined {
    const text = this.text(row, "age");
    if (isAbsent(text)) return undefined;
    const years = numberOf(text.replace(/^(\d{3})Y$/, "$1"), this.decimalComma);
    if (years !== undefined && years >= 0 && years <= OLDEST) return years;
    this.leaveOut(
      row.line,
      "bad-age",
      `The age is in years, from 0 to ${OLDEST}, and cannot be ${shown(text)}.`,
    );
    return undefined;
  }

  private sex(row: CsvRow): "F" | "M" | undefined {
    const text = this.text(row, "sex");
    if (isAbsent(text)) return undefined;
    const sex = SEXES.get(text.toLowerCase());
    if (sex === undefined) this.leaveOut(row.line, "unknown-sex", "The sex is neither F nor M.");
    return sex;
  }
}

/** Whether a text may name a rater, or is empty. */
function isRater(text: string): boolean {
  return text.length <= 64 && !/^[=@+-]|\p{Cc}/u.test(text);
}

export interface CsvOptions {
  /**
   * The data set that the studies are of; the file's name unless given. A second reader's table of patients that a cohort has
   * already is given the data set that they are of there: a study cannot be of two.
   */
  readonly dataset?: string;
  /** Who read what no column tells a rater of: two readers' tables without such a column would be one reader's. */
  readonly rater?: string;
}

/**
 * Imports any table of gradings: one row for each disc (and rater, and reading), with columns for patient and level, as many
 * graded columns as there are, and optionally study, series, rater, reading (1, 2 ...), age (years) and sex.
 *
 * Columns are found by the mapping, or by name without case and punctuation (`Pfirrmann grade`, `upper_endplate_defect`, any key
 * or name of `COHORT_FEATURES`). Commas, semicolons and tabs are told apart; decimal commas are read where commas do not
 * separate. Levels may be written as {@link levelOf} says. Grades may also be Roman numerals (Pfirrmann, narrowing, Modic), yes and no
 * (binary), or `Normal/Mild`, `Moderate`, `Severe`. Where no study is told it is called as the patient, where no rater is told
 * `options.rater`, or else `unnamed`. Ids that are DICOM UIDs become pseudonyms.
 *
 * Nothing is left out in silence: columns that are not known, rows that cannot be read (with their line), grades that a feature
 * does not have, duplicates. Columns that tell who a person is are never copied, nor rows whose id looks like a name.
 * @param path the file, at most 400 MiB, in UTF-8 or Windows-1252
 * @param mapping what is to be found in which column, where the names do not tell
 * @throws CohortError "file": absent, empty, no text, no table, an essential column missing (with the columns found);
 * "bad-option": the mapping names what is not there
 */
export async function importCsv(
  path: string,
  mapping: CsvMapping = {},
  options: CsvOptions = {},
): Promise<CohortRecords> {
  requireOptions("importCsv", options, { dataset: true, rater: true });
  const rater: unknown = options.rater;
  if (rater !== undefined && (typeof rater !== "string" || rater.trim() === "" || !isRater(rater.trim())))
    throw new CohortError(
      "bad-option",
      "A rater is a pseudonym of 1 to 64 characters that does not begin like a formula, such as anna.",
    );
  const table = await readTable(path);
  const anomalies = new AnomalyList(table.file);
  anomalies.addEncoding(table.encoding);
  const columns = csvColumns(table, mapping, anomalies);
  const records = new CsvImport(table, columns, anomalies, options.rater?.trim()).records();
  return options.dataset === undefined ? records : withDataset(records, options.dataset);
}
