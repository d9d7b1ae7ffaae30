import { placeInPlane } from "./frames.js";
import type { Body, PhantomDisc } from "./frames.js";
import { nucleusSignal, textureAt } from "./appearance.js";
import type { Appearance } from "./appearance.js";
import { noiseAt, paint, PHANTOM_TISSUE } from "./canvas.js";
import type { Canvas } from "./canvas.js";
import { bodySection, discSection, marrowReach, nodeDepth } from "./shapes.js";

/** Thickness of the dark cortical rim, mm. */
const CORTEX = 0.7;

/** What disc conditions do to a body: nodes and marrow changes at its upper and lower endplates. */
export interface BodyNeighbours {
  readonly above: PhantomDisc | undefined;
  readonly below: PhantomDisc | undefined;
}

/** Share of marrow's signal that the dark rim leaves at `distance` mm inside the border. */
function insideRim(distance: number): number {
  return Math.min(1, Math.max(0, (distance - 0.1) / CORTEX));
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
  const section = bodySection(body, lateral);
  if (section === undefined) return;
  const { half, tall: tallAt } = section;
  const nodeAbove = above?.condition?.nodes[1];
  const nodeBelow = below?.condition?.nodes[0];
  const marrowAbove = above?.condition?.marrow[1] ?? 0;
  const marrowBelow = below?.condition?.marrow[0] ?? 0;
  const changeOf = (disc: PhantomDisc | undefined): number =>
    look.marrowChange[disc?.condition?.modic ?? 0] ?? 1;
  const [changeAbove, changeBelow] = [changeOf(above), changeOf(below)];
  const base = look.marrow * (body.isSacral ? look.sacralMarrow : 1);
  const hasVein = !body.isSacral && Math.abs(lateral) < 4;
  const growth = body.haemangioma;
  const growthRadius =
    growth === undefined ? 0 : Math.sqrt(Math.max(0, growth.radius ** 2 - (lateral - growth.lateral) ** 2));
  paint(canvas, {
    centreBack: body.centre.back,
    centreDown: body.centre.down,
    angle: body.angle,
    reachBack: body.width / 2 + 2,
    reachDown: Math.max(body.anteriorHeight, body.posteriorHeight) / 2 + 2,
    tissue: body.isSacral ? PHANTOM_TISSUE.sacrum : PHANTOM_TISSUE.body,
    distance: (u, v) =>
      section.distanceLess(
        u,
        v,
        nodeDepth(nodeAbove, body, u, lateral),
        nodeDepth(nodeBelow, body, u, lateral),
      ),
    signal: (u, v, distance) => {
      const row = Math.round((body.centre.down + v) / canvas.pixel);
      const column = Math.round((body.centre.back + u) / canvas.pixel);
      let value = base * textureAt(look, row, column, 0.07, 0.06);
      const tall = tallAt(u);
      if (marrowAbove > 0 || marrowBelow > 0) {
        const ragged = 1 + 0.25 * noiseAt(look.coarse, row + 91, column + 17);
        const reach = ragged * marrowReach(u, half);
        // Its edge is soft over a millimetre.
        const share = (depth: number): number => Math.min(1, Math.max(0, depth + 0.5));
        if (marrowAbove > 0) value *= 1 + (changeAbove - 1) * share(marrowAbove * reach - v - tall);
        if (marrowBelow > 0) value *= 1 + (changeBelow - 1) * share(marrowBelow * reach - tall + v);
      }
      if (growthRadius > 0) {
        const inside = growthRadius - Math.hypot(u - growth!.u, v - growth!.v);
        value *= 1 + (look.haemangioma - 1) * Math.min(1, Math.max(0, inside / 1.5));
      }
      // The basivertebral vein: a bright wedge from the back wall at mid height.
      if (hasVein && u > half * 0.25 && Math.abs(v) < 0.6 + 1.2 * ((u - half * 0.25) / half)) value *= 1.25;
      return look.cortex + (value - look.cortex) * insideRim(distance);
    },
  });
}

