/**
 * Rating by people (Niemeyer 2021): cases in an order of each reader's own, grades that are saved at once in a log that a crash
 * does not harm, and what follows from several readings: agreement, adjudication, review of pseudo-labels.
 */
export { agreementOfRaters } from "./agreement.js";
export type { ModelReading, RaterAgreement } from "./agreement.js";
export { blindedOrder, discKey, shuffledGrades } from "./cases.js";
export type { RatedDisc, RatingReader, RatingRegion } from "./cases.js";
export {
  ADJUDICATED,
  disagreements,
  independentGrades,
  pseudoLabelCases,
  PSEUDO_LABEL_THRESHOLD,
  REVIEWED,
} from "./compare.js";
export type { Disagreement, GivenGrade, GradeChoice } from "./compare.js";
export { ratingsCsv } from "./csv.js";
export { RatingFile } from "./log.js";
export type { DamagedLine, RatingLog } from "./log.js";
export { RATING_REGION } from "./parse.js";
export { isGrade, ratingsOf, standingRatings } from "./rating.js";
export type { Rating, StandingGrade, StandingRating } from "./rating.js";
export { toReadingRecords } from "./readings.js";
export { integralGrade, ratingScale } from "./scale.js";
export type { RatingScale } from "./scale.js";
export { progressOf, RatingSession } from "./session.js";
export type { RatingPlan, RatingProgress, SkipVerdict, Verdict } from "./session.js";
