import { errorSheetPng, training } from "../../api/index.js";
import { writeAtomically } from "../../notebook/index.js";
import { agreementText } from "./evaluateOutside.js";

/** Discs on the sheet of errors. */
const ERRORS_SHOWN = 24;

/** How a data set's patients are read. */
export interface DatasetOptions {
  readonly t1?: boolean | undefined;
  readonly errors?: string | undefined;
  readonly reader?: string | undefined;
}

/** What came of a data set: for machines and for people. */
export interface DatasetResult {
  readonly document: object;
  readonly text: string;
}

/** Reads the patients of one data set and compares with its readers. */
export async function evaluateDataset(
  models: string,
  dataset: training.Dataset,
  options: DatasetOptions,
  log: (line: string) => void,
): Promise<DatasetResult> {
  if (dataset.layout.startsWith("spider")) {
    const readings = await training.readValidationPatients(models, [dataset], log, { withT1: options.t1 });
    if (options.errors !== undefined)
      await writeAtomically(
        options.errors,
        await errorSheetPng(training.largestErrors(readings, ERRORS_SHOWN)),
      );
    return compared(readings);
  }
  const heldOnly = await training.readTrainedOn(models, dataset);
  if (heldOnly)
    log(`${dataset.title}: the weights were trained on it; only patients who were kept out are read`);
  if (dataset.layout.startsWith("lsma")) {
    const { reader } = options;
    const evaluation = await training.evaluateOutside(models, [dataset], log, {
      reader,
      heldOnly: heldOnly || reader !== undefined,
    });
    const marked = featureLines(evaluation.features);
    return { document: evaluation, text: [agreementText(evaluation), ...marked].join("\n") };
  }
  const patients = heldOnly ? dataset.patients.filter(({ isHeld }) => isHeld) : dataset.patients;
  return byRater(await training.readPatients(models, patients, log, { reader: options.reader }));
}

/** Each reader's grades by themselves, where several read. */
function byRater(readings: training.PatientReadings): DatasetResult {
  const raters = [...new Set(readings.pairs.map(({ grading }) => grading.rater))];
  if (raters.length <= 1) return compared(readings);
  const parts = raters.map((rater) => {
    const pairs = readings.pairs.filter(({ grading }) => grading.rater === rater);
    const detection = {
      ...readings.detection,
      ...{ graded: readings.gradedBy.get(rater) ?? 0, named: pairs.length },
    };
    return { rater, ...compared({ ...readings, pairs, detection }) };
  });
  return {
    document: { raters: parts.map(({ rater, document }) => ({ rater, ...document })) },
    text: parts.map(({ rater, text }) => `reader ${rater}:\n${text}`).join("\n"),
  };
}

/** A share with its interval. */
function share({ value, low, high }: training.FeatureEvaluation["kappa"]): string {
  return `${value.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`;
}

/** Operating points, a line each. */
export function operatingPointsText({
  features,
}: Awaited<ReturnType<typeof training.fitOperatingPoints>>): string {
  return Object.entries(features)
    .map(([key, { threshold, prevalence, called, discs, sensitivity, precision, kappa }]) =>
      [
        `${key.padEnd(22)} present from ${threshold.toFixed(3)} on; prevalence ${(100 * prevalence).toFixed(1)} %, called ${(100 * called).toFixed(1)} % of ${discs} discs`,
        ...(sensitivity === null || precision === null || kappa === null
          ? ["not compared with a reader"]
          : [`sensitivity ${share(sensitivity)}  precision ${share(precision)}  kappa ${share(kappa)}`]),
      ].join("; "),
    )
    .join("\n");
}

/** Findings that are there or not beside the readers', a line each. */
function featureLines(features: training.Evaluation["features"]): string[] {
  return Object.entries(features).map(
    ([key, { auc, classAverage, positives, cases, called, sensitivity, precision, kappa }]) =>
      `${key.padEnd(22)} AUC ${auc.toFixed(3)}  class average ${classAverage.toFixed(3)}  (${positives} of ${cases}, ${(100 * called).toFixed(1)} % called)  sensitivity ${share(sensitivity)}  precision ${share(precision)}  kappa ${share(kappa)}`,
  );
}

/** Readings beside the published grades. */
function compared(readings: training.PatientReadings): DatasetResult {
  const evaluation = training.compareReadings([readings]);
  const cases = training.pfirrmannCases(readings.pairs);
  const intervals = cases.length === 0 ? undefined : training.pfirrmannAgreement(cases).intervals;
  const { detection, pfirrmann, features } = evaluation;
  const lines = [
    `patients ${evaluation.patients.length}  graded discs ${detection.graded}  named ${detection.named} (${((100 * detection.named) / detection.graded).toFixed(1)} %)`,
    ...(pfirrmann === undefined || intervals === undefined
      ? []
      : [
          `Pfirrmann: accuracy ${pfirrmann.accuracy.toFixed(3)}  class average ${pfirrmann.sensitivity.toFixed(3)}  linear kappa ${pfirrmann.kappa.toFixed(3)}  CCC ${pfirrmann.linCcc.toFixed(3)}  off by more than one ${(100 * pfirrmann.offByMoreThanOne).toFixed(1)} %`,
          `95 % intervals over patients: ${intervalText(intervals)}`,
        ]),
    ...featureLines(features),
  ];
  return { document: { ...evaluation, intervals }, text: lines.join("\n") };
}

function intervalText(intervals: training.PfirrmannAgreement["intervals"]): string {
  const names = {
    sensitivity: "class average",
    kappa: "linear kappa",
    linCcc: "CCC",
    offByMoreThanOne: "off by more than one",
  };
  return Object.entries(names)
    .map(([key, name]) => {
      const { low, high } = intervals[key as keyof typeof names];
      return `${name} ${low.toFixed(3)} to ${high.toFixed(3)}`;
    })
    .join(", ");
}
