import { FEATURES, isReadByReaders, isWithheld } from "../grading/index.js";
import type { DiscMeasures, Feature, GradedDisc, GradeReport } from "../grading/index.js";
import {
  CODES,
  privateCode,
  readSource,
  secondaryCapture,
  structuredReport,
  toPatient,
  UNITS,
} from "../imaging/index.js";
import type {
  Code,
  DocumentOptions,
  ReportedDisc,
  ReportedEvaluation,
  ReportedMeasurement,
  Volume,
} from "../imaging/index.js";
import { version } from "../../package.json";
import type { GradedSpine } from "../analysis/index.js";
import { gradedSheet } from "./gradedSheet.js";
import { discOutline } from "../analysis/index.js";

/** Codes of the features; concepts of our own where SNOMED CT has none that means the same. */
const FEATURE_CODES: Readonly<Record<string, Code>> = {
  pfirrmann: privateCode("pfirrmann", "Pfirrmann grade"),
  narrowing: privateCode("narrowing", "Disc narrowing grade"),
  spondylolisthesis: { value: "274152003", scheme: "SCT", meaning: "Spondylolisthesis" },
  centralCanalStenosis: privateCode("canal-stenosis", "Central canal stenosis"),
  upperEndplateDefect: privateCode("upper-endplate", "Upper endplate defect"),
  lowerEndplateDefect: privateCode("lower-endplate", "Lower endplate defect"),
  upperMarrowChange: privateCode("upper-marrow", "Upper marrow change"),
  lowerMarrowChange: privateCode("lower-marrow", "Lower marrow change"),
  herniation: privateCode("herniation", "Disc herniation"),
  bulging: privateCode("bulging", "Disc bulging"),
  modic: privateCode("modic", "Modic type"),
};

/** Measures that are reported, with the unit they are in. */
const MEASURES: readonly (readonly [key: keyof DiscMeasures, name: Code, unit: Code])[] = [
  ["height", privateCode("height", "Mean disc height"), UNITS.millimetre],
  [
    "anteriorHeight",
    privateCode("height-front", "Disc height between the corners, in front"),
    UNITS.millimetre,
  ],
  [
    "posteriorHeight",
    privateCode("height-back", "Disc height between the corners, behind"),
    UNITS.millimetre,
  ],
  ["width", privateCode("width", "Disc width, front to back"), UNITS.millimetre],
  ["angle", privateCode("tilt", "Disc tilt"), UNITS.degree],
  ["slip", privateCode("slip", "Slip of the upper body over the lower endplate"), UNITS.percent],
  ["canal", privateCode("canal", "Sagittal canal diameter"), UNITS.millimetre],
  ["sac", privateCode("sac", "Sagittal extent of the canal's bright content"), UNITS.millimetre],
  ["overhang", privateCode("overhang", "Disc area behind the vertebral bodies"), UNITS.squareMillimetre],
];

function featureCode(feature: Feature): Code {
  return FEATURE_CODES[feature.key] ?? privateCode(feature.key.slice(0, 16), feature.name);
}

function isPresence(feature: Feature): boolean {
  return feature.classes.length === 2;
}

function evaluation(feature: Feature, grade: number): ReportedEvaluation {
  const name = featureCode(feature);
  if (isPresence(feature)) return { name, value: grade === 0 ? CODES.absent : CODES.present };
  const label = feature.labels[feature.classes.indexOf(grade)] ?? String(grade);
  const meaning = label === String(grade) ? `Grade ${grade}` : `${grade} (${label})`;
  return { name, value: privateCode(`${feature.key}-${grade}`, `${feature.name} ${meaning}`) };
}

