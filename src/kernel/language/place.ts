import type ts from "typescript";
import type { CellModule, Project } from "./project.js";

/** A stretch of a text; offsets count from 0 and `end` is behind the last character. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A stretch of a cell, in the cell's own offsets, or of a real file. */
export type Place =
  | (Span & { readonly id: string; readonly path?: undefined })
  | (Span & { readonly path: string; readonly text: string; readonly id?: undefined });

/** An offset of a cell as one of its module. */
export function toModule(cell: CellModule, offset: number): number {
  return cell.link.prelude.length + Math.max(0, Math.min(offset, cell.names.text.length));
}

/** A stretch of a module as one of its cell; undefined where it lies in what was put around the cell's text. */
export function toCell(cell: CellModule, { start, length }: ts.TextSpan): Span | undefined {
  const from = start - cell.link.prelude.length;
  const end = from + length;
  return from >= 0 && end <= cell.names.text.length ? { start: from, end } : undefined;
}

/** A stretch of any file of the program as a place that a person can go to. */
export function toPlace(project: Project, path: string, span: ts.TextSpan): Place | undefined {
  const cell = project.cellOfPath(path);
  if (cell) {
    const inside = toCell(cell, span);
    return inside && { id: cell.id, ...inside };
  }
  const text = project.sourceFile(path)?.text;
  return text === undefined ? undefined : { path, text, start: span.start, end: span.start + span.length };
}

/** Places without those that occur twice. */
export function unique<T extends Place>(places: readonly T[]): T[] {
  const byKey = new Map(
    places.map((place) => [`${place.id ?? ""}|${place.path ?? ""}|${place.start}|${place.end}`, place]),
  );
  return [...byKey.values()];
}
