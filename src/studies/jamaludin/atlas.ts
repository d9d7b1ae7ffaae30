import { LUMBAR_DISCS } from "../../detection/index.js";
import { phantomTruth } from "../../phantom/index.js";
import type { PhantomOptions, TrueDisc } from "../../phantom/index.js";
import { JAMALUDIN_SCORES } from "./published.js";

/** A grade of a score that an example is wanted of. */
export interface WantedScore {
  readonly key: string;
  readonly name: string;
  readonly grade: number;
}

/** The fifteen examples of Fig. 4: every Pfirrmann and narrowing grade, and each finding where it is present. */
export const FIGURE4_SCORES: readonly WantedScore[] = JAMALUDIN_SCORES.flatMap(({ key, name, classes }) =>
  (classes.length > 2 ? classes : [1]).map((grade) => ({ key, name, grade })),
);

/** Phantoms that are looked through for examples; each takes a millisecond. */
const CANDIDATES = 150;

/** Whether a disc shows a score as a textbook would: in the middle of its grade, or a finding of full size. */
function isExample({ severity }: TrueDisc, { key, grade }: WantedScore): boolean {
  const latent = severity[key as keyof TrueDisc["severity"]];
  return key === "pfirrmann" || key === "narrowing" ? Math.abs(latent - grade) < 0.3 : latent > 0.9;
}

/** True discs of a phantom, T12-L1 to L5-S1, that show a score clearly. */
export function examplesOf(discs: readonly TrueDisc[], score: WantedScore): TrueDisc[] {
  return discs.filter((disc) => LUMBAR_DISCS.includes(disc.level) && isExample(disc, score));
}

/**
 * As few phantoms as show every score of Fig. 4 clearly, found by what is true of them before any is rendered.
 * @param seed of the first of the phantoms that are looked through
 */
export function atlasPhantoms(seed: number): PhantomOptions[] {
  const candidates = Array.from({ length: CANDIDATES }, (_, i) => {
    const options: PhantomOptions = { seed: seed + i, severity: "mixed" };
    const { discs } = phantomTruth(options);
    return { options, shown: new Set(FIGURE4_SCORES.filter((score) => examplesOf(discs, score).length > 0)) };
  });
  const chosen: PhantomOptions[] = [];
  const missing = new Set(FIGURE4_SCORES);
  while (missing.size > 0) {
    const gain = ({ shown }: (typeof candidates)[number]): number =>
      [...shown].filter((score) => missing.has(score)).length;
    const best = candidates.reduce((a, b) => (gain(b) > gain(a) ? b : a));
    if (gain(best) === 0) break;
    chosen.push(best.options);
    for (const score of best.shown) missing.delete(score);
  }
  return chosen;
}
