import type { Body } from "./frames.js";
import { placeInPlane } from "./frames.js";
import type { Appearance } from "./appearance.js";
import { noiseAt, paint, PHANTOM_TISSUE } from "./canvas.js";
import type { Canvas } from "./canvas.js";

/** A block of bone with a dark rim: half length back to front, half height, rounded. */
function paintBone(
  canvas: Canvas,
  look: Appearance,
  at: { back: number; down: number },
  angle: number,
  length: number,
  height: number,
): void {
  paint(canvas, {
    centreBack: at.back,
    centreDown: at.down,
    angle,
    reachBack: length + 1,
    reachDown: height + 1,
    tissue: PHANTOM_TISSUE.posterior,
    distance: (u, v) => {
      const taper = height * (0.78 + 0.22 * Math.sin((u / length) * 1.5));
      const [du, dv] = [length - Math.abs(u), taper - Math.abs(v)];
      const r = Math.min(2.5, height * 0.6);
      return du < r && dv < r ? r - Math.hypot(r - du, r - dv) : Math.min(du, dv);
    },
    signal: (u, v, distance) => {
      const marrow =
        look.marrow *
        (0.95 +
          0.12 *
            look.grain *
            noiseAt(
              look.fine,
              Math.round((at.down + v) / canvas.pixel),
              Math.round((at.back + u) / canvas.pixel),
            ));
      return look.cortex + (marrow - look.cortex) * Math.min(1, Math.max(0, distance / 1.2));
    },
  });
}

/**
 * Paints what lies behind a vertebral body: the spinous process near the middle, the lamina beside it, pedicle and
 * facets further out.
 * @param canalDepth mm from the body's back wall to the back of the canal
 */
export function paintPosterior(
  canvas: Canvas,
  body: Body,
  look: Appearance,
  x: number,
  canalDepth: number,
): void {
  const lateral = Math.abs(x - body.lateral);
  const wall = body.width / 2;
  const isThoracic = body.level.startsWith("T");
  if (lateral < 4.5) {
    const slope = body.angle + ((isThoracic ? 32 : 8) * Math.PI) / 180;
    const length = isThoracic ? 17 : 16;
    const start = placeInPlane(body, wall + canalDepth + 4, body.posteriorHeight * 0.28);
    const middle = {
      back: start.back + Math.cos(slope) * length,
      down: start.down + Math.sin(slope) * length,
    };
    paintBone(canvas, look, middle, slope, length, isThoracic ? 5.5 : 11 - lateral);
  } else if (lateral < 10) {
    paintBone(
      canvas,
      look,
      placeInPlane(body, wall + canalDepth + 3, body.posteriorHeight * 0.3),
      body.angle + 1.1,
      10,
      3.2,
    );
  } else if (lateral < 21) {
    paintBone(canvas, look, placeInPlane(body, wall + 5, -body.posteriorHeight * 0.22), body.angle, 10, 5.5);
    paintBone(
      canvas,
      look,
      placeInPlane(body, wall + 17, body.posteriorHeight * 0.1),
      body.angle + 1.25,
      17,
      4.5,
    );
    paintBone(
      canvas,
      look,
      placeInPlane(body, wall + 24, body.posteriorHeight * 0.62),
      body.angle + 1.2,
      8,
      3.8,
    );
  }
}
