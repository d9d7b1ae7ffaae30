import ts from "typescript";
import { hostMember, importAsAssignment, importedNames, importsOnlyTypes } from "./imports.js";
import { assignmentTarget, boundNames } from "./patterns.js";

const { factory } = ts;

export interface Hoisting {
  /** Takes the names that become properties of the global object. */
  readonly names: Set<string>;
  /** The names of which the host is told when they are there. */
  readonly early: ReadonlySet<string>;
}

/**
 * Turns each top-level declaration into an assignment to a global, so that any later cell sees it and may declare it
 * anew in any form. Works on the tree that TypeScript has already lowered to JavaScript: types are gone, enums and
 * namespaces are functions that fill a `var`. Functions and imports move to the top, as JavaScript hoists them.
 */
export function hoistDeclarations(hoisting: Hoisting): ts.TransformerFactory<ts.SourceFile> {
  return (context) => (file) => {
    const functions: ts.Statement[] = [];
    const imports: ts.Statement[] = [];
    const rest: ts.Statement[] = [];
    const declare = (names: readonly string[]): void => {
      for (const name of names) hoisting.names.add(name);
    };
    for (const statement of file.statements) {
      if (ts.isImportDeclaration(statement)) {
        declare(importedNames(statement));
        if (!importsOnlyTypes(statement)) imports.push(importAsAssignment(statement));
      } else if (ts.isFunctionDeclaration(statement)) {
        const name = statement.name?.text ?? DEFAULT_EXPORT;
        declare([name]);
        functions.push(assign(statement, statement.name ?? name, functionExpression(statement)));
      } else if (ts.isClassDeclaration(statement)) {
        const name = statement.name?.text ?? DEFAULT_EXPORT;
        declare([name]);
        rest.push(assign(statement, statement.name ?? name, classExpression(statement)));
        rest.push(...declared([name], hoisting.early));
      } else if (ts.isVariableStatement(statement) && !isMadeByTypeScript(statement)) {
        declare(statement.declarationList.declarations.flatMap(({ name }) => boundNames(name)));
        rest.push(...assignVariables(statement, hoisting.early));
      } else if (ts.isExportAssignment(statement)) {
        rest.push(ts.setTextRange(factory.createExpressionStatement(statement.expression), statement));
      } else if (!ts.isExportDeclaration(statement)) {
        rest.push(hoistNestedVars(statement, declare, context));
      }
    }
    return factory.updateSourceFile(file, [...functions, ...imports, ...rest]);
  };
}

/**
 * Whether a statement declares a name of TypeScript's own making, such as the scope that `using` is lowered to. Such a
 * name gets its final text only when it is printed; the mark is not in TypeScript's public types.
 */
function isMadeByTypeScript({ declarationList }: ts.VariableStatement): boolean {
  return declarationList.declarations.every(
    ({ name }) =>
      (name as { readonly emitNode?: { readonly autoGenerate?: unknown } }).emitNode?.autoGenerate !==
      undefined,
  );
}

/** The name of `export default function () {}`; it can't be a name of the user's. */
const DEFAULT_EXPORT = "default_1";

function assign(from: ts.Statement, name: ts.Identifier | string, value: ts.Expression): ts.Statement {
  const target = typeof name === "string" ? factory.createIdentifier(name) : name;
  return ts.setTextRange(factory.createExpressionStatement(factory.createAssignment(target, value)), from);
}

/** Without a name of its own: a call of itself then finds the global, also after a later cell declared it anew. */
function functionExpression(node: ts.FunctionDeclaration): ts.Expression {
  const expression = factory.createFunctionExpression(
    node.modifiers?.filter(isAsync),
    node.asteriskToken,
    undefined,
    undefined,
    node.parameters,
    undefined,
    node.body!,
  );
  return ts.setTextRange(expression, node);
}

function classExpression(node: ts.ClassDeclaration): ts.Expression {
  const expression = factory.createClassExpression(
    undefined,
    node.name,
    undefined,
    node.heritageClauses,
    node.members,
  );
  return ts.setTextRange(expression, node);
}

