import type { MimeBundle } from "../protocol/index.js";
import { jupyterDisplay } from "./display.js";
import { montageBundle, montageDrawing } from "./pictures/montageStill.js";
import type { Displayable } from "./display.js";
import type { MontageCell, MontageOptions } from "./pictures/montageStill.js";
import type { SaveOptions } from "./saving/request.js";
import { saveDrawing, type SavedFigure } from "./saving/save.js";
import { requireOptions } from "../statistics/index.js";

export type { MontageCell, MontageOptions } from "./pictures/montageStill.js";

/** Pictures in rows. As the last value of a cell it shows itself. */
export class Montage implements Displayable {
  constructor(
    readonly cells: readonly MontageCell[],
    readonly options: MontageOptions,
  ) {}

  [jupyterDisplay](): Promise<MimeBundle> {
    return montageBundle(this.cells, this.options);
  }

  /**
   * Writes it as a file, by the ending `.svg`, `.png` or `.pdf`, with all pixels of its pictures.
   * @throws RangeError for an ending, width, density, theme or folder that cannot be
   * @example await discs.save("figure3.png", { width: "double", dpi: 300 })
   */
  save(path: string, options?: SaveOptions): Promise<SavedFigure> {
    return saveDrawing((drawing) => montageDrawing(this.cells, this.options, drawing), path, options);
  }
}

/**
 * Pictures side by side, each with a caption and, where given, heat over it: examples of a grade, the discs that a query of a
 * cohort finds.
 * @example montage([sliceCell(discVolume(spine, "L4-L5"), 4, "L4-L5")], { columns: 3, title: "Discs" })
 */
export function montage(cells: readonly MontageCell[], options: MontageOptions = {}): Montage {
  requireOptions("montage", options, { columns: true, title: true, width: true, window: true });
  return new Montage(cells, options);
}

/** What a slice can be taken out of: a disc that was cut out (`discVolume`), or a volume. */
export interface SliceStack {
  /** [slice][row][column]; a volume's are called `voxels`. */
  readonly values?: ArrayLike<number>;
  readonly voxels?: ArrayLike<number>;
  readonly rows: number;
  readonly columns: number;
  readonly slices: number;
  readonly spacing: readonly [number, number, number];
}

/**
 * One slice as a montage's cell.
 * @param slice counted from 0
 * @param heat evidence on the same grid, [slice][row][column], 0 to 1
 * @throws RangeError where there is no such slice, the stack holds no picture, or the heat is on another grid
 */
export function sliceCell(
  stack: SliceStack,
  slice: number,
  caption: string,
  heat?: ArrayLike<number>,
): MontageCell {
  const { rows, columns, slices, spacing } = stack;
  if (!Number.isInteger(slice) || slice < 0 || slice >= slices)
    throw new RangeError(`There is no slice ${slice}; this stack has slices 0 to ${slices - 1}.`);
  const intensities = stack.values ?? stack.voxels;
  if (intensities === undefined)
    throw new RangeError("This stack has neither values nor voxels: there is no picture to show.");
  const count = rows * columns * slices;
  if (intensities.length !== count || (heat !== undefined && heat.length !== count))
    throw new RangeError(
      `${slices} slices of ${columns} × ${rows} pixels have ${count} values, but there are ${intensities.length}` +
        `${heat === undefined ? "" : ` and ${heat.length} of heat`}; heat must lie on the grid of its picture.`,
    );
  const [from, to] = [slice * rows * columns, (slice + 1) * rows * columns];
  const part = (list: ArrayLike<number>): Float32Array =>
    Float32Array.from({ length: to - from }, (_, i) => list[from + i]!);
  return {
    values: part(intensities),
    rows,
    columns,
    spacing: [spacing[0], spacing[1]],
    caption,
    ...(heat === undefined ? {} : { heat: part(heat) }),
  };
}
