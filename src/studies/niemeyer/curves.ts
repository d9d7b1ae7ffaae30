/** The curves of Niemeyer 2021: performance by size of the training set (Fig 3) and by resolution (Fig 4). */
import { Random } from "../../numbers/index.js";
import { perClassScores } from "../../statistics/index.js";
import { patientFolds, planBatches } from "../../training/index.js";
import { INTEGRAL_GRADES } from "../../grading/index.js";
import type { GradedCrop, NiemeyerRecipe } from "../../training/index.js";
import { defaultName, patientsOf, studySplit, STUDY_VARIANTS, trainOn } from "./study.js";
import type { NiemeyerStudy, StudyModel } from "./study.js";
import type { StudyHooks } from "./discs.js";

/** A point of Figure 3. */
export interface LearningPoint extends StudyModel {
  /** Share of the training patients. */
  readonly share: number;
  /** F1 of grades 1 to 5; NaN where a grade is neither true nor predicted. */
  readonly f1: readonly number[];
}

/** The training discs of a share of the patients; smaller shares lie within larger ones. */
export function trainingShare(
  training: readonly GradedCrop[],
  share: number,
  seed: number,
): readonly GradedCrop[] {
  const patients = new Random(seed).shuffle(patientsOf(training).sort());
  const kept = new Set(patients.slice(0, Math.max(1, Math.round(share * patients.length))));
  return training.filter(({ patient }) => kept.has(patient));
}

/** The recipe with as many epochs (and as patient a schedule) as give a part of the discs the steps of the whole. */
function withSameSteps(
  recipe: NiemeyerRecipe,
  whole: readonly GradedCrop[],
  part: readonly GradedCrop[],
): NiemeyerRecipe {
  const steps = (samples: readonly GradedCrop[]): number => planBatches(recipe, samples).stepsPerEpoch;
  const factor = steps(whole) / steps(part);
  return {
    ...recipe,
    epochs: Math.round(recipe.epochs * factor),
    plateauEpochs: Math.round(recipe.plateauEpochs * factor),
  };
}

/** Recipes and discs of Figure 3, from all training patients down to the smallest share. */
function learningJobs(study: NiemeyerStudy) {
  const { recipe, size } = study;
  const { training, validation } = studySplit(study);
  return Array.from({ length: size.halvings + 1 }, (_, halving) => {
    const part = trainingShare(training, 2 ** -halving, recipe.seed);
    return {
      name: halving === 0 ? defaultName(recipe.size) : `share-1-of-${2 ** halving}`,
      share: 2 ** -halving,
      recipe: withSameSteps(recipe, training, part),
      split: { training: part, validation },
    };
  });
}

/**
 * The learning curve (Fig 3): the training patients are halved again and again, the validation discs stay; each model takes as many
 * steps as the one on all patients.
 */
export async function studyLearningCurve(
  study: NiemeyerStudy,
  hooks: StudyHooks = {},
): Promise<LearningPoint[]> {
  const points: LearningPoint[] = [];
  for (const { name, share, recipe, split } of learningJobs(study)) {
    const model = await trainOn(study, name, recipe, split, hooks);
    const whole = (grades: readonly number[]): number[] => grades.map((grade) => Math.round(grade));
    const truth = whole(model.readings.map((reading) => reading.truth));
    const predicted = whole(model.readings.map((reading) => reading.predicted));
    const f1 = perClassScores(truth, predicted, INTEGRAL_GRADES).map((scores) => scores.f1);
    points.push({ ...model, share, f1 });
  }
  return points;
}

/** The resolution curve (Fig 4): the default model at each resolution, on the same patients. */
export async function studyResolutionCurve(
  study: NiemeyerStudy,
  hooks: StudyHooks = {},
): Promise<StudyModel[]> {
  const models: StudyModel[] = [];
  for (const size of study.size.resolutions)
    models.push(
      await trainOn(study, defaultName(size), { ...study.recipe, size }, studySplit(study, size), hooks),
    );
  return models;
}

/** Steps of training that each part of a study takes where nothing is trained yet: totals of progress bars. */
export function countSteps(
  study: NiemeyerStudy,
): Readonly<Record<"variants" | "crossValidation" | "learningCurve" | "resolutionCurve", number>> {
  const { recipe, crops, size } = study;
  const steps = (own: NiemeyerRecipe, discs: readonly GradedCrop[]): number =>
    own.epochs * planBatches(own, discs).stepsPerEpoch;
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const one = steps(recipe, studySplit(study).training);
  const folds = patientFolds(crops.get(recipe.size)!, size.folds, recipe.seed);
  return {
    variants: one * Object.keys(STUDY_VARIANTS).length,
    crossValidation: sum(folds.map(({ training }) => steps(recipe, training))),
    // The default model is there already from Table 2.
    learningCurve: sum(
      learningJobs(study)
        .slice(1)
        .map(({ recipe: own, split }) => steps(own, split.training)),
    ),
    resolutionCurve: one * size.resolutions.filter((resolution) => resolution !== recipe.size).length,
  };
}
