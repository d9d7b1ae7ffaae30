import type { Volume } from "../../imaging/index.js";
import { middleValue } from "../../numbers/index.js";
import { sampleSlice } from "../sampleSlice.js";
import type { Disc, SlicePoint, Spine, Vertebra } from "../spine.js";
import { bodyHeight, cropRegion, neighbourHeights, regionOfDisc } from "./region.js";

/** A disc cut out of its spine, ready for a network. */
export interface DiscVolume {
  readonly level: string;
  /** [slice][row][column]; rows run from head to foot, columns from front to back. */
  readonly values: Float32Array;
  readonly slices: number;
  readonly rows: number;
  readonly columns: number;
  /** mm between columns, rows and slices. */
  readonly spacing: readonly [number, number, number];
}

/** Whose definition of the region about a disc. */
export type DiscVolumeDefinition = "jamaludin" | "niemeyer";

/** Jamaludin's volume: nine slices about 4 mm apart, 112 x 224 pixels out of 192 x 320. */
const SLICES = 9;
const SLICE_MM = 4;
const WHOLE = { rows: 192, columns: 320 } as const;
const CROP = { rows: 112, columns: 224 } as const;
/** Intensities are taken up to this multiple of the bodies' median. */
const CEILING = 4;
/** Niemeyer's crop is this many pixels high and wide. */
const NIEMEYER_SIZE = 128;

/** A turned rectangle in a slice: middle in pixels, angle in degrees, front-to-back length in mm. */
interface Box {
  readonly centre: SlicePoint;
  readonly angle: number;
  readonly length: number;
}

interface Neighbours {
  readonly upper: Vertebra | undefined;
  readonly lower: Vertebra | undefined;
}

function neighboursOf({ vertebrae }: Spine, { level }: Disc): Neighbours {
  const [above, below] = level.split("-");
  const find = (name: string | undefined): Vertebra | undefined =>
    vertebrae.find((vertebra) => vertebra.level === name);
  return { upper: find(above), lower: find(below) };
}

/** The quadrilateral of the upper body's lower edge and the lower body's upper edge; the disc's own box where a body is missing. */
function quadrilateral(disc: Disc, { upper, lower }: Neighbours, spacing: Volume["spacing"]): Box {
  if (upper === undefined || lower === undefined)
    return { centre: disc.centre, angle: disc.angle, length: disc.width };
  const [front, back] = [
    [upper.corners.anteriorInferior, lower.corners.anteriorSuperior],
    [upper.corners.posteriorInferior, lower.corners.posteriorSuperior],
  ] as const;
  const middle = ([a, b]: readonly [SlicePoint, SlicePoint]): SlicePoint => ({
    column: (a.column + b.column) / 2,
    row: (a.row + b.row) / 2,
  });
  const [start, end] = [middle(front), middle(back)];
  const [dx, dy] = [(end.column - start.column) * spacing[0], (end.row - start.row) * spacing[1]];
  return {
    centre: middle([start, end]),
    angle: (Math.atan2(dy, dx) * 180) / Math.PI,
    length: Math.hypot(dx, dy),
  };
}

/** Median signal inside of both bodies' outlines in their own middle slices; 1 where neither is seen. */
function bodyMedian(volume: Volume, { upper, lower }: Neighbours): number {
  const values: number[] = [];
  for (const body of [upper, lower]) {
    if (body === undefined) continue;
    const {
      anteriorSuperior: a,
      posteriorSuperior: b,
      posteriorInferior: c,
      anteriorInferior: d,
    } = body.corners;
    const steps = 24;
    for (let i = 1; i < steps; i++)
      for (let j = 1; j < steps; j++) {
        const [u, v] = [i / steps, j / steps];
        const between = (key: keyof SlicePoint): number =>
          (a[key] * (1 - u) + b[key] * u) * (1 - v) + (d[key] * (1 - u) + c[key] * u) * v;
        values.push(sampleSlice(volume, body.slice, between("column"), between("row")));
      }
  }
  return middleValue(values) ?? 1;
}

/** Value between two slices, linear; 0 beyond the stack. */
function sampleVolume(volume: Volume, slice: number, column: number, row: number): number {
  if (slice < 0 || slice > volume.slices - 1) return 0;
  const first = Math.floor(slice);
  const share = slice - first;
  const value = sampleSlice(volume, first, column, row);
  return share === 0 ? value : value * (1 - share) + share * sampleSlice(volume, first + 1, column, row);
}

