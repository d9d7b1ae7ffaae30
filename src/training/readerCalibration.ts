import { decideClass, featureOf, severityScale } from "../grading/index.js";
import type { Reader, ReaderReading, ReaderSets, TrustMeasures } from "../grading/index.js";
import { cumulativeLinkProbabilities, fitCumulativeLink } from "../statistics/index.js";
import type { CumulativeLink, CumulativeLinkPrior, ScoredClass } from "../statistics/index.js";
import { crossFit, fitFeature, LEVEL, patientParts } from "./calibration.js";
import type { CalibrationCase } from "./calibration.js";
import { LSMA_CREDIT, openDatasets, SPIDER_CREDIT } from "./datasets/index.js";
import type { DataSource } from "./datasets/index.js";
import { pfirrmannPairs, readValidationPatients } from "./evaluation/evaluation.js";
import { pfirrmannAgreement, readOutside } from "./evaluation/outsideEvaluation.js";
import type { GradePair, PfirrmannAgreement } from "./evaluation/outsideEvaluation.js";

/** A reader's borders, and what they are worth. */
export interface ReaderFit {
  readonly reader: Reader;
  /** Agreement with this reader of the grades as they came, and of those that follow borders fitted on other patients. */
  readonly before: PfirrmannAgreement;
  readonly after: PfirrmannAgreement;
  /** Readings still wanted until the borders are known to a tenth of a grade (0 where they are). */
  readonly wanted: number;
  /** What sets and probabilities are worth on other patients; undefined where the readings are too few to fit and measure sets. */
  readonly trust?: TrustMeasures | undefined;
}

export interface ReaderFitOptions {
  readonly name: string;
  /** As `severityScale` of the weights that graded. */
  readonly scale: string;
  /** The known reader from whom one starts: few readings move the borders only as far as they must. Nobody's unless given. */
  readonly start?: CumulativeLink | undefined;
}

/** Where many readings are at hand, they alone shall tell the borders. */
const NOBODY: CumulativeLinkPrior = {
  centre: { thresholds: [-3, -1, 1, 3], slope: 1 },
  shift: 10,
  shape: 2,
};

/** Fewer readings tell nothing that holds for other discs. */
const FEWEST_READINGS = 10;
const FEWEST_PATIENTS = 3;
/** Parts of the cross-validation, and of the jackknife. */
const PARTS = 10;
/**
 * How far readers usually are apart: standard deviation of a common shift of all borders in units of severity, and of the logarithm of
 * each distance between them. From the two readers whose data are at hand (SPIDER's and LSMA's); two are few.
 */
const [SHIFT, SHAPE] = [1, 0.5];
/** Borders are known when their standard error is this part of a grade's width. */
const KNOWN = 0.1;

const PFIRRMANN = featureOf("pfirrmann");

function scored({ disc, grade }: ReaderReading): ScoredClass {
  return { score: disc.grades.pfirrmann!.severity!, label: PFIRRMANN.classes.indexOf(grade) };
}

/** @throws RangeError for what cannot be calibrated on, by its place in the list */
function requireReadings(readings: readonly ReaderReading[]): void {
  const given: unknown = readings;
  if (!Array.isArray(given))
    throw new RangeError("The readings are a list of { patient, disc, grade }, a disc each.");
  for (const [i, { disc, grade, patient }] of readings.entries()) {
    // What `find` gives where the models found no disc of that level.
    if ((disc as ReaderReading["disc"] | undefined)?.grades === undefined)
      throw new RangeError(
        `Reading ${i} has no graded disc: leave out the levels that grade(spine).discs does not hold.`,
      );
    if (!PFIRRMANN.classes.includes(grade))
      throw new RangeError(`Reading ${i} has no Pfirrmann grade of 1 to 5.`);
    if (typeof patient !== "string" || patient === "")
      throw new RangeError(`Reading ${i} does not say whose disc it is (patient).`);
    const { pfirrmann } = disc.grades;
    if (pfirrmann?.standing === "withheld")
      throw new RangeError(
        `The Pfirrmann grade of reading ${i} is withheld (${pfirrmann.because ?? "by its weighting"}): take discs of T2 series.`,
      );
    if (pfirrmann?.severity === undefined || pfirrmann.reader !== undefined)
      throw new RangeError(
        `The disc of reading ${i} was not graded by this version without a reader: take it from grade(spine).discs.`,
      );
  }
  const patients = new Set(readings.map(({ patient }) => patient)).size;
  if (readings.length < FEWEST_READINGS || patients < FEWEST_PATIENTS)
    throw new RangeError(
      `A reader's borders need ${FEWEST_READINGS} readings of ${FEWEST_PATIENTS} patients at least; there are ${readings.length} of ${patients}. 20 to 50 are a good start.`,
    );
}

/**
 * Readings wanted until the borders are known to a tenth of a grade: standard errors by the delete-a-group jackknife over patients, as a root
 * mean square in which each border counts as often as its two grades are given.
 */
function stillWanted(
  fits: readonly CumulativeLink[],
  { thresholds }: CumulativeLink,
  readings: readonly ReaderReading[],
): number {
  const width = (thresholds.at(-1)! - thresholds[0]!) / (thresholds.length - 1);
  const groups = fits.length;
  let [squares, weights] = [0, 0];
  for (const k of thresholds.keys()) {
    const values = fits.map((fit) => fit.thresholds[k]!);
    const mean = values.reduce((sum, value) => sum + value, 0) / groups;
    const variance = ((groups - 1) / groups) * values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    const beside = readings.filter(({ grade }) => {
      const label = PFIRRMANN.classes.indexOf(grade);
      return label === k || label === k + 1;
    }).length;
    squares += beside * variance;
    weights += beside;
  }
  return Math.max(0, Math.ceil(readings.length * (squares / weights / (KNOWN * width) ** 2 - 1)));
}

