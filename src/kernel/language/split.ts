import { withoutMagics } from "../compile/magics.js";
import { parseText } from "../compile/parse.js";
import { declarationsOf, type Declaration } from "./names.js";
import ts from "typescript";

/** A stretch of a text; pieces follow each other without a gap. */
export interface Piece {
  readonly start: number;
  readonly text: string;
}

/**
 * Splits a text that joins a notebook's cells before each top-level statement that declares a name anew, so that each
 * piece is a module without clashes. Overloads, a namespace that extends a class, and a type beside a value of the same
 * name stay together.
 */
export function splitText(text: string): Piece[] {
  const file = parseText(withoutMagics(text));
  const starts = [0];
  let declared = new Map<string, Declaration[]>();
  for (const statement of file.statements) {
    const found = declarationsOf(statement, file);
    if (found.some((one) => declared.get(one.name)?.some((other) => clash(other, one)))) {
      starts.push(statement.pos);
      declared = new Map();
    }
    for (const one of found) declared.set(one.name, [...(declared.get(one.name) ?? []), one]);
  }
  return starts.map((start, index) => ({ start, text: text.slice(start, starts[index + 1]) }));
}

/** The piece that an offset lies in; the end of a piece belongs to it, as what is typed there continues it. */
export function pieceAt(pieces: readonly Piece[], offset: number): number {
  const index = pieces.findIndex(({ start, text }) => offset <= start + text.length);
  return index < 0 ? pieces.length - 1 : index;
}

function clash(earlier: Declaration, later: Declaration): boolean {
  const merges = [earlier.kind, later.kind].includes(ts.ScriptElementKind.moduleElement);
  if (merges || earlier.overload) return false;
  return (earlier.value && later.value) || (earlier.type && later.type);
}
