import { modelsFolder, training } from "../../api/index.js";
import type { CommandContext } from "../command.js";
import { wholeNumber } from "./numbers.js";

/** Its options as given. */
export interface DetectionOptions {
  readonly models?: string | undefined;
  readonly phantoms?: string | undefined;
  readonly seed?: string | undefined;
  readonly json?: boolean | undefined;
}

/** Phantoms of each family, and the seed of the first, unless given; training uses seeds from 7919 on, times its own. */
const DEFAULTS = { phantoms: 10, seed: 9100 } as const;

/** Measures where vertebrae and discs are found and how they are named, and writes a table or JSON. */
export async function evaluateDetection(
  data: readonly string[],
  options: DetectionOptions,
  context: CommandContext,
): Promise<number> {
  const asked = {
    phantoms: wholeNumber("--phantoms", options.phantoms, DEFAULTS.phantoms),
    seed: wholeNumber("--seed", options.seed, DEFAULTS.seed),
  };
  const models = options.models ?? modelsFolder();
  const { phantoms, stacks, failures } = await training.evaluateDetection(models, data, asked, context.log);
  if (options.json) {
    context.out(JSON.stringify({ phantoms, stacks, failures }));
    return 0;
  }
  const line = (
    name: string,
    { naming, corners }: Omit<training.DetectionEvaluation["stacks"], "patients">,
  ) =>
    `${name.padEnd(22)} discs named ${naming.named} of ${naming.discs}  corners: median ${corners.median.toFixed(2)} mm, 95 % within ${corners.percentile95.toFixed(2)} mm, all four within 2 mm in ${(100 * corners.bodiesWithin2mm).toFixed(1)} % of ${corners.bodies} bodies`;
  for (const [family, result] of Object.entries(phantoms)) context.out(line(`${family} phantoms`, result));
  context.out(line(`stacks of ${stacks.patients} patients`, stacks));
  for (const { what, message } of failures) context.out(`${what}: ${message}`);
  return 0;
}
