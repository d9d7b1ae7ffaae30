/** Room `protocol`: message and mime types shared by kernel, extension, renderers and the api's displays; types and tiny codecs only. */
export type {
  CommMessage,
  IdentityFinding,
  IdentityPattern,
  KernelEvent,
  KernelRequest,
  MimeBundle,
  ProvenanceEntry,
  QueryColumns,
  RendererMessage,
  VariableInfo,
} from "./messages.js";
export { GRADES_MIME, PLOTLY_MIME, SLICES_MIME, TABLE_MIME } from "./mime.js";
export type { GradeCell, GradesPayload, HeatLayer, Outline, Quad, SlicesPayload } from "./mime.js";
export { LONGEST_QUESTION, PREFETCHED, RATING_MIME, RATING_TARGET, UNREADABLE } from "./rating.js";
export type {
  Numbered,
  RatingAbout,
  RatingAnswer,
  RatingBox,
  RatingCaseView,
  RatingPayload,
  RatingQuestion,
  RatingState,
  RatingView,
} from "./rating.js";
export { CAPTION_KEY, LABEL } from "./caption.js";
export type { Caption } from "./caption.js";
export { calledFrom, commonTraining, shownGrade } from "./grades.js";
export { freePlace } from "./letters.js";
export type { Box } from "./letters.js";
export { placeMismatch } from "./place.js";
export type { SeriesPlace } from "./place.js";
export { needsLargeBundle, needsOutlines, traceKind } from "./plots.js";
export { NUMBER_WORDS, numberText, TABLE_TARGET } from "./table.js";
export type { LiveTable, TableAnswer, TableQuestion } from "./table.js";
export { KernelClient } from "./client.js";
export type { CellEvent, ExecutionOutcome, KernelChannel } from "./client.js";
export { KnownQueries, QUERIES_NOTIFICATION } from "./queries.js";
export { PACKED, ReadIdentities } from "./identities.js";
export type { KernelSpawner, SpawnedKernel, SpawnOptions } from "./spawn.js";
export type { DetectedSpine, FromViewer, PatientPoint, ToViewer } from "./viewer.js";
export {
  base64ToBytes,
  bytesToBase64,
  bytesToDifferences,
  decodeRows,
  differencesToBytes,
  encodeRows,
} from "./codec.js";
export { commMessage, kernelEvent, kernelRequest } from "./forms.js";
export { encodeFrame, FrameDecoder } from "./framing.js";
export {
  greyLevel,
  HEAT_OPACITY,
  HEAT_STOPS,
  heatAlpha,
  heatColour,
  OUTLINE_COLOURS,
  outlinesOn,
  outlineText,
  scaleBarLength,
} from "./appearance.js";
export type { Rgb } from "./appearance.js";
export { kernelHooks } from "./hooks.js";
export { lengthText } from "./lengths.js";
export type { DisplayComm, Identity, KernelHooks } from "./hooks.js";
