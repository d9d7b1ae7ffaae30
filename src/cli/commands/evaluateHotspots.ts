import { HOTSPOT_METHODS, modelsFolder, training } from "../../api/index.js";
import type { HotspotMethod } from "../../api/index.js";
import { UsageError } from "../command.js";
import type { CommandContext } from "../command.js";
import { wholeNumber } from "./numbers.js";

/** Options that only `spinebook evaluate hotspots phantoms` has. */
export const HOTSPOT_OPTIONS = {
  models: { type: "string", path: "read" },
  methods: { type: "string" },
  phantoms: { type: "string" },
  seed: { type: "string" },
} as const;

/** Its options as given. */
export type HotspotsOptions = Readonly<
  Partial<Record<keyof typeof HOTSPOT_OPTIONS, string | undefined>> & { json?: boolean | undefined }
>;

/** Phantoms, and the seed of the first, unless given; training uses seeds from 7919 on. */
const DEFAULTS = { phantoms: 8, seed: 5000 } as const;

function methodsOf(text: string | undefined): HotspotMethod[] | undefined {
  return text?.split(",").map((name) => {
    const method = HOTSPOT_METHODS.find((known) => known === name);
    if (method === undefined)
      throw new UsageError(`There is no method "${name}"; known are ${HOTSPOT_METHODS.join(", ")}.`);
    return method;
  });
}

/** Measures how well hotspots point on phantoms, and writes a table or JSON. */
export async function evaluateHotspots(options: HotspotsOptions, context: CommandContext): Promise<number> {
  const methods = methodsOf(options.methods);
  const asked = {
    phantoms: wholeNumber("--phantoms", options.phantoms, DEFAULTS.phantoms),
    seed: wholeNumber("--seed", options.seed, DEFAULTS.seed),
    ...(methods === undefined ? {} : { methods }),
  };
  const models = options.models ?? modelsFolder();
  const evaluation = await training.evaluateHotspots(models, asked, context.log);
  if (options.json) {
    context.out(JSON.stringify(evaluation));
    return 0;
  }
  const percent = (value: number): string => `${(100 * value).toFixed(0)} %`.padStart(5);
  for (const [method, scores] of Object.entries(evaluation.methods)) {
    context.out(
      `${method.padEnd(22)} pointing ${percent(scores.pointing)} (chance ${percent(scores.chance)})  AUPRC ${scores.auprc.toFixed(3)} (prevalence ${scores.prevalence.toFixed(3)})  random weights ${scores.randomised.toFixed(2)}  ${scores.secondsPerDisc.toFixed(2)} s a disc  (${scores.findings} findings)`,
    );
    for (const [feature, own] of Object.entries(scores.features))
      context.out(
        `  ${feature.padEnd(20)} pointing ${percent(own.pointing)} (chance ${percent(own.chance)})  AUPRC ${own.auprc.toFixed(3)} (prevalence ${own.prevalence.toFixed(3)})  (${own.findings} findings)`,
      );
  }
  return 0;
}
