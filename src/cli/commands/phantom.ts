import { makePhantoms, PHANTOM_FAMILIES, PHANTOM_VARIANTS } from "../../api/index.js";
import { parseCommand, UsageError } from "../command.js";
import type { Command } from "../command.js";

/** A whole number given as an option. */
function parseCount(option: string, text: string | undefined, otherwise: number, smallest: number): number {
  const value = text === undefined ? otherwise : Number(text);
  if (!Number.isInteger(value) || value < smallest)
    throw new UsageError(`"${text ?? ""}" is no whole number of at least ${smallest}; give ${option} one.`);
  return value;
}

/** One of the words that an option knows. */
function parseWord<T extends string>(
  option: string,
  text: string | undefined,
  words: readonly T[],
): T | undefined {
  if (text === undefined) return undefined;
  const word = words.find((candidate) => candidate === text);
  if (word === undefined)
    throw new UsageError(`"${text}" is nothing that ${option} knows; give one of ${words.join(", ")}.`);
  return word;
}

const OPTIONS = {
  seed: { type: "string" },
  studies: { type: "string" },
  severity: { type: "string" },
  variant: { type: "string" },
  family: { type: "string" },
  contrasts: { type: "string" },
  artefacts: { type: "boolean" },
} as const;

const CONTRASTS = ["T2", "T1,T2", "T2,T1"] as const;
const VARIANTS = [...PHANTOM_VARIANTS, "drawn"] as const;

export const phantom: Command = {
  name: "phantom",
  summary: "write synthetic DICOM studies with their truth",
  example: "spinebook phantom phantoms/ --seed 1",
  usage: `spinebook phantom FOLDER --seed N [--studies K] [OPTIONS]

Writes K (default 1) synthetic lumbar spine studies: FOLDER/study-NNN/dicom/*.dcm with truth.json beside, in the shape of
"spinebook grade --json". The same seed makes the same studies. Several are rendered at once, in as many threads as
SPINEBOOK_THREADS says, else as there are cores.

      --seed N          any whole number
      --studies K       how many
      --severity WORD   mixed (default: all grades alike), healthy, or population (as often as people have them)
      --variant WORD    ${VARIANTS.slice(0, 5).join(", ")},
                        ${VARIANTS.slice(5).join(", ")} (as often as people have them)
      --family WORD     generator family: ${PHANTOM_FAMILIES.join(", ")}
      --contrasts LIST  T2 (default) or T1,T2
      --artefacts       with artefacts, TR and TE drawn as routine scans have them`,

  async run(args, context) {
    const { values, path } = parseCommand(args, OPTIONS, "the folder to write into");
    if (values.seed === undefined) throw new UsageError("Give --seed, a whole number.");
    const severity = parseWord("--severity", values.severity, ["mixed", "healthy", "population"]);
    const variant = parseWord("--variant", values.variant, VARIANTS);
    const family = parseWord("--family", values.family, PHANTOM_FAMILIES);
    const contrasts = parseWord("--contrasts", values.contrasts, CONTRASTS);
    const studies = await makePhantoms(path, {
      seed: parseCount("--seed", values.seed, 0, 0),
      studies: parseCount("--studies", values.studies, 1, 1),
      ...(severity && { severity }),
      ...(variant && { variant }),
      ...(family && { family }),
      ...(contrasts && contrasts !== "T2" && { contrasts: ["T1", "T2"] as const }),
      ...(values.artefacts === true && { artefacts: "drawn" as const }),
    });
    for (const { dicom } of studies) context.out(dicom);
    return 0;
  },
};
