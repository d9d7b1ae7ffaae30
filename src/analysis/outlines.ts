import { shownLevel } from "../detection/index.js";
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

/**
 * The four corners of a body in every slice in which they were measured; each is drawn on the slices nearest to it, and the
 * first and the last also a little beyond.
 */
export function vertebraOutlines({ stack }: Spine, { level, slices }: Vertebra): Outline[] {
  const { spacing, slices: count } = stack.volume;
  return slices.map(({ slice, corners }, i) => {
    const [before, after] = [slices[i - 1]?.slice, slices[i + 1]?.slice];
    const [reachDown, reachUp] = slicesAbout(slice, spacing[2], count);
    return {
      kind: "vertebra",
      label: level,
      note: "",
      corners: [
        corners.anteriorSuperior,
        corners.posteriorSuperior,
        corners.posteriorInferior,
        corners.anteriorInferior,
      ].map(({ column, row }): [number, number] => [column, row]),
      slices: [
        before === undefined ? reachDown : Math.floor((before + slice) / 2) + 1,
        after === undefined ? reachUp : Math.floor((slice + after) / 2),
      ],
    };
  });
}

/** Outlines are drawn up to this distance (mm) from the slice in which they were measured. */
const REACH_MM = 9;

function slicesAbout(slice: number, spacing: number, slices: number): [number, number] {
  const reach = Math.max(0, Math.round(REACH_MM / spacing));
  return [Math.max(0, slice - reach), Math.min(slices - 1, slice + reach)];
}

/** The text behind a disc's name: its other name where the numbering is doubtful, and what else there is to say. */
function noteOf({ numbering }: Spine, level: string, note: string): string {
  const other = shownLevel(level, numbering).slice(level.length).trim();
  return [other, note].filter((part) => part !== "").join(" ");
}

/** All outlines of a spine; `notes` gives the text behind a disc's name. */
export function spineOutlines(spine: Spine, notes: Readonly<Record<string, string>> = {}): Outline[] {
  return [
    ...spine.vertebrae.flatMap((vertebra) => vertebraOutlines(spine, vertebra)),
    ...spine.discs.map((disc) =>
      discOutline(spine, disc, noteOf(spine, disc.level, notes[disc.level] ?? "")),
    ),
  ];
}
