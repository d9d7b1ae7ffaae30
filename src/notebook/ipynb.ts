import { randomUUID } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import { writeAtomically } from "../package/index.js";
import {
  jsonText,
  storableAttachments,
  storableBundle,
  storableCellMetadata,
  storableCount,
  storableMetadata,
  storableText,
  type JsonObject,
} from "./storable.js";

export type { JsonObject } from "./storable.js";

/** An output of a code cell. Fields that nbformat does not name are kept. */
export type Output =
  | ({ output_type: "stream"; name: "stdout" | "stderr"; text: string } & JsonObject)
  | ({ output_type: "display_data"; data: JsonObject; metadata: JsonObject } & JsonObject)
  | ({
      output_type: "execute_result";
      data: JsonObject;
      metadata: JsonObject;
      execution_count: number | null;
    } & JsonObject)
  | ({ output_type: "error"; ename: string; evalue: string; traceback: string[] } & JsonObject);

interface AnyCell extends JsonObject {
  /** Unique in the notebook: 1 to 64 of letters, digits, `-` and `_`. */
  id: string;
  metadata: JsonObject;
  /** The whole text; in the file it is a list of lines. */
  source: string;
}

export interface CodeCell extends AnyCell {
  cell_type: "code";
  execution_count: number | null;
  outputs: Output[];
}

export interface TextCell extends AnyCell {
  cell_type: "markdown" | "raw";
}

export type Cell = CodeCell | TextCell;

/** A notebook in memory: nbformat 4.5, multi-line texts joined, everything else as it was in the file. */
export interface Notebook extends JsonObject {
  nbformat: 4;
  nbformat_minor: number;
  metadata: JsonObject;
  cells: Cell[];
}

/** A file that is no notebook, or not one that can be used here. */
export class NotebookError extends Error {
  override readonly name = "NotebookError";
}

/** The `ename` of the error output that a headless run leaves in the cell that the kernel died in. */
export const KERNEL_DIED = "KernelDied";

/** Larger files are refused: Node cannot hold them as one text. */
const LARGEST_FILE = 400_000_000;
const CELL_ID = /^[a-zA-Z0-9_-]{1,64}$/;

/**
 * Reads a notebook file.
 * @throws NotebookError naming the file and what is wrong with it.
 */
export async function readNotebook(path: string): Promise<Notebook> {
  const name = basename(path);
  const info = await stat(path).catch(() => undefined);
  if (!info) throw new NotebookError(`There is no notebook at ${path}.`);
  if (!info.isFile()) throw new NotebookError(`${path} is not a file; name a notebook (.ipynb).`);
  if (info.size > LARGEST_FILE)
    throw new NotebookError(`${name} has ${Math.round(info.size / 1e6)} MB; clear its outputs first.`);
  return parseNotebook(await readFile(path, "utf8"), name);
}

/**
 * A notebook from the text of its file. Older minor versions of nbformat 4 are raised to 4.5: cells without an id, or
 * with an id that another cell has, get a new one.
 * @param name What error messages call the file.
 * @throws NotebookError
 */
export function parseNotebook(text: string, name: string): Notebook {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    throw new NotebookError(`${name} is not a notebook: it is not JSON.`);
  }
  if (!isObject(value) || typeof value["nbformat"] !== "number")
    throw new NotebookError(`${name} is not a notebook: it has no "nbformat" field.`);
  if (value["nbformat"] !== 4)
    throw new NotebookError(
      `${name} has notebook format ${value["nbformat"]}; save it as format 4 (Jupyter: "jupyter nbconvert --to notebook").`,
    );
  if (!Array.isArray(value["cells"]))
    throw new NotebookError(`${name} is not a notebook: it has no list of cells.`);
  const taken = new Set<string>();
  const cells = value["cells"].map((cell: unknown, index) =>
    parseCell(cell, `${name}, cell ${index + 1}`, taken),
  );
  const minor = typeof value["nbformat_minor"] === "number" ? value["nbformat_minor"] : 5;
  return {
    ...value,
    nbformat: 4,
    nbformat_minor: Number.isInteger(minor) ? Math.max(5, minor) : 5,
    metadata: isObject(value["metadata"]) ? value["metadata"] : {},
    cells,
  };
}

/**
 * The text of a notebook's file, laid out as Jupyter does (one space of indent, multi-line texts as lists of lines). What
 * nbformat's schema names is of the type that it asks for, whatever a cell has shown; fields that it does not name are kept.
 */
export function formatNotebook(notebook: Notebook): string {
  const cells = notebook.cells.map((cell) => ({
    ...cell,
    metadata: storableCellMetadata(cell.metadata),
    source: toLines(cell.source),
    ...(cell["attachments"] === undefined ? {} : { attachments: storableAttachments(cell["attachments"]) }),
    ...(cell.cell_type === "code"
      ? { execution_count: storableCount(cell.execution_count), outputs: cell.outputs.map(formatOutput) }
      : {}),
  }));
  return `${jsonText({ ...notebook, metadata: storableMetadata(notebook.metadata), cells }, 1)}\n`;
}

/** Writes a notebook so that the file is always whole: the old one, or the new one. Missing folders are made. */
export async function writeNotebook(path: string, notebook: Notebook): Promise<void> {
  await writeAtomically(path, formatNotebook(notebook));
}

