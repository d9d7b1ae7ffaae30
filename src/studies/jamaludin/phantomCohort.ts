import { DetectionError, LUMBAR_DISCS, detectSpine } from "../../detection/index.js";
import { FEATURES, gradeSpine } from "../../grading/index.js";
import type { GradedDisc, GradeReport } from "../../grading/index.js";
import { phantomTruth, renderPhantom, simulateRater } from "../../phantom/index.js";
import type { Phantom, PhantomOptions, PhantomTruth } from "../../phantom/index.js";
import {
  bodiesToName,
  gradedSeries,
  HELD_OUT_FAMILIES,
  namedVertebrae,
  openDatasets,
  patientsOf,
  phantomBodyErrors,
  readGradings,
  readPatients,
} from "../../training/index.js";
import type { DataSource, DiscGrading } from "../../training/index.js";

/** Grades of one disc by feature key. */
export type Grades = Readonly<Record<string, number>>;

/** One disc as two read it. */
export interface ComparedDisc {
  /** Which spine it is of: discs of one spine are not independent. */
  readonly spine: string;
  readonly level: string;
  /** The reference: a reader's, or what is true of a phantom as its simulated reader saw it. */
  readonly reference: Grades;
  /** The system's grades, or the reader's of another day. */
  readonly compared: Grades;
}

/** What was read of a cohort of phantoms. */
export interface PhantomCohort {
  readonly discs: readonly ComparedDisc[];
  readonly phantoms: number;
  /** Discs T12-L1 to L5-S1 that are there and were not found. */
  readonly missed: number;
  /** Vertebrae T12 to S1, and how many of them were found under their own name. */
  readonly vertebrae: number;
  readonly named: number;
  /** mm, four a body, of the bodies that were found. */
  readonly cornerErrors: readonly (readonly number[])[];
  /** What went wrong, in sentences: no spine was seen in a phantom. */
  readonly failures: readonly string[];
}

export interface PhantomCohortOptions {
  readonly phantoms: number;
  /** Seed of the first phantom; those below 7919 are in no training. */
  readonly seed: number;
  /** Called with each phantom when it is read; `undefined` where no spine was seen in it. */
  readonly onReading?: (reading: { phantom: Phantom; report: GradeReport } | undefined) => void;
}

/** Discs whose middles are closer than this (mm) are the same one. */
const SAME = 10;

/** The options of phantom `index` of a cohort: as ill as Genodisc's patients, of families that no training has seen. */
function cohortPhantom(seed: number, index: number): PhantomOptions {
  return {
    seed: seed + index,
    severity: "population",
    family: HELD_OUT_FAMILIES[index % HELD_OUT_FAMILIES.length]!,
  };
}

/** What a simulated radiologist with the reliability of Jamaludin's reads on a day, by level: his grades of the six discs. */
function readerOf(truth: PhantomTruth, seed: number, day: number): Map<string, Grades> {
  const grades = simulateRater(truth, { seed: 7 * seed + day, reliability: "jamaludin" });
  return new Map(
    grades.filter(({ level }) => LUMBAR_DISCS.includes(level)).map((one) => [one.level, one.grades]),
  );
}

/**
 * The simulated radiologist against himself on two days, on as many spines as wanted: no picture is made, so a thousand take a
 * second or two.
 */
export function rereadPhantoms({ phantoms, seed }: PhantomCohortOptions): ComparedDisc[] {
  return Array.from({ length: phantoms }, (_, i) => i).flatMap((i) => {
    const options = cohortPhantom(seed, i);
    const truth = phantomTruth(options);
    const second = readerOf(truth, options.seed, 2);
    return [...readerOf(truth, options.seed, 1)].map(([level, reference]) => ({
      spine: String(options.seed),
      level,
      reference,
      compared: second.get(level)!,
    }));
  });
}

/** The system's grades of a disc, of the features that readers grade. */
function gradesOfSystem({ grades }: GradedDisc): Grades {
  return Object.fromEntries(FEATURES.map(({ key }) => [key, grades[key]!.grade]));
}

/** The graded disc that lies where a phantom's does, whatever it was named. */
export function discAt(
  { volume }: Pick<Phantom, "volume">,
  { discs, spine }: GradeReport,
  own: PhantomTruth["discs"][number],
): GradedDisc | undefined {
  return discs.find(({ centre, slice }) => {
    const [column, row] = spine.stack.toOriginal([centre.column, centre.row, slice]);
    return (
      Math.hypot((column - own.pixel[0]) * volume.spacing[0], (row - own.pixel[1]) * volume.spacing[1]) < SAME
    );
  });
}

