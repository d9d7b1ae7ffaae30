import { discVolume as cutDisc } from "../detection/index.js";
import type { DiscVolume, DiscVolumeDefinition } from "../detection/index.js";
import type { MimeBundle } from "../protocol/index.js";
import type { DetectedSpine } from "./detect.js";
import { encodeSlices, jupyterDisplay, slicesBundle } from "../figures/index.js";
import type { Displayable } from "../figures/index.js";

/** A disc as one of the papers cuts it out. As the last value of a cell it shows its slices. */
export interface CutDisc extends DiscVolume, Displayable {
  readonly definition: DiscVolumeDefinition;
}

function showCut(
  { level, values, rows, columns, slices, spacing }: DiscVolume,
  definition: DiscVolumeDefinition,
): Promise<MimeBundle> {
  const [x, y, z] = spacing;
  return slicesBundle(
    encodeSlices({
      volume: {
        voxels: Int16Array.from(values, (value) => Math.round(1000 * value)),
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
  const volume = cutDisc(spine, level, definition);
  return { ...volume, definition, [jupyterDisplay]: () => showCut(volume, definition) };
}
