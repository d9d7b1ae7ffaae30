import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { typeOfColumn } from "../../src/api/queryRows.js";

describe("TypeScript types of DuckDB's columns", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["VARCHAR", "string"],
    ["BIGINT", "number"],
    ["HUGEINT", "number"],
    ["UTINYINT", "number"],
    ["UINTEGER", "number"],
    ["DECIMAL(18,3)", "number"],
    ["DOUBLE", "number"],
    ["BOOLEAN", "boolean"],
    ["DATE", "Date"],
    ["TIMESTAMP WITH TIME ZONE", "Date"],
    ["ENUM('a[]', 'b')", "string"],
    ["DOUBLE[]", "readonly (number | null)[]"],
    ["VARCHAR[3][]", "readonly (readonly (string | null)[] | null)[]"],
    ["STRUCT(a INTEGER)", "unknown"],
    ["BLOB", "unknown"],
  ];
  for (const [given, type] of cases)
    it(given, () => {
      assert.equal(typeOfColumn(given), type);
    });
});
