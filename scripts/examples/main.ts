/**
 * `npm run make:examples -- SPIDER LSMA`: makes examples/ anew from the SPIDER data set (van der Graaf et al., CC BY 4.0) and the LSMA-PQR
 * grades on Sudirman's images (CC BY 4.0), of patients that no network was trained on. Only needed when the choice changes; what it makes is
 * committed.
 */
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { listGradedPatients, validationPatients, type DiscGrading } from "../../src/training/index.js";
import { isLsmaValidation, readLsmaGradings } from "../../src/training/datasets/lsmaExcerpt.js";
import { listSpacePatients, readSpaceStack } from "../../src/training/datasets/spiderExcerpt.js";
import { readGradings } from "../../src/training/datasets/spiderTables.js";
import { csvCell, parseCsv } from "../../src/text/index.js";
import { writeExampleSeries, type Acquisition } from "./dicom.js";

const [data, other, target = "examples"] = process.argv.slice(2);
if (data === undefined || other === undefined)
  throw new Error("Usage: npm run make:examples -- SPIDER LSMA [FOLDER]");

/** Patients of the cohort beside the study's and the pair's. */
const COHORT = 24;
/** Patients of the other hospital. */
const OTHERS = 7;
/** mm between the pixels of the other hospital's slices. */
const OTHER_SPACING = 0.6875;
/** mm between the slices of a SPACE stack as this project keeps it: every second one of 0.9 mm. */
const SPACE_DISTANCE = 1.8;

const overview = new Map(
  parseCsv(await readFile(join(data, "overview.csv"), "utf8")).map((row) => [row.new_file_name!, row]),
);
const gradings = await readGradings(data);
const held = validationPatients(await listGradedPatients(data));
const stacked = new Set(await listSpacePatients(data));
/** The first by number that has what is asked for; the choice looks at no picture and at no result. */
const studyPatient = held.find((patient) => stacked.has(patient))!;
const pairPatient = held.find((patient) => patient !== studyPatient && overview.has(`${patient}_t1`))!;
const cohort = held.filter((patient) => patient !== studyPatient && patient !== pairPatient).slice(0, COHORT);

/** Rows as a CSV file. */
function csvText<K extends string>(
  keys: readonly K[],
  rows: readonly Readonly<Record<K, unknown>>[],
): string {
  return [keys, ...rows.map((row) => keys.map((key) => csvCell(row[key])))]
    .map((fields) => `${fields.join(",")}\n`)
    .join("");
}

/** What the data set says of how a series was made. */
function acquisition(series: string, description: string): Acquisition {
  const row = overview.get(series)!;
  const number = (key: string): number | undefined => (row[key] ? Number(row[key]) : undefined);
  return {
    patient: `SPIDER-${series.split("_")[0]!}`,
    sex: row.sex?.trim() ?? "",
    description,
    manufacturer: row.Manufacturer ?? "",
    model: row.ManufacturerModelName ?? "",
    fieldStrength: number("MagneticFieldStrength"),
    repetitionTime: number("RepetitionTime"),
    echoTime: number("EchoTime"),
    echoTrain: number("EchoTrainLength"),
    acquisition: row.MRAcquisitionType === "3D" ? "3D" : "2D",
    thickness: number("SliceThickness"),
  };
}

function spacingOf(series: string): number {
  return Number(/[\d.]+/.exec(overview.get(series)?.PixelSpacing ?? "")?.[0]);
}

for (const folder of ["study", "pair", "cohort", "other-hospital"])
  await rm(join(target, folder), { recursive: true, force: true });

const space = `${studyPatient}_t2_SPACE`;
const stack = await readSpaceStack(data, studyPatient, spacingOf(space));
await writeExampleSeries(
  join(target, "study"),
  "t2-space",
  stack.map(({ image }) => image),
  { ...acquisition(space, "T2 SPACE sagittal, every second slice"), series: 1, distance: SPACE_DISTANCE },
);

interface ImageRow {
  readonly patient: string;
  readonly file: string;
  readonly spacing: number;
}

