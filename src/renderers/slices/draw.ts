/** Draws a slice with its overlays on a 2D canvas. */
import {
  lengthText,
  OUTLINE_COLOURS,
  outlinesOn,
  outlineText,
  scaleBarLength,
  type Box,
  type HeatLayer,
  type Outline,
  type SlicesPayload,
} from "../../protocol/index.js";
import { COLOUR_MAPS } from "./colours.js";
import { toStage, viewport, type Size, type Viewport } from "./layout.js";
import { drawOverlay } from "./overlay.js";
import type { Raster } from "./raster.js";
import type { ViewerState } from "./state.js";
import { drawLetters, FONT, haloText, MARGIN } from "./text.js";

export interface Scene {
  readonly payload: SlicesPayload;
  /** Intensities of a slice, [row][column]. */
  readonly read: (slice: number) => Int16Array;
  readonly raster: Raster;
  readonly state: ViewerState;
  /** The chosen heat layer, once it is unpacked. */
  readonly heat?: { readonly layer: HeatLayer; readonly values: Uint8Array };
  /** What stands beside the probe's point. */
  readonly probeText: string;
}

/** @param stage size in CSS pixels; the canvas has `ratio` device pixels per CSS pixel */
export function drawScene(context: CanvasRenderingContext2D, scene: Scene, stage: Size, ratio: number): void {
  const { payload, raster, state } = scene;
  const port = viewport(payload, stage, state);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.imageSmoothingEnabled = state.smooth;
  context.imageSmoothingQuality = "high";
  const grey = raster.grey(payload, state.slice, state.window, scene.read);
  drawPixels(context, grey, port.x, port.y, port);
  if (scene.heat && state.heatShown) drawHeat(context, scene.heat, scene, port);
  const names = state.outlinesShown ? drawOutlines(context, scene, port, stage) : [];
  drawFrame(context, scene, port, stage, names);
  drawOverlay(context, state, payload, port, stage, scene.probeText);
}

function drawHeat(
  context: CanvasRenderingContext2D,
  { layer, values }: NonNullable<Scene["heat"]>,
  { raster, state }: Scene,
  port: Viewport,
): void {
  const picture = raster.heat(layer, values, state.slice, state.colours);
  if (!picture) return;
  context.globalAlpha = state.opacity;
  drawPixels(
    context,
    picture,
    port.x + layer.origin[0] * port.scaleX,
    port.y + layer.origin[1] * port.scaleY,
    port,
  );
  context.globalAlpha = 1;
}

function drawPixels(
  context: CanvasRenderingContext2D,
  picture: OffscreenCanvas,
  x: number,
  y: number,
  port: Viewport,
): void {
  context.drawImage(picture, x, y, picture.width * port.scaleX, picture.height * port.scaleY);
}

/** @returns where the levels' names stand */
function drawOutlines(
  context: CanvasRenderingContext2D,
  scene: Scene,
  port: Viewport,
  stage: Size,
): readonly Box[] {
  const shown = outlinesOn(scene.payload.outlines, scene.state.slice);
  for (const outline of shown) drawOutline(context, outline, scene.state.highlight, port);
  return shown.flatMap((outline) => drawLabel(context, outline, scene.state.highlight, port, stage));
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
): readonly Box[] {
  const corners = outline.corners.map((corner) => toStage(port, corner));
  if (corners.length === 0) return [];
  const mean = (axis: 0 | 1): number =>
    corners.reduce((sum, corner) => sum + corner[axis], 0) / corners.length;
  const text = outlineText(outline);
  const stands = outline.label === highlight;
  context.font = `${stands || outline.kind === "vertebra" ? "600" : "400"} 12px ${FONT}`;
  const colour = stands ? "#fff" : OUTLINE_COLOURS[outline.kind];
  const { width } = context.measureText(text);
  const before = Math.min(...corners.map(([x]) => x)) - 6 - width;
  const left =
    outline.kind === "vertebra"
      ? mean(0) - width / 2
      : Math.min(Math.max(before, 3), stage.width - width - 3);
  haloText(context, text, left, mean(1), colour, "left");
  return [{ left, right: left + width, top: mean(1) - 8, bottom: mean(1) + 8 }];
}

function drawFrame(
  context: CanvasRenderingContext2D,
  { payload, state }: Scene,
  port: Viewport,
  stage: Size,
  names: readonly Box[],
): void {
  const { width, height } = stage;
  const corner = { left: 0, right: 70, top: 0, bottom: MARGIN + 14 };
  drawLetters(context, payload.orientation, stage, [...names, corner]);
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
    haloText(context, `${state.zoom.toFixed(1)}×`, width - MARGIN, MARGIN + 24, "#fff", "right");
  const heat = state.heatShown ? payload.heat[state.heat]?.label : undefined;
  if (heat !== undefined) drawHeatName(context, heat, state.colours, stage);
  drawScaleBar(context, port.scaleX / payload.spacing[0], stage, payload.lengths);
}

/** Names the heat in the picture, with its colours from weak to strong, so that a saved PNG says what it shows. */
function drawHeatName(
  context: CanvasRenderingContext2D,
  label: string,
  colours: number,
  { width }: Size,
): void {
  const ramp = 44;
  const left = width - MARGIN - ramp;
  const { stops } = COLOUR_MAPS[colours]!;
  const gradient = context.createLinearGradient(left, 0, left + ramp, 0);
  stops.forEach((colour, i) => {
    gradient.addColorStop(i / (stops.length - 1), `rgb(${colour.join(" ")})`);
  });
  context.fillStyle = "rgb(0 0 0 / 75%)";
  context.fillRect(left - 1, MARGIN + 1, ramp + 2, 10);
  context.fillStyle = gradient;
  context.fillRect(left, MARGIN + 2, ramp, 8);
  haloText(context, label, left - 6, MARGIN + 6, "#fff", "right");
}

function drawScaleBar(
  context: CanvasRenderingContext2D,
  pixelsPerMm: number,
  { width, height }: Size,
  lengths: SlicesPayload["lengths"],
): void {
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
  haloText(context, lengthText(length, lengths), (left + right) / 2, y - 12, "#fff", "center");
}
