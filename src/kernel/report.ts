/** An error as Jupyter reports it. */
export interface Report {
  readonly ename: string;
  readonly evalue: string;
  /** Lines for people: the stack with the cells' own lines, then the line that failed. */
  readonly traceback: readonly string[];
}

/** The report of a text that could not be compiled; `line` and `column` count from 1. */
export function syntaxReport(
  title: string,
  message: string,
  source: string,
  line: number,
  column: number,
): Report {
  return {
    ename: "SyntaxError",
    evalue: message,
    traceback: [
      `SyntaxError: ${message}`,
      `    at ${title}, line ${line}:${column}`,
      ...markLine(source, line, column),
    ],
  };
}

/** One line of a text with a mark under a column; nothing for lines too long to read. */
export function markLine(source: string, line: number, column: number): string[] {
  const text = source.split(/\r?\n/)[line - 1];
  if (text === undefined || text.length > 200) return [];
  const head = `${line} | `;
  return [head + text, `${" ".repeat(head.length + column - 1)}^`];
}
