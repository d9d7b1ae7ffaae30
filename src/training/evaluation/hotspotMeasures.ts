/** How well heat points at a place: pure measures on boxes of voxels, [slice][row][column]. */
import type { HeatBox } from "../../grading/index.js";

/** mm between columns, rows and slices. */
export type BoxSpacing = readonly [number, number, number];

type BoxShape = Pick<HeatBox, "columns" | "rows" | "slices">;

/**
 * Voxels whose middle lies within `tolerance` mm of the middle of a voxel of the mask.
 * @param mask 1 for voxels of the finding, 0 for others
 */
export function dilated(
  mask: Uint8Array,
  { columns, rows, slices }: BoxShape,
  spacing: BoxSpacing,
  tolerance: number,
): Uint8Array {
  const reach = spacing.map((step) => Math.floor(tolerance / step)) as [number, number, number];
  const offsets: [number, number, number][] = [];
  for (let s = -reach[2]; s <= reach[2]; s++)
    for (let r = -reach[1]; r <= reach[1]; r++)
      for (let c = -reach[0]; c <= reach[0]; c++)
        if (Math.hypot(c * spacing[0], r * spacing[1], s * spacing[2]) <= tolerance) offsets.push([c, r, s]);
  const out = new Uint8Array(mask.length);
  mask.forEach((isInside, i) => {
    if (isInside === 0) return;
    const [column, row, slice] = [
      i % columns,
      Math.floor(i / columns) % rows,
      Math.floor(i / (columns * rows)),
    ];
    for (const [dc, dr, ds] of offsets) {
      const [c, r, s] = [column + dc, row + dr, slice + ds];
      if (c < 0 || r < 0 || s < 0 || c >= columns || r >= rows || s >= slices) continue;
      out[(s * rows + r) * columns + c] = 1;
    }
  });
  return out;
}

/** Share of voxels that are set. */
export function prevalence(mask: Uint8Array): number {
  return mask.reduce((sum, value) => sum + value, 0) / mask.length;
}

/**
 * Pointing game (Zhang et al. 2016): whether the hottest voxel lies in the target. The target is the finding's mask,
 * dilated by a tolerance; a point thrown at random hits with the target's {@link prevalence}. No heat is a miss.
 */
export function pointsInside(heat: Float32Array, target: Uint8Array): boolean {
  let hottest = 0;
  heat.forEach((value, i) => {
    if (value > heat[hottest]!) hottest = i;
  });
  return heat[hottest]! > 0 && target[hottest] === 1;
}
