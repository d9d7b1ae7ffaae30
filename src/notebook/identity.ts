import { PACKED } from "../protocol/index.js";
import type { IdentityFinding } from "../protocol/index.js";
import { identityKinds } from "./identityPatterns.js";
import type { TextForm } from "./identityPatterns.js";
import { isJsonMime } from "./ipynb.js";
import type { Cell, Notebook, Output } from "./ipynb.js";

/** Where a notebook holds what looks like a patient's identity; the identity itself is never told. */
export interface NotebookIdentity {
  /** Position among all cells, from 0; `metadata` for the metadata of the notebook or of any of its cells. */
  readonly cellIndex: number | "metadata";
  /** For metadata: that of the notebook and its cells is `source`, that of outputs `output`. */
  readonly part: "source" | "output";
  /** Such as `patient name`. */
  readonly kind: string;
}

/** A notebook that is not passed on because it may tell who a patient is. */
export class IdentityError extends Error {
  override readonly name = "IdentityError";
}

/** A text of a notebook, with its place. */
interface PlacedText {
  readonly text: string;
  readonly form: TextForm;
  readonly place: Omit<NotebookIdentity, "kind">;
}

/** Fields of a cell that are no metadata. */
const LOOKED_AT_APART = new Set(["source", "outputs", "attachments"]);

/**
 * Looks through all texts of a notebook - sources, outputs of each text and JSON type, metadata - for identities that its
 * cells have read, and for what looks like an identity in any case. Attachments and pictures are not looked into.
 * @param known Which texts hold an identity that the cells have read; nothing is known of cells that did not run.
 */
export function findIdentity(
  notebook: Notebook,
  known: (texts: readonly string[]) => readonly IdentityFinding[] = () => [],
): NotebookIdentity[] {
  const texts = textsOf(notebook);
  const told = known(texts.map(({ text }) => text));
  return inOrder([
    ...told.flatMap(({ text, kind }) => (texts[text] ? [{ ...texts[text].place, kind }] : [])),
    ...patternFindings(texts),
  ]);
}

/** What looks like an identity in the cells' sources: the part that can be looked at before anything has run. */
export function identityInSources(notebook: Notebook): NotebookIdentity[] {
  return inOrder(patternFindings(notebook.cells.map(sourceOf)));
}

/** Kinds of what looks like an identity in a cell's outputs. */
export function identityInOutputs(cell: Cell): string[] {
  return [...new Set(patternFindings(outputTexts(cell, 0)).map(({ kind }) => kind))];
}

/** What is said of a finding, such as "Cell 3's source holds what looks like a patient name". */
export function describeIdentity({ cellIndex, part, kind }: NotebookIdentity): string {
  const place =
    cellIndex === "metadata"
      ? `The metadata of ${part === "source" ? "the notebook" : "an output"}`
      : `Cell ${cellIndex + 1}'s ${part}`;
  return `${place} holds what looks like ${/^[aeiou]/i.test(kind) ? "an" : "a"} ${kind}`;
}

/**
 * Refuses to pass on a notebook with findings.
 * @param way What else there is to say, such as where the run is kept
 * @throws IdentityError naming the first place and how many more there are.
 */
export function refuseIdentity(findings: readonly NotebookIdentity[], way = ""): void {
  const [first, ...others] = findings;
  if (!first) return;
  const more =
    others.length === 0
      ? ""
      : ` (so ${others.length === 1 ? "does 1 other place" : `do ${others.length} other places`})`;
  throw new IdentityError(
    `${describeIdentity(first)}${more}; remove it before the notebook is passed on.${way === "" ? "" : ` ${way}`}`,
  );
}

function patternFindings(texts: readonly PlacedText[]): NotebookIdentity[] {
  return texts.flatMap(({ text, form, place }) =>
    identityKinds(text, form).map((kind) => ({ ...place, kind })),
  );
}

/** Each finding once, in the notebook's order, its metadata last. */
function inOrder(findings: readonly NotebookIdentity[]): NotebookIdentity[] {
  const once = [
    ...new Map(
      findings.map((finding) => [JSON.stringify([finding.cellIndex, finding.part, finding.kind]), finding]),
    ),
  ].map(([, finding]) => finding);
  const order = ({ cellIndex }: NotebookIdentity): number =>
    cellIndex === "metadata" ? Infinity : cellIndex;
  return once.sort((a, b) => (order(a) === order(b) ? 0 : order(a) - order(b)));
}

function textsOf(notebook: Notebook): PlacedText[] {
  const { cells, ...ofNotebook } = notebook;
  const ofCells = cells.map((cell) =>
    Object.fromEntries(Object.entries(cell).filter(([key]) => !LOOKED_AT_APART.has(key))),
  );
  const ofOutputs = cells.flatMap((cell) =>
    cell.cell_type === "code" ? cell.outputs.map(({ metadata }) => metadata) : [],
  );
  return [
    ...cells.flatMap((cell, index) => [sourceOf(cell, index), ...outputTexts(cell, index)]),
    {
      text: jsonText([ofNotebook, ofCells]),
      form: "plain",
      place: { cellIndex: "metadata", part: "source" },
    },
    { text: jsonText(ofOutputs), form: "plain", place: { cellIndex: "metadata", part: "output" } },
  ];
}

function sourceOf(cell: Cell, cellIndex: number): PlacedText {
  const form = cell.cell_type === "code" ? "code" : "plain";
  return { text: cell.source, form, place: { cellIndex, part: "source" } };
}

function outputTexts(cell: Cell, cellIndex: number): PlacedText[] {
  if (cell.cell_type !== "code") return [];
  return cell.outputs
    .flatMap(textsOfOutput)
    .map((text) => ({ ...text, place: { cellIndex, part: "output" } }));
}

function textsOfOutput(output: Output): Omit<PlacedText, "place">[] {
  switch (output.output_type) {
    case "stream":
      return [{ text: output.text, form: "plain" }];
    case "error":
      return [{ text: [output.ename, output.evalue, ...output.traceback].join("\n"), form: "plain" }];
    default:
      return Object.entries(output.data).flatMap(([mime, value]) => {
        if (isJsonMime(mime) || typeof value === "object")
          return [{ text: jsonText(value), form: "plain" as const }];
        if (typeof value !== "string" || !holdsText(mime) || PACKED.test(value)) return [];
        return [{ text: value, form: isMarkup(mime) ? ("html" as const) : ("plain" as const) }];
      });
  }
}

/** Whether a value of this type that is not JSON is text to be read; base64 is none. */
function holdsText(mime: string): boolean {
  return mime.startsWith("text/") || isMarkup(mime) || mime === "application/javascript";
}

function isMarkup(mime: string): boolean {
  return mime === "text/html" || mime.endsWith("+xml") || mime.endsWith("/xml");
}

/** JSON as text, without packed data; indented, since the kernel takes a long text without spaces for packed itself. */
function jsonText(value: unknown): string {
  return JSON.stringify(
    value,
    (_key, item: unknown) => (typeof item === "string" && PACKED.test(item) ? "" : item),
    1,
  );
}
