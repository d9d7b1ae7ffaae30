/**
 * Statistics: how well two lists of grades agree and how far a probability can be trusted. Pure functions on arrays
 * that know nothing of spines: confusion matrix, agreement (kappa, Matthews, Lin, Pearson), classification scores
 * per class and averaged, ranking and calibration of probabilities, limits of agreement and the error of measurement of
 * repeated readings, histograms, and the Bayesian bootstrap over patients. Classes are always listed in full by the
 * caller, NaN means undefined, and empty input is an error.
 */
export { confusionMatrix } from "./confusion.js";
export type { ConfusionMatrix } from "./confusion.js";
export { cohenKappa, linCcc, matthews, meanAbsoluteError, offByMoreThan, pearson } from "./agreement.js";
export type { KappaWeighting } from "./agreement.js";
export {
  accuracy,
  agreementColumns,
  agreementNames,
  agreementTable,
  classAverageAccuracy,
  macroScores,
  perClassScores,
} from "./classification.js";
export type { AgreementOptions, AgreementTable, ClassScores, MacroScores } from "./classification.js";
export {
  averagePrecision,
  brier,
  brierMulticlass,
  expectedCalibrationError,
  rocAuc,
  topClassConfidence,
} from "./probability.js";
export type { Calibration, ReliabilityBin } from "./probability.js";
export { spearman } from "./rank.js";
export { agreementIntervals, bayesianBootstrap, hdi, threeSigma } from "./bootstrap.js";
export type { BootstrapOptions, Interval } from "./bootstrap.js";
export { agreementTrend, COMPARED, pairedDifferences } from "./groupedAgreement.js";
export type { ComparedMeasure, PairedDifference } from "./groupedAgreement.js";
export { nearestName, requireOptions } from "./options.js";
export { blandAltman, measurementError } from "./limits.js";
export type { Estimate, LimitsOfAgreement, MeasurementError } from "./limits.js";
export { cumulativeLinkProbabilities, fitCumulativeLink } from "./cumulativeLink.js";
export type { CumulativeLink, CumulativeLinkPrior, ScoredClass } from "./cumulativeLink.js";
export { fitMultinomial, multinomialProbabilities } from "./multinomial.js";
export type { Multinomial, MultinomialCase } from "./multinomial.js";
export { softKappa } from "./softKappa.js";
export { studentFactor } from "./student.js";
export { countClasses } from "./counts.js";
export { uniformGenerator } from "../numbers/index.js";
export type { Label, Numbers } from "./input.js";
