import type { Disc, Spine, Vertebra } from "../detection/index.js";
import type { Outline } from "../protocol/index.js";

/** The oriented box of a disc, on the slices about its middle. */
export function discOutline({ stack }: Spine, disc: Disc, note: string): Outline {
  const { spacing, slices } = stack.volume;
  const radians = (disc.angle * Math.PI) / 180;
  const [cos, sin] = [Math.cos(radians), Math.sin(radians)];
  const corner = (back: number, down: number): [number, number] => {
    const [u, v] = [(back * disc.width) / 2, (down * disc.height) / 2];
    return [
      disc.centre.column + (cos * u - sin * v) / spacing[0],
      disc.centre.row + (sin * u + cos * v) / spacing[1],
    ];
  };
  return {
    kind: "disc",
    label: disc.level,
    note,
    corners: [corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1)],
    slices: slicesAbout(disc.slice, spacing[2], slices),
  };
}

/** The four corners of a body. */
export function vertebraOutline({ stack }: Spine, vertebra: Vertebra): Outline {
  const { anteriorSuperior, posteriorSuperior, posteriorInferior, anteriorInferior } = vertebra.corners;
  const corners = [anteriorSuperior, posteriorSuperior, posteriorInferior, anteriorInferior].map(
    ({ column, row }): [number, number] => [column, row],
  );
  return {
    kind: "vertebra",
    label: vertebra.level,
    note: "",
    corners,
    slices: slicesAbout(vertebra.slice, stack.volume.spacing[2], stack.volume.slices),
  };
}

/** Outlines are drawn up to this distance (mm) from the slice in which they were measured. */
const REACH_MM = 9;

function slicesAbout(slice: number, spacing: number, slices: number): [number, number] {
  const reach = Math.max(0, Math.round(REACH_MM / spacing));
  return [Math.max(0, slice - reach), Math.min(slices - 1, slice + reach)];
}

/** All outlines of a spine; `notes` gives the text behind a disc's name. */
export function spineOutlines(spine: Spine, notes: Readonly<Record<string, string>> = {}): Outline[] {
  return [
    ...spine.vertebrae.map((vertebra) => vertebraOutline(spine, vertebra)),
    ...spine.discs.map((disc) => discOutline(spine, disc, notes[disc.level] ?? "")),
  ];
}
