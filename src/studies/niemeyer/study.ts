/**
 * The study of Niemeyer et al. 2021 as functions for notebook cells: its discs, the models of Table 2, the fixed split and the folds
 * of Table 4; `studyCurves.ts` has the learning and the resolution curve. Training is the project's own, resumable and seeded.
 */
import { join } from "node:path";
import {
  crossValidate,
  evaluateNiemeyer,
  PAPER_SETTINGS,
  parseNiemeyerRecipe,
  patientsOfSide,
  splitByPatient,
  trainNiemeyer,
} from "../../training/index.js";
import type {
  CrossValidation,
  DiscReading,
  EpochRecord,
  GradedCrop,
  NiemeyerRecipe,
  NiemeyerScores,
  Split,
} from "../../training/index.js";
import type { VariantName } from "./published.js";
import { studyPatients, studyPhantoms } from "./discs.js";
import type { PhantomCounts, StudyDiscs, StudyHooks } from "./discs.js";

/** How much of the study is done. */
export interface StudySize {
  /** What differs from the paper's settings. */
  readonly settings: Partial<Omit<NiemeyerRecipe, "kind" | "seed" | "spider" | "phantoms">>;
  readonly phantoms: PhantomCounts;
  /** Patients of SPIDER to take at most. */
  readonly patients: number;
  /** Rows and columns of the crops of Figure 4, ascending; the settings' own size is one of them. */
  readonly resolutions: readonly number[];
  /** How often the training set is halved for Figure 3. */
  readonly halvings: number;
  readonly folds: number;
  /** Phantoms that the simulated raters read for Tables 2 and 3. */
  readonly readPhantoms: number;
}

/**
 * `"small"` runs in minutes on two cores: an eighth of the filters, 32 x 32 pixels, few discs and epochs, so its figures are far
 * from the paper's. `"full"` has the paper's network, resolution, epochs, folds and halvings; it takes days on a processor and
 * goes on from its checkpoints.
 */
export const STUDY_SIZES: Readonly<Record<"small" | "full", StudySize>> = {
  small: {
    settings: {
      size: 32,
      width: 0.125,
      epochs: 7,
      batchSize: 16,
      learningRate: 0.01,
      augmentations: 1,
      rotation: 10,
      validationShare: 0.25,
    },
    phantoms: { main: 30, healthy: 6, severe: 6 },
    patients: 60,
    resolutions: [20, 24, 32, 40],
    halvings: 3,
    folds: 3,
    readPhantoms: 150,
  },
  full: {
    settings: {},
    phantoms: { main: 400, healthy: 65, severe: 52 },
    patients: Infinity,
    resolutions: [32, 64, 96, 128, 192],
    halvings: 5,
    folds: 10,
    readPhantoms: 900,
  },
};

/**
 * The size of this name.
 * @throws RangeError for another name
 */
export function studySize(name: string): StudySize {
  const size = Object.entries(STUDY_SIZES).find(([known]) => known === name)?.[1];
  if (size === undefined)
    throw new RangeError(`There is no size "${name}": give ${Object.keys(STUDY_SIZES).join(" or ")}.`);
  return size;
}

/** The machine-learning rows of Table 2: what each changes in the default recipe. */
export const STUDY_VARIANTS: Readonly<
  Record<VariantName, Partial<Pick<NiemeyerRecipe, "grades" | "loss" | "classWeights">>>
> = {
  "Default model": {},
  "Training on integral grades": { grades: "integral" },
  "Balanced class weights": { classWeights: "balanced" },
  "Ordinal categorical cross-entropy loss": { loss: "ordinalCrossEntropy" },
  "Squared ordinal categorical cross-entropy": { loss: "squaredOrdinalCrossEntropy" },
  "Soft κ loss": { loss: "softKappa" },
  "MSE loss (regression)": { loss: "squaredError" },
  "MAE loss (regression)": { loss: "absoluteError" },
};

/** A study that is ready to train. */
export interface NiemeyerStudy extends StudyDiscs {
  readonly size: StudySize;
  /** Of the default model. */
  readonly recipe: NiemeyerRecipe;
  /** Folder of the checkpoints. */
  readonly work: string;
}

/** A model of the study, and how it read the validation discs. */
export interface StudyModel {
  readonly recipe: NiemeyerRecipe;
  /** Patients and discs that it was trained on. */
  readonly patients: number;
  readonly discs: number;
  readonly bestEpoch: number;
  readonly history: readonly EpochRecord[];
  /** Of the epoch with the best validation accuracy, as in the paper: chosen on the same discs, hence a little too good. */
  readonly scores: NiemeyerScores;
  readonly readings: readonly DiscReading[];
}

