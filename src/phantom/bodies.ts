import type { Body, PhantomDisc } from "./anatomy.js";
import { nucleusSignal } from "./appearance.js";
import type { Appearance } from "./appearance.js";
import { noiseAt, paint, PHANTOM_TISSUE } from "./canvas.js";
import type { Canvas } from "./canvas.js";

/** How much of a body's front-to-back size is left at `lateral` mm from its middle (kidney-shaped cross-section). */
export function crossSection(lateral: number, halfBreadth: number): number {
  const t = Math.abs(lateral) / halfBreadth;
  return t >= 1 ? 0 : (1 - t ** 2.6) ** 0.45;
}

/** Half height of a body at u (mm from its middle, backward), between its endplates' rims. */
function halfHeight(body: Body, u: number): number {
  const t = (u + body.width / 2) / body.width;
  return (body.anteriorHeight * (1 - t) + body.posteriorHeight * t) / 2;
}

/** Thickness of the dark cortical rim, mm. */
const CORTEX = 0.7;

/** What disc conditions do to a body: nodes and marrow changes at its upper and lower endplates. */
export interface BodyNeighbours {
  readonly above: PhantomDisc | undefined;
  readonly below: PhantomDisc | undefined;
}

/** Paints a vertebral or sacral body with rim, hollow endplates, waist, basivertebral vein and marrow texture. */
export function paintBody(
  canvas: Canvas,
  body: Body,
  { above, below }: BodyNeighbours,
  look: Appearance,
  x: number,
): void {
  const lateral = x - body.lateral;
  const section = crossSection(lateral, body.halfBreadth);
  if (section <= 0.15) return;
  const half = (body.width / 2) * section;
  // The back wall stays in place near the middle; the front recedes sideways.
  const shift = Math.abs(lateral) < 10 ? body.width / 2 - half : (body.width / 2 - half) * 0.4;
  const nodeAbove = above?.condition?.nodes[1];
  const nodeBelow = below?.condition?.nodes[0];
  const marrowAbove = above?.condition?.marrow[1] ?? 0;
  const marrowBelow = below?.condition?.marrow[0] ?? 0;
  const nodeIsHere = Math.abs(lateral) < 9;
  const base = body.isSacral ? look.sacralMarrow : 1;
  const depthOfNode = (node: typeof nodeAbove, u: number): number => {
    if (node === undefined || !nodeIsHere) return 0;
    const t = (u - (node.position * body.width) / 2) / node.halfWidth;
    return Math.abs(t) < 1 ? node.depth * Math.sqrt(1 - t * t) : 0;
  };
  paint(canvas, {
    centreBack: body.centre.back,
    centreDown: body.centre.down,
    angle: body.angle,
    reachBack: body.width / 2 + 2,
    reachDown: Math.max(body.anteriorHeight, body.posteriorHeight) / 2 + 2,
    tissue: body.isSacral ? PHANTOM_TISSUE.sacrum : PHANTOM_TISSUE.body,
    distance: (u, v) => {
      const c = u - shift;
      const tall = halfHeight(body, u);
      const t = c / half;
      const hollow = body.hollow * Math.max(0, 1 - t * t);
      const waist = (body.isSacral ? 0.3 : 1.5) * Math.max(0, 1 - (v / tall) ** 2);
      const inUpper = v + tall - hollow - depthOfNode(nodeAbove, u);
      const inLower = tall - v - hollow - depthOfNode(nodeBelow, u);
      const [dv, du] = [Math.min(inUpper, inLower), half - waist - Math.abs(c)];
      // Rounded corners of 2 mm.
      const r = 2;
      return dv < r && du < r ? r - Math.hypot(r - dv, r - du) : Math.min(dv, du);
    },
    signal: (u, v, distance) => {
      const row = Math.round((body.centre.down + v) / canvas.pixel);
      const column = Math.round((body.centre.back + u) / canvas.pixel);
      let value =
        base * (1 + 0.07 * noiseAt(look.fine, row, column) + 0.06 * noiseAt(look.coarse, row, column));
      const tall = halfHeight(body, u);
      const type = (disc: PhantomDisc | undefined): number =>
        look.marrowChange[disc!.condition!.modic as 0 | 1 | 2 | 3];
      const ragged = 1 + 0.25 * noiseAt(look.coarse, row + 91, column + 17);
      if (marrowAbove > 0 && v + tall < marrowAbove * ragged * (1 - 0.5 * (u / half) ** 2))
        value *= type(above);
      if (marrowBelow > 0 && tall - v < marrowBelow * ragged * (1 - 0.5 * (u / half) ** 2))
        value *= type(below);
      // The basivertebral vein: a bright wedge from the back wall at mid height.
      if (
        !body.isSacral &&
        Math.abs(lateral) < 4 &&
        u > half * 0.25 &&
        Math.abs(v) < 0.6 + 1.2 * ((u - half * 0.25) / half)
      )
        value *= 1.25;
      const rim = Math.min(1, Math.max(0, (distance - 0.1) / CORTEX));
      return look.cortex + (value - look.cortex) * rim;
    },
  });
}

