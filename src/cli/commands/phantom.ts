import { makePhantoms } from "../../api/index.js";
import { parseCommand, UsageError } from "../command.js";
import type { Command } from "../command.js";

/** A whole number given as an option. */
function parseCount(option: string, text: string | undefined, otherwise: number, smallest: number): number {
  const value = text === undefined ? otherwise : Number(text);
  if (!Number.isInteger(value) || value < smallest)
    throw new UsageError(`"${text ?? ""}" is no whole number of at least ${smallest}; give ${option} one.`);
  return value;
}

export const phantom: Command = {
  name: "phantom",
  summary: "write synthetic DICOM studies with their truth",
  usage: `spinebook phantom FOLDER --seed N [--studies K]

Writes K (default 1) synthetic lumbar spine studies: FOLDER/study-NNN/dicom/*.dcm with truth.json beside, in the shape of
"spinebook grade --json". The same seed makes the same studies.

      --seed N     any whole number
      --studies K  how many`,

  async run(args, context) {
    const { values, path } = parseCommand(
      args,
      { seed: { type: "string" }, studies: { type: "string" } },
      "the folder to write into",
    );
    if (values.seed === undefined) throw new UsageError("Give --seed, a whole number.");
    const studies = await makePhantoms(path, {
      seed: parseCount("--seed", values.seed, 0, 0),
      studies: parseCount("--studies", values.studies, 1, 1),
    });
    for (const { dicom } of studies) context.out(dicom);
    return 0;
  },
};
