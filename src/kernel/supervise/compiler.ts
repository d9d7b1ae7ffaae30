/** Entry of the kernel's compiling thread: it can be ended in the midst of a text that takes long, and started anew. */
import { parentPort } from "node:worker_threads";
import {
  CellSyntaxError,
  compileCell,
  compileModule,
  completenessOf,
  referencesOf,
} from "../compile/index.js";
import type { Answer, Answers, Order, Problem, Question } from "./compilation.js";

const answers: { [Kind in keyof Answers]: (question: Question<Kind>) => Answers[Kind] } = {
  cell: ({ text, constants }) => compileCell(text, new Set(constants)),
  module: ({ text }) => compileModule(text),
  completeness: ({ text }) => completenessOf(text),
  references: ({ text }) => referencesOf(text),
};

function answer({ id, question }: Order): Answer {
  try {
    // The kind of the question picks its answer; TypeScript does not follow that through the table.
    const give = answers[question.kind] as (asked: Question) => Answers[keyof Answers];
    return { id, value: give(question) };
  } catch (error) {
    return { id, problem: problemOf(error) };
  }
}

/** Anything but a syntax error is the compiler giving up, as on code that is nested too deeply. */
function problemOf(error: unknown): Problem {
  const { line, column } = error instanceof CellSyntaxError ? error : { line: 1, column: 1 };
  return { message: error instanceof Error ? error.message : String(error), line, column };
}

parentPort!.on("message", (order: Order) => {
  parentPort!.postMessage(answer(order));
});
