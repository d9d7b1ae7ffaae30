import ts from "typescript";

const { factory } = ts;

/** The names that a binding declares, in order. */
export function boundNames(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) =>
    ts.isOmittedExpression(element) ? [] : boundNames(element.name),
  );
}

/** A binding as the target of an assignment: `{ a, b: [c = 1], ...d }` keeps its look and becomes an expression. */
export function assignmentTarget(name: ts.BindingName): ts.Expression {
  if (ts.isIdentifier(name)) return name;
  const target = ts.isArrayBindingPattern(name)
    ? factory.createArrayLiteralExpression(name.elements.map(arrayElement))
    : factory.createObjectLiteralExpression(name.elements.map(objectElement));
  return ts.setTextRange(target, name);
}

function arrayElement(element: ts.ArrayBindingElement): ts.Expression {
  if (ts.isOmittedExpression(element)) return element;
  const target = assignmentTarget(element.name);
  if (element.dotDotDotToken) return factory.createSpreadElement(target);
  return withDefault(target, element.initializer);
}

function objectElement(element: ts.BindingElement): ts.ObjectLiteralElementLike {
  const target = assignmentTarget(element.name);
  if (element.dotDotDotToken) return factory.createSpreadAssignment(target);
  if (element.propertyName)
    return factory.createPropertyAssignment(element.propertyName, withDefault(target, element.initializer));
  return factory.createShorthandPropertyAssignment(element.name as ts.Identifier, element.initializer);
}

function withDefault(target: ts.Expression, initializer: ts.Expression | undefined): ts.Expression {
  return initializer ? factory.createAssignment(target, initializer) : target;
}
