import ts from "typescript";

/** What a declared name is, in TypeScript's own words. */
export type DeclarationKind =
  | ts.ScriptElementKind.constElement
  | ts.ScriptElementKind.letElement
  | ts.ScriptElementKind.variableElement
  | ts.ScriptElementKind.functionElement
  | ts.ScriptElementKind.classElement
  | ts.ScriptElementKind.interfaceElement
  | ts.ScriptElementKind.typeElement
  | ts.ScriptElementKind.enumElement
  | ts.ScriptElementKind.moduleElement
  | ts.ScriptElementKind.alias;

/** A name that a top-level statement declares. */
export interface Declaration {
  readonly name: string;
  /** Where the name stands in the text. */
  readonly start: number;
  readonly kind: DeclarationKind;
  /** Whether it lives among the values, among the types, or in both. */
  readonly value: boolean;
  readonly type: boolean;
  /** A function without a body: one of several overloads. */
  readonly overload: boolean;
}

const KIND = ts.ScriptElementKind;

/** The names that a top-level statement declares: values and types, patterns, imports, `var` inside blocks and loops. */
export function declarationsOf(statement: ts.Statement, file: ts.SourceFile): Declaration[] {
  const found: Declaration[] = [];
  const add = (name: ts.Identifier, kind: DeclarationKind, value: boolean, type: boolean): void => {
    // A missing name, as while it is being typed, has no text.
    if (name.text === "") return;
    const overload = ts.isFunctionDeclaration(statement) && statement.body === undefined;
    found.push({ name: name.text, start: name.getStart(file), kind, value, type, overload });
  };
  if (ts.isImportDeclaration(statement)) addImports(statement, add);
  else if (ts.isImportEqualsDeclaration(statement)) add(statement.name, KIND.alias, true, true);
  else if (ts.isFunctionDeclaration(statement) && statement.name)
    add(statement.name, KIND.functionElement, true, false);
  else if (ts.isClassDeclaration(statement) && statement.name)
    add(statement.name, KIND.classElement, true, true);
  else if (ts.isInterfaceDeclaration(statement)) add(statement.name, KIND.interfaceElement, false, true);
  else if (ts.isTypeAliasDeclaration(statement)) add(statement.name, KIND.typeElement, false, true);
  else if (ts.isEnumDeclaration(statement)) add(statement.name, KIND.enumElement, true, true);
  else if (ts.isModuleDeclaration(statement)) {
    if (ts.isIdentifier(statement.name) && !isGlobalAugmentation(statement))
      add(statement.name, KIND.moduleElement, true, true);
  } else if (ts.isVariableStatement(statement)) addVariables(statement.declarationList, add);
  else addNestedVars(statement, add);
  return found;
}

type Add = (name: ts.Identifier, kind: DeclarationKind, value: boolean, type: boolean) => void;

function isGlobalAugmentation(statement: ts.ModuleDeclaration): boolean {
  return (statement.flags & ts.NodeFlags.GlobalAugmentation) !== 0;
}

function addImports({ importClause }: ts.ImportDeclaration, add: Add): void {
  if (!importClause) return;
  if (importClause.name) add(importClause.name, KIND.alias, true, true);
  const { namedBindings } = importClause;
  if (!namedBindings) return;
  if (ts.isNamespaceImport(namedBindings)) add(namedBindings.name, KIND.alias, true, true);
  else for (const { name } of namedBindings.elements) add(name, KIND.alias, true, true);
}

function addVariables(list: ts.VariableDeclarationList, add: Add): void {
  const kind = variableKind(list);
  const visit = (name: ts.BindingName): void => {
    if (ts.isIdentifier(name)) add(name, kind, true, false);
    else for (const element of name.elements) if (!ts.isOmittedExpression(element)) visit(element.name);
  };
  for (const { name } of list.declarations) visit(name);
}

function variableKind(list: ts.VariableDeclarationList): DeclarationKind {
  if ((list.flags & ts.NodeFlags.Const) !== 0) return KIND.constElement;
  return (list.flags & ts.NodeFlags.Let) !== 0 ? KIND.letElement : KIND.variableElement;
}

function addNestedVars(statement: ts.Statement, add: Add): void {
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) || ts.isClassLike(node) || ts.isModuleDeclaration(node)) return;
    if (ts.isVariableDeclarationList(node) && (node.flags & ts.NodeFlags.BlockScoped) === 0)
      addVariables(node, add);
    ts.forEachChild(node, visit);
  };
  visit(statement);
}
