import { connectedRegions, TISSUE, tissueMap } from "../../detection/index.js";
import type { BodyOutline, CornerPicture } from "../../detection/index.js";
import type { Predictor } from "../../engine/index.js";
import type { Volume } from "../../imaging/index.js";
import { renderPhantom } from "../../phantom/index.js";
import type { CornerName } from "../../phantom/index.js";
import { labelStack } from "../labelledSlice.js";
import type { MaskedStack } from "../datasets/index.js";
import { maskCorners } from "./maskCorners.js";

/** One slice with the true corners of the bodies in it. */
export interface CorneredSlice {
  readonly picture: CornerPicture;
  /** The next slice of the stack, to imitate thick slices. */
  readonly neighbour: ArrayLike<number> | undefined;
  /** mm of the slice. */
  readonly bodies: readonly BodyOutline[];
}

/** Bodies smaller or larger than this (mm²) are torn or joined in the mask. */
const BODY_AREA = [350, 2000] as const;
/** Share of its quadrilateral that a whole body's mask fills at least. */
const LEAST_FILL = 0.8;
/** mm from the picture's border within which a body may be cut off. */
const BORDER = 2;

/** mm² within a polygon of points in mm. */
function polygonArea(points: readonly (readonly [number, number])[]): number {
  const doubled = points.reduce((sum, [x, y], i) => {
    const [x2, y2] = points[(i + 1) % points.length]!;
    return sum + x * y2 - x2 * y;
  }, 0);
  return Math.abs(doubled) / 2;
}

/** Outlines (mm of the slice) of the whole bodies among labels of one slice. */
export function outlinesOf(
  labels: Uint8Array,
  { rows, columns, spacing }: { readonly rows: number; readonly columns: number; readonly spacing: number },
): BodyOutline[] {
  const regions = connectedRegions(labels.length, columns, (i) => labels[i] === TISSUE.body, 60);
  return regions.flatMap(({ pixels }) => {
    const area = pixels.length * spacing * spacing;
    const corners = maskCorners(pixels, columns);
    if (corners === undefined || area < BODY_AREA[0] || area > BODY_AREA[1]) return [];
    const outline = corners.map(([row, column]) => [column * spacing, row * spacing] as const);
    const isInside = outline.every(
      ([back, down]) =>
        back > BORDER && down > BORDER && back < columns * spacing - BORDER && down < rows * spacing - BORDER,
    );
    return isInside && area / polygonArea(outline) >= LEAST_FILL ? [outline as unknown as BodyOutline] : [];
  });
}

/** Slices of a masked stack with the corners that its masks give ({@link maskCorners}): all, or those with most bodies. */
export async function maskedCornerSlices(
  { slices: stack, volume, mostCornerSlices = Infinity }: MaskedStack,
  detector: Predictor,
): Promise<CorneredSlice[]> {
  const outlined = labelStack(stack, volume.spacing[2])
    .map((slice, i) => ({ slice, image: stack[i]!.image, bodies: outlinesOf(slice.labels, slice) }))
    .filter(({ bodies }) => bodies.length > 0);
  const most =
    outlined.length <= mostCornerSlices
      ? outlined
      : [...outlined].sort((a, b) => b.bodies.length - a.bodies.length).slice(0, mostCornerSlices);
  const slices: CorneredSlice[] = [];
  for (const { slice, image, bodies } of most) {
    const map = await tissueMap(detector, image, 0);
    const { values, rows, columns, spacing, neighbour } = slice;
    slices.push({ picture: { values, rows, columns, spacing: [spacing, spacing], map }, neighbour, bodies });
  }
  return slices;
}

/** Families of phantoms that are trained on; the others are kept to measure how far the training carries. */
export const TRAINING_FAMILIES = ["standard", "varied", "mixture"] as const;

/** Three slices of the i-th phantom of a seed with their true corners, S1's among them. */
export async function cornerSlicesOfPhantom(
  i: number,
  seed: number,
  detector: Predictor,
): Promise<CorneredSlice[]> {
  const { volume, truth } = renderPhantom({
    seed: seed * 7919 + i,
    slices: 7,
    family: TRAINING_FAMILIES[i % TRAINING_FAMILIES.length]!,
    artefacts: "drawn",
  });
  const slices: CorneredSlice[] = [];
  for (const slice of [1, 3, 4]) {
    const corners = truth.vertebrae.flatMap(({ sections }) =>
      sections.filter((section) => section.slice === slice).map((section) => section.corners),
    );
    if (corners.length > 0) slices.push(await phantomSlice(volume, slice, corners, detector));
  }
  return slices;
}

/** Slices of phantoms with their true corners. */
export async function phantomCornerSlices(
  count: number,
  seed: number,
  detector: Predictor,
): Promise<CorneredSlice[]> {
  const slices: CorneredSlice[] = [];
  for (let i = 0; i < count; i++) slices.push(...(await cornerSlicesOfPhantom(i, seed, detector)));
  return slices;
}

type TrueCorners = Readonly<Record<CornerName, readonly [number, number]>>;

async function phantomSlice(
  volume: Volume,
  slice: number,
  corners: readonly TrueCorners[],
  detector: Predictor,
): Promise<CorneredSlice> {
  const { rows, columns, spacing } = volume;
  const pixels = rows * columns;
  const bodies = corners.map((c) =>
    [c.anteriorSuperior, c.posteriorSuperior, c.posteriorInferior, c.anteriorInferior].map(
      ([column, row]) => [column * spacing[0], row * spacing[1]] as const,
    ),
  ) as unknown as BodyOutline[];
  return {
    picture: {
      values: volume.voxels.slice(slice * pixels, (slice + 1) * pixels),
      rows,
      columns,
      spacing: [spacing[0], spacing[1]],
      map: await tissueMap(detector, volume, slice),
    },
    neighbour: undefined,
    bodies,
  };
}
