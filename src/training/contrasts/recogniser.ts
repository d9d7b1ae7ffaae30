import { CONTRAST_SIGNALS, PICTURE_CONTRASTS } from "../../detection/index.js";
import type { ContrastModel, RecognitionShare } from "../../detection/index.js";
import { middleValue, Random } from "../../numbers/index.js";
import type { LabelledPicture } from "./pictures.js";
import { crossFitted, fitSoftmax } from "./softmax.js";

/** Parts of the cross-fitting. */
const PARTS = 5;
/** A weighting is called from this probability on: below it, header or reader decide. */
const SURE = 0.6;

/** The part of each patient: all pictures of one stay together. */
function partsOf(pictures: readonly LabelledPicture[]): number[] {
  const random = new Random(1);
  const parts = new Map<string, number>();
  for (const { patient } of pictures)
    if (!parts.has(patient)) parts.set(patient, Math.floor(random.uniform() * PARTS));
  return pictures.map(({ patient }) => parts.get(patient)!);
}

function sharesOf(
  pictures: readonly LabelledPicture[],
  found: readonly (readonly number[] | undefined)[],
): RecognitionShare[] {
  const kinds = [...new Set(pictures.map(({ what }) => what))].sort();
  return kinds.map((what) => {
    const called: [number, number, number] = [0, 0, 0];
    let images = 0;
    pictures.forEach((picture, i) => {
      if (picture.what !== what) return;
      images++;
      const own = found[i];
      const best = own === undefined ? -1 : own.indexOf(Math.max(...own));
      if (best >= 0 && own![best]! >= SURE) called[best]!++;
    });
    return { what, truth: pictures.find((one) => one.what === what)!.truth, images, called };
  });
}

/** Fits what tells the weighting of a picture, and measures it on patients that it was not fitted on. */
export function fitRecogniser(pictures: readonly LabelledPicture[]): ContrastModel {
  const seen = pictures.filter(({ inputs }) => inputs !== undefined);
  const cases = seen.map(({ inputs, truth }) => ({
    inputs: inputs!,
    truth: PICTURE_CONTRASTS.indexOf(truth),
  }));
  const cross = crossFitted(cases, partsOf(seen), PICTURE_CONTRASTS.length);
  const usual = seen.filter(({ what }) => /^(?:SPIDER|LSMA) T2$/.test(what));
  // Each hospital counts alike.
  const levels = ["SPIDER", "LSMA"].flatMap(
    (set) =>
      middleValue(usual.filter(({ what }) => what.startsWith(set)).map(({ marrowToCsf }) => marrowToCsf)) ??
      [],
  );
  return {
    version: 1,
    signals: CONTRAST_SIGNALS,
    ...fitSoftmax(cases, PICTURE_CONTRASTS.length),
    sure: SURE,
    marrowToCsf: Number((levels.reduce((sum, level) => sum + level, 0) / levels.length).toPrecision(3)),
    recognition: sharesOf(
      pictures,
      pictures.map((picture) => cross[seen.indexOf(picture)]),
    ),
  };
}
