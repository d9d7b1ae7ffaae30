import { training } from "../../api/index.js";
import type { CommandContext } from "../command.js";

/**
 * Fits and measures what tells weightings apart, measures what grades are worth in each, writes both into the models folder, and tells them.
 */
export async function evaluateContrasts(
  models: string,
  data: readonly training.Dataset[],
  asJson: boolean,
  context: CommandContext,
): Promise<number> {
  const { recognition, ...model } = await training.fitContrasts(models, data, context.log);
  const { agreement, kinds } = await training.measureContrasts(models, data, context.log);
  if (asJson) {
    context.out(JSON.stringify({ recognition, agreement, kinds }));
    return 0;
  }
  context.out(`Weighting by the picture alone, fitted on other patients (called from ${model.sure} on):`);
  context.out(`${"".padEnd(36)} images     T1     T2   T2FS   none`);
  for (const { what, images, called } of recognition) {
    const none = images - called.reduce((sum, count) => sum + count, 0);
    const shares = [...called, none].map((count) => `${((100 * count) / images).toFixed(1)} %`.padStart(7));
    context.out(`${what.padEnd(36)} ${String(images).padStart(6)}${shares.join("")}`);
  }
  context.out("Pfirrmann grade beside the readers', linear kappa, and that of the same discs in T2:");
  for (const { what, figure } of kinds) context.out(figureText(what, figure));
  for (const [contrast, { pictures, features }] of Object.entries(agreement.contrasts)) {
    context.out(`${contrast}, ${pictures}:`);
    for (const [key, figure] of Object.entries(features))
      context.out(figureText(`  ${key} (${figure.measure})`, figure));
  }
  return 0;
}

function figureText(what: string, { reached, reference, discs, fewer }: training.ContrastFigure): string {
  const cases = fewer === discs ? `${discs} discs` : `${fewer} of ${discs} discs`;
  return `${what.padEnd(44)} ${reached.toFixed(3)}  (${reference.toFixed(3)} in T2; ${cases})`;
}
