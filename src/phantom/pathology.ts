import type { Volume } from "../imaging/index.js";
import { atSlice, placeInPlane } from "./frames.js";
import type { Anatomy, Body, Framed, PhantomDisc, PlanePoint } from "./frames.js";
import { gradesOf } from "./labels.js";
import { rowBack } from "./profile.js";
import type { Profile } from "./profile.js";
import { bodySection, discSection, marrowReach, nodeDepth } from "./shapes.js";

/** Where a finding of a disc lies: what a hotspot of that finding should point at. */
export interface PathologyMask {
  /** Key of the grading feature, such as `"upperEndplateDefect"`; `"pfirrmann"` and `"modic"` have no place. */
  readonly feature: PathologyFeature;
  /** `"L4-L5"`. */
  readonly level: string;
  /** Indices into `volume.voxels`, ascending. */
  readonly voxels: Int32Array;
}

/** Findings that have a place of their own. */
export const PATHOLOGY_FEATURES = [
  "upperEndplateDefect",
  "lowerEndplateDefect",
  "upperMarrowChange",
  "lowerMarrowChange",
  "centralCanalStenosis",
  "spondylolisthesis",
  "herniation",
  "bulging",
  "narrowing",
] as const;

export type PathologyFeature = (typeof PATHOLOGY_FEATURES)[number];

/** Picture's place of a voxel, in mm. */
type Inside = (place: PlanePoint, row: number) => boolean;

/** A finding as a rule that tells which places of a slice belong to it; `undefined` where the slice misses it. */
interface Region {
  readonly feature: PathologyFeature;
  /** Middle and half size (mm) of the square in which to look. */
  readonly centre: PlanePoint;
  readonly reach: number;
  readonly slice: (x: number) => Inside | undefined;
}

/** Patient's left-right place in mm of a slice, counted from the middle of the stack. */
export function lateralOfSlice(volume: Pick<Volume, "slices" | "spacing">, slice: number): number {
  return ((volume.slices - 1) / 2 - slice) * volume.spacing[2];
}

/** Coordinates in the frame of a body or disc: u backward, v downward, mm. */
function inFrame({ centre, angle }: Framed, { back, down }: PlanePoint): readonly [number, number] {
  const [x, y] = [back - centre.back, down - centre.down];
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return [cos * x + sin * y, cos * y - sin * x];
}

const tallestOf = (part: Body | PhantomDisc): number => Math.max(part.anteriorHeight, part.posteriorHeight);

/** A node or a marrow change at an endplate: `side` 0 is the body above the disc, 1 the body below it. */
function endplateRegions(disc: PhantomDisc, body: Body, side: 0 | 1): Region[] {
  const { nodes, marrow } = disc.condition!;
  const base = { centre: body.centre, reach: body.width / 2 + tallestOf(body) / 2 };
  type Section = NonNullable<ReturnType<typeof bodySection>>;
  /** Where in each slice something holds of the body's section there. */
  const within =
    (holds: (section: Section, lateral: number, u: number, v: number) => boolean): Region["slice"] =>
    (x) => {
      const lateral = x - body.lateral;
      const section = bodySection(body, lateral);
      if (section === undefined) return undefined;
      const here = atSlice(body, x);
      return (place) => holds(section, lateral, ...inFrame(here, place));
    };
  const depthAt = (section: Section, u: number, v: number): number =>
    side === 0 ? section.aboveLower(u, v) : section.belowUpper(u, v);
  const regions: Region[] = [];
  if (nodes[side] !== undefined)
    regions.push({
      ...base,
      feature: side === 0 ? "upperEndplateDefect" : "lowerEndplateDefect",
      slice: within((section, lateral, u, v) => {
        const depth = depthAt(section, u, v);
        return depth >= 0 && depth < nodeDepth(nodes[side], body, u, lateral) && section.distance(u, v) > 0;
      }),
    });
  if (marrow[side] > 0)
    regions.push({
      ...base,
      feature: side === 0 ? "upperMarrowChange" : "lowerMarrowChange",
      slice: within((section, lateral, u, v) => {
        if (section.distance(u, v) <= 0) return false;
        if (depthAt(section, u, v) < nodeDepth(nodes[side], body, u, lateral)) return false;
        const fromRim = side === 0 ? section.tall(u) - v : v + section.tall(u);
        return fromRim < marrow[side] * marrowReach(u, section.half);
      }),
    });
  return regions;
}

