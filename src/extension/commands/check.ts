import * as v from "valibot";
import type { Schema } from "../../text/index.js";
import { commandOutput } from "../commandOutput.js";

/** Where a notebook holds what looks like a patient's identity, as `spinebook report --check --json` tells it. */
export interface IdentityPlace {
  /** Counted from 1; `null` for metadata. */
  readonly cell: number | null;
  readonly part: "source" | "output";
  /** Such as `patient name`. */
  readonly kind: string;
  /** Names the place and the kind, never the text. */
  readonly sentence: string;
}

/** What is to be known of a notebook before it is passed on. */
export interface NotebookCheck {
  readonly identity: readonly IdentityPlace[];
  /** A sentence where the cells were not run in order. */
  readonly outOfOrder: string | null;
}

/** Longest list of places that a dialog shows. */
const SHOWN = 8;

const NOTEBOOK_CHECK: Schema<NotebookCheck> = v.object({
  identity: v.array(
    v.object({
      cell: v.nullable(v.number()),
      part: v.picklist(["source", "output"]),
      kind: v.string(),
      sentence: v.string(),
    }),
  ),
  outOfOrder: v.nullable(v.string()),
});

/**
 * Reads what the command has printed.
 * @throws Error with a sentence for people where it is something else
 */
export function parseCheck(output: string): NotebookCheck {
  return commandOutput(output, NOTEBOOK_CHECK, "What the check found");
}

/** What the dialog says under its question: one line a place, and how many more there are. */
export function identityDetail(places: readonly IdentityPlace[]): string {
  const lines = places.slice(0, SHOWN).map(({ sentence }) => sentence);
  const more = places.length - lines.length;
  if (more > 0) lines.push(`And ${more} more ${more === 1 ? "place" : "places"}.`);
  return lines.join("\n");
}

/** What the command complains of, without its own name before it. */
export function complaint(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/^(?:spinebook )?report: /, "");
}