/** The score between grades, and the probability of each grade; of a finding that is there or not, that it is. */
function scores(feature: Feature, disc: GradedDisc): ReportedMeasurement[] {
  const { fractional, probabilities } = disc.grades[feature.key]!;
  const { meaning } = featureCode(feature);
  const code = feature.key.slice(0, 11);
  const chance = (grade: number, what: string): ReportedMeasurement => ({
    name: privateCode(`p-${code}-${grade}`, `Probability of ${what}`),
    value: probabilities[feature.classes.indexOf(grade)]!,
    unit: UNITS.none,
  });
  const chances = isPresence(feature)
    ? [chance(1, meaning.toLowerCase())]
    : feature.classes.map((grade) => chance(grade, `${meaning} ${grade}`));
  const score =
    fractional === undefined
      ? []
      : [
          {
            name: privateCode(`score-${code}`.slice(0, 16), `${meaning}, fractional`),
            value: fractional,
            unit: UNITS.none,
          },
        ];
  return [...score, ...chances];
}

/** What was measured of a disc; lengths that rest on an estimated spacing are called so. */
function measurements(disc: GradedDisc, scale: Volume["scale"]): ReportedMeasurement[] {
  const isLength = (unit: Code): boolean => unit === UNITS.millimetre || unit === UNITS.squareMillimetre;
  return MEASURES.map(([key, name, unit]) => ({
    name:
      scale === undefined || !isLength(unit)
        ? name
        : privateCode(`${name.value}-e`.slice(0, 16), `${name.meaning}, estimated`),
    value: Number(disc.measures[key]),
    unit,
  }));
}

/** What of a graded disc a structured report tells. */
function reportedDisc({ spine }: GradeReport, disc: GradedDisc): ReportedDisc {
  const { volume } = spine.stack;
  const outline =
    volume.geometry === "patient"
      ? discOutline(spine, disc, "").corners.map(([column, row]) =>
          toPatient(volume, [column, row, disc.slice]),
        )
      : undefined;
  const told = FEATURES.filter(({ key }) => !isWithheld(disc.grades[key]!));
  return {
    level: disc.level,
    ...(outline && { outline }),
    evaluations: told.map((feature) => evaluation(feature, disc.grades[feature.key]!.grade)),
    measurements: [...measurements(disc, volume.scale), ...told.flatMap((feature) => scores(feature, disc))],
    remarks: [
      ...disc.flags.map(({ message }) => message),
      ...FEATURES.flatMap(({ key, name }) => {
        const { standing, because } = disc.grades[key]!;
        return standing === undefined ? [] : [`${name} is ${standing}: ${because ?? "not validated"}.`];
      }),
      ...told
        .filter(({ key }) => !isReadByReaders(disc.grades[key]!.trainedOn))
        .map(({ name, trainedOn }) =>
          trainedOn === "synthetic"
            ? `${name} is graded by a model trained on synthetic images only.`
            : `${name} is graded by a model that no reader's grades of it stand behind.`,
        ),
    ],
  };
}

async function documentOptions(graded: GradedSpine, made: Date): Promise<DocumentOptions> {
  const files = graded.scan.sources;
  const source = files.length === 0 ? undefined : await readSource(files);
  return {
    // A second report of the same images at another time is another document.
    seed: `${source?.seriesUid ?? graded.scan.title} ${made.toISOString()}`,
    device: { name: "Spinebook", manufacturer: "Spinebook", model: "Spinebook grading", version },
    made,
    ...(source && { source }),
  };
}

/**
 * The grades as a DICOM structured report (TID 1500) that a PACS files beside the images. It holds no name; it refers to the
 * images by their UIDs, so it is as confidential as they are. Research use only.
 * @param made when the report was made; now by default.
 * @example await writeFile("grades.dcm", await dicomReport(graded));
 */
export async function dicomReport(graded: GradedSpine, made = new Date()): Promise<Uint8Array> {
  const { report } = graded;
  return structuredReport({
    ...(await documentOptions(graded, made)),
    discs: report.discs.map((disc) => reportedDisc(report, disc)),
    remarks: ["Research use only. Not a medical device.", ...report.flags.map(({ message }) => message)],
    algorithm: { name: "Spinebook disc grading", version },
  });
}

/** The graded sheet - the middle slice with outlines beside the table of grades - as a DICOM Secondary Capture Image. */
export async function dicomSheet(graded: GradedSpine, made = new Date()): Promise<Uint8Array> {
  return secondaryCapture(await gradedSheet(graded), await documentOptions(graded, made));
}
