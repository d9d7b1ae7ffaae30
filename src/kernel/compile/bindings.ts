import ts from "typescript";
import type { CheckedText } from "./check.js";

/** What of a cell's uses of variables needs a look at run time, as globals know neither constants nor dead zones. */
export interface Bindings {
  /** The constants that the cell declares. */
  readonly constants: readonly string[];
  /** Names that may be used before their `let`, `const` or `class`: the cell says when these are there. */
  readonly early: ReadonlySet<string>;
  /** Where the uses begin that are to go by way of the host: early ones, and assignments to constants. */
  readonly guarded: ReadonlySet<number>;
}

/** A `let`, `const` or `class` at the cell's top level. */
interface Lexical {
  readonly name: string;
  readonly constant: boolean;
  /** Offset behind which it is there. */
  readonly from: number;
  /** An initialiser of a pattern, in which none of the pattern's names are there yet. */
  readonly initializer: ts.Node | undefined;
}

/** Code that runs only when something calls it by its name: a function, a class's members. */
interface Deferred {
  readonly name: string;
  /** The offset in the cell's own flow from which on it may be called. */
  earliest: number;
}

interface Use {
  readonly node: ts.Identifier;
  readonly within: Deferred | undefined;
}

/**
 * Finds the uses of a cell's own `let`, `const` and `class` that may come before these (their temporal dead zone), and
 * assignments to constants, its own and those of earlier cells. Code that is written further down counts as run later; a
 * function as run from where it is first named on.
 *
 * @param constants The constants of earlier cells.
 */
export function bindingsOf({ source, checker }: CheckedText, constants: ReadonlySet<string>): Bindings {
  const lexicals = lexicalsOf(source);
  const own = [...lexicals.values()].filter(({ constant }) => constant).map(({ name }) => name);
  const early = new Set<string>();
  const guarded = new Set<number>();
  // TypeScript rewrites a cell with `using` as a whole: its variables are no longer where they were.
  if (source.statements.some(isUsing)) return { constants: own, early, guarded };
  const { uses, deferred } = usesOf(source);
  spread(uses, deferred);
  const watched = new Set([...lexicals.values()].map(({ name }) => name));
  for (const { node, within } of uses) {
    if (!watched.has(node.text) && !constants.has(node.text)) continue;
    const declaration = declarationOf(node, checker);
    const lexical = declaration && lexicals.get(declaration);
    const start = node.getStart(source);
    const isEarly =
      lexical !== undefined &&
      isBefore(node, within?.earliest ?? start, lexical) &&
      !isInside(node, declaration!);
    if (isEarly) early.add(node.text);
    const isConstant = lexical ? lexical.constant : declaration === undefined && constants.has(node.text);
    if (isEarly || (isConstant && isWritten(node))) guarded.add(start);
  }
  return { constants: own, early, guarded };
}

function isUsing(statement: ts.Statement): boolean {
  if (!ts.isVariableStatement(statement)) return false;
  const flags: number = statement.declarationList.flags & ts.NodeFlags.BlockScoped;
  const { Using, AwaitUsing }: Record<"Using" | "AwaitUsing", number> = ts.NodeFlags;
  return flags === Using || flags === AwaitUsing;
}

function isAmbient(statement: ts.Statement): boolean {
  return (
    ts.canHaveModifiers(statement) &&
    ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.DeclareKeyword) === true
  );
}

function lexicalsOf(source: ts.SourceFile): Map<ts.Node, Lexical> {
  const found = new Map<ts.Node, Lexical>();
  for (const statement of source.statements) {
    if (isAmbient(statement)) continue;
    if (ts.isClassDeclaration(statement) && statement.name)
      found.set(statement, {
        name: statement.name.text,
        constant: false,
        from: statement.end,
        initializer: undefined,
      });
    if (!ts.isVariableStatement(statement)) continue;
    const { flags, declarations } = statement.declarationList;
    if ((flags & ts.NodeFlags.BlockScoped) === 0) continue;
    const { Const }: Record<"Const", number> = ts.NodeFlags;
    const constant = (flags & ts.NodeFlags.BlockScoped) === Const;
    for (const declaration of declarations)
      for (const [node, name] of boundNodes(declaration))
        found.set(node, {
          name,
          constant,
          from: node === declaration ? declaration.end : node.end,
          initializer: node === declaration ? undefined : declaration.initializer,
        });
  }
  return found;
}

/** The nodes that declare a name each. */
function boundNodes(node: ts.VariableDeclaration | ts.BindingElement): (readonly [ts.Node, string])[] {
  if (ts.isIdentifier(node.name)) return [[node, node.name.text]];
  return node.name.elements.flatMap((element) =>
    ts.isOmittedExpression(element) ? [] : boundNodes(element),
  );
}

