import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { OPERATING_POINTS_FILE, OPERATING_WEIGHTS, weightHashes } from "../../grading/index.js";
import type { OperatingPoint, OperatingPoints } from "../../grading/index.js";
import { openDatasets } from "../datasets/index.js";
import type { Dataset, DataSource } from "../datasets/index.js";
import { readPatients } from "./evaluation.js";
import { findingCases, fitOperatingPoint, operatingPointAt } from "./findings.js";
import type { Finding, ReadDisc } from "./findings.js";

/** Findings whose operating points are fitted; narrowing and Modic type have grades of their own. */
const FITTED: readonly Finding[] = [
  "spondylolisthesis",
  "upperEndplateDefect",
  "lowerEndplateDefect",
  "herniation",
  "bulging",
];
/** Of findings that are marked by place, those that mean what the models' labels mean. */
const SAME_CONVENTION: readonly Finding[] = ["spondylolisthesis"];
/** Fewer discs with a finding tell no threshold. */
const FEWEST = 10;
/** Share of discs that readers call stenotic by the models' convention, of whom no data are public. */
const STENOSIS = {
  prevalence: 0.059,
  from: "Jamaludin et al. 2017: 5.9 % of Genodisc's discs; nobody has read the discs by this convention",
} as const;

/** Discs of one data set, as the networks see them without operating points. */
interface SetReadings {
  readonly dataset: Dataset;
  readonly pairs: readonly ReadDisc[];
}

/** Where every finding is marked by place, no weights are trained on the marks: all patients are read; else those kept out. */
function patientsOfSet({ patients }: Dataset): Dataset["patients"] {
  const isMarked = patients.some(({ series }) => series.some(({ boxes }) => boxes !== undefined));
  return isMarked ? patients : patients.filter(({ isHeld }) => isHeld);
}

function pointOf(key: Finding, sets: readonly SetReadings[]): OperatingPoint | undefined {
  const used = sets.filter(
    ({ dataset }) => SAME_CONVENTION.includes(key) || !dataset.layout.startsWith("lsma"),
  );
  const cases = used.flatMap(({ pairs }) => findingCases(key, pairs));
  const positives = cases.filter(({ isPresent }) => isPresent).length;
  const titles = used.map(({ dataset }) => dataset.title).join(", ");
  return positives < FEWEST ? undefined : fitOperatingPoint(cases, `readers of ${titles}`);
}

/**
 * Fits from which probability on findings are called present, on patients on whom they were not trained, and writes
 * `operating-points.json` into the models' folder.
 */
export async function fitOperatingPoints(
  models: string,
  data: DataSource,
  log: (line: string) => void,
): Promise<OperatingPoints> {
  const sets: SetReadings[] = [];
  for (const dataset of await openDatasets(data, log)) {
    const { pairs } = await readPatients(models, patientsOfSet(dataset), log, { ownShare: 0 });
    sets.push({ dataset, pairs });
  }
  const all = sets.flatMap(({ pairs }) => pairs);
  const stenosis = all.map(({ grading, disc }) => ({
    patient: grading.patient,
    probability: disc.grades.centralCanalStenosis!.probabilities[1]!,
  }));
  const points = FITTED.flatMap((key): [string, OperatingPoint][] => {
    const point = pointOf(key, sets);
    return point === undefined ? [] : [[key, point]];
  });
  const file: OperatingPoints = {
    version: 1,
    weights: (await weightHashes(models))[OPERATING_WEIGHTS]!,
    features: {
      ...Object.fromEntries(points),
      centralCanalStenosis: operatingPointAt(stenosis, STENOSIS.prevalence, STENOSIS.from),
    },
  };
  await writeFile(join(models, OPERATING_POINTS_FILE), `${JSON.stringify(file, undefined, 1)}\n`);
  return file;
}
