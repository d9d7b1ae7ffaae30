import { requireOptions, blandAltman as limitsOfAgreement } from "../statistics/index.js";
import type { Estimate, LimitsOfAgreement } from "../statistics/index.js";
import { decimals } from "./drawing/words.js";
import { differencesFigure } from "./drawing/differences.js";
import type { Figure } from "./drawing/plot.js";
import { Plot, sampleOf, shownText } from "./plot.js";

/** Bland and Altman's comparison of two readings. */
export class BlandAltmanPlot extends Plot implements LimitsOfAgreement {
  constructor(
    readonly cases: number,
    readonly bias: Estimate,
    readonly deviation: number,
    readonly lower: Estimate,
    readonly upper: Estimate,
    /** Cases by mean and difference; equal ones are counted together. */
    readonly points: readonly {
      readonly mean: number;
      readonly difference: number;
      readonly count: number;
    }[],
    private readonly drawn: {
      readonly title: string;
      readonly names: readonly [string, string];
      readonly seed: number;
    },
  ) {
    super();
  }

  protected figure(): Figure {
    const { cases, bias, deviation, lower, upper, drawn } = this;
    const [a, b] = drawn.names;
    const points = sampleOf(this.points, drawn.seed);
    const limits = Number.isNaN(deviation)
      ? "limits need two cases"
      : `95 % limits of agreement ${decimals(lower.value, 2)} to ${decimals(upper.value, 2)}`;
    return differencesFigure({
      points,
      lines: [
        { name: "bias", ...bias },
        // Of one case there are no limits; where all differences are equal, they lie on the bias.
        ...(deviation > 0
          ? [
              { name: "+1.96 SD", ...upper },
              { name: "−1.96 SD", ...lower },
            ]
          : []),
      ],
      title: drawn.title,
      subtitle: `n = ${cases}, bias ${decimals(bias.value, 2)}, SD ${decimals(deviation, 2)}, ${limits}${shownText(points.length, this.points.length)}`,
      xTitle: `mean of ${a} and ${b}`,
      yTitle: `${a} − ${b}`,
    });
  }
}

export interface BlandAltmanOptions {
  readonly title?: string;
  /** What the two readings are called, `a` and `b` when absent. */
  readonly names?: readonly [string, string];
  /** Of the choice of points where there are more than 5000 different ones, 1 when absent. */
  readonly seed?: number;
}

/**
 * Differences of two readings against their mean, with bias, limits of agreement and their 95 % confidence intervals as bands.
 * Cases at the same place are one point, the larger the more they are. See `statistics.blandAltman` for the definitions.
 * @param a first reading of each case
 * @param b second reading, in the same order; differences are a − b
 * @throws RangeError for empty or unequal input, or a value that is not finite
 * @example blandAltman([2, 3, 4, 3], [2, 3, 3, 4], { names: ["Reader 1", "Reader 2"] })
 */
export function blandAltman(
  a: readonly number[],
  b: readonly number[],
  options: BlandAltmanOptions = {},
): BlandAltmanPlot {
  requireOptions("blandAltman", options, { title: true, names: true, seed: true });
  const { cases, bias, deviation, lower, upper } = limitsOfAgreement(a, b);
  const places = new Map<string, { mean: number; difference: number; count: number }>();
  a.forEach((value, i) => {
    // 2.3 − 2 and 3.3 − 3 are not quite the same number.
    const mean = Number(((value + b[i]!) / 2).toPrecision(12));
    const difference = Number((value - b[i]!).toPrecision(9));
    const key = `${mean} ${difference}`;
    const place = places.get(key);
    if (place === undefined) places.set(key, { mean, difference, count: 1 });
    else place.count++;
  });
  const { title = "Bland–Altman", names = ["a", "b"], seed = 1 } = options;
  return new BlandAltmanPlot(cases, bias, deviation, lower, upper, [...places.values()], {
    title,
    names,
    seed,
  });
}
