import * as vscode from "vscode";
import type { SpinebookController } from "../controller.js";
import type { IdentityPlace } from "./check.js";

interface PlacedText {
  readonly text: string;
  readonly cell: number;
  readonly part: "source" | "output";
}

/** Output types that hold text to be read; pictures hold none. */
const TEXTUAL = /^(?:text\/|application\/(?:.*\+)?json$|application\/vnd\.code\.notebook\.|image\/svg\+xml$)/;

/**
 * Where the notebook holds a name or number that its cells themselves have read from files: its kernels have told them,
 * also where their form says nothing. Empty where no kernel has run.
 */
export function liveIdentity(
  notebook: vscode.NotebookDocument,
  controller: SpinebookController,
): IdentityPlace[] {
  const texts = notebook.getCells().flatMap(textsOf);
  const findings = controller.findIdentity(
    notebook,
    texts.map(({ text }) => text),
  );
  const places = findings.flatMap(({ text, kind }) => {
    const found = texts[text];
    return found === undefined ? [] : [{ ...found, kind }];
  });
  return [
    ...new Map(
      places.map(({ cell, part, kind }) => [`${cell} ${part} ${kind}`, place(cell, part, kind)]),
    ).values(),
  ];
}

function place(cell: number, part: "source" | "output", kind: string): IdentityPlace {
  return { cell, part, kind, sentence: `Cell ${cell}'s ${part} holds a ${kind} that the cells have read.` };
}

function textsOf(cell: vscode.NotebookCell): PlacedText[] {
  const decoder = new TextDecoder();
  const number = cell.index + 1;
  return [
    { text: cell.document.getText(), cell: number, part: "source" },
    ...cell.outputs
      .flatMap(({ items }) => items)
      .filter(({ mime }) => TEXTUAL.test(mime))
      .map(({ data }): PlacedText => ({ text: decoder.decode(data), cell: number, part: "output" })),
  ];
}
