import { noiseTile } from "./canvas.js";
import type { PhantomRandom } from "./random.js";

/** Signal of each tissue relative to vertebral marrow, and how the scanner distorts it. */
export interface Appearance {
  readonly csf: number;
  readonly cord: number;
  readonly root: number;
  /** Nucleus by Pfirrmann grade I to V. */
  readonly nucleus: readonly number[];
  readonly annulus: number;
  readonly muscle: number;
  readonly fat: number;
  readonly cortex: number;
  readonly marrowChange: readonly [number, number, number, number];
  readonly bowel: number;
  readonly vessel: number;
  readonly sacralMarrow: number;
  /** Gain of the back over the front (surface coil), log per 100 mm. */
  readonly coil: number;
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

/** T2-weighted signals over bone: CSF 1.67, nucleus 1.38/1.02/.58/.22, annulus .28, muscle .13, fat 1.3, cord .64. */
const PHYSICS = {
  csf: 1.8,
  cord: 0.68,
  root: 0.75,
  nucleus: [1.4, 1.05, 0.58, 0.25, 0.16],
  annulus: 0.24,
  muscle: 0.2,
  fat: 1.35,
  cortex: 0.1,
  bowel: 0.7,
  vessel: 0.12,
};

/** Draws the contrast of a scan: as T2 physics has it, or widely random (after SynthSeg, Billot et al. 2023). */
export function drawAppearance(random: PhantomRandom, kind: "physics" | "random"): Appearance {
  const spread = kind === "physics" ? 0.14 : 0.4;
  const vary = (value: number, share = spread): number => value * Math.exp(random.normal(0, share));
  const nucleusGain = vary(1, spread / 2);
  const normal = (): number => random.normal();
  return {
    csf: vary(PHYSICS.csf, kind === "physics" ? 0.14 : 0.3),
    cord: vary(PHYSICS.cord),
    root: vary(PHYSICS.root),
    nucleus: PHYSICS.nucleus.map((value) => vary(value * nucleusGain, 0.06)),
    annulus: vary(PHYSICS.annulus),
    muscle: vary(PHYSICS.muscle, 0.3),
    fat: vary(PHYSICS.fat, kind === "physics" ? 0.25 : 0.6),
    cortex: vary(PHYSICS.cortex),
    marrowChange: [1, random.between(1.35, 1.8), random.between(1.25, 1.6), random.between(0.35, 0.6)],
    bowel: vary(PHYSICS.bowel),
    vessel: vary(PHYSICS.vessel),
    sacralMarrow: random.between(0.9, 1.15),
    coil: random.between(0.15, 0.75),
    band: random.between(4, 45),
    bandSignal: random.chance(0.6) ? random.between(0.08, 0.4) : 1,
    noise: random.between(0.012, 0.055),
    blur: random.between(0.1, 0.45),
    scale: random.between(180, 700),
    fine: noiseTile(normal, 3),
    coarse: noiseTile(normal, 22),
  };
}

/** Signal of a nucleus of this continuous Pfirrmann grade. */
export function nucleusSignal({ nucleus }: Appearance, degeneration: number): number {
  const lower = Math.min(3, Math.max(0, Math.floor(degeneration - 1)));
  const part = Math.min(1, Math.max(0, degeneration - 1 - lower));
  return nucleus[lower]! * (1 - part) + nucleus[lower + 1]! * part;
}
