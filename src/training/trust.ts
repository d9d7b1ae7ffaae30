import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DetectionError, LUMBAR_DISCS, detectSpine } from "../detection/index.js";
import {
  appearanceOf,
  CALIBRATION_FILE,
  discFlags,
  FEATURES,
  gradeUncalibrated,
  seriesFlags,
  t2Weights,
  weightHashes,
} from "../grading/index.js";
import type {
  Appearance,
  AppearanceModel,
  CalibrationFile,
  DetectionShare,
  FeatureGrade,
  FittedFeature,
} from "../grading/index.js";
import type { Volume } from "../imaging/index.js";
import { fitAppearance, withLimits } from "./appearance.js";
import {
  crossFit,
  fewestCases,
  fitFeature,
  labelGroups,
  LABELLED,
  LEVEL,
  patientParts,
} from "./calibration.js";
import type { CalibrationCase } from "./calibration.js";
import { gradedSeries, openDatasets, patientsOf } from "./datasets/index.js";
import type { DatasetPatient, DataSource } from "./datasets/index.js";
import { clinicalLabels } from "./samples/index.js";
import { unlikeImages } from "./unlikeImages.js";

/** One disc as the networks see it, without calibration. */
interface DiscReading {
  readonly level: string;
  readonly appearance: Appearance;
  readonly grades: Readonly<Record<string, FeatureGrade>>;
}

interface ImageReading {
  readonly discs: readonly DiscReading[];
  /** Whether detection itself flagged the picture. */
  readonly flagged: boolean;
}

/** Detects and grades a picture; undefined where no spine is found in it. */
async function readImage(models: string, volume: Volume): Promise<ImageReading | undefined> {
  try {
    const spine = await detectSpine(volume, models);
    const report = await gradeUncalibrated(spine, models);
    const discs = report.discs.map((disc, i): DiscReading => {
      const { pfirrmann, slices } = report.evidence[i]!;
      const at = slices.indexOf(disc.slice);
      return {
        level: disc.level,
        grades: disc.grades,
        appearance: appearanceOf(report.spine.stack.volume, disc, pfirrmann.maps, at),
      };
    });
    return { discs, flagged: spine.flags.length > 0 };
  } catch (error) {
    if (error instanceof DetectionError) return undefined;
    throw error;
  }
}

interface PatientReading extends ImageReading {
  readonly patient: DatasetPatient;
}

/** T2 series of graded patients; those without a spine are named in the log and left out. */
async function readPatients(
  models: string,
  patients: readonly DatasetPatient[],
  log: (line: string) => void,
): Promise<PatientReading[]> {
  const readings: PatientReading[] = [];
  for (const patient of patients) {
    const reading = await readImage(models, await gradedSeries(patient)!.load());
    if (reading === undefined) log(`${patient.patient}: no lumbar spine was found`);
    else readings.push({ patient, ...reading });
  }
  return readings;
}

/** Cases of a feature: graded discs T12-L1 to L5-S1 that were found under their level's name. */
function casesOf(
  key: string,
  groups: readonly (readonly number[])[],
  readings: readonly PatientReading[],
): CalibrationCase[] {
  return readings.flatMap(({ patient: { patient, gradings }, discs }) =>
    discs.flatMap(({ level, grades }): CalibrationCase[] => {
      const grading = gradings.find((one) => one.level === level);
      const allowed =
        grading && LUMBAR_DISCS.includes(level) ? clinicalLabels(grading.grades).labels[key] : undefined;
      const group = allowed === undefined ? -1 : groups.findIndex((classes) => classes.includes(allowed[0]!));
      return group < 0 ? [] : [{ patient, group, probabilities: grades[key]!.probabilities }];
    }),
  );
}

/**
 * A temperature is kept only where it helps patients that it was not fitted on: lowers their loss and does not raise the calibration error.
 * Else it is 1, and only sets are fitted.
 */
function fitWhereBetter(
  cases: readonly CalibrationCase[],
  groups: FittedFeature["groups"],
  isOrdered: boolean | undefined,
) {
  for (const temperature of [undefined, 1]) {
    const options = { level: LEVEL, temperature, isOrdered };
    const fit = fitFeature(cases, groups, options);
    if (fit === undefined) return undefined;
    const trust = crossFit(cases, groups, options);
    if (trust === undefined) return undefined;
    const helps = trust.after.nll < trust.before.nll && trust.after.ece <= trust.before.ece;
    if (temperature === 1 || helps) return { fit, trust };
  }
  return undefined;
}

