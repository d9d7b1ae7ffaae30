import assert from "node:assert/strict";
import { test } from "node:test";
import { openCohort } from "../../../src/api/cohort.js";

test("a query's result is written for manuscripts and other programs, with its columns where it has no rows", async () => {
  const cohort = await openCohort(":memory:");
  try {
    const table = await cohort.table(
      "SELECT 'L4-L5' AS level, 0.71234::DOUBLE AS kappa UNION ALL SELECT 'L5-S1', NULL ORDER BY level",
    );
    assert.equal(await table.toCsv(), "level,kappa\nL4-L5,0.71234\nL5-S1,\n");
    assert.match(await table.toLatex({ digits: 2 }), /\{lr\}[^]*L4-L5 & 0\.71 \\\\\nL5-S1 & {2}\\\\/);
    assert.match(await table.toMarkdown({ columns: ["kappa"] }), /^\| kappa \|\n\| ---: \|\n\| 0\.7123 \|/);
    assert.match(await table.toHtml(), /<th scope="col">kappa<\/th>/);
    const none = await cohort.table("SELECT level, pfirrmann FROM discs");
    assert.equal(await none.toCsv(), "level,pfirrmann\n");
  } finally {
    await cohort.close();
  }
});
