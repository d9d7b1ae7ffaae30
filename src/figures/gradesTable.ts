import {
  commonTraining,
  calledFrom,
  GRADES_MIME,
  shownGrade,
  type GradeCell,
  type GradesPayload,
  type MimeBundle,
} from "../protocol/index.js";
import { escapeMarkup } from "../text/index.js";

/** The grades as a static HTML table without scripts or style sheets, for readers without our renderer. */
export function gradesHtml(payload: GradesPayload): string {
  const head = headOf(payload).map((text) => `<th scope="col">${escapeMarkup(text)}</th>`);
  const rows = payload.discs.map((disc) => {
    const cells = payload.features.map(({ key }) =>
      cellHtml(
        disc.grades.find(({ feature }) => feature === key),
        isMarked(payload, key),
      ),
    );
    return `<tr><th scope="row">${escapeMarkup(disc.level)}</th>${cells.join("")}</tr>`;
  });
  const caption = payload.title === "" ? "" : `<caption>${escapeMarkup(payload.title)}</caption>`;
  const notes = notesOf(payload).map((note) => `<p>${escapeMarkup(note)}</p>`);
  return `<table>${caption}<thead><tr>${head.join("")}</tr></thead><tbody>${rows.join("")}</tbody></table>${notes.join("")}`;
}

/** The grades as aligned plain text. */
export function gradesText(payload: GradesPayload): string {
  const table = [
    headOf(payload),
    ...payload.discs.map((disc) => [
      disc.level,
      ...payload.features.map(({ key }) =>
        cellText(
          disc.grades.find(({ feature }) => feature === key),
          isMarked(payload, key),
        ),
      ),
    ]),
  ];
  return [payload.title, alignedText(table), ...notesOf(payload)].filter((line) => line !== "").join("\n");
}

/** The display of grades: the interactive form, a static table, and plain text. */
export function gradesBundle(payload: GradesPayload): MimeBundle {
  return { [GRADES_MIME]: payload, "text/html": gradesHtml(payload), "text/plain": gradesText(payload) };
}

/** Columns padded to equal width. @param rows equally long rows of text */
export function alignedText(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((text, column) => text.padEnd(widths[column]!))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

const MARKS: Readonly<Record<GradeCell["trainedOn"], string>> = {
  clinical: "",
  synthetic: " *",
  both: " +",
  inferred: " †",
};

/** Names of the columns; a mark that all grades of a feature have stands here once and not in each cell. */
function headOf(payload: GradesPayload): string[] {
  const marked = payload.features.map(({ key, name }) => {
    const common = commonTraining(payload, key);
    return common === undefined ? name : name + MARKS[common];
  });
  return ["Disc", ...marked];
}

/** Whether the cells of a feature carry marks of their own. */
function isMarked(payload: GradesPayload, feature: string): boolean {
  return commonTraining(payload, feature) === undefined;
}

function cellText(cell: GradeCell | undefined, isMarked: boolean): string {
  if (!cell) return "–";
  const inside = [cell.fractional?.toFixed(1), cell.set].filter((part) => part !== undefined).join("; ");
  const score = inside === "" ? "" : ` (${inside})`;
  return `${shownGrade(cell)}${score}${isMarked ? MARKS[cell.trainedOn] : ""}`;
}

function cellHtml(cell: GradeCell | undefined, isMarked: boolean): string {
  const chances = (cell?.probabilities ?? []).map(([name, p]) => `${name} ${Math.round(p * 100)} %`);
  const because = cell?.because === undefined ? [] : [cell.because];
  const title = [...chances, ...(cell === undefined ? [] : calledFrom(cell)), ...because].join(", ");
  return `<td title="${escapeMarkup(title)}">${escapeMarkup(cellText(cell, isMarked))}</td>`;
}

function notesOf(payload: GradesPayload): readonly string[] {
  const cells = payload.discs.flatMap(({ grades }) => grades);
  const used = new Set(cells.map(({ trainedOn }) => trainedOn));
  return [
    ...(used.has("synthetic")
      ? ["* graded by a model trained on synthetic images only; not yet tested on patients"]
      : []),
    ...(used.has("inferred")
      ? ["† learned from synthetic images and inferred from Modic types; not compared with a reader"]
      : []),
    ...(used.has("both") ? ["+ graded by a model trained on patients and synthetic images"] : []),
    ...(cells.some(({ set }) => set !== undefined)
      ? ["in brackets: the score, then the grades that cannot be excluded at 90 % (conformal set)"]
      : []),
    ...[...payload.flags, ...payload.discs.flatMap(({ flags = [] }) => flags)].map(
      ({ message }) => `Note: ${message}`,
    ),
  ];
}
