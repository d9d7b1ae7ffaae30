/** Draws a slice with its overlays on a 2D canvas. */
import {
  greyLevel,
  heatAlpha,
  heatColour,
  OUTLINE_COLOURS,
  outlinesOn,
  outlineText,
  scaleBarLength,
  type HeatLayer,
  type Outline,
  type SlicesPayload,
} from "../../protocol/index.js";
import { toStage, viewport, type Size, type Viewport } from "./layout.js";
import type { ViewerState } from "./state.js";

export interface Scene {
  readonly payload: SlicesPayload;
  readonly voxels: Int16Array;
  readonly state: ViewerState;
  /** The chosen heat layer, once it is unpacked. */
  readonly heat?: { readonly layer: HeatLayer; readonly values: Uint8Array };
}

const FONT = "ui-sans-serif, system-ui, -apple-system, 'Segoe UI', sans-serif";
const MARGIN = 8;

/** @param stage size in CSS pixels; the canvas has `ratio` device pixels per CSS pixel */
export function drawScene(context: CanvasRenderingContext2D, scene: Scene, stage: Size, ratio: number): void {
  const port = viewport(scene.payload, stage, scene.state);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.fillStyle = "#000";
  context.fillRect(0, 0, stage.width, stage.height);
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = "high";
  drawGrey(context, scene, port);
  if (scene.heat && scene.state.heatShown) drawHeat(context, scene.heat, scene.state, port);
  if (scene.state.outlinesShown) drawOutlines(context, scene, port, stage);
  drawFrame(context, scene, port, stage);
}

function drawGrey(
  context: CanvasRenderingContext2D,
  { payload, voxels, state }: Scene,
  port: Viewport,
): void {
  const { columns, rows } = payload;
  const image = new ImageData(columns, rows);
  const offset = state.slice * rows * columns;
  for (let i = 0; i < rows * columns; i++) {
    const grey = greyLevel(voxels[offset + i]!, state.window);
    image.data[i * 4] = image.data[i * 4 + 1] = image.data[i * 4 + 2] = grey;
    image.data[i * 4 + 3] = 255;
  }
  drawPixels(context, image, port.x, port.y, port);
}

function drawHeat(
  context: CanvasRenderingContext2D,
  { layer, values }: NonNullable<Scene["heat"]>,
  state: ViewerState,
  port: Viewport,
): void {
  const slice = state.slice - layer.origin[2];
  if (slice < 0 || slice >= layer.slices) return;
  const image = new ImageData(layer.columns, layer.rows);
  const offset = slice * layer.rows * layer.columns;
  for (let i = 0; i < layer.rows * layer.columns; i++) {
    const value = values[offset + i]!;
    image.data.set(heatColour(value), i * 4);
    image.data[i * 4 + 3] = heatAlpha(value, state.opacity);
  }
  drawPixels(
    context,
    image,
    port.x + layer.origin[0] * port.scaleX,
    port.y + layer.origin[1] * port.scaleY,
    port,
  );
}

/** Draws through a canvas of its own, because `putImageData` neither scales nor blends. */
function drawPixels(
  context: CanvasRenderingContext2D,
  image: ImageData,
  x: number,
  y: number,
  port: Viewport,
): void {
  const pixels = new OffscreenCanvas(image.width, image.height);
  pixels.getContext("2d")!.putImageData(image, 0, 0);
  context.drawImage(pixels, x, y, image.width * port.scaleX, image.height * port.scaleY);
}

function drawOutlines(context: CanvasRenderingContext2D, scene: Scene, port: Viewport, stage: Size): void {
  const shown = outlinesOn(scene.payload.outlines, scene.state.slice);
  for (const outline of shown) drawOutline(context, outline, scene.state.highlight, port);
  for (const outline of shown) drawLabel(context, outline, scene.state.highlight, port, stage);
}

