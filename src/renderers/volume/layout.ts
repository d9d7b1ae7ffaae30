/** Where a picture lies on its stage: pure geometry in CSS pixels. */
import type { Size } from "../slices/layout.js";
import type { Plane } from "./planes.js";
import type { Enlargement } from "./state.js";

/** Maps picture positions to the stage: the left edge of column c lies at `x + c * scaleX`. */
export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly scaleX: number;
  readonly scaleY: number;
  /** CSS pixels per mm. */
  readonly perMm: number;
}

/** Places the picture in its true proportions: at zoom 1 it fills the stage one way and is in the middle the other way. */
export function viewport(plane: Plane, stage: Size, { zoom, pan }: Enlargement): Viewport {
  const [width, height] = [plane.columns * plane.spacing[0], plane.rows * plane.spacing[1]];
  const perMm = Math.min(stage.width / width, stage.height / height) * zoom;
  return {
    x: stage.width / 2 + (pan[0] - width / 2) * perMm,
    y: stage.height / 2 + (pan[1] - height / 2) * perMm,
    scaleX: plane.spacing[0] * perMm,
    scaleY: plane.spacing[1] * perMm,
    perMm,
  };
}

/** Stage position of the middle of a pixel. */
export function toStage(port: Viewport, [column, row]: readonly [number, number]): readonly [number, number] {
  return [port.x + (column + 0.5) * port.scaleX, port.y + (row + 0.5) * port.scaleY];
}

/** Picture position of a place on the stage; the way back from {@link toStage}. */
export function fromStage(port: Viewport, [x, y]: readonly [number, number]): readonly [number, number] {
  return [(x - port.x) / port.scaleX - 0.5, (y - port.y) / port.scaleY - 0.5];
}

/** The pan (mm) by which a place that has left the stage comes back to its middle; `undefined` when it is in sight. */
export function panToSee(
  port: Viewport,
  stage: Size,
  picture: readonly [number, number],
): readonly [number, number] | undefined {
  const [x, y] = toStage(port, picture);
  if (x >= 0 && y >= 0 && x <= stage.width && y <= stage.height) return undefined;
  return [(stage.width / 2 - x) / port.perMm, (stage.height / 2 - y) / port.perMm];
}
