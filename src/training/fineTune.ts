/** Fine-tuning of the multi-task grader's heads on a user's own labels, measured on patients that are kept out of it. */
import { rename, rm } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { DetectionError, detectSpine } from "../detection/index.js";
import type { Spine } from "../detection/index.js";
import { FEATURES, gradeSpine } from "../grading/index.js";
import type { Feature, GradeReport } from "../grading/index.js";
import type { Volume } from "../imaging/index.js";
import { agreementNames, agreementTable } from "../statistics/index.js";
import { copySharedModels } from "./graderFolds.js";
import { samplesOf } from "./samples/index.js";
import type { DiscSample } from "./samples/index.js";
import { trainOnSamples } from "./graders.js";
import { splitByPatient } from "./niemeyer/folds.js";

/** A study with its own grades. */
export interface LabelledStudy {
  /** Pseudonym: all studies of a patient stay on one side of the split. */
  readonly patient: string;
  /** Reads the sagittal T2 series, and the T1 one of the same place where there is one. */
  readonly load: () => Promise<{ readonly volume: Volume; readonly t1?: Volume | undefined }>;
  /** Grades by level (`L4-L5`), then by feature key (`pfirrmann`, `narrowing` ...). */
  readonly grades: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** One label of a patient kept out, and how it was read before and after. */
export interface FineTunedReading {
  readonly patient: string;
  readonly level: string;
  /** Key of the feature. */
  readonly feature: string;
  readonly label: number;
  readonly before: number;
  readonly after: number;
}

/** What a fine-tuning came to. */
export interface FineTuning {
  /** Keys of the features whose heads were trained: those that have labels. */
  readonly heads: readonly string[];
  /** Patients with a labelled disc that was trained on, and those with one that was read: studies without a spine have none. */
  readonly trainingPatients: readonly string[];
  readonly heldOutPatients: readonly string[];
  /** Labelled discs in slices that were trained on. */
  readonly samples: number;
  readonly readings: readonly FineTunedReading[];
  /** Why studies or labels could not be used, in sentences without a name. */
  readonly remarks: readonly string[];
}

/** How a grader is fine-tuned. */
export interface FineTuneOptions {
  readonly studies: readonly LabelledStudy[];
  /** Folder with the weights to start from. */
  readonly models: string;
  /** Folder for the new weights, which can then be used as models folder; it must not hold weights yet. */
  readonly output: string;
  readonly steps: number;
  readonly batchSize: number;
  readonly learningRate: number;
  /** Share of the patients that is kept out and read before and after. */
  readonly heldOutShare: number;
  readonly seed: number;
  /** Called after each study that was located or read, and after each step. */
  readonly onStep?: (() => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly log?: ((line: string) => void) | undefined;
}

/** The file that is fine-tuned. */
const WEIGHTS = "multitask.safetensors";

/** Steps from a disc's middle slice to the slices that are trained on. */
const OFFSETS = [-1, 0, 1];

/** Labels of a disc as class indices; what is no class is told and left out, and so is a disc without any. */
function labelsOf(
  grades: Readonly<Record<string, number>>,
  features: readonly Feature[],
): Pick<DiscSample, "labels" | "doubt"> | undefined {
  const labels = features.flatMap(({ key, classes }): [string, number[]][] => {
    const k = grades[key] === undefined ? -1 : classes.indexOf(grades[key]);
    return k < 0 ? [] : [[key, [k]]];
  });
  return labels.length === 0 ? undefined : { labels: Object.fromEntries(labels), doubt: {} };
}

/** Features that have labels in studies, in the order of the models. */
function labelledFeatures(studies: readonly LabelledStudy[]): Feature[] {
  const discs = studies.flatMap(({ grades }) => Object.values(grades));
  return FEATURES.filter(({ key }) => discs.some((disc) => disc[key] !== undefined));
}

/** What does not fit the models' classes, in sentences. */
function unknownLabels(studies: readonly LabelledStudy[]): string[] {
  const discs = studies.flatMap(({ grades }) => Object.values(grades));
  return [...new Set(discs.flatMap((disc) => Object.keys(disc)))].flatMap((key) => {
    const feature = FEATURES.find((one) => one.key === key);
    if (feature === undefined) return [`No model grades "${key}": the column is not trained on.`];
    const { classes } = feature;
    const odd = discs.filter((disc) => disc[key] !== undefined && !classes.includes(disc[key])).length;
    return odd === 0 ? [] : [`${odd} labels of ${key} are none of ${classes.join(", ")}; they are left out.`];
  });
}

/** A study whose spine was found. */
interface Located {
  readonly study: LabelledStudy;
  readonly spine: Spine;
  readonly t1: Volume | undefined;
}

/** Numbers of steps that {@link fineTune} counts: each study once, the held-out ones twice more, and the training. */
export function countFineTuneSteps({
  studies,
  heldOutShare,
  seed,
  steps,
}: Pick<FineTuneOptions, "studies" | "heldOutShare" | "seed" | "steps">): number {
  const { validation } = splitByPatient(studies, heldOutShare, seed);
  return studies.length + 2 * validation.length + steps;
}

/**
 * Trains the heads that have labels, the encoder staying as it is, on a part of the patients; reads the others with the weights before
 * and after; writes the new weights with the other models into a folder. The new weights have no calibration: their probabilities
 * are flagged as such.
 * @throws RangeError with fewer than two patients, without any label, or where the output folder holds weights already
 * @throws DOMException (AbortError) after an interrupt
 */
export async function fineTune(options: FineTuneOptions): Promise<FineTuning> {
  const { studies, models, output, steps, batchSize, learningRate, heldOutShare, seed } = options;
  const { onStep, signal, log = () => undefined } = options;
  const features = labelledFeatures(studies);
  const heads = features.map(({ key }) => key);
  if (heads.length === 0) throw new RangeError("No study has a label of a feature that the models grade.");
  if (existsSync(join(output, WEIGHTS)))
    throw new RangeError("The output folder holds weights already: name another one, or remove them.");
  const split = splitByPatient(studies, heldOutShare, seed);
  const remarks = unknownLabels(studies);
  const step = (): void => {
    signal?.throwIfAborted();
    onStep?.();
  };
  const locate = async (part: readonly LabelledStudy[]): Promise<Located[]> => {
    const found: Located[] = [];
    for (const study of part) {
      try {
        const { volume, t1 } = await study.load();
        found.push({ study, spine: await detectSpine(volume, models, { contrast: "T2" }), t1 });
      } catch (error) {
        // A picture without a spine is left out; whatever else is wrong concerns all of them.
        if (!(error instanceof DetectionError)) throw error;
        remarks.push(`A study was left out: ${error.message}`);
      }
      step();
    }
    return found;
  };
  const [training, heldOut] = [await locate(split.training), await locate(split.validation)];
  const samples = training.flatMap(({ study, spine, t1 }) =>
    samplesOf({
      spine,
      offsets: OFFSETS,
      source: "clinical",
      t1,
      labelsOf: ({ level }) => {
        const grades = study.grades[level];
        return grades === undefined ? undefined : labelsOf(grades, features);
      },
    }).map((sample) => ({ ...sample, patient: study.patient })),
  );
  // The folder of training is a folder of models too; what comes of it is moved when all is done.
  const work = join(output, "checkpoints");
  await trainOnSamples(
    {
      kind: "multitask",
      data: "",
      models,
      width: 1,
      steps,
      batchSize,
      learningRate,
      seed,
      phantoms: 0,
      heads,
      startFrom: join(models, "multitask.safetensors"),
      checkpoint: join(work, "multitask.ckpt"),
      output: join(work, WEIGHTS),
      trainedOn: `the weights that it started from, and a user's own labels of ${patientsOf(samples).length} patients`,
      onStep: step,
    },
    samples,
    [],
    log,
  );
  const others = await copySharedModels(models, work);
  const readings: FineTunedReading[] = [];
  for (const { study, spine, t1 } of heldOut) {
    const before = await gradeSpine(spine, models, { t1 });
    step();
    const after = await gradeSpine(spine, work, { t1 });
    step();
    readings.push(...compare(study, before, after, features));
  }
  // The new weights last: where they lie, the folder is whole.
  for (const file of [...others, WEIGHTS]) await rename(join(work, file), join(output, file));
  await rm(work, { recursive: true, force: true });
  return {
    heads,
    trainingPatients: patientsOf(samples),
    heldOutPatients: patientsOf(readings),
    samples: samples.length,
    readings,
    remarks,
  };
}

function patientsOf(labelled: readonly { readonly patient: string }[]): string[] {
  return [...new Set(labelled.map(({ patient }) => patient))];
}

/** The labels of a study beside its two readings; discs that were not found have none. */
function compare(
  { patient, grades }: LabelledStudy,
  before: GradeReport,
  after: GradeReport,
  features: readonly Feature[],
): FineTunedReading[] {
  return Object.entries(grades).flatMap(([level, labels]) => {
    const of = (report: GradeReport) => report.discs.find((disc) => disc.level === level);
    const [one, other] = [of(before), of(after)];
    if (one === undefined || other === undefined) return [];
    return features.flatMap(({ key, classes }) => {
      const label = labels[key];
      if (label === undefined || !classes.includes(label)) return [];
      const [first, second] = [one.grades[key]!.grade, other.grades[key]!.grade];
      return [{ patient, level, feature: key, label, before: first, after: second }];
    });
  });
}

/** Agreement with the held-out patients' labels before and after, a row a feature and a measure; `null` is undefined. */
export function fineTuneTable({
  heads,
  readings,
}: Pick<FineTuning, "heads" | "readings">): Record<string, string | number | null>[] {
  const figure = (value: number): number | null => (Number.isFinite(value) ? Number(value.toFixed(3)) : null);
  return heads.flatMap((key) => {
    const { name, classes } = FEATURES.find((feature) => feature.key === key)!;
    const own = readings.filter(({ feature }) => feature === key);
    if (own.length === 0) return [];
    const labels = own.map(({ label }) => label);
    const [before, after] = (["before", "after"] as const).map((when) =>
      agreementTable(
        labels,
        own.map((reading) => reading[when]),
        classes,
      ),
    );
    return MEASURES.map((measure) => ({
      feature: name,
      measure: NAMES[measure],
      before: figure(before![measure]),
      after: figure(after![measure]),
      discs: own.length,
    }));
  });
}

/** Jamaludin et al. call the mean sensitivity of the classes their average. */
const NAMES = { ...agreementNames, sensitivity: "class average" };
const MEASURES = ["kappa", "accuracy", "sensitivity", "linCcc", "meanAbsoluteError"] as const;
