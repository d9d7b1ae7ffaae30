/**
 * Room `rating`: readings by people (Niemeyer 2021). `log/` holds what is given, so that a crash does not harm it, and what follows
 * from several readings; `desk/` puts cases before readers, in a notebook or over a local server; `rate.ts` opens it all.
 */
export { ADJUDICATED, REVIEWED } from "./log/index.js";
export {
  adjudicate,
  ratableDiscs,
  rate,
  raterAgreement,
  RaterAgreements,
  RatingDisplay,
  readRatings,
  reviewPseudoLabels,
  SavedRatings,
} from "./rate.js";
export type {
  AdjudicationOptions,
  AgreementOptions,
  NamedSpine,
  RatableDisc,
  RatingOptions,
  RatingSource,
  RatingSpine,
  ReadingOptions,
  ReviewOptions,
  WhichReading,
} from "./rate.js";
