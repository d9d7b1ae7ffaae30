import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import * as v from "valibot";
import { checkedJson, numberBetween, wholeNumber } from "../text/index.js";
import type { Schema } from "../text/index.js";
import type { CornerStage } from "./corners/train.js";
import type { GraderStage } from "./graders.js";
import { parseNiemeyerRecipe } from "./niemeyer/index.js";
import type { NiemeyerRecipe } from "./niemeyer/index.js";

/** A recipe file that cannot be used; says what is missing. */
export class RecipeError extends Error {
  override readonly name = "RecipeError";
  readonly code = "recipe";
}

/** Models that are trained step by step; Niemeyer's graders, in epochs, are a kind of their own. */
const KINDS = ["detector", "corners", "pfirrmann", "multitask"] as const;

/** What a recipe file says: everything that makes a model but for places on one machine. */
export interface RecipeFile extends GraderStage {
  readonly kind: (typeof KINDS)[number];
  readonly batchSize: number;
  readonly phantoms: number;
  readonly width?: number;
  /** Of the multi-task grader: steps in which its encoder first learns tissues. */
  readonly tissueSteps?: number;
  /** Of a grader: stages after the first, each from the weights of the one before. */
  readonly then?: readonly GraderStage[];
  /** Of the corners: stages after the first, each on what the one before misplaces. */
  readonly hardStages?: readonly CornerStage[];
  /**
   * Of a detector: trained first, on neither phantoms nor self-labelled slices; the recipe's own steps then go on from those
   * weights.
   */
  readonly firstStage?: { readonly steps: number; readonly learningRate: number; readonly seed: number };
}

const STAGE = {
  steps: wholeNumber(0),
  learningRate: numberBetween(0, 10),
  seed: wholeNumber(0, 2 ** 32 - 1),
};

const GRADER_STAGE = {
  ...STAGE,
  heads: v.optional(v.array(v.string())),
  layers: v.optional(v.array(v.string())),
  phantomShare: v.optional(numberBetween(0, 1)),
  suppressedShare: v.optional(numberBetween(0, 1)),
};

/** Strict: a field that is misspelt would silently train another model. */
const RECIPE: Schema<RecipeFile> = v.strictObject({
  kind: v.picklist(KINDS, `one of ${KINDS.join(", ")} or niemeyer`),
  ...GRADER_STAGE,
  batchSize: wholeNumber(1),
  phantoms: wholeNumber(0),
  width: v.optional(numberBetween(1 / 32, 4)),
  tissueSteps: v.optional(wholeNumber(0)),
  then: v.optional(v.array(v.strictObject(GRADER_STAGE))),
  hardStages: v.optional(v.array(v.strictObject({ ...STAGE, share: numberBetween(0, 1) }))),
  firstStage: v.optional(v.strictObject(STAGE)),
});

/** What tells which of the two schemas a file is for. */
const KIND: Schema<Readonly<Record<string, unknown>>> = v.looseObject({ kind: v.string() });

/**
 * Reads and checks a recipe file.
 * @throws RecipeError naming the file, the field and what it must be
 */
export async function readRecipe(path: string): Promise<RecipeFile | NiemeyerRecipe> {
  const name = basename(path);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    const { code = "unreadable" } = error as NodeJS.ErrnoException;
    throw new RecipeError(
      code === "ENOENT"
        ? `There is no recipe at ${path}; check the path, or see models/ for examples.`
        : `${name} is no recipe (${code}); see models/ for examples.`,
    );
  }
  return parseRecipe(text, name);
}

/**
 * The recipe that a file's text holds.
 * @param name what errors call the file
 * @throws RecipeError
 */
export function parseRecipe(text: string, name: string): RecipeFile | NiemeyerRecipe {
  const file = checkedJson(text, KIND);
  if (file.problem !== undefined)
    throw new RecipeError(`${name} is no recipe: ${file.problem}; see models/ for examples.`);
  const refused = (problem: string): RecipeError =>
    new RecipeError(`The recipe ${name} cannot be used. ${problem}`);
  if (file.value.kind === "niemeyer")
    try {
      return parseNiemeyerRecipe(file.value);
    } catch (error) {
      throw refused(error instanceof Error ? error.message : "");
    }
  const { value, problem } = checkedJson(text, RECIPE);
  if (problem !== undefined) throw refused(`Its contents are wrong: ${problem}; see models/ for examples.`);
  return value;
}
