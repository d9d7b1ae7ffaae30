import ts from "typescript";
import { hostMember } from "./imports.js";

const { factory } = ts;

/** Sends the guarded uses to `host.bindings`, which knows what is constant and what is not there yet. */
export function guardBindings(guarded: ReadonlySet<number>): ts.TransformerFactory<ts.SourceFile> {
  return (context) => (file) => {
    if (guarded.size === 0) return file;
    const isGuarded = (node: ts.Node): node is ts.Identifier =>
      ts.isIdentifier(node) && node.pos >= 0 && guarded.has(node.getStart(file));
    const access = (node: ts.Identifier): ts.Expression =>
      ts.setTextRange(factory.createPropertyAccessExpression(hostMember("bindings"), node.text), node);
    const visit = (node: ts.Node): ts.Node => {
      if (ts.isShorthandPropertyAssignment(node) && isGuarded(node.name)) {
        const value = node.objectAssignmentInitializer
          ? factory.createAssignment(
              access(node.name),
              ts.visitNode(node.objectAssignmentInitializer, visit) as ts.Expression,
            )
          : access(node.name);
        return factory.createPropertyAssignment(node.name.text, value);
      }
      // A call of a variable has no `this`.
      if (ts.isCallExpression(node) && isGuarded(node.expression))
        return factory.updateCallExpression(
          node,
          factory.createParenthesizedExpression(
            factory.createComma(factory.createNumericLiteral(0), access(node.expression)),
          ),
          node.typeArguments,
          ts.visitNodes(node.arguments, visit, ts.isExpression),
        );
      if (isGuarded(node)) return access(node);
      return ts.visitEachChild(node, visit, context);
    };
    return ts.visitEachChild(file, visit, context);
  };
}
