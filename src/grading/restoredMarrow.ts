import { TISSUE, tissueSignals } from "../detection/index.js";
import type { Spine, TissueLabels } from "../detection/index.js";
import type { Volume } from "../imaging/index.js";

/**
 * Marrow without fat's signal gives no level to compare a disc with: beside dark marrow a dark disc looks bright. Before suppressed
 * series are graded, marrow is therefore brought back to the signal that it usually has over CSF. What it looks like within is left out
 * but for a share, as it is noise and other tissue's contrast.
 */
const KEPT = 0.2;
/** Marrow is taken to be up to so many times its usual level in what is kept. */
const HIGHEST = 2;

/** How far a pixel lies in the marrow of bodies and sacrum, 0 to 1: bilinear over the labels, which are coarser. */
function marrowShare(map: TissueLabels, column: number, row: number): number {
  const [r, c] = [(row + 0.5) / map.rowStep - 0.5, (column + 0.5) / map.columnStep - 0.5];
  const [top, left] = [Math.floor(r), Math.floor(c)];
  const at = (y: number, x: number): number => {
    if (y < 0 || x < 0 || y >= map.rows || x >= map.columns) return 0;
    const label = map.labels[y * map.columns + x]!;
    return label === TISSUE.body || label === TISSUE.sacrum ? 1 : 0;
  };
  const [down, right] = [r - top, c - left];
  return (
    (at(top, left) * (1 - right) + at(top, left + 1) * right) * (1 - down) +
    (at(top + 1, left) * (1 - right) + at(top + 1, left + 1) * right) * down
  );
}

/**
 * The volume of a fat-suppressed series with marrow at its usual signal; unchanged where marrow is that bright already, or too
 * little of a spine is seen to tell.
 * @param usual signal of marrow over CSF in T2 without suppression
 */
export function restoredMarrow({ stack, tissue, midSlice }: Spine, usual: number): Volume {
  const { volume } = stack;
  const middle = tissue.find(({ slice }) => slice === midSlice) ?? tissue[0];
  const signals = middle === undefined ? undefined : tissueSignals(volume, middle);
  if (signals === undefined) return volume;
  const level = usual * signals.csf;
  const gain = level / Math.max(signals.marrow, 1e-6);
  if (gain <= 1) return volume;
  const { rows, columns, slices } = volume;
  const voxels = Float32Array.from(volume.voxels);
  for (let slice = 0; slice < slices; slice++) {
    const map = tissue.reduce((best, one) =>
      Math.abs(one.slice - slice) < Math.abs(best.slice - slice) ? one : best,
    );
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++) {
        const share = marrowShare(map, column, row);
        if (share === 0) continue;
        const i = (slice * rows + row) * columns + column;
        const value = voxels[i]!;
        const goal = (1 - KEPT) * level + KEPT * Math.min(value * gain, HIGHEST * level);
        voxels[i] = value + (goal - value) * share;
      }
  }
  return { ...volume, voxels };
}
