import { editDistance } from "../text/index.js";

/** Other words for an option, which no likeness of letters leads to. */
const SYNONYMS: Readonly<Record<string, string>> = {
  confidence: "mass",
  confidenceLevel: "mass",
  level: "mass",
  alpha: "mass",
  credibility: "mass",
  iterations: "draws",
  samples: "draws",
  resamples: "draws",
  n: "draws",
  randomState: "seed",
  labels: "classes",
  name: "title",
};

/** The known name that a wrong one is nearest to: another word for it, else the one of the fewest other letters. */
export function nearestName(wrong: string, known: readonly string[]): string | undefined {
  const synonym = Object.hasOwn(SYNONYMS, wrong) ? SYNONYMS[wrong]! : undefined;
  if (synonym !== undefined && known.includes(synonym)) return synonym;
  const far = (name: string): number => editDistance(wrong.slice(0, 64).toLowerCase(), name.toLowerCase());
  return [...known].sort((a, b) => far(a) - far(b))[0];
}

/**
 * Refuses options that a function does not have: one that is misspelt would be passed over, and the result be another one than
 * was asked for.
 * @param call the function's name
 * @param options what it was given; nothing is as good as no options
 * @param known every option that it has; the type of the options asks for all of them
 * @throws RangeError that names the unknown option and the nearest known one
 * @example requireOptions("hdi", options, { mass: true })
 */
export function requireOptions<T extends object>(
  call: string,
  options: T | undefined,
  known: Readonly<Record<keyof T, true>>,
): void {
  if (options === undefined) return;
  const names = Object.keys(known);
  if (typeof options !== "object" || (options as unknown) === null || Array.isArray(options))
    throw new RangeError(
      `${call} takes its options as an object, such as { ${names[0] ?? "name"}: ... }; its options are ${names.join(", ")}.`,
    );
  const wrong = Object.keys(options).find((name) => !Object.hasOwn(known, name));
  if (wrong === undefined) return;
  const nearest = nearestName(wrong, names);
  throw new RangeError(
    `${call} has no option "${wrong.slice(0, 64)}"` +
      (nearest === undefined
        ? "; it takes none."
        : `; did you mean "${nearest}"? Its options are ${names.join(", ")}.`),
  );
}
