import ts from "typescript";
import { hostMember } from "./imports.js";

const { factory } = ts;

/** What a cell's last statement shows: the value of an expression, also of `export default`, without a semicolon behind it. */
function shownExpression(file: ts.SourceFile): ts.Expression | undefined {
  const last = file.statements.at(-1);
  if (last === undefined || file.text.slice(0, last.end).endsWith(";")) return undefined;
  return ts.isExpressionStatement(last) || (ts.isExportAssignment(last) && !last.isExportEquals)
    ? last.expression
    : undefined;
}

/** Keeps the last expression's value as `host.result`; an assignment, as `return` would await a promise. */
export const keepLastExpression: ts.TransformerFactory<ts.SourceFile> = () => (file) => {
  const shown = shownExpression(file);
  if (shown === undefined) return file;
  const last = file.statements.at(-1)!;
  const kept = factory.createExpressionStatement(factory.createAssignment(hostMember("result"), shown));
  return factory.updateSourceFile(file, [...file.statements.slice(0, -1), ts.setTextRange(kept, last)]);
};

/**
 * Tells the host the value of each call that stands alone as a statement, outside of loops and functions: where it is a
 * promise, its `await` may have been forgotten.
 */
export const followCalls: ts.TransformerFactory<ts.SourceFile> = (context) => (file) => {
  const visit = (node: ts.Node): ts.Node => {
    if (ts.isFunctionLike(node) || ts.isClassLike(node) || ts.isIterationStatement(node, false)) return node;
    if (ts.isModuleDeclaration(node) || ts.isEnumDeclaration(node)) return node;
    if (!ts.isExpressionStatement(node) || !ts.isCallExpression(node.expression))
      return ts.visitEachChild(node, visit, context);
    if (node.expression.expression.kind === ts.SyntaxKind.SuperKeyword) return node;
    const { expression } = node;
    const call = factory.createCallExpression(hostMember("floating"), undefined, [expression]);
    return factory.updateExpressionStatement(node, ts.setTextRange(call, expression));
  };
  return ts.visitEachChild(file, visit, context);
};
