import assert from "node:assert/strict";
import { resolve } from "node:path";
import { after, before, describe, it } from "node:test";
import { CellLanguageService } from "../../../src/kernel/language/index.js";
import type { QueryColumns } from "../../../src/protocol/index.js";
import { KernelClient } from "../../../src/protocol/index.js";
import { spawnKernel } from "../../../src/kernel/index.js";
import { JupyterClient } from "../../support/jupyterClient.js";

const OPEN = `import { openCohort } from "spinebook"; const cohort = await openCohort(":memory:");
await cohort.add({ studies: [{ study: "a", patient: "p", dataset: "d", age: 40 }] }); 0`;
const QUERY =
  "SELECT study, count(*) AS n, max(age) AS oldest, NULL::VARCHAR AS note FROM studies GROUP BY study";

describe("columns of queries that cells have run", () => {
  const told: QueryColumns[] = [];
  const kernel = spawnKernel({
    kernelPath: resolve("dist/kernel/main.js"),
    cwd: resolve("build"),
    fallbackPackages: { spinebook: resolve("dist/api.js") },
  });
  const client = new KernelClient(kernel, () => undefined, { onQuery: (query) => told.push(query) });
  let service: CellLanguageService;
  const names = (...cells: readonly string[]): string[] => {
    service.setCells(cells.map((text, index) => ({ id: String(index), text })));
    return service.complete(String(cells.length - 1), cells.at(-1)!.length).map(({ name }) => name);
  };
  before(async () => {
    service = new CellLanguageService({
      notebook: resolve("build/query.ipynb"),
      packageTypes: { spinebook: resolve("dist/types/api/index.d.ts") },
    });
    assert.equal((await client.execute("open", OPEN)).status, "ok");
  });
  after(async () => {
    service.dispose();
    await client.shutdown();
    kernel.kill();
  });

  it("are told by the kernel, and known to the language service", async () => {
    const cell = `const rows = await cohort.sql(${JSON.stringify(QUERY)});`;
    const before = names(OPEN, cell, "rows[0].");
    assert.ok(!before.includes("oldest"), before.join());
    assert.equal((await client.execute("rows", cell)).status, "ok");
    assert.deepEqual(told, [
      {
        text: QUERY,
        columns: [
          { name: "study", type: "string" },
          { name: "n", type: "number" },
          { name: "oldest", type: "number" },
          { name: "note", type: "string | null" },
        ],
      },
    ]);
    service.setQueries(told);
    assert.deepEqual(names(OPEN, cell, "rows[0].").slice(0, 4).sort(), ["n", "note", "oldest", "study"]);
    assert.ok(names(OPEN, cell, "rows[0].n.").includes("toFixed"));
    assert.ok(names(OPEN, cell, "rows[0].study.").includes("toUpperCase"));
    assert.ok(
      names(OPEN, `const table = await cohort.table(\`${QUERY}\`);`, "(await table.toArray())[0].").includes(
        "oldest",
      ),
    );
    // Another text, and a type of one's own, stay what they were.
    const other = `const rows = await cohort.sql<{ readonly mine: string }>("SELECT 1 AS mine");`;
    assert.ok(names(OPEN, other, "rows[0].").includes("mine"));
  });

  it("of tables may be null, as their rows are not read", async () => {
    await client.execute("table", `await cohort.table("SELECT study FROM studies")`);
    assert.deepEqual(told.at(-1), {
      text: "SELECT study FROM studies",
      columns: [{ name: "study", type: "string | null" }],
    });
  });

  it("what Spinebook asks itself is not told", async () => {
    const count = told.length;
    await client.execute("own", "display(cohort); await cohort.discs(); await cohort.raters()");
    assert.equal(told.length, count);
  });

  it("grades of discs and rows of discs have their names", () => {
    const found = "const found = await cohort.discs(); const rows = await found.rows();";
    assert.ok(names(OPEN, found, "rows[0].").includes("pfirrmann"));
    const graded = `import { grade, loadSeries } from "spinebook"; const g = await grade(await loadSeries("x"));`;
    const grades = names(graded, "g.discs[0].grades.");
    assert.ok(grades.includes("pfirrmann") && grades.includes("modic"), grades.join());
  });
});

describe("columns of queries in Jupyter", { timeout: 300_000 }, () => {
  it("are completed when the cell has run", async () => {
    const client = await JupyterClient.start({
      settings: {
        fallbackPackages: { spinebook: resolve("dist/api.js") },
        packageTypes: { spinebook: resolve("dist/types/api/index.d.ts") },
      },
    });
    try {
      await client.execute(OPEN);
      await client.execute(`const rows = await cohort.sql(${JSON.stringify(QUERY)});`);
      const code = "rows[0].";
      const { reply } = await client.request("shell", "complete_request", { code, cursor_pos: code.length });
      const matches = reply["matches"] as string[];
      assert.ok(
        ["n", "note", "oldest", "study"].every((name) => matches.includes(name)),
        matches.join(),
      );
    } finally {
      await client.close();
    }
  });
});
