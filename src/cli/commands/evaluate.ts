import { Calibration, errorSheetPng, modelsFolder, training } from "../../api/index.js";
import { writeAtomically } from "../../notebook/index.js";
import { parseArguments, UsageError } from "../command.js";
import type { Command } from "../command.js";
import { evaluateDetection } from "./evaluateDetection.js";
import { evaluateGrades } from "./evaluateGrades.js";
import { evaluateNumbering } from "./evaluateNumbering.js";
import { evaluateOutside, fitDataReader } from "./evaluateOutside.js";
import { evaluateHotspots, HOTSPOT_OPTIONS } from "./evaluateHotspots.js";

/** Discs on the sheet of errors. */
const ERRORS_SHOWN = 24;

export const evaluate: Command = {
  name: "evaluate",
  summary: "measure models on the patients that were kept out of training",
  example: "spinebook evaluate shipped data/spider",
  usage: `spinebook evaluate MODELS DATASET [--json] [--t1] [--errors OUT.png] [--calibrate]
       spinebook evaluate MODELS DATASET (--fit-reader OUT.json | --reader NAME) [--json]
       spinebook evaluate detection DATASET [--phantoms N] [--seed N] [--models FOLDER] [--json]
       spinebook evaluate numbering DATASET [--phantoms N] [--seed N] [--lsma FOLDER] [--models FOLDER] [--json]
       spinebook evaluate numbering DATASET --fit-numbering OUT.json [--lsma FOLDER] [--models FOLDER]
       spinebook evaluate grades phantoms [--phantoms N] [--seed N] [--models FOLDER] [--json]
       spinebook evaluate hotspots phantoms [--phantoms N] [--seed N] [--methods NAME,NAME] [--models FOLDER] [--json]

Detects and grades the validation patients' middle slices of DATASET (the SPIDER data) with the weights in the folder
MODELS ("shipped" for those of this installation), and compares with the published gradings: discs found and named,
class-average accuracy, linear kappa, Lin's CCC, confusion matrix; for the other features AUC and class average.
Of LSMA-PQR (another hospital and reader, nothing of it trained on) all patients are read, and intervals given; with --reader only
60 patients, on whom no reader's borders were fitted.

      --t1           read each patient's T1 middle slice beside the T2 one, where there is one
      --errors OUT.png  also draw the 24 discs whose Pfirrmann grade is furthest from the published one
      --calibrate    instead fit temperatures, conformal sets and the out-of-distribution check on these patients, write
                     calibration.json into MODELS, and print what they reach on patients not fitted on (cross-fitting)
      --fit-reader OUT.json  instead fit where the data set's reader passes from one Pfirrmann grade to the next, on LSMA-PQR's other
                     patients or SPIDER's validation patients, and write it as a reader for "grade --reader"
      --reader NAME  of LSMA-PQR: give Pfirrmann grades as this reader does

"detection" measures where vertebrae and discs are found and how they are named: N phantoms (default 10) of each family of the
generator, two of which no training has seen, and the SPACE stacks of the validation patients, whose masks tell the truth.

"numbering" measures how sure the names of the levels are: the middle slices of N phantoms (default 400) with anomalies as often as people
have them, of an eighth as many of each anomaly, and of the validation patients; with --fit-numbering it instead fits numbering.json anew,
on other phantoms and on the patients that are not kept out. --lsma FOLDER: the LSMA-PQR data, read as well.

"grades phantoms" grades N phantoms (default 20) of each of those two families and gives the class average of every feature.

"hotspots phantoms" measures where hotspots point instead: it renders N phantoms (default 8) that no training has seen,
whose findings have known places, and compares with the heat of every method: pointing game, area under the
precision-recall curve, and the correlation with the heat of a network of random weights.`,

  async run(args, context) {
    const { values, positionals } = parseArguments(
      args,
      {
        json: { type: "boolean" },
        calibrate: { type: "boolean" },
        t1: { type: "boolean" },
        errors: { type: "string", path: "written" },
        "fit-reader": { type: "string", path: "written" },
        reader: { type: "string" },
        lsma: { type: "string", path: "read" },
        "fit-numbering": { type: "string", path: "written" },
        ...HOTSPOT_OPTIONS,
      },
      ["the folder with the models (or shipped)", "the data set's folder"],
    );
    const [named, data] = positionals as [string, string];
    if (named === "hotspots" && data === "phantoms") return evaluateHotspots(values, context);
    if (named === "grades" && data === "phantoms") return evaluateGrades(values, context);
    if (named === "detection") return evaluateDetection(data, values, context);
    if (named === "numbering") return evaluateNumbering(data, values, context);
    if (values.lsma !== undefined || values["fit-numbering"] !== undefined)
      throw new UsageError('--lsma and --fit-numbering belong to "evaluate numbering".');
    const unused = Object.keys(HOTSPOT_OPTIONS).find((option) => option in values);
    if (unused !== undefined)
      throw new UsageError(
        `--${unused} belongs to "evaluate detection", "numbering", "grades phantoms" or "hotspots phantoms".`,
      );
    const models = named === "shipped" ? modelsFolder() : named;
    const fitted = values["fit-reader"];
    if (fitted !== undefined) return fitDataReader(models, data, fitted, values.json ?? false, context);
    if (training.isLsma(data)) {
      if (values.calibrate || values.t1 || values.errors !== undefined)
        throw new UsageError(
          "--calibrate, --t1 and --errors belong to the SPIDER data; leave them out for LSMA-PQR.",
        );
      return evaluateOutside(models, data, values.reader, values.json ?? false, context);
    }
    if (values.reader !== undefined)
      throw new UsageError(
        "--reader belongs to LSMA-PQR; SPIDER's grades are of the reader that is the default.",
      );
    if (values.calibrate) {
      const calibration = new Calibration(await training.calibrateModels(models, data, context.log));
      context.out(values.json ? JSON.stringify(calibration.file) : calibration.toText());
      return 0;
    }
    const readings = await training.readValidationPatients(models, data, context.log, { withT1: values.t1 });
    if (values.errors !== undefined)
      await writeAtomically(
        values.errors,
        await errorSheetPng(training.largestErrors(readings, ERRORS_SHOWN)),
      );
    const evaluation = training.compareReadings([readings]);
    const { intervals } = training.pfirrmannAgreement(
      readings.pairs.map(({ grading, disc }) => ({
        patient: grading.patient,
        truth: grading.pfirrmann,
        predicted: disc.grades.pfirrmann!.grade,
      })),
    );
    if (values.json) context.out(JSON.stringify({ ...evaluation, intervals }));
    else {
      const { detection, pfirrmann, features } = evaluation;
      context.out(
        `patients ${evaluation.patients.length}  graded discs ${detection.graded}  named ${detection.named} (${((100 * detection.named) / detection.graded).toFixed(1)} %)`,
      );
      context.out(
        `Pfirrmann: accuracy ${pfirrmann.accuracy.toFixed(3)}  class average ${pfirrmann.sensitivity.toFixed(3)}  linear kappa ${pfirrmann.kappa.toFixed(3)}  CCC ${pfirrmann.linCcc.toFixed(3)}  off by more than one ${(100 * pfirrmann.offByMoreThanOne).toFixed(1)} %`,
      );
      context.out(`95 % intervals over patients: ${intervalText(intervals)}`);
      for (const [key, { auc, classAverage, positives, cases }] of Object.entries(features))
        context.out(
          `${key.padEnd(22)} AUC ${auc.toFixed(3)}  class average ${classAverage.toFixed(3)}  (${positives} of ${cases})`,
        );
    }
    return 0;
  },
};

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
