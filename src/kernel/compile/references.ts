import ts from "typescript";
import { checkText } from "./check.js";
import { withoutMagics } from "./magics.js";

/** The names that a cell takes from elsewhere. */
export interface References {
  /** Names that it uses and that no scope of its own declares. */
  readonly reads: readonly string[];
  /** Those among them that it assigns. */
  readonly assigns: readonly string[];
}

/** Finds a cell's free names by TypeScript's own scopes; types count as names, property names do not. */
export function referencesOf(text: string): References {
  const { source, checker } = checkText(withoutMagics(text));
  const reads = new Set<string>();
  const assigns = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && isReference(node) && !isKnown(node, checker)) {
      reads.add(node.text);
      if (isAssigned(node)) assigns.add(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { reads: [...reads], assigns: [...assigns] };
}

/** Whether an identifier stands for a variable or a type, not for a member or a label. */
function isReference(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) || ts.isMetaProperty(parent)) return parent.name !== node;
  if (ts.isQualifiedName(parent)) return parent.left === node;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  if (ts.isBindingElement(parent)) return parent.initializer === node;
  if (ts.isLabeledStatement(parent) || ts.isBreakOrContinueStatement(parent)) return false;
  if (ts.isImportSpecifier(parent) || ts.isExportSpecifier(parent) || ts.isJsxAttribute(parent)) return false;
  const named = parent as ts.Node & { readonly name?: ts.Node };
  return !(named.name === node && ts.isDeclarationStatement(parent)) && !isMemberName(parent, node);
}

function isMemberName(parent: ts.Node, node: ts.Identifier): boolean {
  return (
    (ts.isClassElement(parent) || ts.isTypeElement(parent) || ts.isEnumMember(parent)) && parent.name === node
  );
}

function isKnown(node: ts.Identifier, checker: ts.TypeChecker): boolean {
  const { parent } = node;
  const symbol =
    ts.isShorthandPropertyAssignment(parent) && parent.name === node
      ? checker.getShorthandAssignmentValueSymbol(parent)
      : checker.getSymbolAtLocation(node);
  return symbol?.declarations !== undefined && symbol.declarations.length > 0;
}

function isAssigned(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isBinaryExpression(parent))
    return (
      parent.left === node &&
      parent.operatorToken.kind >= ts.SyntaxKind.FirstAssignment &&
      parent.operatorToken.kind <= ts.SyntaxKind.LastAssignment
    );
  const { PlusPlusToken, MinusMinusToken } = ts.SyntaxKind;
  return (
    (ts.isPrefixUnaryExpression(parent) || ts.isPostfixUnaryExpression(parent)) &&
    (parent.operator === PlusPlusToken || parent.operator === MinusMinusToken)
  );
}
