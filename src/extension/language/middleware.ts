import * as vscode from "vscode";
import type { Middleware } from "vscode-languageclient/node";
import { itemsMissing, placesMissing, tellsType, type LinkLike, type LocationLike } from "./merge.js";

type Places = vscode.Location[] | vscode.LocationLink[];

/**
 * Gives only what VS Code's own TypeScript does not, for a VS Code whose TypeScript cannot be kept quiet about cells: it is
 * asked first, by VS Code's commands, which ask us too; what they ask of us is answered with nothing. Names for signatures
 * and renames need none of this, as VS Code takes the first answer and asks built-in extensions last.
 * @param isDoubled whether VS Code's TypeScript answers about cells
 */
export function leavingToBuiltIn(isDoubled: () => boolean): Middleware {
  const asking = new Set<string>();

  /** Our answer without what the others hold; undefined where it is we who are asked by our own question. */
  const without = async <Own>(
    command: string,
    { uri }: vscode.TextDocument,
    position: vscode.Position,
    askUs: () => vscode.ProviderResult<Own>,
    subtract: (own: Own, others: never) => Own | undefined,
  ): Promise<Own | undefined> => {
    const key = `${command} ${uri.toString()} ${position.line}:${position.character}`;
    if (asking.has(key)) return undefined;
    if (!isDoubled()) return (await askUs()) ?? undefined;
    asking.add(key);
    try {
      const [own, others] = await Promise.all([
        askUs(),
        vscode.commands.executeCommand<never>(command, uri, position),
      ]);
      return own ? subtract(own, others) : undefined;
    } finally {
      asking.delete(key);
    }
  };

  return {
    provideCompletionItem: (document, position, context, token, next) =>
      without(
        "vscode.executeCompletionItemProvider",
        document,
        position,
        () => next(document, position, context, token),
        (own, others: vscode.CompletionList) =>
          itemsMissing(Array.isArray(own) ? own : own.items, others.items),
      ),
    provideHover: (document, position, token, next) =>
      without(
        "vscode.executeHoverProvider",
        document,
        position,
        () => next(document, position, token),
        (own, others: vscode.Hover[]) => (others.some((hover) => tellsType(textOf(hover))) ? undefined : own),
      ),
    provideDefinition: (document, position, token, next) =>
      without(
        "vscode.executeDefinitionProvider",
        document,
        position,
        () => next(document, position, token),
        (own, others: readonly (LocationLike | LinkLike)[]) =>
          placesMissing<LocationLike | LinkLike>(Array.isArray(own) ? own : [own], others) as Places,
      ),
    provideReferences: (document, position, options, token, next) =>
      without(
        "vscode.executeReferenceProvider",
        document,
        position,
        () => next(document, position, options, token),
        (own, others: vscode.Location[]) => placesMissing(own, others),
      ),
    handleDiagnostics: (uri, diagnostics, next) => {
      // The built-in says what is wrong in the syntax, with TypeScript's numbers; what only the kernel refuses has none.
      const isRepeated = ({ severity, code }: vscode.Diagnostic): boolean =>
        isDoubled() && severity === vscode.DiagnosticSeverity.Error && code !== undefined;
      next(
        uri,
        diagnostics.filter((diagnostic) => !isRepeated(diagnostic)),
      );
    },
  };
}

function textOf({ contents }: vscode.Hover): string {
  // VS Code's commands give the texts as they were, be it a string or an object that holds one.
  const texts = contents as readonly (string | { readonly value: string })[];
  return texts.map((text) => (typeof text === "string" ? text : text.value)).join("\n");
}
