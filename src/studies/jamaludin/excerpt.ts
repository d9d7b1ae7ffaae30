import type { Volume } from "../../imaging/index.js";
import type { Outline, SlicesPayload } from "../../protocol/index.js";
import type { GradedSpine } from "../../analysis/index.js";
import { displayable, encodeSlices, gradesBundle, placeOf, slicesBundle } from "../../figures/index.js";
import type { Display } from "../../figures/index.js";
import { spineOutlines } from "../../analysis/index.js";
import type { Spine } from "../../detection/index.js";

/** Characters of one excerpt: a notebook with a dozen figures stays below a few megabytes. */
const MOST = 330_000;

/** What is shown of a spine: a few slices about its middle. */
export interface ExcerptOptions {
  readonly title: string;
  readonly remark?: string;
  /** Slices, 1 unless given. */
  readonly slices?: number;
  /** What stands behind each disc's name, by level. */
  readonly notes?: Readonly<Record<string, string>>;
}

/** `count` slices about `middle`, with their first slice's index; the affine leads to the same places. */
function cut(
  volume: Volume,
  middle: number,
  count: number,
): { readonly part: Volume; readonly first: number } {
  const first = Math.min(Math.max(0, middle - Math.floor(count / 2)), Math.max(0, volume.slices - count));
  const slices = Math.min(count, volume.slices);
  const size = volume.rows * volume.columns;
  const affine = volume.affine.map((value, i) =>
    i % 4 === 3 && i < 12 ? value + first * volume.affine[i - 1]! : value,
  ) as unknown as Volume["affine"];
  return {
    part: { ...volume, affine, slices, voxels: volume.voxels.slice(first * size, (first + slices) * size) },
    first,
  };
}

function payload(
  spine: Spine,
  { title, remark = "", slices = 1, notes = {} }: ExcerptOptions,
): SlicesPayload {
  const { part, first } = cut(spine.stack.volume, spine.midSlice, slices);
  const outlines = spineOutlines(spine, notes)
    .map((outline): Outline => ({
      ...outline,
      slices: [outline.slices[0] - first, outline.slices[1] - first],
    }))
    .filter(({ slices: [from, to] }) => to >= 0 && from < part.slices);
  return encodeSlices({
    volume: part,
    title,
    outlines,
    found: placeOf(part),
    initialSlice: spine.midSlice - first,
    remark,
    maxPayload: MOST,
  });
}

/** The slices about a spine's middle with its outlines: a figure that does not weigh as much as the whole stack. */
export function spineExcerpt(spine: Spine, options: ExcerptOptions): Display {
  return displayable(() => slicesBundle(payload(spine, options)));
}

/** The middle slice beside the table of all grades. */
export function gradedExcerpt(graded: GradedSpine, options: ExcerptOptions): Display {
  const notes = Object.fromEntries(
    graded.discs.map(({ level, grades }) => [level, `P${grades.pfirrmann!.grade}`]),
  );
  return displayable(() => {
    const slices = payload(graded.report.spine, { notes, ...options });
    // Discs are told to lie in the slices that are shown.
    const table = graded.payload(slices);
    return gradesBundle({
      ...table,
      title: options.title,
      discs: table.discs.map((disc) => ({ ...disc, slice: slices.initialSlice })),
    });
  });
}