/** Copies middle slices into a folder, and lists them with the distance between their pixels. */
async function copySlices(folder: string, series: readonly string[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  const rows = series.map((name): ImageRow => {
    return { patient: name.split("_")[0]!, file: `${name}.png`, spacing: spacingOf(name) };
  });
  for (const { file } of rows) await copyFile(join(data!, "midslices", file), join(folder, file));
  await writeFile(join(folder, "images.csv"), csvText(["patient", "file", "spacing"], rows));
}

await copySlices(join(target, "pair"), [`${pairPatient}_t1`, `${pairPatient}_t2`]);
await copySlices(
  join(target, "cohort"),
  cohort.map((patient) => `${patient}_t2`),
);

const columns = [
  "patient",
  "level",
  "pfirrmann",
  "narrowing",
  "spondylolisthesis",
  "upperEndplateDefect",
  "lowerEndplateDefect",
  "herniation",
  "bulging",
  "modic",
] as const;
const shown = [studyPatient, pairPatient, ...cohort];
/** SPIDER's narrowing is there or not; the table's column has its published name. */
const rowOf = ({ patient, level, grades }: DiscGrading): Record<(typeof columns)[number], unknown> => {
  const row: Readonly<Record<string, unknown>> = {
    ...grades,
    ...{ patient, level, narrowing: grades.narrowingPresent },
  };
  return Object.fromEntries(columns.map((column) => [column, row[column]])) as ReturnType<typeof rowOf>;
};
const rows = shown.flatMap((patient) => gradings.filter((grading) => grading.patient === patient).map(rowOf));
await writeFile(join(target, "grades.csv"), csvText(columns, rows));

/** The two hospitals as one table of studies and one of readings, as a user brings them: with ids that tell the patients of both apart. */
const otherGradings = await readLsmaGradings(other);
const others = [...new Set(otherGradings.map(({ patient }) => patient))]
  .filter(isLsmaValidation)
  .sort((a, b) => Number(a) - Number(b))
  .slice(0, OTHERS);
await mkdir(join(target, "other-hospital"), { recursive: true });
for (const patient of others)
  await copyFile(join(other, "t2", `${patient}.png`), join(target, "other-hospital", `${patient}_t2.png`));
const studies = [
  ...cohort.map((patient) => {
    const { sex, manufacturer, model } = acquisition(`${patient}_t2`, "");
    return {
      path: `cohort/${patient}_t2.png`,
      patient: `SPIDER-${patient}`,
      hospital: "SPIDER",
      spacing: spacingOf(`${patient}_t2`),
      sex,
      scanner: `${manufacturer} ${model}`.trim(),
    };
  }),
  ...others.map((patient) => ({
    path: `other-hospital/${patient}_t2.png`,
    patient: `LSMA-${patient}`,
    hospital: "LSMA",
    spacing: OTHER_SPACING,
    sex: "",
    scanner: "Siemens",
  })),
].map((row) => ({ ...row, contrast: "T2" }));
const studyColumns = ["path", "patient", "hospital", "spacing", "contrast", "sex", "scanner"] as const;
await writeFile(join(target, "studies.csv"), csvText(studyColumns, studies));
const readingsOf = (name: string, patients: readonly string[], table: readonly DiscGrading[]) =>
  patients.flatMap((patient) =>
    table
      .filter((grading) => grading.patient === patient)
      .map(({ level, grades }) => ({
        patient: `${name}-${patient}`,
        level,
        rater: "radiologist",
        pfirrmann: grades.pfirrmann,
      })),
  );
const readings = [...readingsOf("SPIDER", cohort, gradings), ...readingsOf("LSMA", others, otherGradings)];
await writeFile(join(target, "readings.csv"), csvText(["patient", "level", "rater", "pfirrmann"], readings));

process.stdout.write(
  `two hospitals: ${studies.length} studies, ${readings.length} graded discs; study: patient ${studyPatient}, ${stack.length} slices; pair: patient ${pairPatient}; cohort: ${cohort.length} patients, ` +
    `${rows.length} graded discs of ${shown.length} patients\n`,
);
