import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parseRecipe, RecipeError } from "../../src/training/recipeFile.js";

const STEPS = { kind: "multitask", steps: 10, batchSize: 2, learningRate: 0.1, seed: 1, phantoms: 3 };
const NIEMEYER = { kind: "niemeyer", seed: 1, spider: true, phantoms: 0 };

test("the recipes of the models are read as they stand", () => {
  const files = ["models", "models/recipes"].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => (folder === "models" ? /\.recipe\.json$/ : /\.json$/).test(name))
      .map((name) => join(folder, name)),
  );
  assert.ok(files.length > 10);
  for (const path of files) {
    const text = readFileSync(path, "utf8");
    const file = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const recipe = parseRecipe(text, path);
    // What a recipe of Niemeyer's leaves out is as in the paper.
    assert.deepEqual({ ...recipe, ...file }, recipe);
    if (recipe.kind !== "niemeyer") assert.deepEqual(recipe, file);
  }
});

test("a recipe that is not as it should be is refused by field", () => {
  const cases: readonly (readonly [unknown, RegExp])[] = [
    [7, /^r\.json is no recipe: it must be an object; see models/],
    [null, /it must be an object/],
    [[], /"kind" is missing/],
    [{ ...STEPS, kind: undefined }, /"kind" is missing/],
    [{ ...STEPS, kind: "oracle" }, /"kind" must be one of detector, .* or niemeyer; see models/],
    [{ ...STEPS, steps: undefined }, /^The recipe r\.json cannot be used\. .*"steps" is missing/],
    [{ ...STEPS, steps: "10" }, /"steps" must be a whole number/],
    [{ ...STEPS, seed: 0.5 }, /"seed" must be a whole number/],
    [{ ...STEPS, learningRate: -1 }, /"learningRate" must be a number from 0 to 10/],
    [{ ...STEPS, then: {} }, /"then" must be a list/],
    [{ ...STEPS, then: [STEPS] }, /unknown field "then\[0\]\.kind"/],
    [{ ...STEPS, then: [{ steps: 1, seed: 1 }] }, /"then\[0\]\.learningRate" is missing/],
    [{ ...STEPS, heads: "narrowing" }, /"heads" must be a list/],
    [
      { ...STEPS, hardStages: [{ steps: 1, learningRate: 1, seed: 1 }] },
      /"hardStages\[0\]\.share" is missing/,
    ],
    [{ ...STEPS, firstStage: { steps: 1 } }, /"firstStage\.learningRate" is missing/],
    [{ ...STEPS, bachSize: 4 }, /unknown field "bachSize"/],
    [{ ...STEPS, version: 2 }, /unknown field "version"/],
    [{ ...NIEMEYER, loss: "hinge" }, /^The recipe r\.json cannot be used\. .*"loss" must be one of/],
    [{ ...NIEMEYER, seed: undefined }, /"seed" is missing/],
    [{ ...NIEMEYER, spider: false }, /trains on nothing/],
  ];
  for (const [file, message] of cases)
    assert.throws(
      () => parseRecipe(JSON.stringify(file), "r.json"),
      (error) =>
        error instanceof RecipeError &&
        message.test(error.message) &&
        !/\.\.|hinge|oracle/.test(error.message),
      JSON.stringify(file),
    );
  assert.throws(() => parseRecipe('{"kind":', "r.json"), /^RecipeError: r\.json is no recipe: it is no JSON/);
});
