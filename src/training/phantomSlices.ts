import { connectedRegions, TISSUE } from "../detection/index.js";
import { PHANTOM_TISSUE, renderPhantom } from "../phantom/index.js";
import { labelledSlice } from "./labelledSlice.js";
import type { LabelledSlice } from "./labelledSlice.js";

/** Detector class of each phantom tissue. */
const TISSUE_OF = new Map<number, number>([
  [PHANTOM_TISSUE.background, TISSUE.background],
  [PHANTOM_TISSUE.body, TISSUE.body],
  [PHANTOM_TISSUE.posterior, TISSUE.posterior],
  [PHANTOM_TISSUE.disc, TISSUE.disc],
  [PHANTOM_TISSUE.canal, TISSUE.canal],
  [PHANTOM_TISSUE.sacrum, TISSUE.sacrum],
]);

/** Labelled central slices of phantoms, half of them in random contrasts. */
export function phantomSlices(count: number, seed: number): LabelledSlice[] {
  return Array.from({ length: count }, (_, i) => i).flatMap((i) => {
    const { volume, tissue } = renderPhantom({
      seed: seed * 7919 + i,
      appearance: i % 2 === 0 ? "physics" : "random",
    });
    const { rows, columns } = volume;
    const middle = Math.floor(volume.slices / 2);
    return [middle - 2, middle - 1, middle, middle + 1, middle + 2].map((slice) => {
      const part = tissue.subarray(slice * rows * columns, (slice + 1) * rows * columns);
      const labels = Uint8Array.from(part, (value) => TISSUE_OF.get(value)!);
      const discs = connectedRegions(labels.length, columns, (p) => labels[p] === TISSUE.disc, 20);
      const lowest = discs.sort((a, b) => b.centreRow - a.centreRow)[0]?.pixels ?? [];
      for (const p of lowest) labels[p] = TISSUE.lowestDisc;
      const values = volume.voxels.slice(slice * rows * columns, (slice + 1) * rows * columns);
      return labelledSlice({ values, labels, rows, columns, spacing: volume.spacing[0] });
    });
  });
}