/** A place in the upright stack: column, row and slice, in pixels and slices with fractions. */
export type StackPlace = readonly [column: number, row: number, slice: number];

/**
 * The pixels of the disc volume of Jamaludin et al. 2017 ({@link discVolume}): how many, how far apart, and where in the upright
 * stack each lies. What else is known of the stack, such as hotspots, can be looked up there.
 */
export function jamaludinGrid(
  spine: Spine,
  disc: Disc,
): Pick<DiscVolume, "slices" | "rows" | "columns" | "spacing"> & {
  readonly placeOf: (slice: number, row: number, column: number) => StackPlace;
} {
  const { volume } = spine.stack;
  const box = quadrilateral(disc, neighboursOf(spine, disc), volume.spacing);
  const [cos, sin] = [Math.cos, Math.sin].map((of) => of((box.angle * Math.PI) / 180)) as [number, number];
  const width = 2 * box.length;
  const steps = { column: width / WHOLE.columns, row: width / 2 / WHOLE.rows };
  return {
    slices: SLICES,
    ...CROP,
    spacing: [steps.column, steps.row, SLICE_MM],
    placeOf(s, y, x) {
      const back = (x + 0.5 - CROP.columns / 2) * steps.column;
      const down = (y + 0.5 - CROP.rows / 2) * steps.row;
      return [
        box.centre.column + (cos * back - sin * down) / volume.spacing[0],
        box.centre.row + (sin * back + cos * down) / volume.spacing[1],
        disc.slice + ((s - (SLICES - 1) / 2) * SLICE_MM) / volume.spacing[2],
      ];
    },
  };
}

/**
 * The disc volume of Jamaludin et al. 2017, in the terms of SpineNet: the quadrilateral between the facing endplates, turned
 * level, half its width added on either side, half as high as it is then wide, 192 x 320 pixels of which the middle 112 x 224
 * are kept, nine slices 4 mm apart about the disc's own middle slice; signal over the median of both bodies, from 0 to 4,
 * halved twice (0 to 1: the bodies' median is 0.25).
 */
function jamaludinVolume(spine: Spine, disc: Disc): DiscVolume {
  const { volume } = spine.stack;
  const { placeOf, ...grid } = jamaludinGrid(spine, disc);
  const median = Math.max(bodyMedian(volume, neighboursOf(spine, disc)), 1e-6);
  const values = new Float32Array(SLICES * CROP.rows * CROP.columns);
  let i = 0;
  for (let s = 0; s < SLICES; s++) {
    for (let y = 0; y < CROP.rows; y++)
      for (let x = 0; x < CROP.columns; x++) {
        const [column, row, slice] = placeOf(s, y, x);
        const ratio = sampleVolume(volume, slice, column, row) / median;
        values[i++] = Math.min(CEILING, Math.max(0, ratio)) / 4;
      }
  }
  return { level: disc.level, values, ...grid };
}

/**
 * The region that Niemeyer et al. 2021 cut out ({@link regionOfDisc}), padded to 1:1, 128 x 128 pixels in [−1, 1], of the disc's
 * own middle slice.
 */
function niemeyerVolume(spine: Spine, disc: Disc): DiscVolume {
  const { volume } = spine.stack;
  const heights = new Map(
    spine.vertebrae.map(({ level, corners }) => [level, bodyHeight(corners, volume.spacing)]),
  );
  const region = regionOfDisc(disc, volume.spacing, neighbourHeights(disc.level, heights));
  const step = Math.max(region.width, region.height) / NIEMEYER_SIZE;
  return {
    level: disc.level,
    values: cropRegion(volume, disc.slice, region, NIEMEYER_SIZE),
    slices: 1,
    rows: NIEMEYER_SIZE,
    columns: NIEMEYER_SIZE,
    spacing: [step, step, volume.spacing[2]],
  };
}

/**
 * Cuts a disc out of a detected spine as one of the papers defines it.
 * @throws RangeError where the spine has no disc of that level
 */
export function discVolume(spine: Spine, level: string, definition: DiscVolumeDefinition): DiscVolume {
  const disc = spine.discs.find((one) => one.level === level);
  if (disc === undefined)
    throw new RangeError(
      `There is no disc ${level}; this spine has ${spine.discs.map((one) => one.level).join(", ")}.`,
    );
  return definition === "jamaludin" ? jamaludinVolume(spine, disc) : niemeyerVolume(spine, disc);
}
