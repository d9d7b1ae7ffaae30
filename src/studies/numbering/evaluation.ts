import { DetectionError, detectSpine } from "../../detection/index.js";
import type { Spine } from "../../detection/index.js";
import type { Volume } from "../../imaging/index.js";
import { PHANTOM_FAMILIES, renderPhantom } from "../../phantom/index.js";
import type { PhantomOptions, PhantomTruth, PhantomVariant } from "../../phantom/index.js";
import { expectedCalibrationError } from "../../statistics/index.js";
import { gradedSeries, openDatasets } from "../../training/index.js";
import type { DataSource } from "../../training/index.js";

/** How a group of pictures was numbered. */
export interface NumberingGroup {
  readonly what: string;
  readonly pictures: number;
  /** Pictures in which no spine, or no sacrum, was found: no disc is named. */
  readonly unnamed: number;
  /** Named pictures in which every disc that was found has its true name; NaN for patients, whose names nobody has confirmed. */
  readonly right: number;
  /** Flagged `numbering-uncertain`, `sacrum-uncertain` or `transitional`. */
  readonly flagged: number;
  /** Wrong without one of these flags; NaN for patients. */
  readonly silent: number;
  /** Mean probability of the given names. */
  readonly posterior: number;
}

/** The posterior in a range, and how often the names were right there. */
export interface NumberingBin {
  readonly low: number;
  readonly high: number;
  readonly pictures: number;
  readonly posterior: number;
  readonly right: number;
}

export interface NumberingEvaluation {
  /** Phantoms with variants as often as people have them, by variant. */
  readonly drawn: readonly NumberingGroup[];
  /** As many of each anomaly. */
  readonly anomalies: readonly NumberingGroup[];
  /** Validation patients. */
  readonly patients: readonly NumberingGroup[];
  /** Of the drawn phantoms: expected calibration error of the posterior (ten equal ranges), and its table. */
  readonly calibrationError: number;
  readonly reliability: readonly NumberingBin[];
}

export interface NumberingEvaluationOptions {
  /** Phantoms with drawn variants; an eighth as many of each anomaly. */
  readonly phantoms: number;
  readonly seed: number;
}

interface Outcome {
  readonly what: string;
  readonly isNamed: boolean;
  readonly isRight: boolean;
  readonly isFlagged: boolean;
  readonly posterior: number;
}

const DOUBTS = ["numbering-uncertain", "sacrum-uncertain", "transitional"];
const ANOMALIES: readonly PhantomVariant[] = ["sacralised", "lumbarised", "four-lumbar", "six-lumbar"];
/** A found disc is the true one whose centre lies this near (mm). */
const SAME = 10;
/** Ranges of the reliability table. */
const EDGES = [0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 1];

/** Whether no disc that was found stands at the place of a true one of another name. */
function isNamedRightly({ discs, stack }: Spine, truth: PhantomTruth): boolean {
  const { spacing } = stack.volume;
  return discs.every(({ centre, level }) => {
    const own = truth.discs.find(
      ({ pixel }) =>
        Math.hypot((pixel[0] - centre.column) * spacing[0], (pixel[1] - centre.row) * spacing[1]) < SAME,
    );
    return own === undefined || own.level === level;
  });
}

async function outcomeOf(
  models: string,
  what: string,
  volume: Volume,
  truth: PhantomTruth | undefined,
): Promise<Outcome> {
  try {
    const spine = await detectSpine(volume, models);
    return {
      what,
      isNamed: spine.numbering.sacrumInView,
      isRight: truth !== undefined && isNamedRightly(spine, truth),
      isFlagged: spine.flags.some(({ code }) => DOUBTS.includes(code)),
      posterior: spine.numbering.posterior,
    };
  } catch (error) {
    if (!(error instanceof DetectionError)) throw error;
    return { what, isNamed: false, isRight: false, isFlagged: false, posterior: 0 };
  }
}

