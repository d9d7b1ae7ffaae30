import ts from "typescript";
import { isForeign, withoutMagics } from "./magics.js";
import { syntaxErrors } from "./parse.js";

/** Whether a text can be run as it stands, or what is wrong with it. */
export interface Completeness {
  readonly status: "complete" | "incomplete" | "invalid";
  /** What the next line starts with where the text is incomplete. */
  readonly indent: string;
}

/** `*\/ expected`, `Unterminated template literal`: the rest may come with the next line. */
const UNTERMINATED = new Set([1010, 1160]);

/** Tells a console whether Enter is to run the text or to begin another line (Jupyter's `is_complete_request`). */
export function completenessOf(text: string): Completeness {
  if (isForeign(text)) return { status: "complete", indent: "" };
  const code = withoutMagics(text);
  const errors = syntaxErrors(code).filter(({ category }) => category === ts.DiagnosticCategory.Error);
  if (errors.length === 0) return { status: "complete", indent: "" };
  const end = code.trimEnd().length;
  const open = errors.every((error) => UNTERMINATED.has(error.code) || (error.start ?? 0) >= end);
  if (!open) return { status: "invalid", indent: "" };
  const last = code.trimEnd().split("\n").at(-1) ?? "";
  const indent = /^\s*/.exec(last)![0];
  return { status: "incomplete", indent: /[{([]$/.test(last) ? `${indent}  ` : indent };
}
