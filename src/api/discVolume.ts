import { discVolume as cutDisc } from "../detection/index.js";
import type { DiscVolume, DiscVolumeDefinition } from "../detection/index.js";
import type { MimeBundle } from "../protocol/index.js";
import type { DetectedSpine } from "./analysis.js";
import { encodeSlices, jupyterDisplay, slicesBundle } from "./display/index.js";
import type { Displayable } from "./display/index.js";

/** A disc as one of the papers cuts it out. As the last value of a cell it shows its slices. */
export class CutDisc implements Displayable, DiscVolume {
  readonly level: string;
  /** [slice][row][column]; rows run from head to foot, columns from front to back. */
  readonly values: Float32Array;
  readonly slices: number;
  readonly rows: number;
  readonly columns: number;
  /** mm between columns, rows and slices. */
  readonly spacing: readonly [number, number, number];

  constructor(
    volume: DiscVolume,
    readonly definition: DiscVolumeDefinition,
  ) {
    this.level = volume.level;
    this.values = volume.values;
    this.slices = volume.slices;
    this.rows = volume.rows;
    this.columns = volume.columns;
    this.spacing = volume.spacing;
  }

  [jupyterDisplay](): Promise<MimeBundle> {
    const { level, definition, rows, columns, slices, spacing } = this;
    const [x, y, z] = spacing;
    return slicesBundle(
      encodeSlices({
        volume: {
          voxels: Int16Array.from(this.values, (value) => Math.round(1000 * value)),
          rows,
          columns,
          slices,
          spacing,
          affine: [0, 0, -z, 0, x, 0, 0, 0, 0, -y, 0, 0, 0, 0, 0, 1],
          geometry: "patient",
        },
        title: `${level}, cut out as ${definition === "jamaludin" ? "Jamaludin et al. 2017" : "Niemeyer et al. 2021"} did`,
      }),
    );
  }
}

/**
 * A disc of a detected spine, cut out as a paper's network takes it: nine slices of 112 x 224 pixels (Jamaludin et al. 2017,
 * signal over that of the bodies, 0 to 1) or one of 128 x 128 (Niemeyer et al. 2021, −1 to 1).
 * @example discVolume(spine, "L4-L5", "niemeyer")
 * @throws RangeError where the spine has no disc of that level
 */
export function discVolume(
  { spine }: DetectedSpine,
  level: string,
  definition: DiscVolumeDefinition = "jamaludin",
): CutDisc {
  return new CutDisc(cutDisc(spine, level, definition), definition);
}
