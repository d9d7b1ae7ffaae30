import type { Anatomy, Body } from "./frames.js";
import { placeInPlane } from "./frames.js";

/** Borders of the canal and the trunk for each row of the picture, in mm from its front edge. */
export interface Profile {
  /** Front and back walls of the column of bodies. */
  readonly front: Float32Array;
  readonly wall: Float32Array;
  /** Front and back of the dural sac. */
  readonly sacFront: Float32Array;
  readonly sacBack: Float32Array;
  /** Front-to-back size in mm that the sac would have if no disc narrowed it. */
  readonly freeDepth: Float32Array;
  /** Depth in mm of the fat behind the sac: it fills the corners between the laminae. */
  readonly epidural: Float32Array;
  /** Where back muscles end and subcutaneous fat begins. */
  readonly fascia: Float32Array;
  /** Where the abdominal wall begins, in front. */
  readonly skin: Float32Array;
  /** Lateral shift of the spine. */
  readonly lateral: Float32Array;
  /** Row at which the cord ends, and that of the lower third of L1, where it does so on average. */
  readonly conus: number;
  readonly lowerL1: number;
}

/** Piecewise linear function through points sorted by position; it goes on with the end slopes. */
function interpolate(
  rows: number,
  pixel: number,
  points: readonly (readonly [number, number])[],
): Float32Array {
  const sorted = [...points].sort((a, b) => a[0] - b[0]);
  const values = new Float32Array(rows);
  let k = 0;
  for (let row = 0; row < rows; row++) {
    const at = row * pixel;
    while (k < sorted.length - 2 && sorted[k + 1]![0] < at) k++;
    const [[x0, y0], [x1, y1]] = [sorted[k]!, sorted[k + 1]!];
    values[row] = y0 + ((y1 - y0) * (at - x0)) / Math.max(0.1, x1 - x0);
  }
  return values;
}

function smooth(values: Float32Array, radius: number): Float32Array {
  return values.map((_, i) => {
    let [sum, count] = [0, 0];
    for (let j = Math.max(0, i - radius); j <= Math.min(values.length - 1, i + radius); j += 4)
      [sum, count] = [sum + values[j]!, count + 1];
    return sum / count;
  });
}

/** Where the sac would end behind in a row if no disc narrowed it, mm from the picture's front edge. */
export function rowBack({ wall, sacBack, freeDepth }: Profile, row: number): number {
  return Math.max(sacBack[row]!, wall[row]! + 1.6 + freeDepth[row]!);
}

/** mm from one vertebra to the next near L1. */
const VERTEBRA = 35;

/** Where the sac has ended, counted in sacral bodies: S2. */
const SAC_END = 1;

/** Derives the borders from the anatomy. */
export function profileOf(anatomy: Anatomy, rows: number, pixel: number): Profile {
  const all = [...anatomy.bodies, ...anatomy.sacrum];
  const walls = (u: number): [number, number][] =>
    all.flatMap((body) =>
      [-0.42, 0.42].map((v): [number, number] => {
        const { back, down } = placeInPlane(body, (u * body.width) / 2, v * body.posteriorHeight);
        return [down, back];
      }),
    );
  const front = smooth(interpolate(rows, pixel, walls(-1)), Math.round(6 / pixel));
  const wall = smooth(interpolate(rows, pixel, walls(1)), Math.round(6 / pixel));
  const rowOf = (body: Body): number => body.centre.down / pixel;
  const l1 = rowOf(anatomy.bodies.find(({ level }) => level === "L1")!);
  const s1 = rowOf(anatomy.sacrum[0]!);
  const end = rowOf(anatomy.sacrum[SAC_END]!) + 8 / pixel;
  const sacFront = new Float32Array(rows);
  const sacBack = new Float32Array(rows);
  const freeDepth = new Float32Array(rows);
  const epidural = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const t = Math.min(1, Math.max(0, (row - l1) / (s1 - l1)));
    const slope = row > 2 ? (wall[row]! - wall[row - 2]!) / (2 * pixel) : 0;
    const slant = Math.sqrt(1 + slope * slope);
    let depth = anatomy.sac[0] * (1 - t) + anatomy.sac[1] * t;
    // Fat lies in front of the sac at the lumbosacral level; below S1 the sac tapers.
    let gap = 1.6 + 3.5 * Math.max(0, t - 0.75) * 4 * 0.6;
    if (row > s1) depth *= Math.max(0, 1 - (row - s1) / (end - s1));
    freeDepth[row] = depth * slant;
    for (const { centre, angle, width, condition } of anatomy.discs) {
      if (condition === undefined) continue;
      const at = placeInPlane({ centre, angle }, width / 2, 0);
      const near = Math.exp(-(((row * pixel - at.down) / 6) ** 2));
      // The corners lie at the height of the disc and a little above it.
      epidural[row]! +=
        3.6 * Math.exp(-(((row * pixel - at.down + 3) / 8) ** 2)) * Math.min(1, condition.canalFactor);
      gap += near * (0.6 * condition.bulge + 0.75 * condition.herniation);
      depth -= near * (0.3 * condition.bulge + 0.45 * condition.herniation);
      depth *= 1 - near * (1 - Math.min(1.05, condition.canalFactor));
    }
    sacFront[row] = wall[row]! + gap * slant;
    sacBack[row] = sacFront[row]! + Math.max(0, depth) * slant;
  }
  const fascia = smooth(wall, Math.round(115 / pixel)).map((value, row) =>
    Math.max(value + 14 + anatomy.backMuscle, sacBack[row]! + 13),
  );
  const skin = smooth(front, Math.round(115 / pixel)).map((value) => value - anatomy.belly);
  const lateral = interpolate(
    rows,
    pixel,
    all.map((body): [number, number] => [body.centre.down, body.lateral]),
  );
  return {
    front,
    wall,
    sacFront,
    sacBack,
    freeDepth,
    epidural,
    fascia,
    skin,
    lateral,
    conus: l1 + (6 + VERTEBRA * anatomy.conus) / pixel,
    lowerL1: l1 + 6 / pixel,
  };
}
