import { setImmediate as nextTurn } from "node:timers/promises";
import { LUMBAR_DISCS } from "../../detection/index.js";
import { Random } from "../../numbers/index.js";
import { phantomTruth, renderPhantom, simulateRater } from "../../phantom/index.js";
import type { PhantomOptions, RaterReliability } from "../../phantom/index.js";
import {
  cropsOfPhantom,
  cropsOfSpine,
  locatePatients,
  openDatasets,
  patientsOfSide,
  simulatedGrades,
} from "../../training/index.js";
import { FRACTIONAL_GRADES, nearestGrade } from "../../grading/index.js";
import type { DataSource, GradedCrop } from "../../training/index.js";

/** How the discs of a study come, and how to follow and stop it. */
export interface StudyHooks {
  /** Called after each phantom or patient, or each step of training. */
  readonly onStep?: () => void;
  /** Ends the work with its reason; what was trained so far lies in the checkpoints. */
  readonly signal?: AbortSignal | undefined;
  /** Lines for a person; silent where absent. */
  readonly log?: ((line: string) => void) | undefined;
}

/** Where discs of a study come from, with their grades (Niemeyer 2021, Fig 1). */
export interface StudySource {
  readonly name: string;
  readonly grades: readonly number[];
  /** Whether its discs are trained and validated on. */
  readonly isUsed: boolean;
}

/** The discs of a study, cut out at several resolutions. */
export interface StudyDiscs {
  readonly sources: readonly StudySource[];
  /** The same discs in the same order, by rows and columns of a crop. */
  readonly crops: ReadonlyMap<number, readonly GradedCrop[]>;
}

/** Phantom studies of each kind: those of the main source, and the healthiest and the worst ones that supplement it. */
export interface PhantomCounts {
  readonly main: number;
  readonly healthy: number;
  readonly severe: number;
}

/** Slices of a phantom: the disc is cut out of its middle one. What is drawn depends on their number. */
const SLICES = 3;
/** Candidates for each phantom of the severe supplement. */
const CANDIDATES = 8;

/** Seeds of the spines with the worst mean grade among several times as many. */
function severeSeeds(count: number, first: number): number[] {
  const seeds = Array.from({ length: count * CANDIDATES }, (_, i) => first + i);
  const meanGrade = (seed: number): number => {
    const { discs } = phantomTruth({ seed, severity: "mixed", slices: SLICES });
    return discs.reduce((sum, { grades }) => sum + grades.pfirrmann.fractional, 0) / discs.length;
  };
  const ranked = seeds.map((seed) => ({ seed, mean: meanGrade(seed) })).sort((a, b) => b.mean - a.mean);
  return ranked.slice(0, count).map(({ seed }) => seed);
}

/**
 * Discs of phantoms: of spines with all grades about equally often, and a supplement of healthy and of severely degenerated ones,
 * as Niemeyer's study took from a second hospital. A simulated rater grades all of them in 13 grades.
 */
export async function studyPhantoms(
  {
    phantoms,
    sizes,
    seed,
    raterNoise,
  }: {
    readonly phantoms: PhantomCounts;
    readonly sizes: readonly number[];
    readonly seed: number;
    readonly raterNoise: number;
  },
  { onStep, signal }: StudyHooks = {},
): Promise<StudyDiscs> {
  const first = seed * 100003;
  const run = (count: number, start: number, severity: "mixed" | "healthy"): PhantomOptions[] =>
    Array.from({ length: count }, (_, i) => ({ seed: first + start + i, severity }));
  const sources = [
    { name: "Phantoms, all grades", options: run(phantoms.main, 0, "mixed") },
    {
      name: "Supplement, healthy and severe",
      options: [
        ...run(phantoms.healthy, 30000, "healthy"),
        ...severeSeeds(phantoms.severe, first + 60000).map((one) => ({
          seed: one,
          severity: "mixed" as const,
        })),
      ],
    },
  ];
  const crops = new Map(sizes.map((size): [number, GradedCrop[]] => [size, []]));
  const found: StudySource[] = [];
  for (const { name, options } of sources) {
    const all: number[] = [];
    for (const option of options) {
      // Rendering blocks: between two phantoms an interrupt and the progress bar get their turn.
      await nextTurn();
      signal?.throwIfAborted();
      const phantom = renderPhantom({ ...option, slices: SLICES });
      const grades = simulatedGrades(phantom.truth, raterNoise, new Random(option.seed));
      for (const size of sizes)
        crops.get(size)!.push(...cropsOfPhantom(phantom, `phantom-${option.seed - first}`, grades, size));
      all.push(...grades.values());
      onStep?.();
    }
    found.push({ name, grades: all, isUsed: true });
  }
  return { sources: found, crops };
}

/**
 * Discs of SPIDER's patients, located by the detector, without the project's validation patients, whose published grades alone
 * make the second source.
 * @param most patients to take at most, drawn by the seed
 */
export async function studyPatients(
  {
    data,
    models,
    sizes,
    most,
    seed,
  }: {
    readonly data: DataSource;
    readonly models: string;
    readonly sizes: readonly number[];
    readonly most: number;
    readonly seed: number;
  },
  { onStep, signal, log = () => undefined }: StudyHooks = {},
): Promise<StudyDiscs> {
  const datasets = await openDatasets(data, log);
  const training = await patientsOfSide(datasets, "training");
  const held = await patientsOfSide(datasets, "held-out");
  const patients = new Random(seed).shuffle(training).slice(0, most);
  const crops = new Map(sizes.map((size): [number, GradedCrop[]] => [size, []]));
  for (const one of patients) {
    signal?.throwIfAborted();
    for await (const { patient, spine, grades } of locatePatients(models, [one], log))
      for (const size of sizes) crops.get(size)!.push(...cropsOfSpine(spine, patient, grades, size));
    onStep?.();
  }
  const keptOut = held.flatMap(({ gradings }) => gradings.flatMap(({ grades }) => grades.pfirrmann ?? []));
  return {
    sources: [
      { name: "SPIDER", grades: crops.get(sizes[0]!)!.map(({ grade }) => grade), isUsed: true },
      { name: "SPIDER, kept out of all training", grades: keptOut, isUsed: false },
    ],
    crops,
  };
}

/** Two readings of the same discs, as rows of Table 2 want them. */
export interface PairedReadings {
  /** The first reading, which counts as the truth: all 13 grades. */
  readonly truth: readonly number[];
  readonly predicted: readonly number[];
}

/**
 * Two readings by simulated raters of the six lowest discs of phantoms with severity `"population"`, in 13 grades. What they saw is
 * noisy as fitted to the paper's linear kappa of whole grades; how often they agree in 13 grades follows from it.
 * @param reliability `"niemeyer-intra"` (rater 1 twice) or `"niemeyer-inter"` (rater 1 and rater 2)
 */
export function simulatedReadings(
  reliability: RaterReliability,
  { phantoms, seed }: { readonly phantoms: number; readonly seed: number },
): PairedReadings {
  const truths = Array.from({ length: phantoms }, (_, i) =>
    phantomTruth({ seed: seed * 100003 + 90000 + i, severity: "population" }),
  );
  const reading = (which: number): number[] =>
    truths.flatMap((truth, i) =>
      simulateRater(truth, { seed: 1000 * (seed + i) + which, reliability })
        .slice(-LUMBAR_DISCS.length)
        .map(({ seen }) => FRACTIONAL_GRADES[nearestGrade(seen.pfirrmann, FRACTIONAL_GRADES)]!),
    );
  return { truth: reading(1), predicted: reading(2) };
}
