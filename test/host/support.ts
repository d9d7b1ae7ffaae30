import { setTimeout } from "node:timers/promises";

/** Waits until something holds. @throws Error after thirty seconds */
export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 30_000;
  while (!(await holds())) {
    await setTimeout(100);
    if (Date.now() > end) throw new Error(`${what} did not come`);
  }
}

/** A code cell as the file has it. */
export function cell(source: string, index: number) {
  return { cell_type: "code", id: `c${index}`, metadata: {}, source, outputs: [], execution_count: null };
}

/** The text of a notebook for our kernel. */
export function notebookText(cells: readonly object[]): string {
  const kernelspec = { name: "spinebook", display_name: "Spinebook (TypeScript)", language: "typescript" };
  const metadata = { kernelspec, language_info: { name: "typescript" } };
  return JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 });
}
