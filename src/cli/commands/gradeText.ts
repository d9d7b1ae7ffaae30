import { FEATURES, inStanding, isReadByReaders, isWithheld, setText } from "../../api/index.js";
import type { GradedSpine } from "../../api/index.js";
import { csvField } from "../../text/index.js";

/** What is said of each disc alike where the whole series is unlike those that were measured; then the series' flag says it once. */
const TOLD_OF_SERIES = new Set(["contrast", "unlike-training"]);

/** The lines that `grade` prints for people: a disc a line, its flags below. */
export function gradeLines(graded: GradedSpine): string[] {
  const { discs, flags } = graded;
  const isUnlike = flags.some(({ code }) => code === "out-of-distribution");
  const lines = discs.flatMap(({ level, grades, flags: own }) => {
    const present = FEATURES.filter(
      ({ key, classes }) =>
        key !== "pfirrmann" && !isWithheld(grades[key]!) && grades[key]!.grade !== classes[0],
    );
    const findings = present.map(({ key, name, classes, trainedOn }) => {
      const grade = classes.length > 2 ? ` ${grades[key]!.grade}` : "";
      const words = `${name.toLowerCase()}${grade}${isReadByReaders(trainedOn) ? "" : " (not compared with a reader)"}`;
      return inStanding(words, grades[key]!);
    });
    const { grade, fractional = NaN, set = [] } = grades.pfirrmann!;
    const possible = set.length > 1 ? `; ${setText(set, FEATURES[0]!.classes)}` : "";
    return [
      `${graded.shownLevel(level).padEnd(8)} Pfirrmann ${inStanding(`${grade} (${fractional.toFixed(1)}${possible})`, grades.pfirrmann!)}  ${findings.join(", ")}`,
      ...own
        .filter(({ code }) => !isUnlike || !TOLD_OF_SERIES.has(code))
        .map(({ message }) => `  ! ${message}`),
    ];
  });
  return [...lines, ...flags.map(({ message }) => `! ${message}`)];
}

/**
 * Rows of words and numbers as CSV. The header has the columns of all rows, as those of one study may lack what those of another have (whose
 * convention grades follow, where they are withheld); no rows give the header `level`.
 */
export function csvOf(rows: readonly Readonly<Record<string, string | number>>[]): string {
  const header = rows.length === 0 ? ["level"] : [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cells = [header, ...rows.map((row) => header.map((column) => String(row[column] ?? "")))];
  return cells.map((row) => `${row.map(csvField).join(",")}\n`).join("");
}