function fitBorders(readings: readonly ReaderReading[], prior: CumulativeLinkPrior): CumulativeLink {
  return fitCumulativeLink(readings.map(scored), prior);
}

/** A reading with its probabilities by borders that its patient had no part in; the group is the reader's grade. */
type CrossFitted = CalibrationCase & Pick<GradePair, "truth" | "predicted">;

/** Borders fitted without one part of the patients after the other, and each reading by those that its patient had no part in. */
function crossFitted(
  readings: readonly ReaderReading[],
  prior: CumulativeLinkPrior,
): { fits: CumulativeLink[]; cases: CrossFitted[] } {
  const parts = patientParts(
    readings.map(({ patient }) => patient),
    PARTS,
  );
  const fits = parts.map((part) =>
    fitBorders(
      readings.filter(({ patient }) => !part.includes(patient)),
      prior,
    ),
  );
  const cases = readings.map((one): CrossFitted => {
    const borders = fits[parts.findIndex((part) => part.includes(one.patient))]!;
    const { score, label } = scored(one);
    const probabilities = cumulativeLinkProbabilities(score, borders);
    const predicted = PFIRRMANN.classes[decideClass(PFIRRMANN, probabilities)]!;
    return { patient: one.patient, truth: one.grade, predicted, probabilities, group: label };
  });
  return { fits, cases };
}

/** Each grade a group of its own. */
const GROUPS = PFIRRMANN.classes.map((_, k) => [k]);

/**
 * Which grades cannot be excluded, by probabilities of readings whose patients had no part in the borders, measured on parts of the
 * patients that had none in the thresholds either.
 */
function fitSets(cases: readonly CalibrationCase[]): { sets: ReaderSets; trust: TrustMeasures | undefined } {
  const options = { level: LEVEL, temperature: 1, isOrdered: PFIRRMANN.isOrdered };
  const trust = crossFit(cases, GROUPS, options)?.after;
  const fitted = trust === undefined ? undefined : fitFeature(cases, GROUPS, options);
  return {
    sets: {
      level: LEVEL,
      thresholds: fitted?.thresholds ?? GROUPS.map(() => null),
      cases: GROUPS.map((_, g) => cases.filter(({ group }) => group === g).length),
      calibrated: trust !== undefined && trust.ece <= trust.eceOfChance95,
    },
    trust,
  };
}

/**
 * Grades as a reader gives them, beside the reader's own, each by borders that were fitted on the reader's other patients.
 * @throws RangeError for too few readings, or readings that cannot be used
 */
export function readByOthersBorders(readings: readonly ReaderReading[]): GradePair[] {
  requireReadings(readings);
  return crossFitted(readings, NOBODY).cases;
}

/**
 * Fits a reader's borders on discs that the reader has graded.
 * @throws RangeError for too few readings, or readings that cannot be used
 */
export function fitReader(
  readings: readonly ReaderReading[],
  { name, scale, start }: ReaderFitOptions,
): ReaderFit {
  requireReadings(readings);
  const prior = start === undefined ? NOBODY : { centre: start, shift: SHIFT, shape: SHAPE };
  const { fits, cases } = crossFitted(readings, prior);
  const { sets, trust } = fitSets(cases);
  const whole = fitBorders(readings, prior);
  const asCame = readings.map(({ patient, grade, disc }) => {
    return { patient, truth: grade, predicted: disc.grades.pfirrmann!.grade };
  });
  return {
    reader: {
      version: 1,
      name,
      ...whole,
      readings: readings.length,
      patients: new Set(readings.map(({ patient }) => patient)).size,
      scale,
      sets,
    },
    before: pfirrmannAgreement(asCame),
    after: pfirrmannAgreement(cases),
    wanted: stillWanted(fits, whole, readings),
    ...(trust === undefined ? {} : { trust }),
  };
}

/**
 * Fits the reader of a data set whose grades are published: SPIDER's on the patients who are kept out of training (of the others the networks
 * are too sure), any other data set's on all patients but those who are kept out.
 * @param data one data set, with one reader
 * @throws RangeError for several data sets or readers, or too few readings
 */
export async function fitPublishedReader(
  models: string,
  data: DataSource,
  log: (line: string) => void,
): Promise<ReaderFit> {
  const scale = await severityScale(models);
  const datasets = await openDatasets(data, log);
  const patients = datasets.flatMap((dataset) => dataset.patients);
  const raters = new Set(patients.flatMap(({ gradings }) => gradings.map(({ rater }) => rater)));
  if (datasets.length > 1 || raters.size > 1)
    throw new RangeError(
      `A reader is fitted on the grades of one reader; there are ${raters.size} in ${datasets.length} data sets. Name a data set of one reader.`,
    );
  const { credit } = datasets[0]!;
  if (credit === SPIDER_CREDIT) {
    const { pairs } = await readValidationPatients(models, datasets, log);
    const readings = pfirrmannPairs(pairs).map(({ grading, disc, published }) => ({
      patient: grading.patient,
      disc,
      grade: published,
    }));
    return fitReader(readings, { name: "SPIDER", scale });
  }
  const others = patients.filter(({ isHeld }) => !isHeld);
  const { readings } = await readOutside(models, others, log);
  const name = credit === LSMA_CREDIT ? "LSMA" : "own";
  return fitReader(readings, { name, scale });
}
