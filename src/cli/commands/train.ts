import { modelsFolder, training } from "../../api/index.js";
import { parseCommand, UsageError } from "../command.js";
import type { Command } from "../command.js";

export const train: Command = {
  name: "train",
  summary: "train a model by its recipe",
  usage: `spinebook train RECIPE.json --data FOLDER [--output FILE] [--checkpoint FILE] [--folds K]

Trains the model of a recipe (those of the shipped models lie beside their weights in models/, those of Niemeyer's graders
in models/recipes/) and writes its weights. A run that was stopped goes on from its checkpoint when started again.

      --data FOLDER       the SPIDER data (midslices/, space/, radiological_gradings.csv, overview.csv);
                          a recipe that trains on phantoms alone does without
      --output FILE       where the weights go; default: the recipe's name in the present folder
      --checkpoint FILE   where the state goes while training; default: checkpoints/ in the present folder
      --folds K           cross-validates (multitask and Niemeyer's graders): trains K times, each patient read once by
                          a network that was not trained on them, and writes a JSON table of the figures`,

  async run(args, context) {
    const options = {
      data: { type: "string" },
      output: { type: "string" },
      checkpoint: { type: "string" },
      folds: { type: "string" },
    } as const;
    const { values, path } = parseCommand(args, options, "the recipe (.json)");
    if (values.folds !== undefined && !/^([2-9]|[1-9]\d+)$/.test(values.folds))
      throw new UsageError(
        `"${values.folds}" is no number of folds; give a whole number from 2, such as 10.`,
      );
    const output = await training.runRecipe(
      {
        path,
        data: values.data,
        output: values.output,
        checkpoint: values.checkpoint,
        folds: values.folds === undefined ? undefined : Number(values.folds),
        models: modelsFolder(),
      },
      context.log,
    );
    context.out(output);
    return 0;
  },
};
