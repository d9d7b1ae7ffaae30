import type { Volume } from "../imaging/index.js";
import { middleValue } from "../numbers/index.js";
import type { Disc, Flag, Vertebra } from "./spine.js";

/** In-plane distance between pixels (mm) above which corners and thin discs are blurred. */
const COARSE_SPACING = 1.3;
/** Mean confidence of the discs below which the picture's contrast is called poor. */
const POOR_CONFIDENCE = 0.8;
/**
 * Sideways deviation (mm) of the discs' middles from a straight line that tells of a curved spine: a curve of 15 to 20 degrees
 * over the lumbar spine. At most 4.5 mm were met in 17 patients' thin-sliced stacks.
 */
const CURVED = 5;
/** A disc this low (mm), and below this share of its spine's median, has collapsed or is bridged by bone. */
const COLLAPSED_HEIGHT = 5;
const COLLAPSED_SHARE = 0.45;
/** A void: no signal (share of the usual) over this length (mm) along the spine. */
const VOID_SIGNAL = 0.12;
const VOID_LENGTH = 14;

/** What makes the reading of a series doubtful beyond its numbering (Jamaludin et al. 2017, Fig. 3). */
export function seriesWarnings(
  volume: Volume,
  discs: readonly Disc[],
  vertebrae: readonly Vertebra[],
): Flag[] {
  return [
    resolution(volume),
    contrast(discs),
    scoliosis(volume, discs),
    fused(discs),
    signalVoid(volume, vertebrae),
  ].filter((flag) => flag !== undefined);
}

function resolution({ spacing }: Volume): Flag | undefined {
  const coarsest = Math.max(spacing[0], spacing[1]);
  if (coarsest <= COARSE_SPACING) return undefined;
  return {
    code: "resolution",
    message: `Pixels are ${coarsest.toFixed(2)} mm apart; above ${COARSE_SPACING} mm, thin discs and corners are read less surely.`,
  };
}

function contrast(discs: readonly Disc[]): Flag | undefined {
  const mean = discs.reduce((sum, { confidence }) => sum + confidence, 0) / Math.max(1, discs.length);
  if (mean >= POOR_CONFIDENCE) return undefined;
  return {
    code: "poor-contrast",
    message: `Discs stand out poorly (mean confidence ${mean.toFixed(2)}); another sequence, noise or motion is possible.`,
  };
}

/** Largest distance (mm) of the discs' middles, seen from the front, from the straight line that fits them best. */
export function sidewaysDeviation(volume: Volume, discs: readonly Pick<Disc, "slice" | "centre">[]): number {
  const points = discs.map(({ slice, centre }) => [
    centre.row * volume.spacing[1],
    slice * volume.spacing[2],
  ]) as readonly [number, number][];
  const mean = (axis: 0 | 1): number => points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  const [row, side] = [mean(0), mean(1)];
  let [covariance, variance] = [0, 0];
  for (const [r, s] of points) {
    covariance += (r - row) * (s - side);
    variance += (r - row) ** 2;
  }
  const slope = variance > 0 ? covariance / variance : 0;
  return Math.max(0, ...points.map(([r, s]) => Math.abs(s - side - slope * (r - row))));
}

function scoliosis(volume: Volume, discs: readonly Disc[]): Flag | undefined {
  // One slice tells nothing of the side; with thick slices a step of one slice is no curve.
  if (volume.slices < 3 || discs.length < 4) return undefined;
  const deviation = sidewaysDeviation(volume, discs);
  if (deviation < Math.max(CURVED, 1.1 * volume.spacing[2])) return undefined;
  return {
    code: "scoliosis",
    message: `The spine leaves the midline by ${deviation.toFixed(0)} mm: scoliosis or a turned position is possible. Each disc is read in its own middle slice.`,
  };
}

/** Lumbar discs that are hardly there. Those above are low in everyone. */
function fused(discs: readonly Disc[]): Flag | undefined {
  const lumbar = discs.filter(({ level }) => level.startsWith("L"));
  if (lumbar.length < 3) return undefined;
  const median = middleValue(lumbar.map(({ height }) => height))!;
  const low = lumbar.filter(({ height }) => height < COLLAPSED_HEIGHT && height < COLLAPSED_SHARE * median);
  if (low.length === 0) return undefined;
  const named = low.map(({ level, height }) => `${level} (${height.toFixed(0)} mm)`).join(", ");
  return {
    code: "fused",
    message: `There is hardly a disc at ${named}: the bodies may be fused, or the disc has collapsed. Its grades are not to be trusted before that is known.`,
    levels: low.map(({ level }) => level),
  };
}

/** A stretch of the spine without signal, as metal leaves it. */
function signalVoid(volume: Volume, vertebrae: readonly Vertebra[]): Flag | undefined {
  const { rows, columns, spacing, voxels } = volume;
  const signals = vertebrae.map(({ centre, slice }) => signalAt(centre.column, centre.row, slice));
  function signalAt(column: number, row: number, slice: number): number {
    const [c, r] = [Math.round(column), Math.round(row)];
    if (c < 0 || r < 0 || c >= columns || r >= rows) return NaN;
    return voxels[(slice * rows + r) * columns + c]!;
  }
  const usual = middleValue(signals) ?? 0;
  for (const [i, upper] of vertebrae.entries()) {
    const lower = vertebrae[i + 1];
    if (lower === undefined) break;
    const length = Math.hypot(
      (lower.centre.column - upper.centre.column) * spacing[0],
      (lower.centre.row - upper.centre.row) * spacing[1],
    );
    let dark = 0;
    for (let mm = 0; mm < length; mm++) {
      const t = mm / length;
      const value = signalAt(
        upper.centre.column * (1 - t) + lower.centre.column * t,
        upper.centre.row * (1 - t) + lower.centre.row * t,
        upper.slice,
      );
      dark = value < VOID_SIGNAL * usual ? dark + 1 : 0;
      if (dark >= VOID_LENGTH)
        return {
          code: "signal-void",
          message: `There is no signal over ${VOID_LENGTH} mm between ${upper.level} and ${lower.level}: metal is possible. Levels and grades near it are not to be trusted.`,
        };
    }
  }
  return undefined;
}
