import { DISC_LEVELS, VERTEBRA_LEVELS } from "./spine.js";

/** All that people write for a level, upper case and without separators, with its name: `L45`, `L4L5`, `TH12L1`, `L5S`. */
const SPELLINGS: ReadonlyMap<string, string> = new Map(
  DISC_LEVELS.flatMap((level): [string, string][] => {
    const [upper, lower] = level.split("-") as [string, string];
    const lowers = [lower, lower.slice(1), ...(lower === "S1" ? ["S"] : [])].flatMap(thoracic);
    return thoracic(upper).flatMap((above) =>
      lowers.map((below): [string, string] => [above + below, level]),
    );
  }),
);

/** Thoracic vertebrae are T, Th and (dorsal) D. */
function thoracic(vertebra: string): string[] {
  return /^T\d/.test(vertebra) ? ["T", "TH", "D"].map((letter) => letter + vertebra.slice(1)) : [vertebra];
}

/**
 * The disc level that a text means: `L4/L5`, `L4-5`, `l4_l5`, `L4L5`, `L5/S1`, `L5-S`, `Th12-L1`; `IVD 1` is L5-S1, counted
 * upward as SPIDER does. Undefined for anything else: a transitional L6, one vertebra alone, or a bare number, which some
 * count from above.
 */
export function levelOf(text: string): string | undefined {
  const upper = text.trim().toUpperCase();
  const counted = /^IVD[ _-]*(\d{1,2})$/.exec(upper);
  if (counted !== null) return DISC_LEVELS[Number(counted[1]) - 1];
  return SPELLINGS.get(upper.replace(/[\s/_.–—-]+/g, ""));
}

/** The vertebra that a text names, such as `L4`; undefined where it names none. */
export function vertebraOf(text: string): string | undefined {
  const upper = text.trim().toUpperCase();
  return VERTEBRA_LEVELS.find((level) => thoracic(level).includes(upper));
}
