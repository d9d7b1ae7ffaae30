import { renderPhantom } from "../../phantom/index.js";
import type { Phantom } from "../../phantom/index.js";
import { detectSpine } from "../../detection/index.js";
import { gradeSpine } from "../../grading/index.js";
import type { GradeReport } from "../../grading/index.js";
import * as jamaludin from "./measured.js";
import { GradedSpine, modelsFolder, recordModels, recordSeed, Scan } from "../../analysis/index.js";

/** How much is read: `"small"` in about a minute, `"full"` as many spines as the paper's test set. */
export interface JamaludinSize {
  /** Phantoms that are rendered and graded. */
  readonly phantoms: number;
  /** Phantoms that the simulated radiologist reads twice, and whose grades make Table 2: no picture is made of them. */
  readonly reread: number;
  /** SPIDER's validation patients, where the data set is at hand. */
  readonly patients: number;
  /** Phantoms of each kind of failure (Fig. 3). */
  readonly failures: number;
}

const SIZES: Readonly<Record<string, JamaludinSize>> = {
  small: { phantoms: 12, reread: 300, patients: 8, failures: 2 },
  full: { phantoms: 203, reread: 2009, patients: 30, failures: 10 },
};

/**
 * Numbers for a size by name.
 * @param phantoms another number of phantoms to grade; 0 for the size's own
 * @throws RangeError for another name than "small" and "full"
 */
export function sizeOf(size: string, phantoms = 0): JamaludinSize {
  const known = SIZES[size];
  if (known === undefined)
    throw new RangeError(`There is no size "${size}"; known are ${Object.keys(SIZES).join(", ")}.`);
  return phantoms > 0 ? { ...known, phantoms } : known;
}

/** A graded phantom with what is true of it. */
export interface GradedPhantom {
  readonly phantom: Phantom;
  readonly graded: GradedSpine;
}

function gradedOf(report: GradeReport, title: string): GradedSpine {
  return new GradedSpine(new Scan(title, report.spine.stack.volume, []), report);
}

/** What was read of the phantoms, and the two spines of Fig. 5. */
export interface JamaludinCohort extends jamaludin.PhantomCohort {
  /** The spines with the lowest and the highest mean Pfirrmann grade. */
  readonly mildest: GradedSpine | undefined;
  readonly worst: GradedSpine | undefined;
}

const meanGrade = ({ discs }: GradeReport): number =>
  discs.reduce((sum, { grades }) => sum + (grades.pfirrmann!.fractional ?? 0), 0) / discs.length;

/**
 * Grades a cohort of phantoms and pairs each disc with a simulated radiologist's reading ({@link jamaludin.readPhantomCohort}),
 * about two seconds a phantom.
 * @param options how many, the seed, and what to call after each, such as a progress bar's step
 */
export async function readCohort({
  phantoms,
  seed,
  onReading,
}: {
  readonly phantoms: number;
  readonly seed: number;
  readonly onReading?: () => void;
}): Promise<JamaludinCohort> {
  recordSeed("phantoms", seed);
  await recordModels("detector", "corners", "pfirrmann", "multitask");
  let mildest: GradeReport | undefined;
  let worst: GradeReport | undefined;
  const cohort = await jamaludin.readPhantomCohort(modelsFolder(), {
    phantoms,
    seed,
    onReading: (reading) => {
      if (reading !== undefined) {
        const { report } = reading;
        if (mildest === undefined || meanGrade(report) < meanGrade(mildest)) mildest = report;
        if (worst === undefined || meanGrade(report) > meanGrade(worst)) worst = report;
      }
      onReading?.();
    },
  });
  return {
    ...cohort,
    mildest: mildest && gradedOf(mildest, "Phantom, least degenerated"),
    worst: worst && gradedOf(worst, "Phantom, most degenerated"),
  };
}

/** Slices to either side of a disc's middle that Jamaludin's nine slices have. */
const NINE = 4;

/**
 * Renders and grades the few phantoms that together show every score of Fig. 4; nine slices of each disc are read, so that
 * hotspots can be shown in all of them.
 */
export async function readAtlas({
  seed,
  onReading,
}: {
  readonly seed: number;
  readonly onReading?: () => void;
}): Promise<GradedPhantom[]> {
  const read: GradedPhantom[] = [];
  for (const options of jamaludin.atlasPhantoms(seed)) {
    const phantom = renderPhantom(options);
    const spine = await detectSpine(phantom.volume, modelsFolder(), { contrast: "T2" });
    const report = await gradeSpine(spine, modelsFolder(), { reach: NINE });
    read.push({ phantom, graded: gradedOf(report, `Phantom ${options.seed}`) });
    onReading?.();
  }
  return read;
}

/** SPIDER's validation patients, graded ({@link jamaludin.readSpiderCohort}). */
export function readSpider(
  folder: string,
  { patients, onPatient }: { readonly patients: number; readonly onPatient?: () => void },
): Promise<jamaludin.ComparedDisc[]> {
  return jamaludin.readSpiderCohort(modelsFolder(), folder, patients, onPatient);
}
