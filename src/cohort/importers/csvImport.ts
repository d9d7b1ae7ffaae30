import { levelOf } from "../../detection/index.js";
import { basename, extname } from "node:path";
import type { CsvRow } from "../../text/index.js";
import type { CohortRecords, ReadingRecord, SeriesRecord, StudyRecord } from "../records.js";
import { AnomalyList, shown } from "./anomalies.js";
import { counted, numberOf } from "../../text/index.js";
import { isDateText, ownValue } from "../manifest/columns.js";
import { reportDefaults, UNNAMED_RATER } from "./csvColumns.js";
import type { ColumnUse, CsvColumns, CsvRole } from "./csvColumns.js";
import { gradeInText } from "../../grading/index.js";
import { ageOf, identifierOf, isAbsent, OLDEST, sexOf } from "./identifiers.js";
import type { Identifier } from "./identifiers.js";
import { ReadingList } from "./readingList.js";
import type { Table } from "./tables.js";

const MOST_READINGS = 1000;
/** Level texts that are remembered; a table has few, and one that has many is no reason to fill the memory. */
const MOST_LEVEL_TEXTS = 1000;

/** Reads the rows of one table into records. */
export class CsvImport {
  private readonly studies = new Map<string, StudyRecord>();
  private readonly series = new Map<string, SeriesRecord>();
  private readonly list: ReadingList;
  private readonly dataset: string;
  private readonly levels = new Map<string, string | undefined>();
  /** Rows in which each column holds something. */
  private readonly filled: number[];
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
    this.filled = table.header.map(() => 0);
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
      for (const [index, field] of fields.entries()) if (!isAbsent(field.trim())) this.filled[index]!++;
      for (const reading of this.readingsOf(row)) this.list.add(reading, line);
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

  /** What a row tells: one reading, of a wide table one a level, of a table of patients none. */
  private readingsOf(row: CsvRow): ReadingRecord[] {
    const { line } = row;
    const [patient, study, series] = (["patient", "study", "series"] as const).map((role) =>
      this.identifier(row, role),
    ) as [Identifier, Identifier, Identifier];
    if ([patient, study, series].some(({ kind }) => kind === "unusable")) return [];
    if (patient.kind !== "id") {
      this.leaveOut(line, "no-patient", "The row does not tell its patient.");
      return [];
    }
    const graded = this.gradesByLevel(row);
    if (graded === undefined) return [];
    const rater = this.text(row, "rater");
    if (!isRater(rater)) {
      this.leaveOut(
        line,
        "bad-rater",
        "The rater begins like a formula, holds control characters or is longer than 64 characters.",
      );
      return [];
    }
    const reading = this.readingNumber(row);
    if (reading === undefined) return [];
    const isOfPatients = this.columns.roles.level === undefined && this.columns.wide.length === 0;
    if (graded.length === 0 && !isOfPatients) {
      this.leaveOut(line, "no-grades", "The row has no grade.");
      return [];
    }
    const ofStudy = study.kind === "id" ? study.id : patient.id;
    if (!this.keepStudy(row, ofStudy, patient.id)) return [];
    const ofSeries = series.kind === "id" ? series.id : "";
    const seriesKey = `${ofStudy}\n${ofSeries}`;
    if (ofSeries !== "" && !this.series.has(seriesKey))
      this.series.set(seriesKey, {
        series: ofSeries,
        study: ofStudy,
        contrast: "unknown",
        orientation: "unknown",
      });
    return graded.map(([level, grades]) => ({
      study: ofStudy,
      series: ofSeries,
      level,
      rater: rater === "" ? (this.unnamed ?? UNNAMED_RATER) : rater,
      model: "",
      reading,
      grades,
    }));
  }

  /** The grades of a row by level, those without any left out; undefined where its level is none. */
  private gradesByLevel(row: CsvRow): [level: string, grades: Record<string, number>][] | undefined {
    const { wide, roles, grades } = this.columns;
    if (roles.level === undefined) {
      const levels = [...new Set(wide.map(({ level }) => level))];
      return levels
        .map((level): [string, Record<string, number>] => [
          level,
          this.grades(
            row,
            wide.filter((one) => one.level === level),
          ),
        ])
        .filter(([, found]) => Object.keys(found).length > 0);
    }
    const levelText = this.text(row, "level");
    const level = this.level(levelText);
    if (level === undefined) {
      this.leaveOut(row.line, "unknown-level", `The level cannot be ${shown(levelText)}.`);
      return undefined;
    }
    const found = this.grades(row, grades);
    return Object.keys(found).length === 0 ? [] : [[level, found]];
  }