/** A middle slice: patients' are no more. Families take turns, and artefacts are drawn for two of three. */
function phantomOf(models: string, seed: number, variant: PhantomOptions["variant"]): Promise<Outcome> {
  const { volume, truth } = renderPhantom({
    seed,
    variant: variant ?? "drawn",
    family: PHANTOM_FAMILIES[seed % PHANTOM_FAMILIES.length]!,
    severity: "population",
    artefacts: seed % 3 === 0 ? {} : "drawn",
    slices: 1,
  });
  return outcomeOf(models, truth.variant, volume, truth);
}

function groupOf(what: string, all: readonly Outcome[], isKnown: boolean): NumberingGroup {
  const named = all.filter(({ isNamed }) => isNamed);
  const count = (isMeant: (one: Outcome) => boolean): number => named.filter(isMeant).length;
  return {
    what,
    pictures: all.length,
    unnamed: all.length - named.length,
    right: isKnown ? count(({ isRight }) => isRight) : NaN,
    flagged: count(({ isFlagged }) => isFlagged),
    silent: isKnown ? count(({ isRight, isFlagged }) => !isRight && !isFlagged) : NaN,
    posterior: named.reduce((sum, { posterior }) => sum + posterior, 0) / Math.max(1, named.length),
  };
}

function groupsOf(outcomes: readonly Outcome[]): NumberingGroup[] {
  return [...new Set(outcomes.map(({ what }) => what))].sort().map((name) =>
    groupOf(
      name,
      outcomes.filter(({ what }) => what === name),
      true,
    ),
  );
}

/** How often names were right, by their posterior. */
export function reliabilityOf(outcomes: readonly Pick<Outcome, "isRight" | "posterior">[]): NumberingBin[] {
  return EDGES.slice(1).flatMap((high, i) => {
    const low = EDGES[i]!;
    const own = outcomes.filter(({ posterior }) => posterior > low && posterior <= high);
    if (own.length === 0) return [];
    return [
      {
        ...{ low, high, pictures: own.length },
        posterior: own.reduce((sum, { posterior }) => sum + posterior, 0) / own.length,
        right: own.filter(({ isRight }) => isRight).length,
      },
    ];
  });
}

async function patientOutcomes(
  models: string,
  data: DataSource,
  log: (line: string) => void,
): Promise<NumberingGroup[]> {
  const groups: NumberingGroup[] = [];
  for (const { title, patients } of await openDatasets(data, log)) {
    const read: Outcome[] = [];
    for (const patient of patients.filter(({ isHeld }) => isHeld)) {
      const series = gradedSeries(patient);
      if (series !== undefined) read.push(await outcomeOf(models, title, await series.load(), undefined));
    }
    groups.push(groupOf(`${title}, patients`, read, false));
  }
  return groups;
}

/**
 * Measures how sure the numbering is of itself: phantoms with variants as often as people have them, as many of each anomaly, and the validation
 * patients, of whom only what was flagged can be told.
 */
export async function evaluateNumbering(
  models: string,
  data: DataSource,
  { phantoms, seed }: NumberingEvaluationOptions,
  log: (line: string) => void,
): Promise<NumberingEvaluation> {
  const drawn: Outcome[] = [];
  for (let i = 0; i < phantoms; i++) {
    drawn.push(await phantomOf(models, seed + i, "drawn"));
    if ((i + 1) % 50 === 0) log(`${i + 1} of ${phantoms} phantoms read`);
  }
  const anomalies: Outcome[] = [];
  for (const variant of ANOMALIES)
    for (let i = 0; i < Math.ceil(phantoms / 8); i++)
      anomalies.push(await phantomOf(models, seed + phantoms + i, variant));
  const named = drawn.filter(({ isNamed }) => isNamed);
  return {
    drawn: groupsOf(drawn),
    anomalies: groupsOf(anomalies),
    patients: await patientOutcomes(models, data, log),
    calibrationError: expectedCalibrationError(
      named.map(({ isRight }) => (isRight ? 1 : 0)),
      named.map(({ posterior }) => posterior),
      { bins: 10 },
    ).error,
    reliability: reliabilityOf(named),
  };
}
