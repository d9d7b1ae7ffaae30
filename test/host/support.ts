import { join } from "node:path";
import { it } from "node:test";
import { setTimeout } from "node:timers/promises";
import type { Locator, Page } from "playwright-core";

/** Pictures and logs of the last run. */
export const ARTEFACTS = join("build", "host");

/** Why tests of the workbench are left out; false where they run. */
export const workbenchSkip =
  process.platform === "linux" ? false : "the workbench in a browser runs on Linux only";

/** The longest that a state is waited for, in milliseconds: a slow machine beside other work comes to it long before. */
const LIMIT = 180_000;

/** Waits until something holds. @throws Error after three minutes */
export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + LIMIT;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`${what} did not come within ${LIMIT / 1000} s`);
    await setTimeout(100);
  }
}

/** `it` for tests in a workbench: one that fails leaves a picture of what stood there, in `ARTEFACTS`, named after it. */
export function pictured(page: () => Page) {
  return (
    title: string,
    work: () => void | Promise<void>,
    options: { readonly skip?: string | boolean } = {},
  ): void => {
    void it(title, options, async () => {
      try {
        await work();
      } catch (error) {
        const path = join(ARTEFACTS, `failed-${title.replace(/\W+/g, "-")}.png`);
        await page()
          .screenshot({ path })
          .catch(() => undefined);
        throw error;
      }
    });
  };
}

/** Brings the cursor into the editor of a cell, counted from 0, which then is the focused cell: also where rows still move. */
export async function enterCell(page: Page, index: number): Promise<void> {
  const row = codeCell(page, index);
  await until(`the cursor in cell ${index}`, async () => {
    await row.locator(".monaco-editor").first().click();
    return (await row.locator(".monaco-editor.focused").count()) > 0;
  });
}

/** The row of a code cell of the notebook that is shown, counted from 0. */
function codeCell(page: Page, index: number): Locator {
  return page.locator(".cell-list-container .code-cell-row:visible").nth(index);
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