  private readingNumber(row: CsvRow): number | undefined {
    const text = this.text(row, "reading");
    const reading = isAbsent(text) ? 1 : numberOf(text);
    if (reading !== undefined && Number.isInteger(reading) && reading >= 1 && reading <= MOST_READINGS)
      return reading;
    this.leaveOut(
      row.line,
      "bad-reading",
      `The reading is a whole number from 1 to ${MOST_READINGS} and cannot be ${shown(text)}.`,
    );
    return undefined;
  }

  /** What became of each column. */
  uses(): ColumnUse[] {
    const { roles, grades, wide, own } = this.columns;
    const becomes = new Map<number, string>([
      ...Object.entries(roles).map(([role, index]): [number, string] => [index, role]),
      ...grades.map(({ feature, index }): [number, string] => [index, feature.key]),
      ...wide.map(({ feature, level, index }): [number, string] => [index, `${feature.key} of ${level}`]),
      ...own.map(({ index, column }): [number, string] => [index, `column ${column} of studies`]),
    ]);
    return this.table.header.map((column, index) => ({
      column,
      becomes: becomes.get(index) ?? "",
      filled: this.filled[index]!,
    }));
  }

  private level(text: string): string | undefined {
    if (this.levels.has(text)) return this.levels.get(text);
    const level = levelOf(this.columns.isIvd && /^\d+$/.test(text) ? `IVD ${text}` : text);
    if (this.levels.size < MOST_LEVEL_TEXTS) this.levels.set(text, level);
    return level;
  }

  private grades({ fields, line }: CsvRow, columns: CsvColumns["grades"]): Record<string, number> {
    const grades: Record<string, number> = {};
    for (const { feature, name, index } of columns) {
      const text = (fields[index] ?? "").trim();
      if (isAbsent(text)) continue;
      const grade = gradeInText(feature, text, true);
      if (grade !== undefined) grades[feature.key] = grade;
      else {
        const number = numberOf(text, true);
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
    const more = this.more(row);
    for (const key of ["age", "sex"] as const)
      if (told[key] !== undefined && known?.[key] !== undefined && told[key] !== known[key])
        this.leaveOut(
          line,
          `two-${key === "age" ? "ages" : "sexes"}`,
          `The ${key} of the study differs from a row before; the first stays.`,
        );
    const [age, sex] = [known?.age ?? told.age, known?.sex ?? told.sex];
    if (known === undefined || age !== known.age || sex !== known.sex || more !== undefined)
      this.studies.set(study, {
        study,
        patient,
        dataset: this.dataset,
        ...(age !== undefined && { age }),
        ...(sex !== undefined && { sex }),
        ...(more !== undefined && { more: { ...more, ...known?.more } }),
      });
    return true;
  }

  /** Values of the columns that `studies` gets; undefined where there are none. */
  private more({ fields, line }: CsvRow): StudyRecord["more"] {
    const values = this.columns.own.flatMap(({ index, column }): [string, string | number | boolean][] => {
      const text = (fields[index] ?? "").trim();
      const value = ownValue(text);
      if (value === undefined) return [];
      if (isDateText(text)) {
        this.leaveOut(line, "date", `Column ${index + 1} holds a date, which is kept nowhere.`);
        return [];
      }
      if (typeof value !== "string" || (value.length <= 256 && !/^[=@]|\p{Cc}/u.test(value)))
        return [[column, value]];
      this.leaveOut(
        line,
        "bad-value",
        `Column ${index + 1} holds a formula, or more than one line of 256 characters.`,
      );
      return [];
    });
    return values.length === 0 ? undefined : Object.fromEntries(values);
  }

  /** Years, from a number or DICOM's `054Y`. */
  private age(row: CsvRow): number | undefined {
    const text = this.text(row, "age");
    if (isAbsent(text)) return undefined;
    const years = ageOf(text, true);
    if (years !== undefined) return years;
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
    const sex = sexOf(text);
    if (sex === undefined) this.leaveOut(row.line, "unknown-sex", "The sex is neither F nor M.");
    return sex;
  }
}

/** Whether a text may name a rater, or is empty. */
export function isRater(text: string): boolean {
  return text.length <= 64 && !/^[=@+-]|\p{Cc}/u.test(text);
}
