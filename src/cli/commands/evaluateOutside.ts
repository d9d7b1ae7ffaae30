import { readerText, training } from "../../api/index.js";
import { writeAtomically } from "../../notebook/index.js";
import type { CommandContext } from "../command.js";

/** Fits the borders of a data set's reader, writes them to a file, and tells what they are worth on other patients. */
export async function fitDataReader(
  models: string,
  data: training.DataSource,
  path: string,
  asJson: boolean,
  context: CommandContext,
): Promise<number> {
  const fit = await training.fitPublishedReader(models, data, context.log);
  await writeAtomically(path, readerText(fit.reader));
  if (asJson) {
    context.out(JSON.stringify(fit));
    return 0;
  }
  const { reader, before, after } = fit;
  context.out(`reader ${reader.name}, ${reader.readings} discs of ${reader.patients} patients`);
  context.out(
    `borders at severities ${reader.thresholds.map((value) => value.toFixed(2)).join(" ")}, slope ${reader.slope.toFixed(2)}`,
  );
  const { trust } = fit;
  const list = (values: readonly (number | null)[]): string =>
    values.map((value) => value?.toFixed(2) ?? "–").join(" ");
  context.out(
    trust === undefined
      ? "no sets of grades that cannot be excluded: too few readings"
      : `sets at ${Math.round(100 * reader.sets!.level)} % on other patients, grades 1 to 5: hold the reader's grade in ${list(trust.coverage)}, size ${list(trust.setSize)}; calibration error ${trust.ece.toFixed(3)}, of chance rarely above ${trust.eceOfChance95.toFixed(3)}`,
  );
  context.out(`as the grades came:\n${measuresText(before)}`);
  context.out(`by borders fitted on other patients:\n${measuresText(after)}`);
  return 0;
}

/** Agreement with another hospital's reader, with intervals. */
export function agreementText({ patients, graded, named, pfirrmann }: training.OutsideEvaluation): string {
  return [
    `patients ${patients}  graded discs ${graded}  named ${named} (${((100 * named) / graded).toFixed(1)} %)`,
    measuresText(pfirrmann),
  ].join("\n");
}

/** Measures of the Pfirrmann grade, with intervals. */
export function measuresText(pfirrmann: training.PfirrmannAgreement): string {
  const { intervals } = pfirrmann;
  const row = (name: string, value: number, { low, high }: { low: number; high: number }): string =>
    `${name.padEnd(22)} ${value.toFixed(3)}  [${low.toFixed(3)}, ${high.toFixed(3)}]`;
  return [
    "Pfirrmann grade, with 95 % intervals over patients:",
    row("accuracy", pfirrmann.accuracy, intervals.accuracy),
    row("class average", pfirrmann.sensitivity, intervals.sensitivity),
    row("linear kappa", pfirrmann.kappa, intervals.kappa),
    row("quadratic kappa", pfirrmann.quadraticKappa, intervals.quadraticKappa),
    row("Lin's CCC", pfirrmann.linCcc, intervals.linCcc),
    row("off by more than one", pfirrmann.offByMoreThanOne, intervals.offByMoreThanOne),
    `bias ${pfirrmann.bias.toFixed(2)} grades (read minus published)`,
    "published grade: read as 1 2 3 4 5",
    ...pfirrmann.confusion.map((counts, i) => `${i + 1}: ${counts.join(" ")}`),
  ].join("\n");
}