/** Disc space, material beyond the body line in front or behind, and the herniated part. */
function discRegions(disc: PhantomDisc): Region[] {
  const grades = gradesOf(disc.condition!);
  const base = {
    centre: disc.centre,
    reach: disc.width / 2 + disc.condition!.bulge + disc.condition!.herniation + 4,
  };
  const region = (
    feature: PathologyFeature,
    inside: (section: NonNullable<ReturnType<typeof discSection>>, u: number, v: number) => boolean,
  ): Region => ({
    ...base,
    feature,
    slice: (x) => {
      const section = discSection(disc, x - disc.lateral);
      if (section === undefined) return undefined;
      const here = atSlice(disc, x);
      return (place) => inside(section, ...inFrame(here, place));
    },
  });
  return [
    ...(grades.narrowing.grade > 1
      ? [region("narrowing", (s, u, v) => s.plain(u, v) > 0 && Math.abs(u - s.shift) < s.half)]
      : []),
    ...(grades.bulging.grade === 1
      ? [region("bulging", (s, u, v) => s.plain(u, v) > 0 && Math.abs(u - s.shift) >= s.half)]
      : []),
    ...(grades.herniation.grade === 1
      ? [region("herniation", (s, u, v) => s.herniated(u, v) > 0 && u - s.shift >= s.half)]
      : []),
  ];
}

/** Radius in mm about the corners between which a slip makes a step, and its reach to the sides. */
const STEP_RADIUS = 6;
const STEP_BREADTH = 14;

/** The step: places near the corners of both bodies, behind and in front. */
function slipRegions(disc: PhantomDisc, above: Body, below: Body): Region[] {
  if (gradesOf(disc.condition!).spondylolisthesis.grade === 0) return [];
  const corners = [-1, 1].flatMap((side) => {
    const height = (body: Body): number => (side < 0 ? body.anteriorHeight : body.posteriorHeight) / 2;
    const upper = placeInPlane(above, (side * above.width) / 2, height(above));
    const lower = placeInPlane(below, (side * below.width) / 2, -height(below));
    return [
      {
        back: (upper.back + lower.back) / 2,
        down: (upper.down + lower.down) / 2,
        span: upper.back - lower.back,
      },
    ];
  });
  return [
    {
      feature: "spondylolisthesis",
      centre: disc.centre,
      reach: disc.width / 2 + STEP_RADIUS + disc.condition!.slip + 4,
      slice: (x) =>
        Math.abs(x - disc.lateral) > STEP_BREADTH
          ? undefined
          : (place) =>
              corners.some(
                ({ back, down, span }) =>
                  Math.hypot(place.back - back, place.down - down) < STEP_RADIUS + Math.abs(span) / 2,
              ),
    },
  ];
}

/** Half height in mm of the canal's narrowed stretch, and half its breadth. */
const NARROWED = 7;
const CANAL_BREADTH = 10;

/** The narrowed stretch of the canal, between the disc's back and the back wall of the canal. */
function stenosisRegions(disc: PhantomDisc, profile: Profile): Region[] {
  if (gradesOf(disc.condition!).centralCanalStenosis.grade === 0) return [];
  const at = placeInPlane(disc, disc.width / 2, 0);
  return [
    {
      feature: "centralCanalStenosis",
      centre: at,
      reach: 30,
      slice: (x) =>
        Math.abs(x - disc.lateral) > CANAL_BREADTH
          ? undefined
          : ({ back, down }, row) =>
              Math.abs(down - at.down) < NARROWED &&
              back > profile.wall[row]! &&
              back < rowBack(profile, row),
    },
  ];
}

/** Voxels of a volume that lie in a region. */
function voxelsOf(volume: Volume, { centre, reach, slice: ofSlice }: Region): Int32Array {
  const { columns, rows, slices, spacing } = volume;
  const span = (middle: number, last: number): [number, number] => [
    Math.max(0, Math.floor((middle - reach) / spacing[0])),
    Math.min(last, Math.ceil((middle + reach) / spacing[0])),
  ];
  const [firstColumn, lastColumn] = span(centre.back, columns - 1);
  const [firstRow, lastRow] = span(centre.down, rows - 1);
  const found: number[] = [];
  for (let slice = 0; slice < slices; slice++) {
    const inside = ofSlice(lateralOfSlice(volume, slice));
    if (inside === undefined) continue;
    for (let row = firstRow; row <= lastRow; row++)
      for (let column = firstColumn; column <= lastColumn; column++)
        if (inside({ back: column * spacing[0], down: row * spacing[0] }, row))
          found.push((slice * rows + row) * columns + column);
  }
  return Int32Array.from(found);
}

/** Masks of all findings of all discs, from the same geometry that the picture is painted from. */
export function pathologyOf(
  { anatomy, profile }: { readonly anatomy: Anatomy; readonly profile: Profile },
  volume: Volume,
): PathologyMask[] {
  const column = [...anatomy.bodies, anatomy.sacrum[0]!];
  // Disc i lies below body i.
  return anatomy.discs
    .flatMap((disc, i) => {
      if (disc.condition === undefined) return [];
      const [above, below] = [column[i]!, column[i + 1]!];
      return [
        ...endplateRegions(disc, above, 0),
        ...endplateRegions(disc, below, 1),
        ...discRegions(disc),
        ...slipRegions(disc, above, below),
        ...stenosisRegions(disc, profile),
      ].map((region) => ({ feature: region.feature, level: disc.level, voxels: voxelsOf(volume, region) }));
    })
    .filter(({ voxels }) => voxels.length > 0);
}