function isAsync(modifier: ts.ModifierLike): modifier is ts.Modifier {
  return modifier.kind === ts.SyntaxKind.AsyncKeyword;
}

const NONE: ReadonlySet<string> = new Set();

/** `host.declared("a", "b")` for those names that the host waits for. */
function declared(names: readonly string[], early: ReadonlySet<string>): ts.Statement[] {
  const awaited = names.filter((name) => early.has(name)).map((name) => factory.createStringLiteral(name));
  if (awaited.length === 0) return [];
  return [
    factory.createExpressionStatement(
      factory.createCallExpression(hostMember("declared"), undefined, awaited),
    ),
  ];
}

function assignVariables(statement: ts.VariableStatement, early = NONE): ts.Statement[] {
  const { declarationList } = statement;
  const original = ts.getOriginalNode(statement);
  // A `var` that TypeScript made for an enum or a namespace starts empty, or the members of an earlier run would stay.
  const starts = !isVar(declarationList) || !ts.isVariableStatement(original);
  return declarationList.declarations.flatMap((declaration) => {
    const expression = assignVariable(declaration, starts);
    return expression
      ? [
          ts.setTextRange(factory.createExpressionStatement(expression), declaration),
          ...declared(boundNames(declaration.name), early),
        ]
      : [];
  });
}

function assignVariable(declaration: ts.VariableDeclaration, starts: boolean): ts.Expression | undefined {
  const { name, initializer } = declaration;
  if (!initializer && !starts) return undefined;
  const assignment = factory.createAssignment(
    assignmentTarget(name),
    initializer ?? factory.createVoidZero(),
  );
  ts.setTextRange(assignment, declaration);
  return ts.isObjectBindingPattern(name) ? factory.createParenthesizedExpression(assignment) : assignment;
}

function isVar(list: ts.VariableDeclarationList): boolean {
  return (list.flags & ts.NodeFlags.BlockScoped) === 0;
}

/** `var` inside blocks and loops, but not inside functions, belongs to the cell's top level too. */
function hoistNestedVars(
  statement: ts.Statement,
  declare: (names: readonly string[]) => void,
  context: ts.TransformationContext,
): ts.Statement {
  const visit = (node: ts.Node): ts.Node => {
    if (ts.isFunctionLike(node) || ts.isClassLike(node)) return node;
    if (ts.isVariableStatement(node) && isVar(node.declarationList)) {
      declare(listNames(node.declarationList));
      return factory.createBlock(assignVariables(node));
    }
    const looped = ts.visitEachChild(node, visit, context);
    const list = loopVars(node);
    if (list) declare(listNames(list));
    return list ? withoutLoopVars(looped, list) : looped;
  };
  return visit(statement) as ts.Statement;
}

function listNames(list: ts.VariableDeclarationList): string[] {
  return list.declarations.flatMap(({ name }) => boundNames(name));
}

/** The `var` declarations in a loop's head, if it has any. */
function loopVars(node: ts.Node): ts.VariableDeclarationList | undefined {
  if (!ts.isForStatement(node) && !ts.isForInStatement(node) && !ts.isForOfStatement(node)) return undefined;
  const { initializer } = node;
  return initializer && ts.isVariableDeclarationList(initializer) && isVar(initializer)
    ? initializer
    : undefined;
}

function withoutLoopVars(node: ts.Node, list: ts.VariableDeclarationList): ts.Node {
  if (ts.isForStatement(node)) {
    const assignments = list.declarations.flatMap((declaration) => assignVariable(declaration, false) ?? []);
    const initializer =
      assignments.length > 0
        ? assignments.reduce((left, right) => factory.createComma(left, right))
        : undefined;
    return factory.updateForStatement(node, initializer, node.condition, node.incrementor, node.statement);
  }
  const target = assignmentTarget(list.declarations[0]!.name);
  if (ts.isForInStatement(node))
    return factory.updateForInStatement(node, target, node.expression, node.statement);
  if (ts.isForOfStatement(node))
    return factory.updateForOfStatement(node, node.awaitModifier, target, node.expression, node.statement);
  return node;
}
