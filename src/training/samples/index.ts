/**
 * What graders are trained on: discs of data sets, located by the detector, with what their readers said; the same discs as fat suppression
 * would have shown them; discs of phantoms.
 */
export { clinicalSamples, isTrusted } from "./clinical.js";
export type { ClinicalOptions } from "./clinical.js";
export { samplesOf } from "./discSample.js";
export type { DiscSample, SampleLabels } from "./discSample.js";
export { clinicalLabels } from "./labels.js";
export { samplesOfPhantom, syntheticSamples } from "./phantoms.js";
