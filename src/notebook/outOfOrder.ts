import { isLeftOut, KERNEL_DIED } from "./ipynb.js";
import type { CodeCell, Notebook } from "./ipynb.js";

/** A code cell with its number among all cells of the notebook, from 1. */
interface Numbered {
  readonly number: number;
  readonly cell: CodeCell;
}

const ADVICE = "Run all cells again, from the first to the last, before you rely on the results.";

/**
 * Why the outputs that a notebook shows may not be what its code gives: cells that were not run from top to bottom, a
 * cell whose outputs are of another session, or a cell that was left out. One sentence and an advice; `undefined` for a
 * notebook in order. Cells that wait behind the last one that was run, and those tagged
 * `skip-execution`, are no sign of disorder.
 */
export function outOfOrder(notebook: Notebook): string | undefined {
  const cells = notebook.cells.flatMap((cell, index): Numbered[] =>
    cell.cell_type === "code" && !isLeftOut(cell) && (cell.source.trim() !== "" || cell.outputs.length > 0)
      ? [{ number: index + 1, cell }]
      : [],
  );
  const problem = countless(cells) ?? disordered(cells) ?? leftOut(cells);
  return problem === undefined ? undefined : `${problem} ${ADVICE}`;
}

/** A cell that shows outputs though it has no count; a cell that the kernel died in has none for a good reason. */
function countless(cells: readonly Numbered[]): string | undefined {
  const found = cells.find(
    ({ cell }) => cell.execution_count === null && cell.outputs.length > 0 && !died(cell),
  );
  return found && `Cell ${found.number} shows outputs though it was not run in this session.`;
}

function disordered(cells: readonly Numbered[]): string | undefined {
  const run = cells.filter(({ cell }) => cell.execution_count !== null);
  const index = run.findIndex(
    ({ cell }, position) => position > 0 && cell.execution_count! <= run[position - 1]!.cell.execution_count!,
  );
  if (index < 0) return undefined;
  const [above, below] = [run[index - 1]!, run[index]!];
  return above.cell.execution_count === below.cell.execution_count
    ? `Cells ${above.number} and ${below.number} were run in different sessions.`
    : `The cells were run out of order: cell ${below.number} before cell ${above.number}.`;
}

/** A cell that was not run though a later one was. */
function leftOut(cells: readonly Numbered[]): string | undefined {
  const last = cells.findLastIndex(({ cell }) => cell.execution_count !== null);
  const found = cells.slice(0, last + 1).find(({ cell }) => cell.execution_count === null && !died(cell));
  return found && `Cell ${found.number} was not run though cell ${cells[last]!.number} was.`;
}

function died(cell: CodeCell): boolean {
  return cell.outputs.some((output) => output.output_type === "error" && output.ename === KERNEL_DIED);
}