function drawOutline(
  context: CanvasRenderingContext2D,
  outline: Outline,
  highlight: string,
  port: Viewport,
): void {
  const [first, ...others] = outline.corners.map((corner) => toStage(port, corner));
  if (!first) return;
  const stands = outline.label === highlight;
  context.beginPath();
  context.moveTo(...first);
  for (const corner of others) context.lineTo(...corner);
  context.closePath();
  context.lineJoin = "round";
  context.globalAlpha = highlight === "" || stands ? 1 : 0.45;
  context.strokeStyle = "rgb(0 0 0 / 60%)";
  context.lineWidth = stands ? 5 : 3;
  context.stroke();
  context.strokeStyle = stands ? "#fff" : OUTLINE_COLOURS[outline.kind];
  context.lineWidth = stands ? 2.5 : 1.25;
  context.stroke();
  context.globalAlpha = 1;
}

/** A vertebra's name lies on its body, a disc's name in front of the spine, where the picture is dark. */
function drawLabel(
  context: CanvasRenderingContext2D,
  outline: Outline,
  highlight: string,
  port: Viewport,
  stage: Size,
): void {
  const corners = outline.corners.map((corner) => toStage(port, corner));
  if (corners.length === 0) return;
  const mean = (axis: 0 | 1): number =>
    corners.reduce((sum, corner) => sum + corner[axis], 0) / corners.length;
  const text = outlineText(outline);
  const stands = outline.label === highlight;
  context.font = `${stands || outline.kind === "vertebra" ? "600" : "400"} 12px ${FONT}`;
  const colour = stands ? "#fff" : OUTLINE_COLOURS[outline.kind];
  if (outline.kind === "vertebra") {
    haloText(context, text, mean(0), mean(1), colour, "center");
    return;
  }
  const width = context.measureText(text).width;
  const left = Math.min(...corners.map(([x]) => x)) - 6 - width;
  haloText(context, text, Math.min(Math.max(left, 3), stage.width - width - 3), mean(1), colour, "left");
}

function drawFrame(
  context: CanvasRenderingContext2D,
  { payload, state }: Scene,
  port: Viewport,
  stage: Size,
): void {
  const { width, height } = stage;
  const [left, right, top, bottom] = payload.orientation;
  context.font = `600 13px ${FONT}`;
  haloText(context, left, MARGIN, height / 2, "#fff", "left");
  haloText(context, right, width - MARGIN, height / 2, "#fff", "right");
  haloText(context, top, width / 2, MARGIN + 6, "#fff", "center");
  haloText(context, bottom, width / 2, height - MARGIN - 6, "#fff", "center");
  context.font = `12px ${FONT}`;
  haloText(context, `${state.slice + 1} / ${payload.slices}`, MARGIN, MARGIN + 6, "#fff", "left");
  const { centre, width: range } = state.window;
  haloText(
    context,
    `W ${Math.round(range)}  L ${Math.round(centre)}`,
    MARGIN,
    height - MARGIN - 6,
    "#fff",
    "left",
  );
  if (state.zoom > 1)
    haloText(context, `${state.zoom.toFixed(1)}×`, width - MARGIN, MARGIN + 6, "#fff", "right");
  drawScaleBar(context, port.scaleX / payload.spacing[0], stage);
}

function drawScaleBar(context: CanvasRenderingContext2D, pixelsPerMm: number, { width, height }: Size): void {
  const length = scaleBarLength(width / pixelsPerMm);
  const [right, y] = [width - MARGIN, height - MARGIN];
  const left = right - length * pixelsPerMm;
  context.beginPath();
  context.moveTo(left, y - 5);
  context.lineTo(left, y);
  context.lineTo(right, y);
  context.lineTo(right, y - 5);
  context.lineJoin = "miter";
  context.strokeStyle = "rgb(0 0 0 / 70%)";
  context.lineWidth = 3.5;
  context.stroke();
  context.strokeStyle = "#fff";
  context.lineWidth = 1.5;
  context.stroke();
  haloText(context, `${length} mm`, (left + right) / 2, y - 12, "#fff", "center");
}

function haloText(
  context: CanvasRenderingContext2D,
  text: string,
  x: number,
  y: number,
  colour: string,
  align: CanvasTextAlign,
): void {
  context.textAlign = align;
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.lineWidth = 3;
  context.strokeStyle = "rgb(0 0 0 / 75%)";
  context.strokeText(text, x, y);
  context.fillStyle = colour;
  context.fillText(text, x, y);
}
