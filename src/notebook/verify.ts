import { excerpts, firstDifference, sameText } from "./differences.js";
import { plainTerminalText } from "./embedding.js";
import { identityInOutputs } from "./identity.js";
import { isJsonMime, tagsOf } from "./ipynb.js";
import type { CodeCell, JsonObject, Notebook, Output } from "./ipynb.js";

/** The first thing in which a cell's fresh outputs are not the stored ones. */
export interface CellDifference {
  /** Number of the cell among all cells, from 1. */
  readonly cell: number;
  readonly id: string;
  /** Number of the output within the cell, from 1, streams that follow each other counted as one; absent where the cell did not run. */
  readonly output?: number;
  /** A mime type, or `stdout`, `stderr`, `error`; with the place inside of a JSON value behind it. */
  readonly what: string;
  /** Both sides around the first difference, shortened. */
  readonly stored: string;
  readonly fresh: string;
}

/** What a comparison of a notebook with its own fresh run found. */
export interface Verification {
  readonly differences: readonly CellDifference[];
  /** How many cells were compared. */
  readonly compared: number;
  /** Numbers of the cells tagged `varies`, whose outputs were left out. */
  readonly leftOut: readonly number[];
}

/** Tag of a cell whose outputs may differ from run to run, such as one that shows times. */
const VARIES = "varies";
const NOTHING = "(nothing)";

/**
 * Compares what the code cells show after a fresh run with what the notebook's file holds. Execution counts, times and
 * metadata do not count; streams are compared as a reader sees them (no colours, the last state of a progress line).
 * Of cells tagged `varies` only whether they fail is compared.
 * @param fresh The same notebook after its run: the same cells in the same order.
 * @param tolerance How far numbers may be off, relative to the larger; 0: every character counts.
 */
export function compareNotebooks(stored: Notebook, fresh: Notebook, tolerance: number): Verification {
  const pairs = stored.cells.flatMap((cell, index) => {
    const again = fresh.cells[index];
    return cell.cell_type === "code" && again?.cell_type === "code" && cell.source.trim() !== ""
      ? [{ number: index + 1, cell, again, varies: tagsOf(cell).includes(VARIES) }]
      : [];
  });
  return {
    differences: pairs.flatMap(({ number, cell, again, varies }) => {
      const found = varies ? compareFailure(cell, again) : compareCell(cell, again, tolerance);
      return found ? [{ cell: number, id: cell.id, ...withoutIdentity(found, cell, again) }] : [];
    }),
    compared: pairs.filter(({ varies }) => !varies).length,
    leftOut: pairs.filter(({ varies }) => varies).map(({ number }) => number),
  };
}

/** Whether any code cell holds an output to compare with. */
export function hasOutputs(notebook: Notebook): boolean {
  return notebook.cells.some((cell) => cell.cell_type === "code" && cell.outputs.length > 0);
}

/** Whether the notebook was run on behind a cell that threw. */
export function ranBehindError(notebook: Notebook): boolean {
  const cells = notebook.cells.filter((cell) => cell.cell_type === "code");
  const failed = cells.findIndex((cell) => hasError(cell) && !tagsOf(cell).includes("raises-exception"));
  return failed >= 0 && cells.slice(failed + 1).some((cell) => cell.execution_count !== null);
}

type Found = Omit<CellDifference, "cell" | "id">;

function compareCell(cell: CodeCell, again: CodeCell, tolerance: number): Found | undefined {
  if (wasLeftOut(cell, again))
    return { what: "run", stored: "run", fresh: "not run, as a cell above it failed" };
  const [stored, fresh] = [mergeStreams(cell.outputs), mergeStreams(again.outputs)];
  for (let index = 0; index < Math.max(stored.length, fresh.length); index++) {
    const found = compareOutput(stored[index], fresh[index], tolerance);
    if (found) return { output: index + 1, ...found };
  }
  return undefined;
}

function compareFailure(cell: CodeCell, again: CodeCell): Found | undefined {
  if (wasLeftOut(cell, again))
    return { what: "run", stored: "run", fresh: "not run, as a cell above it failed" };
  if (hasError(cell) === hasError(again)) return undefined;
  const told = ({ outputs }: CodeCell): string => {
    const error = outputs.find((output) => output.output_type === "error");
    return error?.output_type === "error" ? `${error.ename}: ${error.evalue}` : "no error";
  };
  return { what: "error", ...excerpts(told(cell), told(again), 0) };
}

