import { TISSUES } from "./tissue.js";
import type { TissueMap } from "./tissueMap.js";

/** The most probable tissue of each pixel of one slice, at 1 mm: what is kept of a tissue map. */
export interface TissueLabels {
  readonly slice: number;
  readonly rows: number;
  readonly columns: number;
  /** Pixels of the slice per pixel of the labels. */
  readonly columnStep: number;
  readonly rowStep: number;
  /** {@link TISSUE} of each pixel, row x columns + column. */
  readonly labels: Uint8Array;
}

/** The labels of a map. */
export function labelsOfMap(map: TissueMap, slice: number): TissueLabels {
  const pixels = map.rows * map.columns;
  const labels = new Uint8Array(pixels);
  const best = map.probabilities.slice(0, pixels);
  for (let k = 1; k < TISSUES.length; k++)
    for (let i = 0; i < pixels; i++) {
      const value = map.probabilities[k * pixels + i]!;
      if (value > best[i]!) [best[i], labels[i]] = [value, k];
    }
  const { rows, columns, columnStep, rowStep } = map;
  return { slice, rows, columns, columnStep, rowStep, labels };
}

/** Tissue at a position (column, row) of the slice; background outside. */
export function tissueAt(tissue: TissueLabels, column: number, row: number): number {
  const r = Math.round((row + 0.5) / tissue.rowStep - 0.5);
  const c = Math.round((column + 0.5) / tissue.columnStep - 0.5);
  if (r < 0 || c < 0 || r >= tissue.rows || c >= tissue.columns) return 0;
  return tissue.labels[r * tissue.columns + c]!;
}
