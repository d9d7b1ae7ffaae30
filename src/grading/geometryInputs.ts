import type { DiscMeasures } from "./measures.js";

/** A measure as the multi-task network is given it: bounded, over its unit. */
interface Input {
  readonly name: string;
  readonly value: (measures: DiscMeasures) => number;
  /** Bounds, in the measure's own unit: what lies beyond is a misplaced corner rather than a finding. */
  readonly low?: number;
  readonly high?: number;
  /** In the measure's own unit: a difference of this size is one to the network. */
  readonly unit: number;
}

/** Widths below this (mm) are no disc's; nothing is divided by less. */
const LEAST_WIDTH = 1;
/** mm from front to back of a canal that is neither narrow nor wide; the input is how much more it is. */
const USUAL_CANAL = 13;
/** Units of heights: mm, and as a ratio to another height. */
const [HEIGHT, HEIGHT_RATIO] = [3, 0.15];
/** Unit of signals over CSF, as a ratio. */
const SIGNAL_RATIO = 0.2;

/** A signal over CSF, in one part of the nucleus. */
const profileInput = (part: 0 | 1 | 2, name: string): Input => ({
  name: `signal of the nucleus, ${name}`,
  value: ({ profile }) => profile[part],
  high: 1.5,
  unit: SIGNAL_RATIO,
});

/**
 * What is measured, in steps that are worth telling apart: first what the multi-task network's heads read as it is, then what they read
 * through a layer of its own. Narrowing is defined by height, spondylolisthesis by the slip and stenosis by the canal (Jamaludin et al.
 * 2017, Table 1). Units and bounds were set by hand when the first weights were trained, so that differences between neighbouring grades are
 * about one; a change asks for new weights and a new {@link import("./discCrop.js").GRADER_INPUTS}.
 */
const INPUTS: readonly Input[] = [
  {
    name: "height over width",
    value: ({ height, width }) => height / Math.max(LEAST_WIDTH, width),
    unit: 0.1,
  },
  { name: "height (mm)", value: ({ height }) => height, unit: HEIGHT },
  {
    name: "height over that of the disc above",
    value: ({ heightToAbove }) => heightToAbove,
    high: 2,
    unit: 0.25,
  },
  { name: "tilt (degrees)", value: ({ angle }) => angle, unit: 10 },
  { name: "slip to either side (%)", value: ({ slip }) => Math.abs(slip), high: 40, unit: 5 },
  { name: "canal over the usual (mm)", value: ({ canal }) => canal - USUAL_CANAL, high: 12, unit: 2 },
  {
    name: "height between the corners (mm)",
    value: ({ anteriorHeight, posteriorHeight }) => (anteriorHeight + posteriorHeight) / 2,
    unit: HEIGHT,
  },
  { name: "height over the usual", value: ({ heightToUsual }) => heightToUsual, high: 2, unit: HEIGHT_RATIO },
  {
    name: "height over the best kept",
    value: ({ heightToBest }) => heightToBest,
    high: 2,
    unit: HEIGHT_RATIO,
  },
  { name: "height over the tallest", value: ({ relativeHeight }) => relativeHeight, unit: HEIGHT_RATIO },
  { name: "level from L5-S1 upward", value: ({ levelIndex }) => levelIndex, high: 6, unit: 2 },
  {
    name: "signal of the nucleus over CSF",
    value: ({ nucleusToCsf }) => nucleusToCsf,
    high: 1.5,
    unit: SIGNAL_RATIO,
  },
  {
    name: "nucleus less annulus over CSF",
    value: ({ distinction }) => distinction,
    low: -1,
    high: 1,
    unit: 0.15,
  },
  profileInput(0, "upper part"),
  profileInput(1, "middle"),
  profileInput(2, "lower part"),
  { name: "sac (mm)", value: ({ sac }) => sac, high: 25, unit: 3 },
  { name: "sac over that beside the bodies", value: ({ sacToBodies }) => sacToBodies, high: 2, unit: 0.2 },
];

/** Numbers that the multi-task network is given beside the picture. */
export const GEOMETRY_FEATURES = INPUTS.length;

/**
 * The measures of a disc as the multi-task network is given them.
 * @returns {@link GEOMETRY_FEATURES} numbers; networks that were trained before one was added take those before it
 */
export function geometryOf(measures: DiscMeasures): Float32Array {
  return Float32Array.from(
    INPUTS,
    ({ value, low = -Infinity, high = Infinity, unit }) =>
      Math.min(high, Math.max(low, value(measures))) / unit,
  );
}
