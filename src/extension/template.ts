import { ANALYSIS, cellsOf, PLACEHOLDER } from "./commands/steps.js";
import type { Source } from "./commands/steps.js";

/** One cell of a notebook that is about to be opened. */
export interface TemplateCell {
  readonly kind: "markdown" | "code";
  readonly text: string;
}

/** Metadata of a new notebook: the name is that of the kernel in Jupyter, the language decides which one VS Code offers first. */
export const NOTEBOOK_METADATA = {
  metadata: {
    kernelspec: {
      display_name: "Spinebook (TypeScript)",
      language: "typescript",
      name: "spinebook",
    },
    language_info: { name: "typescript", file_extension: ".ts", mimetype: "text/typescript" },
  },
  nbformat: 4,
  nbformat_minor: 5,
} as const;

/** True when an `.ipynb`'s metadata, as VS Code's serializer gives it, names TypeScript as the notebook's language. */
export function isTypeScriptNotebook(metadata: Readonly<Record<string, unknown>>): boolean {
  const inner = field(metadata, "metadata");
  const languages = [
    field(field(inner, "language_info"), "name"),
    field(field(inner, "kernelspec"), "language"),
  ];
  return languages.includes("typescript");
}

/** True when it names Spinebook's own kernel. */
export function namesSpinebook(metadata: Readonly<Record<string, unknown>>): boolean {
  return kernelName(metadata) === NOTEBOOK_METADATA.metadata.kernelspec.name;
}

/** True when it names a kernel that is not Spinebook's, such as Deno's, which has language features of its own. */
export function namesAnotherKernel(metadata: Readonly<Record<string, unknown>>): boolean {
  return typeof kernelName(metadata) === "string" && !namesSpinebook(metadata);
}

function kernelName(metadata: Readonly<Record<string, unknown>>): unknown {
  return field(field(field(metadata, "metadata"), "kernelspec"), "name");
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

const ASK_FOR_PATH =
  " Put the path of a DICOM folder, NIfTI, MetaImage, NRRD or PNG file into the first cell.";

/**
 * What a new notebook shows: a series, its discs, their grades, how well they agree with a rater, and the evidence.
 * @param source what the first cell loads; a placeholder to be written over where left out
 */
export function templateCells(source?: Source): readonly TemplateCell[] {
  const title = `# Lumbar spine\n\nFor research only, not for diagnosis.${source === undefined ? ASK_FOR_PATH : ""}`;
  return [
    { kind: "markdown", text: title },
    ...cellsOf(ANALYSIS, source ?? PLACEHOLDER).map((text): TemplateCell => ({ kind: "code", text })),
  ];
}