/** All uses of names as values, and the code that waits to be called. */
function usesOf(source: ts.SourceFile): { uses: Use[]; deferred: Map<string, Deferred> } {
  const uses: Use[] = [];
  const deferred = new Map<string, Deferred>();
  const defer = (name: string): Deferred => {
    const known = deferred.get(name) ?? { name, earliest: Infinity };
    deferred.set(name, known);
    return known;
  };
  const visit = (node: ts.Node, within: Deferred | undefined): void => {
    if (ts.isIdentifier(node)) {
      if (isValue(node)) uses.push({ node, within });
      return;
    }
    if (isOnlyType(node)) return;
    const inner = (child: ts.Node): void => {
      visit(child, within);
    };
    if (node.parent === source && ts.isFunctionDeclaration(node) && node.name)
      visitBody(node, defer(node.name.text));
    else if (node.parent === source && ts.isClassDeclaration(node) && node.name)
      visitClass(node, defer(node.name.text));
    else if (isNamedFunction(node, source))
      visitBody(node.initializer!, defer((node.name as ts.Identifier).text));
    else ts.forEachChild(node, inner);
  };
  const visitBody = (node: ts.Node, owner: Deferred): void => {
    ts.forEachChild(node, (child) => {
      visit(child, owner);
    });
  };
  /** What a class does when it is defined belongs to the flow, what its instances do waits. */
  const visitClass = (node: ts.ClassDeclaration, owner: Deferred): void => {
    ts.forEachChild(node, (child) => {
      const isStatic =
        ts.isClassStaticBlockDeclaration(child) ||
        (ts.isPropertyDeclaration(child) &&
          (ts.getCombinedModifierFlags(child) & ts.ModifierFlags.Static) !== 0);
      visit(child, ts.isClassElement(child) && !isStatic ? owner : undefined);
    });
  };
  visit(source, undefined);
  return { uses, deferred };
}

/** `const f = () => …` at the top level. */
function isNamedFunction(node: ts.Node, source: ts.SourceFile): node is ts.VariableDeclaration {
  return (
    ts.isVariableDeclaration(node) &&
    node.parent.parent.parent === source &&
    ts.isIdentifier(node.name) &&
    node.initializer !== undefined &&
    (ts.isArrowFunction(node.initializer) || ts.isFunctionExpression(node.initializer))
  );
}

/** Says of each piece of deferred code from where on it may run: where it is named, or where what names it may run. */
function spread(uses: readonly Use[], deferred: ReadonlyMap<string, Deferred>): void {
  const callers = uses.flatMap(({ node, within }) => {
    const target = deferred.get(node.text);
    return target && target !== within ? [{ target, within, at: node.pos }] : [];
  });
  for (let grown = true; grown;) {
    grown = false;
    for (const { target, within, at } of callers) {
      const from = within?.earliest ?? at;
      if (from >= target.earliest) continue;
      target.earliest = from;
      grown = true;
    }
  }
}

function isBefore(node: ts.Node, runsAt: number, { from, initializer }: Lexical): boolean {
  return runsAt < from || (initializer !== undefined && isInside(node, initializer));
}

/** A class within itself is there under its own name; a variable within its own initialiser is not. */
function isInside(node: ts.Node, outer: ts.Node): boolean {
  if (ts.isVariableDeclaration(outer) || ts.isBindingElement(outer)) return false;
  return outer.pos <= node.pos && node.end <= outer.end;
}

function isOnlyType(node: ts.Node): boolean {
  if (ts.isExpressionWithTypeArguments(node))
    return ts.isHeritageClause(node.parent) && node.parent.token === ts.SyntaxKind.ImplementsKeyword;
  return (
    ts.isTypeNode(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isImportDeclaration(node) ||
    ts.isExportDeclaration(node) ||
    (ts.isStatement(node) && isAmbient(node))
  );
}

/** Whether an identifier stands for the value of a variable. */
function isValue(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  if (ts.isPropertyAccessExpression(parent) || ts.isMetaProperty(parent)) return parent.name !== node;
  if (ts.isBindingElement(parent)) return parent.initializer === node;
  if (ts.isLabeledStatement(parent) || ts.isBreakOrContinueStatement(parent)) return false;
  const named = parent as ts.Node & { readonly name?: ts.Node };
  return named.name !== node;
}

function declarationOf(node: ts.Identifier, checker: ts.TypeChecker): ts.Node | undefined {
  const symbol =
    ts.isShorthandPropertyAssignment(node.parent) && node.parent.name === node
      ? checker.getShorthandAssignmentValueSymbol(node.parent)
      : checker.getSymbolAtLocation(node);
  return symbol?.valueDeclaration ?? symbol?.declarations?.[0];
}

/** Whether a use gives the variable a new value: also in a pattern, and as what a loop runs through. */
function isWritten(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isBinaryExpression(parent))
    // `[a = 1] = …`: the target of a default in a pattern is written too.
    return parent.left === node && isAssignment(parent.operatorToken.kind);
  if (ts.isPrefixUnaryExpression(parent) || ts.isPostfixUnaryExpression(parent))
    return (
      parent.operator === ts.SyntaxKind.PlusPlusToken || parent.operator === ts.SyntaxKind.MinusMinusToken
    );
  if (ts.isForInStatement(parent) || ts.isForOfStatement(parent)) return parent.initializer === node;
  if (ts.isParenthesizedExpression(parent) || ts.isNonNullExpression(parent)) return isWritten(parent);
  if (ts.isAsExpression(parent) || ts.isSatisfiesExpression(parent)) return isWritten(parent);
  return isPatternPart(node);
}

function isAssignment(kind: ts.SyntaxKind): boolean {
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}

/** Whether a node is a target within `[a, { b: c }] = …`. */
function isPatternPart(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isArrayLiteralExpression(parent)) return isWritten(parent);
  if (ts.isSpreadElement(parent)) return isPatternPart(parent);
  if (ts.isShorthandPropertyAssignment(parent)) return parent.name === node && isWritten(parent.parent);
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node && isWritten(parent.parent);
  if (ts.isSpreadAssignment(parent)) return isWritten(parent.parent);
  return false;
}
