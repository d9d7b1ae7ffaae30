import assert from "node:assert/strict";
import { test } from "node:test";
import { csvOf } from "../../src/cli/commands/gradeText.js";

test("rows of several studies keep to one header, also where one of them lacks a column", () => {
  const withheld = { study: "a", level: "L4-L5", pfirrmann: "withheld" };
  const asReader = { study: "b, c", level: "L4-L5", pfirrmann: 3, pfirrmannReader: "LSMA" };
  assert.equal(
    csvOf([withheld, asReader]),
    'study,level,pfirrmann,pfirrmannReader\na,L4-L5,withheld,\n"b, c",L4-L5,3,LSMA\n',
  );
  assert.equal(csvOf([]), "level\n");
});