/**
 * Renders and grades a cohort of phantoms, about two seconds each, and pairs every disc with what a simulated radiologist read
 * of it (Jamaludin et al. 2017, Table 3).
 * @param models folder with the weights
 */
export async function readPhantomCohort(
  models: string,
  { phantoms, seed, onReading }: PhantomCohortOptions,
): Promise<PhantomCohort> {
  const discs: ComparedDisc[] = [];
  const cornerErrors: number[][] = [];
  const failures: string[] = [];
  let [missed, vertebrae, named] = [0, 0, 0];
  for (let i = 0; i < phantoms; i++) {
    const options = cohortPhantom(seed, i);
    const phantom = renderPhantom(options);
    const reader = readerOf(phantom.truth, options.seed, 1);
    const report = await readPhantom(phantom, models);
    if (report instanceof DetectionError) {
      failures.push(`Phantom ${i + 1}: ${report.message}`);
      missed += reader.size;
      vertebrae += bodiesToName(phantom.truth).length;
      onReading?.(undefined);
    } else {
      const bodies = namedVertebrae(report.spine, phantom.truth);
      [vertebrae, named] = [vertebrae + bodies.vertebrae, named + bodies.named];
      cornerErrors.push(...phantomBodyErrors(report.spine, phantom.truth));
      for (const own of phantom.truth.discs) {
        const reference = reader.get(own.level);
        if (reference === undefined) continue;
        const found = discAt(phantom, report, own);
        if (found === undefined) missed++;
        else
          discs.push({
            spine: String(options.seed),
            level: own.level,
            reference,
            compared: gradesOfSystem(found),
          });
      }
      onReading?.({ phantom, report });
    }
  }
  return { discs, phantoms, missed, vertebrae, named, cornerErrors, failures };
}

/** The graded spine of a phantom, or why none was seen in it; whatever else goes wrong is thrown. */
async function readPhantom({ volume }: Phantom, models: string): Promise<GradeReport | DetectionError> {
  try {
    return await gradeSpine(await detectSpine(volume, models, { contrast: "T2" }), models);
  } catch (error) {
    if (error instanceof DetectionError) return error;
    throw error;
  }
}

/** SPIDER's grades of a disc under the keys used here: narrowing as present or not, marrow changes not told apart. */
function gradesOfSpider({ grades }: DiscGrading): Grades {
  const { pfirrmann, narrowingPresent, spondylolisthesis, upperEndplateDefect, lowerEndplateDefect } = grades;
  return Object.fromEntries(
    Object.entries({
      ...{ pfirrmann, spondylolisthesis, upperEndplateDefect, lowerEndplateDefect, narrowingPresent },
      marrowChange: grades.modic === undefined ? undefined : Math.min(1, grades.modic),
    }).filter((entry): entry is [string, number] => entry[1] !== undefined),
  );
}

/** Grades of all T12-L1 to L5-S1 discs of SPIDER, graded patients whose pictures are not there among them: the clinical column of Table 2. */
export async function spiderGrades(folder: string): Promise<Grades[]> {
  const gradings = await readGradings(folder);
  return gradings.filter(({ level }) => LUMBAR_DISCS.includes(level)).map(gradesOfSpider);
}

/**
 * Grades the T2 slices of SPIDER's validation patients, about a second each.
 * @param data SPIDER, whole or in part
 * @param patients how many of those that are kept out of training
 */
export async function readSpiderCohort(
  models: string,
  data: DataSource,
  patients: number,
  onPatient?: () => void,
): Promise<ComparedDisc[]> {
  const held = patientsOf(await openDatasets(data, () => undefined), "validation");
  const chosen = held.filter((one) => gradedSeries(one) !== undefined).slice(0, patients);
  const discs: ComparedDisc[] = [];
  for (const patient of chosen) {
    const { pairs } = await readPatients(models, [patient], () => undefined);
    for (const { grading, disc } of pairs) {
      const grades = gradesOfSystem(disc);
      discs.push({
        spine: patient.patient,
        level: grading.level,
        reference: gradesOfSpider(grading),
        compared: {
          ...grades,
          narrowingPresent: grades.narrowing! > 1 ? 1 : 0,
          marrowChange: grades.modic! > 0 ? 1 : 0,
        },
      });
    }
    onPatient?.();
  }
  return discs;
}
