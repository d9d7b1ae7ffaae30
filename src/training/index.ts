/**
 * Room `training`: data sets, augmentation, recipes for the shipped models, and their evaluation on patients kept out.
 */
export { evaluateModels } from "./evaluation.js";
export type { Evaluation, FeatureEvaluation } from "./evaluation.js";
export { RecipeError, runRecipe } from "./recipes.js";
export { listGradedPatients, validationPatients } from "./spider.js";
