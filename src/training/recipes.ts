import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { trainCorners } from "./corners/train.js";
import { openDatasets } from "./datasets/index.js";
import type { DataSource } from "./datasets/index.js";
import { trainDetector } from "./detector.js";
import { crossValidateGrader } from "./graderFolds.js";
import { trainGrader } from "./graders.js";
import { learningCurve } from "./learningCurve.js";
import { trainByNiemeyer } from "./niemeyer/index.js";
import type { NiemeyerRecipe } from "./niemeyer/index.js";
import { readRecipe, RecipeError } from "./recipeFile.js";

export interface RecipeRun {
  readonly path: string;
  /** Data sets; only recipes that train on phantoms alone do without. */
  readonly data?: DataSource | undefined;
  readonly models: string;
  readonly output?: string | undefined;
  readonly checkpoint?: string | undefined;
  /** Weights of the same network to go on from (kinds pfirrmann and multitask). */
  readonly start?: string | undefined;
  /** Folds of a cross-validation (graders only), whose table is then written instead of weights. */
  readonly folds?: number | undefined;
  /** How often the patients are halved for a learning curve (multitask only), whose table is then written instead. */
  readonly halvings?: number | undefined;
}

/** Trains by one of Niemeyer's recipes; files are named after the recipe's own. */
async function runNiemeyer(
  recipe: NiemeyerRecipe,
  { path, data, models, output, checkpoint, folds }: RecipeRun,
  log: (line: string) => void,
): Promise<string> {
  if (recipe.spider && data === undefined)
    throw new RecipeError(
      `The recipe ${basename(path)} trains on patients: name a data set's folder with --data.`,
    );
  const name = basename(path).replace(/(\.recipe)?\.json$/, "");
  const place = output ?? (folds === undefined ? `${name}.safetensors` : `${name}.folds.json`);
  const job = { recipe, data, models, folds, output: place };
  await trainByNiemeyer({ ...job, checkpoint: checkpoint ?? join("checkpoints", `${name}.ckpt`) }, log);
  return place;
}

/** Trains by a recipe; returns the file with the weights, or with the table of a cross-validation. */
export async function runRecipe(run: RecipeRun, log: (line: string) => void): Promise<string> {
  const { path, data, models, output, checkpoint, folds, halvings } = run;
  const recipe = await readRecipe(path);
  if (run.start !== undefined && recipe.kind !== "multitask" && recipe.kind !== "pfirrmann")
    throw new RecipeError(
      `The recipe ${basename(path)} starts from nothing; only kinds multitask and pfirrmann go on from weights.`,
    );
  if (run.start !== undefined && (folds !== undefined || halvings !== undefined))
    throw new RecipeError(
      "Folds and learning curves start from nothing: weights to start from may know the patients that are to be read.",
    );
  if (halvings !== undefined && recipe.kind !== "multitask")
    throw new RecipeError(
      `The recipe ${basename(path)} makes no learning curve; only the kind multitask does.`,
    );
  if (recipe.kind === "niemeyer") return runNiemeyer(recipe, run, log);
  if (folds !== undefined && recipe.kind !== "multitask")
    throw new RecipeError(
      `The recipe ${basename(path)} knows no folds; only kinds multitask and niemeyer do.`,
    );
  if (data === undefined)
    throw new RecipeError(
      `The recipe ${basename(path)} needs training data: name a data set's folder with --data.`,
    );
  const places = {
    data,
    output: output ?? `${recipe.kind}.safetensors`,
    checkpoint: checkpoint ?? join("checkpoints", `${recipe.kind}.ckpt`),
  };
  if (recipe.kind === "multitask" && (folds !== undefined || halvings !== undefined)) {
    const measure = folds === undefined ? "curve" : "folds";
    const table = output ?? `multitask.${measure}.json`;
    const work = checkpoint ?? join("checkpoints", `multitask-${measure}`);
    const grader = { ...recipe, ...places, kind: recipe.kind, width: 1, models };
    const figures =
      folds === undefined
        ? await learningCurve(grader, halvings!, work, log)
        : await crossValidateGrader(grader, folds, work, log);
    await writeFile(table, `${JSON.stringify(figures, undefined, 1)}\n`);
    return table;
  }
  if (recipe.kind === "detector") {
    const detector = { ...recipe, ...places, data: await openDatasets(data, log) };
    const first = join("checkpoints", "teacher", "detector.safetensors");
    if (recipe.firstStage !== undefined) {
      const own = { phantoms: 0, output: first, checkpoint: `${places.checkpoint}.first` };
      await trainDetector({ ...detector, ...recipe.firstStage, ...own }, log);
    }
    const teacher = recipe.firstStage === undefined ? {} : { teacher: join("checkpoints", "teacher") };
    await trainDetector({ ...detector, ...teacher }, log);
  } else if (recipe.kind === "corners") await trainCorners({ ...recipe, ...places, models }, log);
  else
    await trainGrader(
      { ...recipe, kind: recipe.kind, width: recipe.width ?? 1, models, startFrom: run.start, ...places },
      log,
    );
  return places.output;
}
