import { GradedSpine } from "../../analysis/index.js";
import { CohortError } from "../../cohort/index.js";
import { isWithheld } from "../../grading/index.js";
import type { Reader } from "../../grading/index.js";
import type { ModelReading } from "../log/index.js";
import { isSpine, namesOf } from "./sources.js";
import type { NamedSpine, RatingSource } from "./sources.js";

/** Graded spines among sources, under their names. @throws CohortError where one is none */
function gradedSpines(
  sources: readonly RatingSource[],
): { readonly named: Partial<NamedSpine>; readonly spine: GradedSpine }[] {
  return sources.map((source) => {
    const named = isSpine(source) ? { spine: source } : source;
    if (!("spine" in named) || !(named.spine instanceof GradedSpine))
      throw new CohortError("bad-option", "Give graded spines, or the model's grades in the options.");
    return { named, spine: named.spine };
  });
}

/**
 * What the models say of the discs of graded spines, and by whose convention.
 * @throws CohortError where a source is no graded spine, or Pfirrmann grades follow several readers' conventions
 */
export function modelReading(sources: readonly RatingSource[]): ModelReading {
  const spines = gradedSpines(sources);
  const readers = [...new Set(spines.map(({ spine }) => spine.reader))];
  if (readers.length > 1)
    throw new CohortError(
      "bad-option",
      `The spines' grades follow several conventions (${readers.map((reader) => (reader === undefined ? "without a reader" : `reader ${reader}`)).join(", ")}): bring them to one, as await graded.asReader("SPIDER") does.`,
    );
  const [reader] = readers;
  return {
    ...(reader === undefined ? {} : { reader }),
    discs: spines.flatMap(({ named, spine }) =>
      spine.discs.map(({ level, grades }) => ({
        ...namesOf({ ...named, spine }),
        level,
        // Of what is withheld nothing is told.
        grades: Object.fromEntries(Object.entries(grades).filter(([, grade]) => !isWithheld(grade))),
      })),
    ),
  };
}

/** Sources whose graded spines follow a reader's convention. @throws ReaderError, CohortError where one is no graded spine */
export async function sourcesAs(
  sources: readonly RatingSource[],
  reader: string | Reader,
): Promise<NamedSpine[]> {
  return Promise.all(
    gradedSpines(sources).map(async ({ named, spine }) => ({
      ...namesOf({ ...named, spine }),
      spine: await spine.asReader(reader),
    })),
  );
}