function fitFeatures(
  readings: readonly PatientReading[],
): Pick<CalibrationFile, "features" | "uncalibrated" | "discs"> {
  const features: Record<string, FittedFeature> = {};
  const uncalibrated: Record<string, string> = {};
  let discs = 0;
  for (const feature of FEATURES) {
    const groups = labelGroups(feature);
    const cases = LABELLED.includes(feature) ? casesOf(feature.key, groups, readings) : [];
    discs = Math.max(discs, cases.length);
    const fitted = fitWhereBetter(cases, groups, feature.isOrdered);
    if (fitted !== undefined) {
      const { fit, trust } = fitted;
      features[feature.key] = { ...fit, calibrated: trust.after.ece <= trust.after.eceOfChance95, trust };
    } else {
      const counts = groups.map((_, g) => cases.filter(({ group }) => group === g).length);
      uncalibrated[feature.key] = LABELLED.includes(feature)
        ? `${counts.join(" and ")} cases among the validation patients; at least ${fewestCases(LEVEL)} of each are needed in every part of the cross-fitting`
        : "no clinical labels";
    }
  }
  return { features, uncalibrated, discs };
}

/** Counts of flags over pictures of one kind; `undefined` stands for a picture in which no spine was found. */
function shareOf(
  what: string,
  images: readonly (ImageReading | undefined)[],
  modelOf: (image: ImageReading) => AppearanceModel,
): DetectionShare {
  const read = images.filter((image) => image !== undefined);
  const checked = read.map((image) => {
    const model = modelOf(image);
    const discs = image.discs.map(({ level, appearance }) => ({
      level,
      flags: discFlags(level, appearance, model).filter(({ code }) => code !== "disc-cut-off"),
    }));
    const series = seriesFlags(discs).some(({ code }) => code === "out-of-distribution");
    return { discs, series, detection: image.flagged };
  });
  const discs = checked.flatMap((image) => image.discs);
  const count = <T>(items: readonly T[], has: (item: T) => boolean): number => items.filter(has).length;
  const refused = images.length - read.length;
  return {
    what,
    images: images.length,
    refused,
    flaggedByCheck: count(checked, ({ series }) => series),
    flaggedByDetection: count(checked, ({ detection }) => detection),
    caught: refused + count(checked, ({ series, detection }) => series || detection),
    discs: discs.length,
    discsFlagged: count(discs, ({ flags }) => flags.length > 0),
  };
}

/** Model of clinical discs, and what it flags: new patients' T2 slices (cross-fitted limits), and pictures unlike them. */
async function fitDetection(
  models: string,
  [others, held]: readonly [readonly DatasetPatient[], readonly DatasetPatient[]],
  validation: readonly PatientReading[],
  log: (line: string) => void,
): Promise<Pick<CalibrationFile, "appearance" | "detection">> {
  const training = await readPatients(models, others, log);
  const looksOf = (readings: readonly PatientReading[]): Appearance[] =>
    readings.flatMap(({ discs }) => discs.map(({ appearance }) => appearance));
  const seen = looksOf(training);
  log(`${seen.length} clinical discs of ${training.length} training patients describe what is usual`);
  const open = fitAppearance(seen.map(({ features }) => features));
  const limitsOf = (readings: readonly PatientReading[]): AppearanceModel =>
    withLimits(open, looksOf(readings), seen);
  const parts = patientParts(validation.map(({ patient }) => patient.patient));
  const modelsOfParts = parts.map((part) =>
    limitsOf(validation.filter(({ patient }) => !part.includes(patient.patient))),
  );
  const detection = [
    shareOf("T2 of new patients (false alarms)", validation, (image) => {
      const { patient } = (image as PatientReading).patient;
      return modelsOfParts[parts.findIndex((part) => part.includes(patient))]!;
    }),
  ];
  const appearance = limitsOf(validation);
  const byKind = new Map<string, (ImageReading | undefined)[]>();
  for (const { what, load } of unlikeImages(held)) {
    if (!byKind.has(what)) log(`reading pictures that are unlike: ${what}`);
    byKind.set(what, [...(byKind.get(what) ?? []), await readImage(models, await load())]);
  }
  for (const [what, images] of byKind) detection.push(shareOf(what, images, () => appearance));
  return { appearance, detection };
}

/**
 * Fits temperatures, conformal thresholds and the out-of-distribution check for the weights in a models folder, measures
 * them cross-fitted over the validation patients, and writes `calibration.json` there.
 * @param data SPIDER, whole or in part
 * @throws DataError where nobody is kept out
 */
export async function calibrateModels(
  models: string,
  data: DataSource,
  log: (line: string) => void,
): Promise<CalibrationFile> {
  // Taken first: weights that change meanwhile must not pass as those that were measured.
  const weights = t2Weights(await weightHashes(models));
  const datasets = await openDatasets(data, log);
  const [others, held] = (["training", "validation"] as const).map((part) =>
    patientsOf(datasets, part).filter((one) => gradedSeries(one) !== undefined),
  ) as [DatasetPatient[], DatasetPatient[]];
  const validation = await readPatients(models, held, log);
  const fitted = fitFeatures(validation);
  log(`${fitted.discs} graded discs of ${validation.length} validation patients`);
  const file: CalibrationFile = {
    version: 1,
    level: LEVEL,
    weights,
    patients: validation.length,
    ...fitted,
    ...(await fitDetection(models, [others, held], validation, log)),
  };
  await writeFile(join(models, CALIBRATION_FILE), `${JSON.stringify(file)}\n`);
  return file;
}
