/** Draws one view on a 2D canvas: picture, outlines, crosshair, letters and scale bar. */
import { OUTLINE_COLOURS, scaleBarLength } from "../../protocol/index.js";
import type { Size } from "../slices/layout.js";
import { drawLetters, FONT, haloText, MARGIN } from "../slices/text.js";
import { paintSlice, type Window } from "./intensity.js";
import { toStage, viewport, type Viewport } from "./layout.js";
import type { Volume } from "./nifti.js";
import { outlinesNear, type Outline } from "./outlines.js";
import { toPicture, type Plane } from "./planes.js";
import type { ViewerState } from "./state.js";

/** A slice's grey picture, kept until slice or window change: moving the crosshair within a view only draws marks. */
export interface Picture {
  readonly canvas: OffscreenCanvas;
  /** Brings the picture up to date. */
  show(volume: Volume, slice: number, window: Window): void;
}

/** A picture of a view's size in voxels. */
export function createPicture(plane: Plane): Picture {
  const canvas = new OffscreenCanvas(plane.columns, plane.rows);
  const context = canvas.getContext("2d", { alpha: false })!;
  const image = new ImageData(plane.columns, plane.rows);
  const pixels = new Uint32Array(image.data.buffer);
  let shown: { readonly slice: number; readonly window: Window } | undefined;
  return {
    canvas,
    show(volume, slice, window) {
      if (shown?.slice === slice && shown.window === window) return;
      paintSlice(pixels, volume, plane, slice, window);
      context.putImageData(image, 0, 0);
      shown = { slice, window };
    },
  };
}

/** What is drawn in a view. */
export interface View {
  readonly volume: Volume;
  readonly plane: Plane;
  readonly picture: Picture;
  readonly state: ViewerState;
  /** Drawn on sagittal views only, where the outlines were measured. */
  readonly outlines: readonly Outline[];
}

const CROSSHAIR = "#7ee2a8";
/** Free space (CSS pixels) about the crosshair's middle, so that the place itself can be seen. */
const GAP = 9;

/** @param stage size in CSS pixels; the canvas has `ratio` device pixels per CSS pixel */
export function drawView(context: CanvasRenderingContext2D, view: View, stage: Size, ratio: number): void {
  const { plane, state, volume, picture } = view;
  const port = viewport(plane, stage, state.views[plane.name]);
  picture.show(volume, state.cursor[plane.through], state.window);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.fillStyle = "#000";
  context.fillRect(0, 0, stage.width, stage.height);
  context.imageSmoothingEnabled = true;
  // Mipmaps matter only where several voxels share a pixel of the screen.
  context.imageSmoothingQuality = Math.min(port.scaleX, port.scaleY) * ratio < 1 ? "medium" : "low";
  const { width, height } = picture.canvas;
  context.drawImage(picture.canvas, port.x, port.y, width * port.scaleX, height * port.scaleY);
  if (state.outlinesShown && plane.name === "sagittal") drawOutlines(context, view, port, stage);
  drawCrosshair(context, toStage(port, toPicture(plane, state.cursor)), stage);
  drawFrame(context, view, port, stage);
}

function drawOutlines(context: CanvasRenderingContext2D, view: View, port: Viewport, stage: Size): void {
  const { plane, state, volume } = view;
  const near = outlinesNear(view.outlines, plane, volume, state.cursor[plane.through]);
  const shown = near.map((outline) => ({
    ...outline,
    points: outline.corners.map((corner) => toStage(port, toPicture(plane, corner))),
    stands: outline.level === state.level,
  }));
  for (const { kind, points, stands } of shown) {
    context.beginPath();
    for (const [x, y] of points) context.lineTo(x, y);
    context.closePath();
    context.lineJoin = "round";
    line(context, stands ? "#fff" : OUTLINE_COLOURS[kind], stands ? 2.5 : 1.25);
  }
  for (const { kind, level, points, stands } of shown) {
    context.font = `${stands || kind === "vertebra" ? 600 : 400} 12px ${FONT}`;
    const colour = stands ? "#fff" : OUTLINE_COLOURS[kind];
    const y = points.reduce((sum, point) => sum + point[1], 0) / points.length;
    if (kind === "vertebra") {
      // Behind the middle, where the crosshair of a chosen level does not cross the name.
      const x = points.reduce((sum, point) => sum + point[0], 0) / points.length;
      haloText(
        context,
        level,
        x + (stands ? GAP + 4 : 0),
        y - (stands ? 12 : 0),
        colour,
        stands ? "left" : "center",
      );
      continue;
    }
    const width = context.measureText(level).width;
    const left = Math.min(...points.map(([x]) => x)) - 6 - width;
    haloText(
      context,
      level,
      Math.min(Math.max(left, 3), stage.width - width - 3),
      y - (stands ? 10 : 0),
      colour,
      "left",
    );
  }
}

function drawCrosshair(
  context: CanvasRenderingContext2D,
  [x, y]: readonly [number, number],
  { width, height }: Size,
): void {
  context.beginPath();
  context.moveTo(0, y);
  context.lineTo(x - GAP, y);
  context.moveTo(x + GAP, y);
  context.lineTo(width, y);
  context.moveTo(x, 0);
  context.lineTo(x, y - GAP);
  context.moveTo(x, y + GAP);
  context.lineTo(x, height);
  context.lineCap = "butt";
  line(context, CROSSHAIR, 1);
}

/** Strokes the path with a dark edge, so that it shows on bright and dark tissue. */
function line(context: CanvasRenderingContext2D, colour: string, width: number): void {
  context.strokeStyle = "rgb(0 0 0 / 55%)";
  context.lineWidth = width + 1.75;
  context.stroke();
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke();
}

function drawFrame(
  context: CanvasRenderingContext2D,
  { plane, state }: View,
  port: Viewport,
  stage: Size,
): void {
  const { width } = stage;
  drawLetters(context, plane.letters, stage);
  context.font = `12px ${FONT}`;
  haloText(context, titleOf(plane, state), MARGIN, MARGIN + 6, "#fff", "left");
  const { zoom } = state.views[plane.name];
  if (zoom > 1) haloText(context, `${zoom.toFixed(1)}×`, width - MARGIN, MARGIN + 6, "#fff", "right");
  drawScaleBar(context, port.perMm, stage);
}

/** Name and slice of a view, such as `Sagittal 6 / 11`; slices count as in the volume. */
export function titleOf(plane: Plane, { cursor }: Pick<ViewerState, "cursor">): string {
  const name = plane.name.charAt(0).toUpperCase() + plane.name.slice(1);
  return `${name} ${cursor[plane.through] + 1} / ${plane.slices}`;
}

function drawScaleBar(context: CanvasRenderingContext2D, perMm: number, { width, height }: Size): void {
  const length = scaleBarLength(width / perMm);
  const [right, y] = [width - MARGIN, height - MARGIN];
  const left = right - length * perMm;
  context.beginPath();
  context.moveTo(left, y - 5);
  context.lineTo(left, y);
  context.lineTo(right, y);
  context.lineTo(right, y - 5);
  context.lineJoin = "miter";
  line(context, "#fff", 1.5);
  haloText(context, `${length} mm`, right, y - 12, "#fff", "right");
}
