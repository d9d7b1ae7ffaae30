import { modelsFolder, numbering } from "../../api/index.js";
import { writeAtomically } from "../../notebook/index.js";
import type { CommandContext } from "../command.js";
import type { DetectionOptions } from "./evaluateDetection.js";
import { wholeNumber } from "./numbers.js";

/** Its options as given. */
export interface NumberingOptions extends DetectionOptions {
  readonly "fit-numbering"?: string | undefined;
}

/** Phantoms, and the seed of the first, unless given; the fit uses seeds from 61005 on. */
const DEFAULTS = { phantoms: 400, seed: 71000 } as const;

function groupLine({
  what,
  pictures,
  unnamed,
  right,
  flagged,
  silent,
  posterior,
}: numbering.NumberingGroup): string {
  const known = Number.isNaN(right) ? "" : `right ${right}, wrong without a flag ${silent}, `;
  return `${what.padEnd(16)} ${pictures} pictures, ${unnamed} not named; ${known}flagged ${flagged}, mean probability ${posterior.toFixed(3)}`;
}

/** Measures how sure the numbering is, or fits it anew. */
export async function evaluateNumbering(
  data: readonly string[],
  options: NumberingOptions,
  context: CommandContext,
): Promise<number> {
  const models = options.models ?? modelsFolder();
  const fitted = options["fit-numbering"];
  if (fitted !== undefined) {
    const text = await numbering.fitPublishedNumbering(models, data, context.log);
    await writeAtomically(fitted, text);
    context.out(fitted);
    return 0;
  }
  const asked = {
    phantoms: wholeNumber("--phantoms", options.phantoms, DEFAULTS.phantoms),
    seed: wholeNumber("--seed", options.seed, DEFAULTS.seed),
  };
  const result = await numbering.evaluateNumbering(models, data, asked, context.log);
  if (options.json) {
    context.out(JSON.stringify(result));
    return 0;
  }
  context.out("Phantoms, anomalies as often as people have them:");
  for (const group of result.drawn) context.out(groupLine(group));
  context.out("Phantoms of each anomaly:");
  for (const group of [...result.anomalies, ...result.patients]) context.out(groupLine(group));
  context.out(`Calibration error of the posterior: ${result.calibrationError.toFixed(3)}`);
  for (const { low, high, pictures, posterior, right } of result.reliability)
    context.out(
      `  ${low.toFixed(2)} to ${high.toFixed(2)}: ${pictures} pictures, said ${posterior.toFixed(3)}, right ${(right / pictures).toFixed(3)}`,
    );
  return 0;
}
