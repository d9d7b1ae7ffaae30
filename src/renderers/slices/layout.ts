/** Where things lie on the stage: pure geometry in CSS pixels. */
import type { SlicesPayload } from "../../protocol/index.js";
import type { ViewerState } from "./state.js";

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Maps display pixels to the stage: the left edge of column c lies at `x + c * scaleX`. */
export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly scaleX: number;
  readonly scaleY: number;
}

type Picture = Pick<SlicesPayload, "columns" | "rows" | "spacing">;

/** The largest stage with the picture's true proportions in mm that fits into `room`. */
export function fitStage(picture: Picture, room: Size): Size {
  const width = picture.columns * picture.spacing[0];
  const height = picture.rows * picture.spacing[1];
  const scale = Math.min(room.width / width, room.height / height);
  return { width: Math.max(1, Math.floor(width * scale)), height: Math.max(1, Math.floor(height * scale)) };
}

export function viewport(picture: Picture, stage: Size, view: Pick<ViewerState, "zoom" | "pan">): Viewport {
  return {
    x: stage.width * (0.5 + view.pan[0] - view.zoom / 2),
    y: stage.height * (0.5 + view.pan[1] - view.zoom / 2),
    scaleX: (stage.width * view.zoom) / picture.columns,
    scaleY: (stage.height * view.zoom) / picture.rows,
  };
}

/** Stage position of a pixel's centre; (0, 0) is the centre of the first pixel. */
export function toStage(port: Viewport, [column, row]: readonly [number, number]): readonly [number, number] {
  return [port.x + (column + 0.5) * port.scaleX, port.y + (row + 0.5) * port.scaleY];
}
