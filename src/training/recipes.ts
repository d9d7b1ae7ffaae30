import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { trainDetector } from "./detector.js";
import { trainGrader } from "./graders.js";

/** A recipe file that cannot be used; says what is missing. */
export class RecipeError extends Error {
  override readonly name = "RecipeError";
  readonly code = "recipe";
}

/** What a recipe file says: everything that makes a model but for places on one machine. */
interface RecipeFile {
  readonly kind: "detector" | "pfirrmann" | "multitask";
  readonly steps: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly seed: number;
  readonly phantoms: number;
  readonly width?: number;
  /** For a detector: first trained without phantoms and self-labelled slices for so many steps at this rate. */
  readonly firstStage?: { readonly steps: number; readonly learningRate: number; readonly seed: number };
}

export interface RecipeRun {
  readonly path: string;
  readonly data: string;
  readonly models: string;
  readonly output?: string | undefined;
  readonly checkpoint?: string | undefined;
}

async function readRecipe(path: string): Promise<RecipeFile> {
  let recipe: Partial<RecipeFile>;
  try {
    recipe = JSON.parse(await readFile(path, "utf8")) as Partial<RecipeFile>;
  } catch (error) {
    throw new RecipeError(
      `${basename(path)} is no recipe (${error instanceof Error ? error.message : "unreadable"}); see models/ for examples.`,
    );
  }
  for (const key of ["steps", "batchSize", "learningRate", "seed", "phantoms"] as const)
    if (typeof recipe[key] !== "number")
      throw new RecipeError(`The recipe ${basename(path)} lacks the number "${key}".`);
  if (!["detector", "pfirrmann", "multitask"].includes(recipe.kind ?? ""))
    throw new RecipeError(`The recipe ${basename(path)} has no "kind" of detector, pfirrmann or multitask.`);
  return recipe as RecipeFile;
}

/** Trains by a recipe; returns the file with the weights. */
export async function runRecipe(
  { path, data, models, output, checkpoint }: RecipeRun,
  log: (line: string) => void,
): Promise<string> {
  const recipe = await readRecipe(path);
  const places = {
    data,
    output: output ?? `${recipe.kind}.safetensors`,
    checkpoint: checkpoint ?? join("checkpoints", `${recipe.kind}.ckpt`),
  };
  if (recipe.kind === "detector") {
    const first = join("checkpoints", "teacher", "detector.safetensors");
    if (recipe.firstStage !== undefined)
      await trainDetector(
        {
          ...recipe,
          ...recipe.firstStage,
          ...places,
          phantoms: 0,
          output: first,
          checkpoint: `${places.checkpoint}.first`,
        },
        log,
      );
    await trainDetector(
      {
        ...recipe,
        ...places,
        ...(recipe.firstStage === undefined ? {} : { teacher: join("checkpoints", "teacher") }),
      },
      log,
    );
  } else
    await trainGrader({ ...recipe, kind: recipe.kind, width: recipe.width ?? 1, models, ...places }, log);
  return places.output;
}
