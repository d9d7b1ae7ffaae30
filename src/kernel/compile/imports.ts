import ts from "typescript";
import { HOST } from "./names.js";

const { factory } = ts;

/** A member of the host object, such as `__spinebook__.import`. */
export function hostMember(name: string): ts.PropertyAccessExpression {
  return factory.createPropertyAccessExpression(factory.createIdentifier(HOST), name);
}

/** Whether all that an import names are types: TypeScript leaves an empty import behind, which would load the module. */
export function importsOnlyTypes(node: ts.ImportDeclaration): boolean {
  const { importClause } = ts.getOriginalNode(node) as ts.ImportDeclaration;
  const bindings = importClause?.namedBindings;
  if (importClause?.name !== undefined || !bindings || !ts.isNamedImports(bindings)) return false;
  return bindings.elements.length > 0 && bindings.elements.every(({ isTypeOnly }) => isTypeOnly);
}

/** The names that an import brings in; type-only ones are gone by then. */
export function importedNames(node: ts.ImportDeclaration): string[] {
  const clause = node.importClause;
  if (!clause) return [];
  const names = clause.name ? [clause.name.text] : [];
  const { namedBindings } = clause;
  if (!namedBindings) return names;
  if (ts.isNamespaceImport(namedBindings)) return [...names, namedBindings.name.text];
  return [...names, ...namedBindings.elements.map((element) => element.name.text)];
}

/** `import d, { a as b } from "m"` as `({ default: d, a: b } = host.pick(await host.import("m"), "m", { d: "default", b: "a" }))`. */
export function importAsAssignment(node: ts.ImportDeclaration): ts.Statement {
  const loaded = factory.createAwaitExpression(
    factory.createCallExpression(hostMember("import"), undefined, [
      node.moduleSpecifier,
      ...attributes(node),
    ]),
  );
  const statement = factory.createExpressionStatement(assignImports(node, loaded));
  return ts.setTextRange(statement, node);
}

/** A name that a module exports, and the cell's own one for it. */
type Wanted = readonly [name: string, local: ts.Identifier];

function assignImports(
  { importClause: clause, moduleSpecifier }: ts.ImportDeclaration,
  loaded: ts.Expression,
): ts.Expression {
  if (!clause) return loaded;
  const { namedBindings } = clause;
  const isNamespace = namedBindings !== undefined && ts.isNamespaceImport(namedBindings);
  const source = isNamespace ? factory.createAssignment(namedBindings.name, loaded) : loaded;
  const wanted: Wanted[] = clause.name ? [["default", clause.name]] : [];
  if (namedBindings && !isNamespace)
    for (const { propertyName, name } of namedBindings.elements)
      wanted.push([(propertyName ?? name).text, name]);
  if (wanted.length === 0) return source;
  const found = factory.createCallExpression(hostMember("pick"), undefined, [
    source,
    moduleSpecifier,
    factory.createObjectLiteralExpression(
      wanted.map(([name, local]) =>
        factory.createPropertyAssignment(local.text, factory.createStringLiteral(name)),
      ),
    ),
  ]);
  const picks = wanted.map(([name, local]) => pick(name, local));
  return factory.createParenthesizedExpression(
    factory.createAssignment(factory.createObjectLiteralExpression(picks), found),
  );
}

function pick(exported: string, local: ts.Identifier): ts.PropertyAssignment {
  return factory.createPropertyAssignment(factory.createStringLiteral(exported), local);
}

/** The second argument of `import()` for `with { type: "json" }`. */
function attributes(node: ts.ImportDeclaration): ts.Expression[] {
  if (!node.attributes) return [];
  const entries = node.attributes.elements.map((element) =>
    factory.createPropertyAssignment(element.name, element.value),
  );
  return [
    factory.createObjectLiteralExpression([
      factory.createPropertyAssignment("with", factory.createObjectLiteralExpression(entries)),
    ]),
  ];
}

/**
 * Sends `import()` and `import.meta`, at any depth, to the host, as a script has neither a folder nor a URL of its own;
 * `import x = require("m")` becomes a constant.
 */
export const routeDynamicImports: ts.TransformerFactory<ts.SourceFile> = (context) => (file) => {
  const visit = (node: ts.Node): ts.Node => {
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const call = factory.updateCallExpression(node, hostMember("import"), undefined, node.arguments);
      return ts.visitEachChild(call, visit, context);
    }
    if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword)
      return ts.setTextRange(hostMember("meta"), node);
    if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference))
      return requireAsConstant(node, node.moduleReference.expression);
    return ts.visitEachChild(node, visit, context);
  };
  return ts.visitEachChild(file, visit, context);
};

function requireAsConstant(node: ts.ImportEqualsDeclaration, specifier: ts.Expression): ts.Statement {
  const call = factory.createCallExpression(factory.createIdentifier("require"), undefined, [specifier]);
  const declaration = factory.createVariableDeclaration(node.name, undefined, undefined, call);
  const list = factory.createVariableDeclarationList([declaration], ts.NodeFlags.Const);
  return ts.setTextRange(factory.createVariableStatement(undefined, list), node);
}

/** A name that a file takes from another module. */
export interface TakenName {
  readonly specifier: string;
  readonly name: string;
  /** From 1. */
  readonly line: number;
}

/**
 * The names that a file takes from other modules by its static imports and re-exports, without types: those that its
 * compiled code (CommonJS, where a use reads `module_1.name`) does not use, and re-exported ones that begin as those of
 * types do.
 */
export function takenNames(file: ts.SourceFile, code: string): TakenName[] {
  const used = new Set([...code.matchAll(/\b\w+_\d+\.([\p{L}\p{N}_$]+)/gu)].map(([, name]) => name!));
  return file.statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
    const { moduleSpecifier } = statement;
    if (!moduleSpecifier || !ts.isStringLiteral(moduleSpecifier)) return [];
    return namesIn(statement)
      .filter(([name]) => used.has(name) && !(ts.isExportDeclaration(statement) && /^\p{Lu}/u.test(name)))
      .map(([name, node]) => ({
        specifier: moduleSpecifier.text,
        name,
        line: file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1,
      }));
  });
}

function namesIn(statement: ts.ImportDeclaration | ts.ExportDeclaration): [name: string, node: ts.Node][] {
  const clause = ts.isImportDeclaration(statement) ? statement.importClause : undefined;
  const bindings = ts.isImportDeclaration(statement) ? clause?.namedBindings : statement.exportClause;
  const named = bindings && (ts.isNamedImports(bindings) || ts.isNamedExports(bindings));
  const elements: readonly (ts.ImportSpecifier | ts.ExportSpecifier)[] = named ? bindings.elements : [];
  return [
    ...(clause?.name ? [["default", clause.name] as [string, ts.Node]] : []),
    ...elements
      .filter(({ isTypeOnly }) => !isTypeOnly)
      .map((element): [string, ts.Node] => [(element.propertyName ?? element.name).text, element]),
  ];
}

/** What a file's static imports and re-exports name. */
export function staticSpecifiers(file: ts.SourceFile): Set<string> {
  const specifiers = file.statements.flatMap((statement) =>
    (ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement)) &&
    statement.moduleSpecifier &&
    ts.isStringLiteral(statement.moduleSpecifier)
      ? [statement.moduleSpecifier.text]
      : [],
  );
  return new Set(specifiers);
}
