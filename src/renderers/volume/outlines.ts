/** Detected vertebrae and discs as outlines in patient space. */
import { placeMismatch, type DetectedSpine, type PatientPoint } from "../../protocol/index.js";
import { stepOf, toPatient, type Vec3 } from "./affine.js";
import type { Volume } from "./nifti.js";
import { screenAxes, toPicture, type Plane } from "./planes.js";

/** An outline in voxel indices of the shown volume. */
export interface Outline {
  readonly kind: "vertebra" | "disc";
  readonly level: string;
  readonly centre: Vec3;
  readonly corners: readonly Vec3[];
}

/** Outlines are drawn up to this distance (mm) from the slice in which they were measured. */
const REACH_MM = 9;

/**
 * The outlines of a spine, from head to feet.
 *
 * @param series id of the volume's series, where it is known
 * @param sagittal the volume's sagittal view, in whose directions the discs' boxes are turned
 * @throws Error with a sentence for people when the answer is not what `spinebook detect --json` gives, or belongs to other
 * pictures
 */
export function outlinesOf(
  spine: DetectedSpine,
  volume: Pick<Volume, "affine" | "inverse" | "size">,
  sagittal: Plane,
  series?: string,
): readonly Outline[] {
  if (![spine.vertebrae, spine.discs, spine.flags].every(Array.isArray))
    throw new Error("The answer of the detection holds no vertebrae and discs.");
  const mismatch = placeMismatch(spine.place, { series, size: volume.size, affine: volume.affine });
  if (mismatch !== undefined) throw new Error(mismatch);
  const { across, down } = screenAxes(sagittal, volume.affine);
  const outline = (
    kind: Outline["kind"],
    level: string,
    centre: PatientPoint,
    corners: readonly PatientPoint[],
  ): Outline => ({
    kind,
    level,
    centre: toPatient(volume.inverse, centre),
    corners: corners.map((corner) => toPatient(volume.inverse, corner)),
  });
  const vertebrae = spine.vertebrae.map(({ level, centre, corners }) =>
    outline("vertebra", level, centre, [
      corners.anteriorSuperior.patient,
      corners.posteriorSuperior.patient,
      corners.posteriorInferior.patient,
      corners.anteriorInferior.patient,
    ]),
  );
  const discs = spine.discs.map((disc) =>
    outline("disc", disc.level, disc.centre, boxCorners(disc, across, down)),
  );
  const outlines = [...vertebrae, ...discs];
  if (
    outlines.some(({ corners, centre }) =>
      [centre, ...corners].flat().some((value) => !Number.isFinite(value)),
    )
  )
    throw new Error("The answer of the detection has positions that are not numbers.");
  const heightOf = ({ centre }: Outline): number => toPicture(sagittal, centre)[1];
  return outlines.sort((a, b) => heightOf(a) - heightOf(b));
}

/** The four corners (LPS mm) of a disc's box: front and back of its upper side, back and front of its lower side. */
function boxCorners(
  { centre, angle, width, height }: DetectedSpine["discs"][number],
  across: Vec3,
  down: Vec3,
): readonly PatientPoint[] {
  const radians = (angle * Math.PI) / 180;
  const [cos, sin] = [Math.cos(radians), Math.sin(radians)];
  const corner = (back: number, below: number): PatientPoint => {
    const [u, v] = [(back * width) / 2, (below * height) / 2];
    const [right, lower] = [cos * u - sin * v, sin * u + cos * v];
    return centre.map((value, i) => value + across[i]! * right + down[i]! * lower) as unknown as PatientPoint;
  };
  return [corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1)];
}

/** The outlines that are drawn on a slice of a view: those measured within 9 mm, and always in the slice itself. */
export function outlinesNear(
  outlines: readonly Outline[],
  plane: Plane,
  volume: Pick<Volume, "affine">,
  slice: number,
): readonly Outline[] {
  const step = stepOf(volume.affine, plane.through);
  const apart = Math.hypot(...step);
  return outlines.filter(({ centre }) => {
    const distance = Math.abs(centre[plane.through] - slice);
    return distance * apart <= REACH_MM || distance < 0.5;
  });
}
