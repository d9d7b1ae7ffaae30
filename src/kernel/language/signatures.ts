import ts from "typescript";
import { documentationOf, withoutModulePaths } from "./describe.js";
import { toModule } from "./place.js";
import type { Project } from "./project.js";

/** One way to call a function. */
export interface Signature {
  readonly label: string;
  readonly documentation: string;
  readonly parameters: readonly { readonly label: string; readonly documentation: string }[];
}

/** The ways to call a function, with the one that fits and the parameter that is being written. */
export interface SignatureHelp {
  readonly signatures: readonly Signature[];
  readonly activeSignature: number;
  readonly activeParameter: number;
}

/** The signatures of the call that an offset of a cell lies in. */
export function signaturesAt(project: Project, id: string, offset: number): SignatureHelp | undefined {
  const cell = project.cell(id);
  const found =
    cell &&
    project.ask((service) => service.getSignatureHelpItems(cell.path, toModule(cell, offset), undefined));
  if (!found) return undefined;
  return {
    signatures: found.items.map(signature),
    activeSignature: found.selectedItemIndex,
    activeParameter: found.argumentIndex,
  };
}

function signature(item: ts.SignatureHelpItem): Signature {
  const parameters = item.parameters.map(({ displayParts, documentation }) => ({
    label: textOf(displayParts),
    documentation: documentationOf(documentation, undefined),
  }));
  const separator = textOf(item.separatorDisplayParts);
  const inside = parameters.map(({ label }) => label).join(separator);
  return {
    label: `${textOf(item.prefixDisplayParts)}${inside}${textOf(item.suffixDisplayParts)}`,
    documentation: documentationOf(
      item.documentation,
      item.tags.filter(({ name }) => name !== "param"),
    ),
    parameters,
  };
}

function textOf(parts: readonly ts.SymbolDisplayPart[]): string {
  return withoutModulePaths(ts.displayPartsToString([...parts]), () => undefined);
}
