import { movedTile, noiseAt, noiseTile } from "./canvas.js";
import type { PhantomFamily } from "./options.js";
import type { Random } from "../numbers/index.js";
import { ROUTINE, signalsOf } from "./tissues.js";
import type { Sequence, Signals } from "./tissues.js";

/** Signal of each tissue relative to vertebral marrow, and how the scanner distorts it. */
export interface Appearance extends Signals {
  readonly marrow: number;
  /** Share of marrow's signal that is fat's. */
  readonly marrowFat: number;
  /** Factor on marrow by Modic type 0 to 3. */
  readonly marrowChange: readonly number[];
  /** Factor on marrow in a haemangioma. */
  readonly haemangioma: number;
  readonly sacralMarrow: number;
  /** How far marrow, fat and muscle fall into patches of their own signal (subdivided tissue classes). */
  readonly patches: number;
  /** Strength of texture. */
  readonly grain: number;
  /** Gain of the back over the front (surface coil), log per 100 mm. */
  readonly coil: number;
  /** Slow gain over the picture: log gain of four cosine waves. */
  readonly bias: readonly number[];
  /** Exponent of the signal. */
  readonly gamma: number;
  /** Where the saturation band ends in front of the spine (mm), and what it leaves of the signal. */
  readonly band: number;
  readonly bandSignal: number;
  readonly noise: number;
  readonly blur: number;
  /** Signal of marrow in stored units. */
  readonly scale: number;
  readonly fine: Float32Array;
  readonly coarse: Float32Array;
}

/**
 * Factors on marrow by Modic type 0 to 3, lowest and highest: type 1 (oedema) is low on T1 and high on T2, type 2 (fat)
 * high on T1 and iso to high on T2, type 3 (sclerosis) low on both.
 */
export const MODIC_SIGNAL = {
  T1: [
    [1, 1],
    [0.45, 0.7],
    [1.25, 1.4],
    [0.35, 0.55],
  ],
  T2: [
    [1, 1],
    [1.35, 1.8],
    [1.25, 1.6],
    [0.35, 0.6],
  ],
} as const satisfies Readonly<Record<"T1" | "T2", readonly (readonly [number, number])[]>>;

/** Draws the contrast of a T2 scan: as physics has it, or widely random about it. */
export function drawAppearance(
  random: Random,
  kind: "physics" | "random",
  sequence: Sequence = ROUTINE.T2,
): Appearance {
  const signals = signalsOf(sequence);
  const spread = kind === "physics" ? 0.14 : 0.4;
  const vary = (value: number, share = spread): number => value * Math.exp(random.boundedNormal(0, share));
  const nucleusGain = vary(1, spread / 2);
  const normal = (): number => random.boundedNormal();
  const within = (type: 1 | 2 | 3): number => {
    const [low, high] = MODIC_SIGNAL.T2[type];
    return random.between(low, high);
  };
  return {
    csf: vary(signals.csf, kind === "physics" ? 0.14 : 0.3),
    cord: vary(signals.cord),
    root: vary(signals.root),
    nucleus: signals.nucleus.map((value) => vary(value * nucleusGain, 0.06)),
    annulus: vary(signals.annulus),
    muscle: vary(signals.muscle, 0.3),
    fat: vary(signals.fat, kind === "physics" ? 0.25 : 0.6),
    cortex: vary(signals.cortex),
    marrow: 1,
    marrowFat: 0.45,
    marrowChange: [1, within(1), within(2), within(3)],
    haemangioma: 1.6,
    bowel: vary(signals.bowel),
    vessel: vary(signals.vessel),
    sacralMarrow: random.between(0.9, 1.15),
    patches: 0,
    grain: 1,
    coil: random.between(0.15, 0.75),
    bias: [],
    gamma: 1,
    band: random.between(4, 45),
    bandSignal: random.chance(0.6) ? random.between(0.08, 0.4) : 1,
    noise: random.between(0.012, 0.055),
    blur: random.between(0.1, 0.45),
    scale: random.between(180, 700),
    fine: noiseTile(normal, 3),
    coarse: noiseTile(normal, 22),
  };
}

/** The same scanner and tissue texture under T1 weighting. */
export function t1Appearance(t2: Appearance, random: Random, sequence: Sequence): Appearance {
  const vary = (value: number, share = 0.1): number => value * Math.exp(random.boundedNormal(0, share));
  const signals = signalsOf(sequence);
  const within = (type: 1 | 2 | 3): number => {
    const [low, high] = MODIC_SIGNAL.T1[type];
    return random.between(low, high);
  };
  return {
    ...t2,
    ...signals,
    csf: vary(signals.csf),
    cord: vary(signals.cord),
    root: vary(signals.root),
    nucleus: signals.nucleus.map((value) => vary(value, 0.04)),
    annulus: vary(signals.annulus),
    muscle: vary(signals.muscle),
    fat: vary(signals.fat, 0.15),
    bowel: vary(signals.bowel),
    marrowChange: [1, within(1), within(2), within(3)],
    haemangioma: 1.35,
    noise: t2.noise * 0.8,
    scale: random.between(180, 700),
  };
}