/** A code cell as the notebook's own tools would make it. */
export function codeCell(source: string, metadata: JsonObject = {}): CodeCell {
  return { cell_type: "code", execution_count: null, id: newCellId(), metadata, outputs: [], source };
}

/** A markdown cell. */
export function markdownCell(source: string, metadata: JsonObject = {}): TextCell {
  return { cell_type: "markdown", id: newCellId(), metadata, source };
}

/** Tags of a cell (`metadata.tags`), such as papermill's `parameters`. */
export function tagsOf(cell: Cell): string[] {
  const tags = cell.metadata["tags"];
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === "string") : [];
}

/** Whether a run of the whole notebook leaves a cell out and its outputs as they are, as nbclient does by this tag. */
export function isLeftOut(cell: Cell): boolean {
  return tagsOf(cell).includes("skip-execution");
}

/** Joins nbformat's multi-line text (a text or a list of lines); `undefined` when it is neither. */
export function joinLines(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return Array.isArray(value) && value.every((line) => typeof line === "string") ? value.join("") : undefined;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Mime types whose value is JSON of any shape, not text. */
export function isJsonMime(mime: string): boolean {
  return mime === "application/json" || mime.endsWith("+json");
}

function newCellId(): string {
  return randomUUID().slice(0, 8);
}

function parseCell(value: unknown, where: string, taken: Set<string>): Cell {
  if (!isObject(value)) throw new NotebookError(`${where} is not a cell.`);
  const type = value["cell_type"];
  if (type !== "code" && type !== "markdown" && type !== "raw")
    throw new NotebookError(`${where} has no type that is known ("code", "markdown", "raw").`);
  const source = joinLines(value["source"] ?? "");
  if (source === undefined) throw new NotebookError(`${where}: its source is not text.`);
  let id = value["id"];
  while (typeof id !== "string" || !CELL_ID.test(id) || taken.has(id)) id = newCellId();
  taken.add(id);
  const cell = { ...value, id, metadata: isObject(value["metadata"]) ? value["metadata"] : {}, source };
  if (type !== "code") return { ...cell, cell_type: type };
  const outputs = value["outputs"] ?? [];
  if (!Array.isArray(outputs)) throw new NotebookError(`${where}: its outputs are not a list.`);
  return {
    ...cell,
    cell_type: type,
    execution_count: storableCount(value["execution_count"]),
    outputs: outputs.map((output: unknown, index) => parseOutput(output, `${where}, output ${index + 1}`)),
  };
}

function parseOutput(value: unknown, where: string): Output {
  if (!isObject(value)) throw new NotebookError(`${where} is not an output.`);
  const type = value["output_type"];
  switch (type) {
    case "stream": {
      const text = joinLines(value["text"] ?? "");
      if (text === undefined) throw new NotebookError(`${where}: its text is not text.`);
      return { ...value, output_type: type, name: value["name"] === "stderr" ? "stderr" : "stdout", text };
    }
    case "error":
      return {
        ...value,
        output_type: type,
        ename: joinLines(value["ename"]) ?? "Error",
        evalue: joinLines(value["evalue"]) ?? "",
        traceback: Array.isArray(value["traceback"]) ? value["traceback"].map(String) : [],
      };
    case "display_data":
    case "execute_result": {
      if (!isObject(value["data"])) throw new NotebookError(`${where} has no data.`);
      const metadata = isObject(value["metadata"]) ? value["metadata"] : {};
      const parsed = {
        ...value,
        data: mapTexts(storableBundle(value["data"]), (data) => joinLines(data) ?? data),
        metadata,
      };
      return type === "display_data"
        ? { ...parsed, output_type: type }
        : { ...parsed, output_type: type, execution_count: storableCount(value["execution_count"]) };
    }
    default:
      throw new NotebookError(
        `${where} has no type that is known ("stream", "display_data", "execute_result", "error").`,
      );
  }
}

function formatOutput(output: Output): JsonObject {
  switch (output.output_type) {
    case "stream":
      return { ...output, name: storableText(output.name), text: toLines(storableText(output.text)) };
    case "error":
      return {
        ...output,
        ename: storableText(output.ename),
        evalue: storableText(output.evalue),
        traceback: output.traceback.map(storableText),
      };
    default: {
      const data = mapTexts(storableBundle(output.data), (value, mime) =>
        typeof value === "string" && isTextMime(mime) ? toLines(value) : value,
      );
      const shown = { ...output, data, metadata: isObject(output.metadata) ? output.metadata : {} };
      return output.output_type === "execute_result"
        ? { ...shown, execution_count: storableCount(output.execution_count) }
        : shown;
    }
  }
}

/** Applies `change` to the values of a mime bundle that are text or pictures. */
function mapTexts(data: JsonObject, change: (value: unknown, mime: string) => unknown): JsonObject {
  return Object.fromEntries(
    Object.entries(data).map(([mime, value]) => [mime, isJsonMime(mime) ? value : change(value, mime)]),
  );
}

/** Text is kept as a list of lines; base64 pictures stay one text. */
function isTextMime(mime: string): boolean {
  return mime.startsWith("text/") || mime === "image/svg+xml" || mime === "application/javascript";
}

function toLines(text: string): string[] {
  return text === "" ? [] : text.split(/(?<=\n)/);
}
