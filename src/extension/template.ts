/** One cell of a notebook that is about to be opened. */
export interface TemplateCell {
  readonly kind: "markdown" | "code";
  readonly text: string;
}

/** Metadata of a new notebook: the language decides which kernel VS Code offers first. */
export const NOTEBOOK_METADATA = {
  metadata: {
    kernelspec: {
      display_name: "Spinebook (TypeScript)",
      language: "typescript",
      name: "spinebook-typescript",
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

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

/** What a new notebook shows: a series, its discs, their grades, how well they agree with a rater, and the evidence. */
export const TEMPLATE_CELLS: readonly TemplateCell[] = [
  {
    kind: "markdown",
    text: "# Lumbar spine\n\nFor research only, not for diagnosis. Put the path of a DICOM folder, NIfTI, MetaImage, NRRD or PNG file into the first cell.",
  },
  {
    kind: "code",
    text: 'import { loadSeries, detect, grade, hotspots, confusionMatrix } from "spinebook";\n\nconst series = await loadSeries("path/to/study");\nseries',
  },
  { kind: "code", text: "const spine = await detect(series);\nspine" },
  { kind: "code", text: "const report = await grade(spine);\nreport" },
  {
    kind: "code",
    text: '// A rater\'s Pfirrmann grades of the same discs, from the top.\nconst rater = [2, 2, 3, 4, 3];\nconfusionMatrix(rater, report.grades("pfirrmann"))',
  },
  { kind: "code", text: 'await hotspots(report, "pfirrmann")' },
];
