import ts from "typescript";
import { hostMember } from "./imports.js";

const { factory } = ts;

/**
 * Passes what a loop awaits through `host.live`, which gives an interrupted run a promise that never settles: a loop that
 * awaits files or sockets ends there, with no `catch` and no `finally`, as a terminated loop does. Nothing else changes,
 * not even by a tick. Awaits outside of loops stay as they are, so that most functions can still be sent elsewhere as text.
 */
export const guardAwaits: ts.TransformerFactory<ts.SourceFile> = (context) => (file) => {
  const visitor =
    (looped: boolean) =>
    (node: ts.Node): ts.Node => {
      const inLoop = ts.isIterationStatement(node, false) || (looped && !ts.isFunctionLike(node));
      const inner = ts.visitEachChild(node, visitor(inLoop), context);
      if (looped && ts.isAwaitExpression(inner))
        return factory.updateAwaitExpression(inner, live(inner.expression, inner.expression));
      return ts.isForOfStatement(inner) && inner.awaitModifier ? guardForAwait(inner) : inner;
    };
  return ts.visitEachChild(file, visitor(false), context);
};

function guardForAwait(loop: ts.ForOfStatement): ts.Statement {
  return factory.updateForOfStatement(
    loop,
    loop.awaitModifier,
    loop.initializer,
    loop.expression,
    factory.createBlock([waitWhenStopped(), loop.statement], true),
  );
}

function live(value: ts.Expression, place?: ts.Node): ts.Expression {
  const call = factory.createCallExpression(hostMember("live"), undefined, [value]);
  return place ? ts.setTextRange(call, place) : call;
}

/** `if (host.stopped()) await host.live(0);` */
function waitWhenStopped(): ts.Statement {
  return factory.createIfStatement(
    factory.createCallExpression(hostMember("stopped"), undefined, []),
    factory.createExpressionStatement(factory.createAwaitExpression(live(factory.createNumericLiteral(0)))),
  );
}
