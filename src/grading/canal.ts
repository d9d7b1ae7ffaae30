import { TISSUE } from "../detection/index.js";

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

/** Front-to-back size (mm) of the canal where it is narrowest at a disc. */
export function narrowestCanal(points: readonly Sampled[], height: number): number {
  return Math.min(
    ...stretches(height).map((from) => {
      const inside = points.filter(
        ({ tissue, down }) => tissue === TISSUE.canal && down >= from && down < from + CANAL.stretch,
      );
      return (inside.length * SAMPLE_STEP * SAMPLE_STEP) / CANAL.stretch;
    }),
  );
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
  for (const { back, down, signal, tissue } of points) {
    const row = rows.get(down) ?? { front: Infinity, rear: -Infinity };
    if (tissue === TISSUE.canal && signal > BRIGHT * csf)
      rows.set(down, { front: Math.min(row.front, back), rear: Math.max(row.rear, back) });
    else rows.set(down, row);
  }
  const extent = (down: number): number => {
    const { front, rear } = rows.get(down) ?? { front: 0, rear: -SAMPLE_STEP };
    return rear < front ? 0 : rear - front + SAMPLE_STEP;
  };
  const sac = Math.min(
    ...stretches(height).map((from) => {
      const own = Array.from({ length: CANAL.stretch / SAMPLE_STEP }, (_, i) =>
        extent(from + i * SAMPLE_STEP),
      );
      return own.reduce((sum, value) => sum + value, 0) / own.length;
    }),
  );
  const beside = [...rows.keys()]
    .filter((down) => Math.abs(down) > height / 2 + BESIDE.from && Math.abs(down) < height / 2 + BESIDE.to)
    .map(extent)
    .sort((a, b) => a - b);
  const usual = beside[Math.floor(beside.length / 2)] ?? sac;
  return { sac, sacToBodies: sac / Math.max(LEAST_SAC, usual) };
}
