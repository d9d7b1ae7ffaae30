import { modelsFolder, training } from "../../api/index.js";
import type { CommandContext } from "../command.js";
import type { DetectionOptions } from "./evaluateDetection.js";
import { wholeNumber } from "./numbers.js";

/** Phantoms of each family, and the seed of the first, unless given. */
const DEFAULTS = { phantoms: 20, seed: 6000 } as const;

/** Measures all features on phantoms of families that no training has seen, and writes a table or JSON. */
export async function evaluateGrades(options: DetectionOptions, context: CommandContext): Promise<number> {
  const asked = {
    phantoms: wholeNumber("--phantoms", options.phantoms, DEFAULTS.phantoms),
    seed: wholeNumber("--seed", options.seed, DEFAULTS.seed),
  };
  const models = options.models ?? modelsFolder();
  const grades = await training.evaluatePhantomGrades(models, asked, context.log);
  if (options.json) context.out(JSON.stringify(grades));
  else {
    context.out(`${grades.discs} discs, ${grades.missed} of them not found, which count as wrong`);
    for (const [key, { classAverage, cases, classes }] of Object.entries(grades.features))
      context.out(
        `${key.padEnd(22)} class average ${(100 * classAverage).toFixed(1).padStart(5)} %  (${cases} discs: ${classes.join(", ")})`,
      );
  }
  return 0;
}
