import { middleValue } from "../numbers/index.js";
import type { BodyCorners, Vertebra } from "../detection/index.js";
import type { Volume } from "../imaging/index.js";

/** The space between two bodies, measured at their corners. */
export interface DiscSpace {
  /** Distance (mm) between the endplates' corners in front and behind, across the disc's own direction. */
  readonly anteriorHeight: number;
  readonly posteriorHeight: number;
  /** How far the upper body has slipped forward (+) or backward (−) over the lower one, in % of the lower endplate. */
  readonly slip: number;
  /** Mean length of the two endplates, mm. */
  readonly depth: number;
}

type Point = readonly [number, number];

const step = (a: Point, b: Point): Point => [b[0] - a[0], b[1] - a[1]];
const dot = (a: Point, b: Point): number => a[0] * b[0] + a[1] * b[1];

/** A vertebra's corners in a slice; those of its own middle slice where it was not read there. */
function cornersIn(vertebra: Vertebra, slice: number): BodyCorners {
  return vertebra.slices.find((one) => one.slice === slice)?.corners ?? vertebra.corners;
}

/**
 * Measures the space between two bodies in a slice. Its direction is that halfway between the endplates facing each other; the
 * slip is the mean of the steps at the front and at the back along it, so that neither a wedge-shaped disc nor one long or
 * short endplate looks like a slip.
 * @returns undefined where a body is missing or has no extent
 */
export function discSpace(
  upper: Vertebra | undefined,
  lower: Vertebra | undefined,
  { spacing }: Pick<Volume, "spacing">,
  slice: number,
): DiscSpace | undefined {
  if (upper === undefined || lower === undefined) return undefined;
  const mm = ({ column, row }: { column: number; row: number }): Point => [
    column * spacing[0],
    row * spacing[1],
  ];
  const [above, below] = [cornersIn(upper, slice), cornersIn(lower, slice)];
  const [aboveFront, aboveBack] = [mm(above.anteriorInferior), mm(above.posteriorInferior)];
  const [belowFront, belowBack] = [mm(below.anteriorSuperior), mm(below.posteriorSuperior)];
  const [aboveAxis, belowAxis] = [step(aboveFront, aboveBack), step(belowFront, belowBack)];
  const [aboveLength, belowLength] = [Math.hypot(...aboveAxis), Math.hypot(...belowAxis)];
  const sum: Point = [
    aboveAxis[0] / aboveLength + belowAxis[0] / belowLength,
    aboveAxis[1] / aboveLength + belowAxis[1] / belowLength,
  ];
  const length = Math.hypot(...sum);
  if (!(length > 0)) return undefined;
  const backward: Point = [sum[0] / length, sum[1] / length];
  const downward: Point = [-backward[1], backward[0]];
  const [front, back] = [step(aboveFront, belowFront), step(aboveBack, belowBack)];
  return {
    anteriorHeight: dot(front, downward),
    posteriorHeight: dot(back, downward),
    slip: (100 * (dot(front, backward) + dot(back, backward))) / 2 / belowLength,
    depth: (aboveLength + belowLength) / 2,
  };
}

/**
 * Heights (mm, front and back) of a spine's discs between the corners. Where a body is missing (the picture often cuts off the uppermost)
 * the height of the disc's outline stands for both, less what outlines of this spine's other discs are higher than their
 * corners are apart: an outline reaches into the hollow of the endplates.
 */
export function spaceHeights(
  discs: readonly { readonly height: number; readonly space: DiscSpace | undefined }[],
): { anterior: number; posterior: number }[] {
  const differences = discs.flatMap(({ height, space }) =>
    space === undefined ? [] : [(space.anteriorHeight + space.posteriorHeight) / 2 - height],
  );
  const difference = middleValue(differences) ?? 0;
  return discs.map(({ height, space }) => {
    const stand = Math.max(0, height + difference);
    return { anterior: space?.anteriorHeight ?? stand, posterior: space?.posteriorHeight ?? stand };
  });
}

/**
 * Usual height (mm) of healthy discs, mean of front and back, from L5-S1 upward, in a spine whose endplates are
 * {@link USUAL_DEPTH} long. Discs are highest at L4-L5 (the series that the phantoms are drawn from).
 */
const USUAL_HEIGHT = [11.5, 12.5, 11.5, 10.5, 9, 6.8, 5.4] as const;
const USUAL_DEPTH = 34;
/** Discs of a spine, the best kept ones, that stand for what its discs were once. */
const BEST = 3;

/** A disc's height as narrowing compares it. */
export interface RelativeHeight {
  /** Over a healthy disc's of the level in a spine of this size. */
  readonly toUsual: number;
  /** The same over its mean of the spine's three best kept discs. */
  readonly toBest: number;
}

/**
 * Heights of a spine's discs relative to what they were once.
 * @param discs in any order; `levelIndex` 0 is L5-S1, counted upward
 */
export function relativeHeights(
  discs: readonly { readonly height: number; readonly depth: number; readonly levelIndex: number }[],
): RelativeHeight[] {
  const size = (middleValue(discs.map(({ depth }) => depth)) ?? USUAL_DEPTH) / USUAL_DEPTH;
  const toUsual = discs.map(
    ({ height, levelIndex }) =>
      Math.max(0, height) / (USUAL_HEIGHT[Math.min(levelIndex, USUAL_HEIGHT.length - 1)]! * size),
  );
  const best = [...toUsual].sort((a, b) => b - a).slice(0, BEST);
  const kept = best.reduce((sum, value) => sum + value, 0) / Math.max(1, best.length);
  return toUsual.map((own) => ({ toUsual: own, toBest: own / Math.max(0.2, kept) }));
}
