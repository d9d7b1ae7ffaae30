import { DISC_LEVELS } from "../spine.js";
import type { Numbering, NumberingAlternative } from "../spine.js";
import { SPINE_FORMS } from "./forms.js";
import type { SpineFormName } from "./forms.js";

/** One way to read the spine. */
export interface SpineReading {
  readonly form: SpineFormName;
  readonly lumbar: 4 | 5 | 6;
  /** Index in the chain of the disc that would be called L5-S1; it may lie one below the chain, or be no disc of this spine. */
  readonly lumbosacral: number;
  /** What the lowest disc that is no part of the sacrum is called, and its index. */
  readonly own: string;
  readonly ownIndex: number;
  readonly probability: number;
}

/** Alternatives below this are not worth a word. */
const LEAST = 0.01;

/**
 * All readings, whose probabilities sum to 1: another disc than the one that looks lumbosacral may be the right one, and beside that one the spine may have
 * each of {@link SPINE_FORMS}.
 * @param posteriors probability of each disc of the chain to be the lumbosacral one
 * @param looks the index of the largest of them
 * @param forms probabilities in the order of {@link SPINE_FORMS}
 */
export function readingsOf(
  posteriors: readonly number[],
  looks: number,
  forms: readonly number[],
): SpineReading[] {
  const others = posteriors.flatMap((probability, i): SpineReading[] =>
    i === looks ? [] : [{ form: "usual", lumbar: 5, lumbosacral: i, own: "L5-S1", ownIndex: i, probability }],
  );
  const beside = SPINE_FORMS.map(({ form, own, shift, lumbar }, k): SpineReading => ({
    ...{ form, lumbar, own, ownIndex: looks, lumbosacral: looks + shift },
    probability: posteriors[looks]! * forms[k]!,
  }));
  return [...beside, ...others].filter(({ lumbosacral }) => lumbosacral >= 0);
}

/** Readings that put L5-S1 at one place. */
interface Place {
  readonly lumbosacral: number;
  readonly probability: number;
}

function placesOf(readings: readonly SpineReading[]): Place[] {
  const sums = new Map<number, number>();
  for (const { lumbosacral, probability } of readings)
    sums.set(lumbosacral, (sums.get(lumbosacral) ?? 0) + probability);
  return [...sums]
    .map(([lumbosacral, probability]) => ({ lumbosacral, probability }))
    .sort((a, b) => b.probability - a.probability);
}

/**
 * Where L5-S1 is taken to be: where it most probably is. A missing or a sixth lumbar vertebra without a transitional one shows in little but where the
 * cord ends; it makes the names doubtful and never moves them.
 */
export function namedPlace(readings: readonly SpineReading[]): Place {
  return placesOf(readings.filter(({ form }) => form !== "four lumbar" && form !== "six lumbar"))[0]!;
}

/** What the disc `above` levels above the lowest free one is called, where that one is `own`. */
function nameBeside(own: string, above: number): string {
  if (above === 0) return own;
  // A sixth lumbar vertebra has no place among the usual names.
  if (own === "L6-S1" && above === 1) return "L5-L6";
  const lowest = own === "L5-S1" ? 0 : own === "L4-L5" || own === "L4-S1" ? 1 : -1;
  return DISC_LEVELS[lowest + above] ?? "S1-S2";
}

/**
 * How sure the names are, and what else the discs may be called.
 * @param lumbosacral index in the chain of the disc that is called L5-S1
 * @param named discs with their number of levels above that one
 */
export function alternativesOf(
  readings: readonly SpineReading[],
  lumbosacral: number,
  named: readonly { readonly index: number; readonly level: string }[],
): Pick<Numbering, "posterior" | "runnerUp" | "margin" | "alternatives"> {
  const places = placesOf(readings);
  const posterior = places.find((place) => place.lumbosacral === lumbosacral)?.probability ?? 0;
  const next = places.find((place) => place.lumbosacral !== lumbosacral);
  const alternatives = readings
    .filter((reading) => reading.lumbosacral !== lumbosacral && reading.probability >= LEAST)
    .sort((a, b) => b.probability - a.probability)
    .map(({ form, lumbar, own, ownIndex, probability }): NumberingAlternative => {
      const above = (index: number): number => index - (lumbosacral - ownIndex);
      return {
        form,
        lumbarVertebrae: lumbar,
        lumbosacral: nameBeside(own, above(0)),
        names: Object.fromEntries(named.map(({ index, level }) => [level, nameBeside(own, above(index))])),
        probability,
      };
    });
  if (next === undefined) return { posterior, margin: posterior, alternatives };
  const levels = lumbosacral - next.lumbosacral;
  return {
    posterior,
    runnerUp: {
      lumbosacral: levels >= 0 ? DISC_LEVELS[levels]! : "S1-S2",
      probability: next.probability,
    },
    margin: posterior - next.probability,
    alternatives,
  };
}

/** Probabilities of four, five and six lumbar vertebrae, and of a transitional one. */
export function formShares(
  readings: readonly SpineReading[],
): Pick<Numbering, "lumbarVertebrae" | "transitional"> {
  const total = readings.reduce((sum, { probability }) => sum + probability, 0);
  const share = (isMeant: (reading: SpineReading) => boolean): number =>
    readings.filter(isMeant).reduce((sum, { probability }) => sum + probability, 0) / total;
  const count = (lumbar: number): number => share((reading) => reading.lumbar === lumbar);
  return {
    lumbarVertebrae: [count(4), count(5), count(6)],
    transitional: share(({ form }) => form === "lumbarised" || form === "sacralised"),
  };
}
