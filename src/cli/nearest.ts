import { editDistance } from "../text/index.js";

/** The known word that a mistyped one was most likely meant to be: at most a third of its letters wrong, or its beginning. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const lower = word.toLowerCase();
  const [best] = known
    .map((one) => ({ one, distance: editDistance(lower, one.toLowerCase()) }))
    .filter(({ one, distance }) => distance <= Math.max(1, Math.floor(Math.max(one.length, word.length) / 3)))
    .sort((a, b) => a.distance - b.distance);
  return best?.one ?? (word.length > 2 ? known.find((one) => one.startsWith(lower)) : undefined);
}
