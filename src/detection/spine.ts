import type { SagittalStack, Vec3 } from "../imaging/index.js";
import type { SeriesContrast } from "./contrast/seriesContrast.js";
import type { TissueLabels } from "./tissueLabels.js";

/** Disc levels from the sacrum upward. */
export const DISC_LEVELS = [
  "L5-S1",
  "L4-L5",
  "L3-L4",
  "L2-L3",
  "L1-L2",
  "T12-L1",
  "T11-T12",
  "T10-T11",
  "T9-T10",
  "T8-T9",
  "T7-T8",
] as const;
/** The discs that are graded, T12-L1 to L5-S1, from the sacrum upward. */
export const LUMBAR_DISCS: readonly string[] = DISC_LEVELS.slice(0, 6);
/** Vertebral levels from the sacrum upward. */
export const VERTEBRA_LEVELS = [
  "S1",
  "L5",
  "L4",
  "L3",
  "L2",
  "L1",
  "T12",
  "T11",
  "T10",
  "T9",
  "T8",
  "T7",
] as const;

/** A remark that a reader must see: what was found to be unusual or uncertain. */
export interface Flag {
  readonly code: string;
  readonly message: string;
  /** The discs that it is about, where it is not about all of them. */
  readonly levels?: readonly string[];
}

/** Whether a flag of a series is about one of its discs. */
export function isAboutDisc({ levels }: Flag, level: string): boolean {
  return levels === undefined || levels.includes(level);
}

/** A point in a sagittal slice: column and row in pixels of the upright stack. */
export interface SlicePoint {
  readonly column: number;
  readonly row: number;
}

/** Corners of a body in its slice. */
export interface BodyCorners {
  readonly anteriorSuperior: SlicePoint;
  readonly posteriorSuperior: SlicePoint;
  readonly posteriorInferior: SlicePoint;
  readonly anteriorInferior: SlicePoint;
}

/** A body's corners in one slice. */
export interface VertebraSlice {
  readonly slice: number;
  readonly corners: BodyCorners;
  /** How sure the corners are, 0 to 1: the probability within 1.5 mm of the places given, mean of the four. */
  readonly certainty: number;
}

/** A vertebral body. Pixels and slice are those of the upright stack ({@link Spine.stack}). */
export interface Vertebra {
  readonly level: string;
  /** Mean probability of the tissue over the body, 0 to 1. */
  readonly confidence: number;
  readonly slice: number;
  readonly centre: SlicePoint;
  readonly corners: BodyCorners;
  /** The corners in every slice that was read and shows the body, in order; {@link corners} are those of its middle. */
  readonly slices: readonly VertebraSlice[];
}

/** An intervertebral disc, as an oriented box in its own middle slice of the upright stack. */
export interface Disc {
  readonly level: string;
  readonly confidence: number;
  readonly slice: number;
  readonly centre: SlicePoint;
  /** Degrees by which the disc's front-to-back axis is turned from the image's columns; positive when the back is lower. */
  readonly angle: number;
  /** mm along the axis (front to back) and across it. */
  readonly width: number;
  readonly height: number;
}

/** One more way to name the discs that were found. */
export interface NumberingAlternative {
  /** What the spine would be: usual, four lumbar, six lumbar, lumbarised or sacralised. */
  readonly form: string;
  /** How many vertebrae of lumbar kind it would have. */
  readonly lumbarVertebrae: 4 | 5 | 6;
  /** The disc that is called L5-S1 here would be called this. */
  readonly lumbosacral: string;
  /** The name of each disc of the spine (by its name here), were it so. */
  readonly names: Readonly<Record<string, string>>;
  readonly probability: number;
}

/** How sure the names of the levels are. */
export interface Numbering {
  /** Whether the lumbosacral disc is in view; without it discs are counted from below and not named. */
  readonly sacrumInView: boolean;
  /** Probability that the names of the discs are right. */
  readonly posterior: number;
  /** The next best reading: the level (by this numbering) whose disc would be called L5-S1. */
  readonly runnerUp?: { readonly lumbosacral: string; readonly probability: number };
  /** Posterior less the runner-up's. */
  readonly margin: number;
  /** Probabilities of four, five and six vertebrae of lumbar kind, a sacralised L5 not and a lumbarised S1 counted; 0 without a sacrum. */
  readonly lumbarVertebrae: readonly [four: number, five: number, six: number];
  /** Probability that L5 is sacralised or S1 lumbarised, whatever the names are. */
  readonly transitional: number;
  /** Other names that the discs may have, the most probable first; those of less than 1 % are left out. */
  readonly alternatives: readonly NumberingAlternative[];
}

/** Everything that detection finds in one volume. */
export interface Spine {
  readonly stack: SagittalStack;
  /** From the top down. */
  readonly vertebrae: readonly Vertebra[];
  readonly discs: readonly Disc[];
  readonly numbering: Numbering;
  /** The weighting of the series, and how it is known. */
  readonly contrast: SeriesContrast;
  readonly flags: readonly Flag[];
  /** Tissue of the slices that were read, in order. */
  readonly tissue: readonly TissueLabels[];
  /** Slice of the stack nearest the midline. */
  readonly midSlice: number;
  readonly seconds: number;
}

/** Where a point of the upright stack lies: in patient space (LPS mm) and in the volume as it was read. */
export function locate(
  stack: SagittalStack,
  { column, row }: SlicePoint,
  slice: number,
): { patient: Vec3; pixel: [number, number]; slice: number } {
  const m = stack.volume.affine;
  const at = (k: number): number => m[k]! * column + m[k + 1]! * row + m[k + 2]! * slice + m[k + 3]!;
  const [c, r, s] = stack.toOriginal([column, row, slice]);
  return { patient: [at(0), at(4), at(8)], pixel: [c, r], slice: s };
}

function cornersJson(stack: SagittalStack, corners: BodyCorners, slice: number): object {
  return Object.fromEntries(
    Object.entries(corners).map(([name, point]) => [name, locate(stack, point as SlicePoint, slice)]),
  );
}

/** The `detect --json` form: patient coordinates in LPS mm, pixels and slices of the volume as it was read. */
export function spineJson(spine: Spine): {
  vertebrae: object[];
  discs: object[];
  numbering: Numbering;
  contrast: SeriesContrast;
  flags: readonly Flag[];
  seconds: number;
  lengths?: "estimated";
} {
  const { stack } = spine;
  return {
    ...(stack.volume.scale === "estimated" ? { lengths: "estimated" } : {}),
    vertebrae: spine.vertebrae.map(({ level, confidence, centre, corners, slice, slices }) => ({
      level,
      confidence,
      centre: locate(stack, centre, slice).patient,
      corners: cornersJson(stack, corners, slice),
      slices: slices.map((one) => ({
        slice: locate(stack, centre, one.slice).slice,
        certainty: one.certainty,
        corners: cornersJson(stack, one.corners, one.slice),
      })),
    })),
    discs: spine.discs.map((disc) => discJson(spine, disc)),
    numbering: spine.numbering,
    contrast: spine.contrast,
    flags: spine.flags,
    seconds: spine.seconds,
  };
}

/** One disc of `detect --json`. */
export function discJson(
  { stack }: Spine,
  { level, confidence, centre, angle, width, height, slice }: Disc,
): object {
  const place = locate(stack, centre, slice);
  return {
    level,
    confidence,
    centre: place.patient,
    pixel: place.pixel,
    angle,
    width,
    height,
    slice: place.slice,
  };
}
