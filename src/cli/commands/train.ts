import { dataSources, modelsFolder, training } from "../../api/index.js";
import { parseCommand, UsageError } from "../command.js";
import type { Command } from "../command.js";

export const train: Command = {
  name: "train",
  summary: "train a model by its recipe",
  example: "spinebook train recipe.json --data data/spider",
  usage: `spinebook train RECIPE.json --data FOLDER [--data FOLDER ...] [--output FILE] [--checkpoint FILE] [--start FILE]
       spinebook train RECIPE.json --data FOLDER [--data FOLDER ...] [--output FILE] [--checkpoint FILE] (--folds K | --halvings N)

Trains the model of a recipe (those of the shipped models lie beside their weights in models/, those of Niemeyer's graders
in models/recipes/) and writes its weights. A run that was stopped goes on from its checkpoint when started again.

      --data FOLDER       a data set as it is published: SPIDER (images/, masks/, radiological_gradings.csv, overview.csv), LSMA-PQR
                          (PfirrmannGrade.csv, 01_MRI_Data/), RSNA 2024 (train.csv, train_series_descriptions.csv, train_images/),
                          own studies with grades.csv, or a cohort's file (people's grades, pictures where they lie); several with --data each: the first one's reader is learned.
                          Says what of each was taken and left out. A recipe that trains on phantoms alone does without
      --output FILE       where the weights go; default: the recipe's name in the present folder
      --checkpoint FILE   where the state goes while training; default: checkpoints/ in the present folder
      --start FILE        go on from these weights of the same network instead of random ones (fine-tuning of a grader)
      --folds K           cross-validates (multitask and Niemeyer's graders): trains K times, each patient read once by
                          a network that was not trained on them, and writes a JSON table of the figures
      --halvings N        learning curve (multitask): trains on all, a half, a quarter ... of the patients, N halvings, reads
                          the validation patients with each, and writes a JSON table`,

  async run(args, context) {
    const options = {
      data: { type: "string", path: "read", multiple: true },
      output: { type: "string", path: "written" },
      checkpoint: { type: "string", path: "written" },
      start: { type: "string", path: "read" },
      folds: { type: "string" },
      halvings: { type: "string" },
    } as const;
    const { values, path } = parseCommand(args, options, "the recipe (.json)");
    if (values.folds !== undefined && !/^([2-9]|[1-9]\d+)$/.test(values.folds))
      throw new UsageError(
        `"${values.folds}" is no number of folds; give a whole number from 2, such as 10.`,
      );
    if (values.halvings !== undefined && !/^[1-6]$/.test(values.halvings))
      throw new UsageError(`"${values.halvings}" is no number of halvings; give 1 to 6.`);
    if (values.halvings !== undefined && values.folds !== undefined)
      throw new UsageError("--folds and --halvings are two different measurements; give one of them.");
    const output = await training.runRecipe(
      {
        path,
        data: values.data === undefined ? undefined : await dataSources(values.data, context.log),
        output: values.output,
        checkpoint: values.checkpoint,
        start: values.start,
        folds: values.folds === undefined ? undefined : Number(values.folds),
        halvings: values.halvings === undefined ? undefined : Number(values.halvings),
        models: modelsFolder(),
      },
      context.log,
    );
    context.out(output);
    return 0;
  },
};
