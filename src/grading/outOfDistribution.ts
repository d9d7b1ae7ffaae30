import type { Disc, Flag } from "../detection/index.js";
import type { Tensor } from "../engine/index.js";
import type { Volume } from "../imaging/index.js";
import { lowerQuantile } from "../numbers/index.js";
import { CROP_MM, CROP_SIZE, cropToSlice, cutOut, frameOf } from "./discCrop.js";

/**
 * Out-of-distribution check: does a disc look like those that the graders were taught and measured on? A Gaussian over the
 * Pfirrmann network's pooled maps (Lee et al., NeurIPS 2018), kept in low rank, and plain checks of the picture. Pure.
 */

/** What clinical training discs look like to the network, and how far those of validation patients stray from it. */
export interface AppearanceModel {
  /** Mean and standard deviation of each pooled channel. */
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
  /** Principal axes (unit length) of the standardised channels, and the variance along each. */
  readonly axes: readonly (readonly number[])[];
  readonly variances: readonly number[];
  /** Mean variance along all other directions. */
  readonly residual: number;
  /** Distance beyond which a disc is flagged. */
  readonly farthest: number;
  /** Signal of the canal over marrow below which a picture is not taken for T2. */
  readonly darkestCanal: number;
}

/** What the check measures on one disc. */
export interface Appearance {
  /** Mean of each channel of the maps over the disc's middle slice. */
  readonly features: readonly number[];
  /** Medians behind and above and below the disc, in stored units. */
  readonly canal: number;
  readonly marrow: number;
  /** Share of the disc's square that lies outside of the picture. */
  readonly outside: number;
}

/** Share of the square that may lie outside: the bodies of the uppermost disc are often cut. */
const MOST_OUTSIDE = 0.2;
/** Share of a series' discs that are unlike before the series itself is flagged. */
const SERIES_SHARE = 0.5;

/** Mean over rows and columns of each channel. @param maps [slice][channel][row][column] */
export function pooledFeatures({ values, shape }: Tensor, slice: number): number[] {
  const [, channels, rows, columns] = shape as [number, number, number, number];
  const pixels = rows * columns;
  return Array.from({ length: channels }, (_, c) => {
    const from = (slice * channels + c) * pixels;
    return values.subarray(from, from + pixels).reduce((sum, value) => sum + value, 0) / pixels;
  });
}

/**
 * Mahalanobis distance from the clinical discs, divided by the root of the number of channels (about 1 for a typical disc).
 * Along the axes by their own variances, in all other directions by their mean variance.
 */
export function appearanceDistance(features: readonly number[], model: AppearanceModel): number {
  const z = features.map((value, c) => (value - model.mean[c]!) / model.deviation[c]!);
  let rest = z.reduce((sum, value) => sum + value * value, 0);
  let squared = 0;
  model.axes.forEach((axis, i) => {
    const along = axis.reduce((sum, value, c) => sum + value * z[c]!, 0);
    squared += (along * along) / model.variances[i]!;
    rest -= along * along;
  });
  return Math.sqrt((squared + Math.max(0, rest) / model.residual) / features.length);
}

/** Share of a disc's square outside of the picture, and median signals of its canal and of the marrow beside it. */
function measurePicture(volume: Volume, disc: Disc): Omit<Appearance, "features"> {
  const frame = frameOf(disc);
  const values = cutOut(volume, disc.slice, frame);
  const step = CROP_MM / CROP_SIZE;
  const canal: number[] = [];
  const marrow: number[] = [];
  let outside = 0;
  for (let y = 0; y < CROP_SIZE; y++)
    for (let x = 0; x < CROP_SIZE; x++) {
      const [back, down] = [(x + 0.5) * step - CROP_MM / 2, (y + 0.5) * step - CROP_MM / 2];
      const [column, row] = cropToSlice(frame, volume.spacing, back, down);
      if (column < 0 || row < 0 || column > volume.columns - 1 || row > volume.rows - 1) {
        outside++;
        continue;
      }
      const value = values[y * CROP_SIZE + x]!;
      const beyond = Math.abs(down) - disc.height / 2;
      // In the last fifth of the square lies the canal, before it, above and below the disc, marrow.
      if (back > 13) canal.push(value);
      else if (Math.abs(back + 3) < 11 && beyond > 4 && beyond < 14) marrow.push(value);
    }
  return {
    canal: lowerQuantile(canal, 0.5) ?? 0,
    marrow: lowerQuantile(marrow, 0.5) ?? 0,
    outside: outside / (CROP_SIZE * CROP_SIZE),
  };
}

