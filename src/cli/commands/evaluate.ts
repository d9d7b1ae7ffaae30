import { modelsFolder, training } from "../../api/index.js";
import { parseArguments } from "../command.js";
import type { Command } from "../command.js";

export const evaluate: Command = {
  name: "evaluate",
  summary: "measure models on the patients that were kept out of training",
  usage: `spinebook evaluate MODELS DATASET [--json]

Detects and grades the validation patients' middle slices of DATASET (the SPIDER data) with the weights in the folder
MODELS ("shipped" for those of this installation), and compares with the published gradings: discs found and named,
class-average accuracy, linear kappa, Lin's CCC, confusion matrix; for the other features AUC and class average.`,

  async run(args, context) {
    const { values, positionals } = parseArguments(args, { json: { type: "boolean" } }, [
      "the folder with the models (or shipped)",
      "the data set's folder",
    ]);
    const [models, data] = positionals as [string, string];
    const evaluation = await training.evaluateModels(
      models === "shipped" ? modelsFolder() : models,
      data,
      context.log,
    );
    if (values.json) context.out(JSON.stringify(evaluation));
    else {
      const { detection, pfirrmann, features } = evaluation;
      context.out(
        `patients ${evaluation.patients.length}  graded discs ${detection.graded}  named ${detection.named} (${((100 * detection.named) / detection.graded).toFixed(1)} %)`,
      );
      context.out(
        `Pfirrmann: accuracy ${pfirrmann.accuracy.toFixed(3)}  class average ${pfirrmann.sensitivity.toFixed(3)}  linear kappa ${pfirrmann.kappa.toFixed(3)}  CCC ${pfirrmann.linCcc.toFixed(3)}  off by more than one ${(100 * pfirrmann.offByMoreThanOne).toFixed(1)} %`,
      );
      for (const [key, { auc, classAverage, positives, cases }] of Object.entries(features))
        context.out(
          `${key.padEnd(22)} AUC ${auc.toFixed(3)}  class average ${classAverage.toFixed(3)}  (${positives} of ${cases})`,
        );
    }
    return 0;
  },
};
