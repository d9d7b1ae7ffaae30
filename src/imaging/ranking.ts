import { isNearIsotropic } from "./geometry.js";
import type { Contrast, Series } from "./series.js";

/** Fewer slices than this are a localizer or a fragment, not a study of the spine. */
export const FEWEST_SLICES = 3;
/**
 * A stack whose slices lie further apart, or whose pixels are larger, is a localizer's (mm). In SPIDER's
 * 360 training series slices lie at most 4.8 mm apart and pixels have at most 1.07 mm.
 */
const COARSE_SLICES = 8;
const COARSE_PIXELS = 1.5;
/** Fluid-bright contrasts first: discs are graded on T2. */
const PREFERENCE: readonly Contrast[] = ["T2", "unknown", "T2FS", "STIR", "PD", "T1"];
/** Protocol words of a series that is not the one of the lumbar spine to grade. */
const UNFIT_WORDS: ReadonlySet<string> = new Set(
  `localizer loc scout survey plan mip mpr cervical thoracic dwi adc diffusion post contrast gd fs fatsat spair water fat
   t2star medic merge`.split(/\s+/),
);
/** Pixel sizes count in steps of this part, so that rounding in a header decides nothing. */
const SIZE_STEP = 0.02;

/** Whether the slices are sagittal, or can be cut so without looking coarse. */
export function isSagittal(series: Series): boolean {
  return series.orientation === "sagittal" || (series.geometry === "patient" && isNearIsotropic(series));
}

/** Whether the stack is fine enough to be more than a localizer; a picture without geometry does not say. */
function isCoarse({ geometry, slices, spacing }: Series): boolean {
  const coarseSlices = slices > 1 && spacing[2] > COARSE_SLICES;
  return geometry === "patient" && (coarseSlices || Math.max(spacing[0], spacing[1]) > COARSE_PIXELS);
}

function unfitWords({ description }: Series): string[] {
  const words = description.toLowerCase().split(/[^a-z0-9]+/);
  return words.filter((word) => UNFIT_WORDS.has(word));
}

/** What a series is called in a sentence for a person. */
export function called(series: Series): string {
  const words = series.description === "" ? "" : ` (${series.description})`;
  return `"${series.id}"${words}`;
}

const millimetres = (value: number) => String(Number(value.toFixed(2)));

/** One thing that makes a series better than another, in words about the better one. */
interface Criterion {
  /** The smaller, the better. */
  readonly rank: (series: Series) => number;
  readonly because: (better: Series, other: Series) => string;
}

const pixelSize = ({ spacing }: Series) => Math.max(spacing[0], spacing[1]);

/** Geometry first, contrast second, header words third; what is left is told apart by what a reader would like more. */
const CRITERIA: readonly Criterion[] = [
  {
    rank: (series) => Number(isCoarse(series)),
    because: (_, other) =>
      `the other's slices (${millimetres(other.spacing[2])} mm apart) or pixels (${millimetres(pixelSize(other))} mm) are as coarse as a localizer's`,
  },
  {
    rank: ({ contrast }) => PREFERENCE.indexOf(contrast),
    because: (better, other) => `${weighting(better)}, the other ${weighting(other)}`,
  },
  {
    rank: (series) => unfitWords(series).length,
    because: (_, other) => `the other's header calls it "${unfitWords(other).join(" ")}"`,
  },
  {
    rank: ({ orientation }) => Number(orientation !== "sagittal"),
    because: (_, other) =>
      `it was taken sagittally, and the other (${other.orientation}) would have to be cut anew`,
  },
  {
    rank: ({ slices }) => -slices,
    because: (better, other) => `it has more slices (${better.slices}, the other ${other.slices})`,
  },
  {
    rank: (series) => Math.round(Math.log(pixelSize(series)) / Math.log(1 + SIZE_STEP)),
    because: (better, other) =>
      `its pixels are smaller (${millimetres(pixelSize(better))} mm, the other's ${millimetres(pixelSize(other))} mm)`,
  },
  {
    rank: ({ problems }) => problems.length,
    because: () => "fewer things are wrong with it",
  },
];

function weighting({ contrast }: Series): string {
  return contrast === "unknown" ? "its weighting is not known" : `its header makes it ${contrast}`;
}

/** Series from the best to the worst; the order does not depend on the order that they come in. */
export function ranked(series: readonly Series[]): Series[] {
  return [...series].sort(
    (a, b) =>
      CRITERIA.map(({ rank }) => rank(a) - rank(b)).find((sign) => sign !== 0) ?? (a.id < b.id ? -1 : 1),
  );
}

/** Why the first of two series was ranked before the second, as a clause. */
export function whyBefore(better: Series, other: Series): string {
  const deciding = CRITERIA.find(({ rank }) => rank(better) !== rank(other));
  return deciding?.because(better, other) ?? "the two are alike and its id comes first";
}
