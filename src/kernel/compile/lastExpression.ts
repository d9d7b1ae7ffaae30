import ts from "typescript";
import { hostMember } from "./imports.js";

const { factory } = ts;

/** Whether a cell's last statement is an expression whose value is to be shown: no semicolon behind it. */
export function showsLastExpression(file: ts.SourceFile): boolean {
  const last = file.statements.at(-1);
  return last !== undefined && ts.isExpressionStatement(last) && !file.text.slice(0, last.end).endsWith(";");
}

/** Keeps the last expression's value as `host.result`; an assignment, as `return` would await a promise. */
export const keepLastExpression: ts.TransformerFactory<ts.SourceFile> = () => (file) => {
  const last = file.statements.at(-1);
  if (last === undefined || !ts.isExpressionStatement(last) || !showsLastExpression(file)) return file;
  const kept = factory.updateExpressionStatement(
    last,
    factory.createAssignment(hostMember("result"), last.expression),
  );
  return factory.updateSourceFile(file, [...file.statements.slice(0, -1), kept]);
};
