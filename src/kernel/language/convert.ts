import ts from "typescript";
import {
  CompletionItemKind,
  CompletionItemTag,
  DiagnosticSeverity,
  MarkupKind,
  type CompletionItem,
  type Diagnostic,
  type Hover as LspHover,
  type MarkupContent,
  type SignatureHelp as LspSignatureHelp,
} from "vscode-languageserver/node";
import type { Book } from "./book.js";
import type { Completion, CompletionDetail } from "./complete.js";
import type { Problem } from "./diagnose.js";
import type { Hover } from "./service.js";
import type { SignatureHelp } from "./signatures.js";

/** What a completion item carries to its resolution. */
export interface CompletionData {
  readonly book: string;
  readonly id: string;
  readonly offset: number;
  readonly source: string | undefined;
}

const KINDS: Readonly<Record<string, CompletionItemKind>> = {
  [ts.ScriptElementKind.keyword]: CompletionItemKind.Keyword,
  [ts.ScriptElementKind.primitiveType]: CompletionItemKind.Keyword,
  [ts.ScriptElementKind.constElement]: CompletionItemKind.Constant,
  [ts.ScriptElementKind.memberVariableElement]: CompletionItemKind.Field,
  [ts.ScriptElementKind.memberGetAccessorElement]: CompletionItemKind.Field,
  [ts.ScriptElementKind.memberSetAccessorElement]: CompletionItemKind.Field,
  [ts.ScriptElementKind.functionElement]: CompletionItemKind.Function,
  [ts.ScriptElementKind.localFunctionElement]: CompletionItemKind.Function,
  [ts.ScriptElementKind.memberFunctionElement]: CompletionItemKind.Method,
  [ts.ScriptElementKind.constructSignatureElement]: CompletionItemKind.Method,
  [ts.ScriptElementKind.callSignatureElement]: CompletionItemKind.Method,
  [ts.ScriptElementKind.indexSignatureElement]: CompletionItemKind.Method,
  [ts.ScriptElementKind.enumElement]: CompletionItemKind.Enum,
  [ts.ScriptElementKind.enumMemberElement]: CompletionItemKind.EnumMember,
  [ts.ScriptElementKind.moduleElement]: CompletionItemKind.Module,
  [ts.ScriptElementKind.externalModuleName]: CompletionItemKind.Module,
  [ts.ScriptElementKind.classElement]: CompletionItemKind.Class,
  [ts.ScriptElementKind.typeElement]: CompletionItemKind.Class,
  [ts.ScriptElementKind.interfaceElement]: CompletionItemKind.Interface,
  [ts.ScriptElementKind.typeParameterElement]: CompletionItemKind.TypeParameter,
  [ts.ScriptElementKind.scriptElement]: CompletionItemKind.File,
  [ts.ScriptElementKind.directory]: CompletionItemKind.Folder,
  [ts.ScriptElementKind.string]: CompletionItemKind.Constant,
};

/** A completion as the protocol's item; what it is comes with its resolution. */
export function toCompletionItem(completion: Completion, book: Book, data: CompletionData): CompletionItem {
  const { name, kind, sortText, insertText, replace, deprecated } = completion;
  const item: CompletionItem = {
    label: name,
    kind: KINDS[kind] ?? CompletionItemKind.Variable,
    sortText,
    data: { ...data, source: completion.source },
  };
  if (insertText !== undefined) item.insertText = insertText;
  // `?.name` in place of `.name`: the dot before the word is replaced too, and the client filters by what is there.
  if (insertText !== undefined && replace !== undefined) item.filterText = filterText(name, insertText);
  if (replace !== undefined)
    item.textEdit = { range: book.range(data.id, replace), newText: insertText ?? name };
  if (deprecated) item.tags = [CompletionItemTag.Deprecated];
  return item;
}

function filterText(name: string, insertText: string): string {
  return /^(?:\?\.|\[)/.test(insertText) ? `.${name}` : insertText;
}

/** An item with its signature and docstring. */
export function withDetail(item: CompletionItem, detail: CompletionDetail | undefined): CompletionItem {
  if (!detail) return item;
  return { ...item, detail: detail.signature, documentation: markdown(detail.documentation) };
}

/** A hover: the signature as code, the docstring below. */
export function toHover(hover: Hover, id: string, book: Book): LspHover {
  const code = `\`\`\`typescript\n${hover.signature}\n\`\`\``;
  const text = hover.documentation === "" ? code : `${code}\n\n${hover.documentation}`;
  return { contents: markdown(text), range: book.range(id, hover) };
}

/** Signatures as the protocol has them. */
export function toSignatureHelp(help: SignatureHelp): LspSignatureHelp {
  return {
    activeSignature: help.activeSignature,
    activeParameter: help.activeParameter,
    signatures: help.signatures.map(({ label, documentation, parameters }) => ({
      label,
      documentation: markdown(documentation),
      parameters: parameters.map((parameter) => ({
        label: parameter.label,
        documentation: markdown(parameter.documentation),
      })),
    })),
  };
}

/** A problem as the protocol's diagnostic. */
export function toDiagnostic(
  { start, end, severity, message, code }: Problem,
  id: string,
  book: Book,
): Diagnostic {
  return {
    range: book.range(id, { start, end }),
    severity: severity === "error" ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
    source: "typescript",
    message,
    ...(code > 0 && { code }),
  };
}

function markdown(value: string): MarkupContent {
  return { kind: MarkupKind.Markdown, value };
}