/** Paints the spurs at a body's front corners: beaks of bone that reach forward and toward the disc. */
export function paintOsteophytes(canvas: Canvas, body: Body, look: Appearance, x: number): void {
  const section = bodySection(body, x - body.lateral);
  if (section === undefined) return;
  body.osteophytes.forEach((length, i) => {
    if (length === 0) return;
    const side = i === 0 ? -1 : 1;
    const front = section.shift - section.half;
    const middle = placeInPlane(body, front, side * (section.tall(front) - 2.2));
    const [long, thick] = [length + 3, 2.6];
    paint(canvas, {
      centreBack: middle.back,
      centreDown: middle.down,
      angle: body.angle - side * 0.45,
      reachBack: long + 1,
      reachDown: thick + 1,
      tissue: PHANTOM_TISSUE.body,
      // A beak: it tapers toward its tip in front.
      distance: (u, v) =>
        u > long ? long - u : Math.min(u + length, thick * Math.min(1, (u + length) / 4) - Math.abs(v)),
      signal: (_u, _v, distance) => look.cortex + (0.95 * look.marrow - look.cortex) * insideRim(distance),
    });
  });
}

/** Paints the bone that joins fused bodies across their disc space; a dark line is left of the disc in front. */
export function paintBridge(canvas: Canvas, disc: PhantomDisc, look: Appearance, x: number): void {
  const section = discSection(disc, x - disc.lateral);
  if (section === undefined) return;
  const tall = (disc.anteriorHeight + disc.posteriorHeight) / 4 + 2.5;
  paint(canvas, {
    centreBack: disc.centre.back,
    centreDown: disc.centre.down,
    angle: disc.angle,
    reachBack: section.half + 4,
    reachDown: tall + 1,
    tissue: PHANTOM_TISSUE.body,
    distance: (u, v) =>
      Math.min(
        section.half - 1 - 0.12 * (tall - Math.abs(v)) - Math.abs(u - section.shift),
        tall - Math.abs(v),
      ),
    signal: (u, v) => {
      const row = Math.round((disc.centre.down + v) / canvas.pixel);
      const column = Math.round((disc.centre.back + u) / canvas.pixel);
      const value = look.marrow * textureAt(look, row, column, 0.07, 0.06);
      const isFrontOrBack = Math.abs(Math.abs(u - section.shift) - section.half + 1) < CORTEX * 1.2;
      const isLine = Math.abs(v) < 0.8 && u < section.shift + section.half * 0.2;
      return isFrontOrBack || isLine ? look.cortex + 0.35 * (value - look.cortex) : value;
    },
  });
}

/** Paints a disc: annulus, nucleus by grade with its cleft, bulge and herniation behind. */
export function paintDisc(canvas: Canvas, disc: PhantomDisc, look: Appearance, x: number): void {
  const lateral = x - disc.lateral;
  const section = discSection(disc, lateral);
  if (section === undefined) return;
  const { condition } = disc;
  const { half, shift, bulge, hernia } = section;
  const tallest = Math.max(disc.anteriorHeight, disc.posteriorHeight);
  const mean = (disc.anteriorHeight + disc.posteriorHeight) / 2;
  const degeneration = condition?.degeneration ?? 3.6;
  const nucleus = nucleusSignal(look, degeneration);
  const blend = degeneration > 3.3 ? 0.55 : degeneration > 2.3 ? 0.8 : 1;
  paint(canvas, {
    centreBack: disc.centre.back,
    centreDown: disc.centre.down,
    angle: disc.angle,
    reachBack: disc.width / 2 + bulge + hernia + 3,
    reachDown: tallest / 2 + 6,
    tissue: condition === undefined ? -1 : PHANTOM_TISSUE.disc,
    distance: (u, v) => Math.max(section.plain(u, v), section.herniated(u, v)),
    signal: (u, v, distance) => {
      const c = (u - shift) / half;
      const height = v / Math.max(0.5, mean / 2);
      const row = Math.round((disc.centre.down + v) / canvas.pixel);
      const column = Math.round((disc.centre.back + u) / canvas.pixel);
      const grain =
        1 +
        look.grain *
          (0.08 * noiseAt(look.fine, row, column) +
            (0.03 + 0.02 * degeneration) * noiseAt(look.coarse, row + 40, column));
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
