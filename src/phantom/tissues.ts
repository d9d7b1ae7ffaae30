/** Relaxation times in ms at 1.5 T, and proton density in percent of water's. */
export interface Tissue {
  readonly t1: number;
  readonly t2: number;
  readonly density: number;
}

/** Repetition and echo time of a spin echo sequence, ms. */
export interface Sequence {
  readonly repetitionTime: number;
  readonly echoTime: number;
}

/** Sequences of a routine examination. */
export const ROUTINE: Readonly<Record<"T1" | "T2", Sequence>> = {
  T1: { repetitionTime: 550, echoTime: 12 },
  T2: { repetitionTime: 3500, echoTime: 105 },
};

const NORMAL_DISC = { t1: 1165, density: 79 };
const DRY_DISC = { t1: 554, density: 48 };

/** Disc matrix with this T2 that has lost this share of its water. */
function disc(t2: number, dryness: number): Tissue {
  const between = (key: "t1" | "density"): number =>
    NORMAL_DISC[key] + (DRY_DISC[key] - NORMAL_DISC[key]) * dryness;
  return { t1: between("t1"), t2, density: between("density") };
}

/**
 * Tissues of the lumbar spine. T1, T2 and density of CSF, cord, discs and bone as measured; T2 of the nucleus for grades
 * I to IV 210, 129, 84, 51 ms; the annulus is the mean of its front and back. Muscle and fat are effective values.
 */
export const TISSUES = {
  csf: { t1: 4273, t2: 1578, density: 107 },
  cord: { t1: 780, t2: 102, density: 59 },
  bone: { t1: 515, t2: 101, density: 91 },
  muscle: { t1: 900, t2: 35, density: 78 },
  fat: { t1: 300, t2: 130, density: 95 },
  bowel: { t1: 800, t2: 80, density: 80 },
  nucleus: [disc(210, 0), disc(129, 0.1), disc(84, 0.4), disc(51, 1), disc(44, 1.05)],
  annulus: disc(51, 0.5),
} as const satisfies Readonly<Record<string, Tissue | readonly Tissue[]>>;

/** Signal of a spin echo: density × (1 − exp(−TR/T1)) × exp(−TE/T2). */
export function spinEcho({ t1, t2, density }: Tissue, { repetitionTime, echoTime }: Sequence): number {
  return density * (1 - Math.exp(-repetitionTime / t1)) * Math.exp(-echoTime / t2);
}

/** Signals over that of vertebral marrow. */
export interface Signals {
  readonly csf: number;
  readonly cord: number;
  readonly root: number;
  /** By Pfirrmann grade I to V. */
  readonly nucleus: readonly number[];
  readonly annulus: number;
  readonly muscle: number;
  readonly fat: number;
  readonly cortex: number;
  readonly bowel: number;
  readonly vessel: number;
}

/** What every voxel of muscle holds of fat, and of nerve roots of CSF. */
const FAT_IN_MUSCLE = 0.07;
const CSF_IN_ROOTS = 0.1;

/** Signals of all tissues over marrow's for a sequence. */
export function signalsOf(sequence: Sequence): Signals {
  const bone = spinEcho(TISSUES.bone, sequence);
  const over = (tissue: Tissue): number => spinEcho(tissue, sequence) / bone;
  const [csf, cord, fat] = [over(TISSUES.csf), over(TISSUES.cord), over(TISSUES.fat)];
  return {
    csf,
    cord,
    root: cord * (1 - CSF_IN_ROOTS) + csf * CSF_IN_ROOTS,
    nucleus: TISSUES.nucleus.map(over),
    annulus: over(TISSUES.annulus),
    muscle: over(TISSUES.muscle) * (1 - FAT_IN_MUSCLE) + fat * FAT_IN_MUSCLE,
    fat,
    // Cortical bone and flowing blood give next to nothing; what is seen is what shares their voxels.
    cortex: 0.1,
    bowel: over(TISSUES.bowel),
    vessel: 0.12,
  };
}
