import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { TestKernel } from "../../kernel/harness.js";

/** The last cell's result as text, `undefined` where it shows nothing, or what its traceback must match. */
type Expected = string | undefined | RegExp;
export type Row = readonly [name: string, cells: readonly string[], expected: Expected];

/** One test for each row of a table, all in one kernel. */
export function rows(title: string, table: readonly Row[]): void {
  describe(title, () => {
    let kernel: TestKernel;
    before(() => {
      kernel = new TestKernel();
    });
    after(() => kernel.close());
    for (const [name, cells, expected] of table)
      it(name, { timeout: 300_000 }, async () => {
        const runs = [];
        for (const cell of cells) runs.push(await kernel.run(cell));
        const last = runs.at(-1)!;
        const said = runs.map(({ traceback }) => traceback).join("\n");
        assert.equal(last.outcome.status, expected instanceof RegExp ? "error" : "ok", said);
        if (expected instanceof RegExp) assert.match(last.traceback, expected);
        else assert.equal(last.result, expected, said);
      });
  });
}
