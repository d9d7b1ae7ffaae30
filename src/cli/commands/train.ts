import { modelsFolder, training } from "../../api/index.js";
import { parseCommand, UsageError } from "../command.js";
import type { Command } from "../command.js";

export const train: Command = {
  name: "train",
  summary: "train a model by its recipe",
  usage: `spinebook train RECIPE.json --data FOLDER [--output FILE.safetensors] [--checkpoint FILE]

Trains the model of a recipe (those of the shipped models lie beside their weights in models/) and writes its weights.
A run that was stopped goes on from its checkpoint when started again.

      --data FOLDER       the SPIDER data (midslices/, space/, radiological_gradings.csv, overview.csv)
      --output FILE       where the weights go; default: the recipe's name in the present folder
      --checkpoint FILE   where the state goes while training; default: checkpoints/ in the present folder`,

  async run(args, context) {
    const options = {
      data: { type: "string" },
      output: { type: "string" },
      checkpoint: { type: "string" },
    } as const;
    const { values, path } = parseCommand(args, options, "the recipe (.json)");
    if (values.data === undefined) throw new UsageError("Give --data, the folder with the training data.");
    const output = await training.runRecipe(
      {
        path,
        data: values.data,
        output: values.output,
        checkpoint: values.checkpoint,
        models: modelsFolder(),
      },
      context.log,
    );
    context.out(output);
    return 0;
  },
};