/** What the check needs of one disc. @param maps the Pfirrmann network's; @param at index of the disc's middle slice in them */
export function appearanceOf(volume: Volume, disc: Disc, maps: Tensor, at: number): Appearance {
  return { features: pooledFeatures(maps, at), ...measurePicture(volume, disc) };
}

/** Canal over marrow; without any marrow signal nothing can be compared, and the ratio says so as NaN. */
export function canalContrast({ canal, marrow }: Appearance): number {
  return marrow > 0 ? canal / marrow : NaN;
}

/** What is unlike the discs that the graders were measured on; empty for most discs. */
export function discFlags(level: string, appearance: Appearance, model: AppearanceModel): Flag[] {
  const flags: Flag[] = [];
  const contrast = canalContrast(appearance);
  if (appearance.outside > MOST_OUTSIDE)
    flags.push({
      code: "disc-cut-off",
      message: `${level}: ${Math.round(100 * appearance.outside)} % of the disc's surroundings lie outside of the picture; its grades rest on what is left.`,
    });
  if (Number.isNaN(contrast))
    flags.push({
      code: "reference-levels",
      message: `${level}: the vertebral bodies beside the disc give no signal to compare it with; its grades mean little.`,
    });
  else if (contrast < model.darkestCanal)
    flags.push({
      code: "contrast",
      message: `${level}: the canal is ${contrast.toFixed(1)} times as bright as marrow, too dark for a T2 picture; T1 or another contrast cannot be graded.`,
    });
  if (
    appearance.features.length === model.mean.length &&
    appearanceDistance(appearance.features, model) > model.farthest
  )
    flags.push({
      code: "unlike-training",
      message: `${level}: the disc looks unlike those that the graders were measured on; read it yourself.`,
    });
  return flags;
}

/** Flags that are about what the picture is, not about where it ends. */
const UNLIKE = new Set(["reference-levels", "contrast", "unlike-training"]);

/**
 * The flag of a whole series, where at least half of its discs are unlike; else one sentence that names the discs flagged.
 * @param flags of each disc, with its level
 */
export function seriesFlags(
  discs: readonly { readonly level: string; readonly flags: readonly Flag[] }[],
): Flag[] {
  const unlike = discs.filter(({ flags }) => flags.some(({ code }) => UNLIKE.has(code)));
  if (unlike.length > 0 && unlike.length >= SERIES_SHARE * discs.length) {
    const dark = unlike.filter(({ flags }) => flags.some(({ code }) => code === "contrast")).length;
    const what = 2 * dark >= unlike.length ? "its contrast is not that of T2" : "its discs look different";
    return [
      {
        code: "out-of-distribution",
        message: `This series is unlike those that the graders were measured on (${unlike.length} of ${discs.length} discs: ${what}). Do not rely on its grades.`,
      },
    ];
  }
  const flagged = discs.filter(({ flags }) => flags.length > 0);
  if (flagged.length === 0) return [];
  return [
    {
      code: "disc-doubtful",
      message: `${flagged.map(({ level }) => level).join(", ")}: ${flagged.length === 1 ? "this disc is" : "these discs are"} cut off, unlike those that the graders were measured on, or graded in contradiction; see ${flagged.length === 1 ? "its" : "their"} flags.`,
      levels: flagged.map(({ level }) => level),
    },
  ];
}
