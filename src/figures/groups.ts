/** Groups of cases: their names, and the order in which a person expects them. */

/** Rows that do not say to which group they belong. */
const UNKNOWN = "unknown";

/** Different numbers that stay groups of their own; more are put together in steps. */
const MOST_NUMBERS = 12;

/**
 * The name of each value's group. Numbers of more than twelve kinds, such as ages, go into equal steps (`40–49`).
 * @throws RangeError for values that are neither text nor numbers
 */
export function groupsOf(values: readonly unknown[]): string[] {
  const known = values.map(plain);
  const numbers = known.filter((value) => typeof value === "number");
  const isNumeric = numbers.length > 0 && known.every((value) => typeof value !== "string");
  const step = isNumeric && new Set(numbers).size > MOST_NUMBERS ? stepOf(numbers) : 0;
  return known.map((value) => {
    if (value === undefined) return UNKNOWN;
    return step > 0 && typeof value === "number" ? stepName(value, step) : String(value);
  });
}

function plain(value: unknown): string | number | undefined {
  if (value === undefined || value === null || value === "" || Number.isNaN(value)) return undefined;
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string" || typeof value === "number") return value;
  throw new RangeError("A row belongs to a group that is neither text nor a number.");
}

/** The smallest of 1, 2, 5, 10, 20 ... by which the numbers make at most twelve groups. */
function stepOf(numbers: readonly number[]): number {
  const low = numbers.reduce((least, value) => Math.min(least, value));
  const high = numbers.reduce((most, value) => Math.max(most, value));
  for (let power = 10 ** Math.floor(Math.log10((high - low) / MOST_NUMBERS)); ; power *= 10)
    for (const step of [power, 2 * power, 5 * power])
      if (stepAt(high, step) - stepAt(low, step) < MOST_NUMBERS) return step;
}

/** In which step a value lies; in binary 0.6 / 0.2 is a little less than 3. */
function stepAt(value: number, step: number): number {
  return Math.floor(value / step + 1e-9);
}

/** `40–49` for whole steps of years, else `0.2 to 0.4` with the upper end left out. */
function stepName(value: number, step: number): string {
  const from = stepAt(value, step) * step;
  if (Number.isInteger(step)) return step === 1 ? String(from) : `${from}–${from + step - 1}`;
  return `${Number(from.toPrecision(6))} to ${Number((from + step).toPrecision(6))}`;
}

/** The groups, each once, in order: discs from above down, numbers ascending, names by alphabet, the unknown last. */
export function groupOrder(names: readonly string[]): string[] {
  const known = [...new Set(names)].filter((name) => name !== UNKNOWN);
  const place = [placeOfLevel, placeOfNumber].find((of) => known.every((name) => of(name) !== undefined));
  known.sort((a, b) => (place ? place(a)! - place(b)! : 0) || a.localeCompare(b, "en", { numeric: true }));
  return names.includes(UNKNOWN) ? [...known, UNKNOWN] : known;
}

/** Rank of a disc by the vertebra above it: `T12-L1` before `L1-L2`; undefined for what is no disc. */
function placeOfLevel(name: string): number | undefined {
  const match = /^([TLS])(\d{1,2})[-–/][TLS]\d{1,2}$/.exec(name);
  if (!match) return undefined;
  return 100 * "TLS".indexOf(match[1]!) + Number(match[2]);
}

/** The number with which a group begins, `<20` before `20–29` and `≥80` after `80`; undefined where there is none. */
function placeOfNumber(name: string): number | undefined {
  const match = /^([<≤>≥]?)\s*(-?\d+(?:\.\d+)?)/.exec(name);
  if (!match) return undefined;
  const shift = { "<": -1e-6, "≤": -1e-7, "≥": 1e-7, ">": 1e-6 }[match[1]!] ?? 0;
  return Number(match[2]) + shift;
}
