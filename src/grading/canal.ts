import { TISSUE } from "../detection/index.js";
import { middleValue } from "../numbers/index.js";

/** mm between sampled points. */
export const SAMPLE_STEP = 1;

/** A point about a disc's middle, in the disc's own directions. */
export interface Sampled {
  /** mm backward and downward from the disc's middle. */
  readonly back: number;
  readonly down: number;
  readonly signal: number;
  readonly tissue: number;
}

/** Beyond the disc's edges (mm) up to which its canal is looked at, and the stretch over which its size is averaged. */
const CANAL = { beyond: 3, stretch: 3 } as const;

/** Rows (mm downward from the disc's middle) at which the canal of a disc starts to be averaged. */
function stretches(height: number): number[] {
  const reach = Math.floor((height / 2 + CANAL.beyond) / SAMPLE_STEP) * SAMPLE_STEP;
  const starts: number[] = [];
  for (let from = -reach; from + CANAL.stretch - SAMPLE_STEP <= reach; from += SAMPLE_STEP) starts.push(from);
  return starts;
}

/** Smallest mean over the stretches of something that every row of the canal has. */
function narrowest(height: number, ofRow: (down: number) => number): number {
  return Math.min(
    ...stretches(height).map((from) => {
      let sum = 0;
      for (let down = from; down < from + CANAL.stretch; down += SAMPLE_STEP) sum += ofRow(down);
      return (sum * SAMPLE_STEP) / CANAL.stretch;
    }),
  );
}

/** Front-to-back size (mm) of the canal where it is narrowest at a disc. */
export function narrowestCanal(points: readonly Sampled[], height: number): number {
  const sizes = new Map<number, number>();
  for (const { down, tissue } of points)
    if (tissue === TISSUE.canal) sizes.set(down, (sizes.get(down) ?? 0) + SAMPLE_STEP);
  return narrowest(height, (down) => sizes.get(down) ?? 0);
}

/** Signal over CSF from which on a point of the canal is sac or fat, not ligament or bone. */
const BRIGHT = 0.3;
/** Distances (mm) from the disc's edges between which the canal lies beside a body. */
const BESIDE = { from: 6, to: 14 } as const;
/** A sac beside the bodies is taken to be at least this wide (mm). */
const LEAST_SAC = 2;

/**
 * Front-to-back extent (mm) of the bright content of the canal where it is narrowest at a disc, and over the median beside
 * the neighbouring bodies: the tissue map follows the bony canal, which stays wide where the sac is pressed flat.
 * @param csf signal of CSF
 */
export function narrowestSac(
  points: readonly Sampled[],
  height: number,
  csf: number,
): { sac: number; sacToBodies: number } {
  const rows = new Map<number, { front: number; rear: number }>();
  const downs = new Set<number>();
  for (const { back, down, signal, tissue } of points) {
    downs.add(down);
    if (tissue !== TISSUE.canal || signal <= BRIGHT * csf) continue;
    const row = rows.get(down);
    if (row === undefined) rows.set(down, { front: back, rear: back });
    else {
      row.front = Math.min(row.front, back);
      row.rear = Math.max(row.rear, back);
    }
  }
  const extent = (down: number): number => {
    const row = rows.get(down);
    return row === undefined ? 0 : row.rear - row.front + SAMPLE_STEP;
  };
  const sac = narrowest(height, extent);
  const beside = [...downs]
    .filter((down) => Math.abs(down) > height / 2 + BESIDE.from && Math.abs(down) < height / 2 + BESIDE.to)
    .map(extent);
  const usual = middleValue(beside) ?? sac;
  return { sac, sacToBodies: sac / Math.max(LEAST_SAC, usual) };
}
