import type { Random } from "../numbers/index.js";

/** Weighting of a series. */
export type PhantomContrast = "T1" | "T2";

/**
 * Generator families, so that generalisation can be reported on one that nobody trained on: `"varied"` draws the outlines of
 * bodies from a range about the standard one's, `"boxy"` and `"waisted"` from beyond either end of that range; `"mixture"` has no physics in half of its contrasts (after
 * SynthSeg, Billot et al. 2023: half physics, a third wide Gaussian mixtures with subdivided tissues, the rest extreme).
 */
export const PHANTOM_FAMILIES = ["standard", "boxy", "waisted", "mixture", "varied"] as const;
export type PhantomFamily = (typeof PHANTOM_FAMILIES)[number];

/** Spines and pictures that are not the usual ones. */
export const PHANTOM_VARIANTS = [
  "usual",
  "sacralised",
  "lumbarised",
  "four-lumbar",
  "six-lumbar",
  "fused",
  "scoliosis",
  "small-view",
  "no-sacrum",
  "isotropic",
] as const;
export type PhantomVariant = (typeof PHANTOM_VARIANTS)[number];

/** What goes wrong in the scanner; absent values leave the picture as it is. */
export interface PhantomArtefacts {
  /** Share of k-space that is kept along both axes, 0.6 to 1: Gibbs ringing. */
  readonly kSpace?: number;
  /** Pixels by which fat is shifted from front to back, 0 to 2. */
  readonly chemicalShift?: number;
  /** Signal of each ghost of breathing and pulsation over its source, 0 to 0.1. */
  readonly ghosts?: number;
  /** Share of the CSF's signal that pulsation takes away in places, 0 to 1. */
  readonly flowVoids?: number;
  /** Radius in mm of the void that a pedicle screw leaves. */
  readonly metal?: number;
  /** Signal of what lies in front of the spine under the saturation band, 0 to 1. */
  readonly saturationBand?: number;
  /** Gain of the surface coil at the back over 200 mm further in front, 1 to 6. */
  readonly coilGain?: number;
  /** Signal of marrow over the deviation of the (Rician) noise, 12 to 60. */
  readonly signalToNoise?: number;
}

/** What to render. Everything that is not given is drawn from the seed. */
export interface PhantomOptions {
  readonly seed: number;
  readonly columns?: number;
  readonly rows?: number;
  readonly slices?: number;
  /** mm between pixels. */
  readonly inPlane?: number;
  /** mm between slices. */
  readonly sliceSpacing?: number;
  /**
   * `"mixed"` (default) draws all grades about equally often, `"healthy"` grades 1 and 2 with few findings, `"population"`
   * as often as Jamaludin's readers saw them.
   */
  readonly severity?: "mixed" | "healthy" | "population";
  /** Contrast as physics has it (default), or widely random about it. */
  readonly appearance?: "physics" | "random";
  /** Series to render beside the T2 one, which is always there. Default `["T2"]`. */
  readonly contrasts?: readonly PhantomContrast[];
  /**
   * Share of fat's signal that the T2 series is without, 0 (default) to 1, as SPAIR, STIR and Dixon's water picture take it away: fat
   * is dark, and marrow less bright than discs that have kept their water.
   */
  readonly fatSuppression?: number;
  /** Default `"standard"`. */
  readonly family?: PhantomFamily;
  /** Default `"usual"`; `"drawn"` draws one as often as people have it. */
  readonly variant?: PhantomVariant | "drawn";
  /** Default none beside coil gain, saturation band and noise; `"drawn"` draws all of them and TR and TE. */
  readonly artefacts?: PhantomArtefacts | "drawn";
  /**
   * The same person later: Pfirrmann grades by which discs have degenerated beyond what the seed draws, by level (`"L4-L5"`).
   * Height and bulge go with it; everything else stays as it is.
   */
  readonly progress?: Readonly<Record<string, number>>;
  /** Which visit to the scanner: the same person with another position (some mm) and other noise. Default 0. */
  readonly visit?: number;
}

/** Shares of variants: transitional 3.3 %, one vertebra more or less 7.7 % of people; the others are estimates. */
const PREVALENCE: readonly (readonly [PhantomVariant, number])[] = [
  ["sacralised", 0.02],
  ["lumbarised", 0.013],
  ["four-lumbar", 0.038],
  ["six-lumbar", 0.039],
  ["fused", 0.01],
  ["scoliosis", 0.06],
  ["small-view", 0.03],
  ["no-sacrum", 0.02],
  ["isotropic", 0.03],
];

/** A variant as often as people and scanners have it. */
export function drawVariant(random: Random): PhantomVariant {
  let left = random.uniform();
  for (const [variant, share] of PREVALENCE) {
    left -= share;
    if (left < 0) return variant;
  }
  return "usual";
}

/** Artefacts in the ranges that routine scans show. */
export function drawArtefacts(random: Random): PhantomArtefacts {
  const some = (chance: number, low: number, high: number): number | undefined => {
    const value = random.between(low, high);
    return random.chance(chance) ? value : undefined;
  };
  const drawn = {
    kSpace: some(0.6, 0.6, 0.9),
    chemicalShift: some(0.6, 0, 2),
    ghosts: some(0.4, 0.02, 0.1),
    flowVoids: some(0.4, 0.2, 0.9),
    metal: some(0.03, 7, 16),
    saturationBand: some(0.6, 0.08, 0.5),
    coilGain: random.between(2, 6),
    signalToNoise: random.between(12, 60),
  };
  return Object.fromEntries(Object.entries(drawn).filter(([, value]) => value !== undefined));
}

/** Options that no phantom can be made of, in one sentence for a person. */
export class PhantomError extends Error {
  override readonly name = "PhantomError";
}

/** @throws PhantomError for options that no phantom can be made of. */
export function checkOptions(options: PhantomOptions): void {
  const fail = (message: string): never => {
    throw new PhantomError(message);
  };
  if (!Number.isInteger(options.seed)) fail(`A phantom's seed is a whole number, not ${options.seed}.`);
  for (const name of ["columns", "rows", "slices"] as const) {
    const value = options[name];
    if (value !== undefined && (!Number.isInteger(value) || value < 1))
      fail(`A phantom's number of ${name} is a whole number of at least 1, not ${value}.`);
  }
  for (const name of ["inPlane", "sliceSpacing"] as const) {
    const value = options[name];
    if (value !== undefined && !(value > 0)) fail(`A phantom's ${name} is a length in mm, not ${value}.`);
  }
  for (const [level, grades] of Object.entries(options.progress ?? {}))
    if (!(grades >= 0 && grades <= 4))
      fail(`A disc degenerates by 0 to 4 Pfirrmann grades, not by ${grades} (${level}).`);
  const { fatSuppression } = options;
  if (fatSuppression !== undefined && !(fatSuppression >= 0 && fatSuppression <= 1))
    fail(`The share of fat's signal to suppress lies between 0 and 1, not at ${fatSuppression}.`);
  if (options.visit !== undefined && !(Number.isInteger(options.visit) && options.visit >= 0))
    fail(`Visits are counted 0, 1, 2 ..., not ${options.visit}.`);
  if (options.artefacts === undefined || options.artefacts === "drawn") return;
  const { kSpace, signalToNoise } = options.artefacts;
  if (kSpace !== undefined && !(kSpace > 0 && kSpace <= 1))
    fail(`The share of k-space to keep lies between 0 and 1, not at ${kSpace}.`);
  if (signalToNoise !== undefined && !(signalToNoise > 0))
    fail(`A signal-to-noise ratio is positive, not ${signalToNoise}.`);
}
