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

test("a query's result becomes a table of Apache Arrow's with DuckDB's types, also where values are missing", async () => {
  const cohort = await openCohort(":memory:");
  try {
    const table = await cohort.table(
      `SELECT 1 AS whole, 5000000000::BIGINT AS large, 1.5::DECIMAL(4, 2) AS part, true AS is, 'a' AS text, DATE '2020-01-02' AS day,
              TIMESTAMP '2020-01-02 10:00:00' AS moment, [1, NULL] AS list, {'a': 1} AS struct, 'b' AS more
       UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL ORDER BY whole`,
    );
    const arrow = await table.toArrow();
    assert.deepEqual([arrow.numRows, arrow.numCols], [2, 10]);
    const [row, missing] = (arrow.toArray() as { toJSON(): Record<string, unknown> }[]).map((one) =>
      one.toJSON(),
    );
    const { day, moment, list, ...plain } = row!;
    assert.deepEqual(plain, {
      whole: 1,
      large: 5_000_000_000n,
      part: 1.5,
      is: true,
      text: "a",
      struct: '{"a":1}',
      more: "b",
    });
    assert.equal(new Date(day as number).toISOString(), "2020-01-02T00:00:00.000Z");
    assert.equal(new Date(moment as number).toISOString(), "2020-01-02T10:00:00.000Z");
    assert.deepEqual([...(list as Iterable<unknown>)], [1, null]);
    assert.deepEqual(new Set(Object.values(missing!)), new Set([null]));
    // Nothing but missing texts stays a column of texts.
    const none = await (await cohort.table("SELECT NULL::VARCHAR AS reader")).toArrow();
    assert.match(String((none as unknown as { schema: unknown }).schema), /reader: Utf8/);
  } finally {
    await cohort.close();
  }
});