/** What a study is made of. */
export interface StudyOptions {
  readonly size: StudySize;
  readonly seed: number;
  /** Folder of the SPIDER data; phantoms with a simulated rater where absent. */
  readonly data?: string | undefined;
  /** Folder with the detector's weights. */
  readonly models: string;
  /** Folder for checkpoints; a study that was stopped goes on from them. */
  readonly work: string;
}

/** Phantoms or patients that {@link prepareStudy} goes through: the total of a progress bar. */
export async function countStudies({ size, data }: Pick<StudyOptions, "size" | "data">): Promise<number> {
  const { main, healthy, severe } = size.phantoms;
  if (data === undefined) return main + healthy + severe;
  return Math.min(size.patients, (await patientsOfSide(data, "training")).length);
}

/**
 * Collects and cuts out the discs of a study.
 * @throws RangeError where the settings are out of range
 */
export async function prepareStudy(
  { size, seed, data, models, work }: StudyOptions,
  hooks: StudyHooks = {},
): Promise<NiemeyerStudy> {
  const { main, healthy, severe } = size.phantoms;
  const recipe = parseNiemeyerRecipe({
    ...PAPER_SETTINGS,
    ...size.settings,
    seed,
    spider: data !== undefined,
    phantoms: data === undefined ? main + healthy + severe : 0,
  });
  const sizes = [...new Set([recipe.size, ...size.resolutions])];
  const discs =
    data === undefined
      ? await studyPhantoms({ phantoms: size.phantoms, sizes, seed, raterNoise: recipe.raterNoise }, hooks)
      : await studyPatients({ data, models, sizes, most: size.patients, seed }, hooks);
  return { ...discs, size, recipe, work };
}

/** Training and validation discs at a resolution: the same patients at each. */
export function studySplit({ crops, recipe }: NiemeyerStudy, size = recipe.size): Split<GradedCrop> {
  const discs = crops.get(size);
  if (discs === undefined)
    throw new RangeError(
      `The study has no crops of ${size} × ${size} pixels, but of ${[...crops.keys()].join(", ")}.`,
    );
  return splitByPatient(discs, recipe.validationShare, recipe.seed);
}

/** The patients of samples, each once. */
export function patientsOf(samples: readonly GradedCrop[]): string[] {
  return [...new Set(samples.map(({ patient }) => patient))];
}

/** Trains by a recipe on discs, and reads the validation discs with the best epoch's weights. */
export async function trainOn(
  { work }: NiemeyerStudy,
  name: string,
  recipe: NiemeyerRecipe,
  split: Split<GradedCrop>,
  hooks: StudyHooks,
): Promise<StudyModel> {
  const checkpoint = join(work, `${name}.ckpt`);
  const trained = await trainNiemeyer({ recipe, ...split, checkpoint, ...trainingHooks(hooks) });
  const { network, best, bestEpoch, history } = trained;
  const { scores, readings } = await evaluateNiemeyer(recipe, network, best, split.validation);
  const { training } = split;
  return {
    recipe,
    patients: patientsOf(training).length,
    discs: training.length,
    bestEpoch,
    history,
    scores,
    readings,
  };
}

function trainingHooks({ onStep, signal, log = () => undefined }: StudyHooks) {
  return {
    log,
    onStep: () => {
      signal?.throwIfAborted();
      onStep?.();
    },
  };
}

/** Name of a checkpoint: letters, digits and hyphens of a variant's name. */
function fileName(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}

/** Name of the default model's checkpoint at a resolution; the curves find it there instead of training it again. */
export function defaultName(size: number): string {
  return `default-${size}`;
}

/** Trains one model of Table 2 on the fixed split, and reads the validation discs with it. */
export async function trainVariant(
  study: NiemeyerStudy,
  variant: VariantName,
  hooks: StudyHooks = {},
): Promise<StudyModel> {
  const { recipe } = study;
  const own = parseNiemeyerRecipe({ ...recipe, ...STUDY_VARIANTS[variant] });
  const name = variant === "Default model" ? defaultName(recipe.size) : fileName(variant);
  return trainOn(study, name, own, studySplit(study), hooks);
}

/** Cross-validates the default model by patient (Table 4). */
export function crossValidateStudy(study: NiemeyerStudy, hooks: StudyHooks = {}): Promise<CrossValidation> {
  const { recipe, crops, size, work } = study;
  const samples = crops.get(recipe.size)!;
  return crossValidate(
    { recipe, samples, checkpoint: join(work, "cross-validation"), ...trainingHooks(hooks) },
    size.folds,
  );
}
