import { DetectionError, detectSpine, loadContrastModel } from "../../detection/index.js";
import type { Disc, Spine } from "../../detection/index.js";
import { measureDiscs, partnerOf, restoredMarrow } from "../../grading/index.js";
import type { Volume } from "../../imaging/index.js";
import { suppressedSlice, SUPPRESSIONS } from "../contrasts/suppressed.js";
import { sliceRange } from "../datasets/index.js";
import type { DiscSample } from "./discSample.js";

/** mm within which a disc of the suppressed slice is that of the slice it was made of. */
const SAME_DISC = 8;

/**
 * The middle slice of a T2 spine as fat suppression would have shown it, detected anew and with its marrow restored: what the graders
 * are given of a suppressed series. Its pixels are those of the slice it was made of.
 * @param turn chooses the strength
 * @returns undefined where T1 shows another place, or no spine is found in what was made
 */
async function suppressedSpine(
  { stack, tissue, midSlice }: Spine,
  t1: Volume,
  models: string,
  turn: number,
): Promise<Spine | undefined> {
  const map = tissue.find(({ slice }) => slice === midSlice);
  const usual = (await loadContrastModel(models))?.marrowToCsf;
  if (map === undefined || usual === undefined) return undefined;
  const suppression = SUPPRESSIONS[turn % SUPPRESSIONS.length]!;
  const middle = sliceRange(stack.volume, midSlice, 1);
  const made = suppressedSlice(middle, t1, { ...map, slice: 0 }, suppression);
  if (made === undefined) return undefined;
  try {
    const found = await detectSpine(made, models, { contrast: "T2FS" });
    return { ...found, stack: { ...found.stack, volume: restoredMarrow(found, usual) } };
  } catch (error) {
    if (error instanceof DetectionError) return undefined;
    throw error;
  }
}

/**
 * Samples of a T2 spine, those of its middle slice with the same disc in fat suppression beside them; the others, and discs that are not
 * found there, as they are.
 * @param turn chooses the strength of suppression
 */
export async function withSuppressed(
  samples: readonly DiscSample[],
  spine: Spine,
  t1: Volume,
  models: string,
  turn: number,
): Promise<DiscSample[]> {
  const suppressed = await suppressedSpine(spine, t1, models, turn);
  if (suppressed === undefined) return [...samples];
  const { volume } = suppressed.stack;
  const measures = measureDiscs(suppressed);
  const partner = partnerOf(volume, t1);
  const [tissue] = suppressed.tissue;
  const [width, height] = volume.spacing;
  const isSame = ({ centre: a }: Pick<Disc, "centre">, { centre: b }: Pick<Disc, "centre">): boolean =>
    Math.hypot((a.column - b.column) * width, (a.row - b.row) * height) < SAME_DISC;
  return samples.map((sample) => {
    const at =
      sample.slice === spine.midSlice ? suppressed.discs.findIndex((one) => isSame(one, sample.disc)) : -1;
    if (at < 0) return sample;
    const disc = suppressed.discs[at]!;
    return {
      ...sample,
      suppressed: { ...sample, volume, slice: 0, partner, disc, measures: measures[at]!, tissue },
    };
  });
}