/** Paints a disc: annulus, nucleus by grade with its cleft, bulge and herniation behind. */
export function paintDisc(canvas: Canvas, disc: PhantomDisc, look: Appearance, x: number): void {
  const lateral = x - disc.lateral;
  const section = crossSection(lateral, disc.halfBreadth);
  if (section <= 0.15) return;
  const { condition } = disc;
  const half = (disc.width / 2) * section;
  const shift = Math.abs(lateral) < 10 ? disc.width / 2 - half : (disc.width / 2 - half) * 0.4;
  const bulge = condition === undefined ? -0.5 : 0.4 + condition.bulge;
  const hernia =
    condition !== undefined && Math.abs(lateral) < 8
      ? condition.herniation * Math.sqrt(1 - (lateral / 8) ** 2)
      : 0;
  const tallest = Math.max(disc.anteriorHeight, disc.posteriorHeight);
  const mean = (disc.anteriorHeight + disc.posteriorHeight) / 2;
  const degeneration = condition?.degeneration ?? 3.6;
  const nucleus = nucleusSignal(look, degeneration);
  const blend = degeneration > 3.3 ? 0.55 : degeneration > 2.3 ? 0.8 : 1;
  const halfAt = (u: number): number => {
    const t = Math.min(1, Math.max(0, (u + disc.width / 2) / disc.width));
    const plain = (disc.anteriorHeight * (1 - t) + disc.posteriorHeight * t) / 2;
    return plain + 0.9 * Math.max(0, 1 - ((u - shift) / half) ** 2);
  };
  paint(canvas, {
    centreBack: disc.centre.back,
    centreDown: disc.centre.down,
    angle: disc.angle,
    reachBack: disc.width / 2 + bulge + hernia + 3,
    reachDown: tallest / 2 + 6,
    tissue: condition === undefined ? -1 : PHANTOM_TISSUE.disc,
    distance: (u, v) => {
      const c = u - shift;
      const tall = halfAt(u);
      const body = Math.min(tall - Math.abs(v), half + bulge - Math.abs(c) - 0.25 * Math.abs(v));
      if (hernia <= 0 || c < 0) return body;
      const dome = 3.2 - Math.hypot((c - half - hernia + 3.2) * 0.9, v * 0.8);
      return Math.max(body, dome, Math.min(half + hernia - 2 - c, 2.4 - Math.abs(v)));
    },
    signal: (u, v, distance) => {
      const c = (u - shift) / half;
      const height = v / Math.max(0.5, mean / 2);
      const row = Math.round((disc.centre.down + v) / canvas.pixel);
      const column = Math.round((disc.centre.back + u) / canvas.pixel);
      const grain =
        1 +
        0.08 * noiseAt(look.fine, row, column) +
        (0.03 + 0.02 * degeneration) * noiseAt(look.coarse, row + 40, column);
      // The nucleus lies a little behind the middle and gives way to the annulus over its rim.
      const radius = Math.hypot((c - 0.06) / 0.84, height / 1.35);
      const inside = Math.min(1, Math.max(0, (1 - radius) / (0.22 + 0.1 * degeneration)));
      let value = look.annulus + (nucleus - look.annulus) * inside * (0.7 + 0.3 * blend);
      // Grades I to II show a dark horizontal cleft, clear from II on.
      const cleft = degeneration < 1.6 ? 0.12 : degeneration < 2.8 ? 0.42 : 0.1;
      if (Math.abs(height) < 0.22 && Math.abs(c) < 0.55) value *= 1 - cleft * (1 - Math.abs(height) / 0.22);
      const rim = Math.min(1, Math.max(0, (distance + 0.4) / 0.9));
      return (look.cortex + (value - look.cortex) * rim) * grain;
    },
  });
}