/** The stored cell was run and this time it was not; a kernel that died in it leaves an error. */
function wasLeftOut(cell: CodeCell, again: CodeCell): boolean {
  return cell.execution_count !== null && again.execution_count === null && again.outputs.length === 0;
}

function hasError({ outputs }: CodeCell): boolean {
  return outputs.some((output) => output.output_type === "error");
}

function compareOutput(
  stored: Output | undefined,
  fresh: Output | undefined,
  tolerance: number,
): Omit<Found, "output"> | undefined {
  if (!stored || !fresh || nameOf(stored) !== nameOf(fresh))
    return {
      what: nameOf(fresh ?? stored!),
      stored: stored ? `${nameOf(stored)}: ${summary(stored)}` : NOTHING,
      fresh: fresh ? `${nameOf(fresh)}: ${summary(fresh)}` : NOTHING,
    };
  if (stored.output_type === "stream" && fresh.output_type === "stream")
    return compareTexts(stored.name, stored.text, fresh.text, tolerance);
  if (stored.output_type === "error" && fresh.output_type === "error")
    return compareTexts(
      "error",
      `${stored.ename}: ${stored.evalue}`,
      `${fresh.ename}: ${fresh.evalue}`,
      tolerance,
    );
  return compareBundles(stored["data"] as JsonObject, fresh["data"] as JsonObject, tolerance);
}

function compareBundles(
  stored: JsonObject,
  fresh: JsonObject,
  tolerance: number,
): Omit<Found, "output"> | undefined {
  for (const mime of new Set([...Object.keys(stored), ...Object.keys(fresh)])) {
    const [a, b] = [stored[mime], fresh[mime]];
    if (isPicture(mime) && typeof a === "string" && typeof b === "string") {
      // Line breaks in base64 are the writer's taste.
      if (a.replace(/\s/g, "") === b.replace(/\s/g, "")) continue;
      return { what: mime, stored: "a picture", fresh: "another picture" };
    }
    const found = firstDifference(a, b, isJsonMime(mime) || isText(mime) ? tolerance : 0);
    if (found) return { what: mime + found.path, stored: found.stored, fresh: found.fresh };
  }
  return undefined;
}

function compareTexts(
  what: string,
  stored: string,
  fresh: string,
  tolerance: number,
): Omit<Found, "output"> | undefined {
  return sameText(stored, fresh, tolerance) ? undefined : { what, ...excerpts(stored, fresh, tolerance) };
}

/** Outputs as they are compared: streams of one name that follow each other are one, and empty ones none. */
function mergeStreams(outputs: readonly Output[]): Output[] {
  const merged: Output[] = [];
  for (const output of outputs) {
    const last = merged.at(-1);
    if (output.output_type === "stream" && last?.output_type === "stream" && last.name === output.name)
      merged[merged.length - 1] = { ...last, text: last.text + output.text };
    else if (output.output_type !== "stream" || output.text !== "") merged.push(output);
  }
  return merged.map((output) =>
    output.output_type === "stream" ? { ...output, text: plainTerminalText(output.text) } : output,
  );
}

/** What sort of output it is: two outputs of different names are different whatever they hold. */
function nameOf(output: Output): string {
  if (output.output_type === "stream") return output.name;
  return { error: "error", display_data: "display", execute_result: "result" }[output.output_type];
}

function summary(output: Output): string {
  if (output.output_type === "stream") return excerpts(output.text, "", 0).stored;
  if (output.output_type === "error") return excerpts(`${output.ename}: ${output.evalue}`, "", 0).stored;
  const text = output.data["text/plain"];
  return typeof text === "string" ? excerpts(text, "", 0).stored : Object.keys(output.data).join(", ");
}

/** Where a cell's outputs look like they hold an identity, they are not told, as nowhere else. */
function withoutIdentity(found: Found, ...cells: CodeCell[]): Found {
  const [kind] = cells.flatMap(identityInOutputs);
  if (kind === undefined || found.what === "run") return found;
  const hidden = `(not shown: these outputs look like they hold a ${kind})`;
  return { ...found, stored: hidden, fresh: hidden };
}

function isPicture(mime: string): boolean {
  return mime.startsWith("image/") && mime !== "image/svg+xml";
}

function isText(mime: string): boolean {
  return mime.startsWith("text/") || mime.endsWith("xml");
}