/** What is fat in a picture: the same contrast with all but fat's signal taken out; marrow is nearly half of it. */
export function fatOf(look: Appearance): Appearance {
  return {
    ...look,
    csf: 0,
    cord: 0,
    root: 0,
    nucleus: look.nucleus.map(() => 0),
    annulus: 0,
    muscle: 0.07 * look.fat,
    cortex: 0,
    marrow: look.marrowFat * look.marrow,
    bowel: 0,
    vessel: 0,
  };
}

/**
 * Share of marrow's T2 signal that is fat's by Modic type 0 to 3, over the whole of type 0: at the echo times of T2 the water of marrow,
 * whose T2 is near 40 ms, gives little. Oedema (1) is water, fatty marrow (2) all but fat, sclerosis (3) neither.
 */
const T2_MARROW_FAT = [0.7, 0.35, 1.1, 0.25] as const;
/** No marrow is without any signal. */
const LEAST_MARROW = 0.05;

/** The contrast with a share of fat's signal taken away, as fat suppression does. */
export function fatSuppressed(look: Appearance, share: number): Appearance {
  const marrowOf = (type: number): number =>
    Math.max(LEAST_MARROW, look.marrowChange[type]! - share * T2_MARROW_FAT[type]!);
  const left = marrowOf(0);
  return {
    ...look,
    fat: look.fat * (1 - share),
    muscle: Math.max(0, look.muscle - 0.07 * share * look.fat),
    marrow: look.marrow * left,
    marrowFat: (T2_MARROW_FAT[0] * (1 - share)) / left,
    marrowChange: look.marrowChange.map((_, type) => marrowOf(type) / left),
  };
}

/** Deviation of the log of the slow gain, and of the log of the exponent (SynthSeg's defaults). */
const BIAS = 0.7;
const GAMMA = 0.5;
/** SynthSeg's range of class means and deviations, over 125, the middle of the means. */
const MEANS = [0.2, 1.8] as const;
const DEVIATIONS = [0.04, 0.2] as const;

/** One mean for each tissue, without regard to physics; `extreme` may also turn the whole contrast round. */
function mixture(look: Appearance, random: Random, extreme: boolean): Appearance {
  const mean = (): number => random.between(...MEANS);
  // Grades keep their order on a line between two means: a label must stay readable from the picture.
  const [healthy, dry] = [mean(), mean()];
  const marrow = mean();
  return {
    ...look,
    csf: mean(),
    cord: mean(),
    root: mean(),
    nucleus: [0, 0.33, 0.66, 0.9, 1].map((t) => healthy + (dry - healthy) * t),
    annulus: mean(),
    muscle: mean(),
    fat: mean(),
    cortex: extreme ? mean() : random.between(0.02, 0.3) * marrow,
    marrow,
    bowel: mean(),
    vessel: mean(),
    patches: random.between(...DEVIATIONS) * 2,
    grain: random.between(...DEVIATIONS) / 0.08,
    bias: Array.from({ length: 4 }, () => random.boundedNormal(0, (extreme ? 1 : 0.6) * (BIAS / 2))),
    gamma: Math.exp(random.boundedNormal(0, GAMMA * (extreme ? 1 : 0.6))),
    noise: random.between(0.012, extreme ? 0.12 : 0.08),
    blur: random.between(0.1, extreme ? 0.75 : 0.5),
  };
}

/** The contrast that a generator family makes of a physical one. */
export function familyAppearance(look: Appearance, family: PhantomFamily, random: Random): Appearance {
  if (family !== "mixture") return look;
  const kind = random.uniform();
  if (kind < 1 / 2) return look;
  return mixture(look, random, kind >= 5 / 6);
}

/** The contrast as a slice `x` mm beside the middle sees it: texture differs from slice to slice. */
export function sliceAppearance(look: Appearance, x: number): Appearance {
  return { ...look, fine: movedTile(look.fine, 3.1 * x), coarse: movedTile(look.coarse, 2.3 * x) };
}

/** Texture about 1 at a pixel: fine grain, slow waves, and the patches of subdivided tissue classes. */
export function textureAt(look: Appearance, row: number, column: number, fine: number, slow: number): number {
  const wave = noiseAt(look.coarse, row, column);
  const patch = look.patches === 0 ? 0 : look.patches * (wave > 0.5 ? 1 : wave < -0.6 ? -1 : 0);
  return 1 + look.grain * (fine * noiseAt(look.fine, row, column) + slow * wave) + patch;
}

/** Signal of a nucleus of this continuous Pfirrmann grade. */
export function nucleusSignal({ nucleus }: Appearance, degeneration: number): number {
  const lower = Math.min(3, Math.max(0, Math.floor(degeneration - 1)));
  const part = Math.min(1, Math.max(0, degeneration - 1 - lower));
  return nucleus[lower]! * (1 - part) + nucleus[lower + 1]! * part;
}
