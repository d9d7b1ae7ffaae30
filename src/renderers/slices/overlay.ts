/** Draws measurements, what is being drawn, the probe's point and the cursor. */
import type { SlicesPayload } from "../../protocol/index.js";
import { toStage, type Size, type Viewport } from "./layout.js";
import { segments, valueText, type Measurement, type Point } from "./measure.js";
import type { ViewerState } from "./state.js";
import { FONT, haloStroke, haloText } from "./text.js";

/** Told apart from the outlines' blue and amber, also by people with colour-vision deficiency. */
const COLOUR = "#8cff9e";
const SELECTED = "#ffffff";
const PROBE = "#ff9df2";

type Scale = Pick<SlicesPayload, "spacing" | "lengths">;

/** @param scale mm between columns and rows, and whether they are an estimate @param probeText what stands beside the probe's point */
export function drawOverlay(
  context: CanvasRenderingContext2D,
  state: ViewerState,
  scale: Scale,
  port: Viewport,
  stage: Size,
  probeText: string,
): void {
  context.save();
  state.measurements.forEach((measurement, index) => {
    if (measurement.slice !== state.slice) return;
    drawLines(context, measurement, port, index === state.selected);
  });
  // Values lie above all lines.
  state.measurements.forEach((measurement, index) => {
    if (measurement.slice === state.slice)
      drawValue(context, measurement, scale, port, stage, index === state.selected);
  });
  drawDraft(context, state, port);
  if (state.probe?.slice === state.slice)
    drawProbe(context, toStage(port, state.probe.point), probeText, stage);
  if (state.cursorShown && state.cursor) drawCross(context, toStage(port, state.cursor), 9, SELECTED);
  context.restore();
}

function drawDraft(context: CanvasRenderingContext2D, state: ViewerState, port: Viewport): void {
  const { draft, tool, cursor } = state;
  if (draft.length === 0 || tool === "window" || tool === "probe") return;
  // The first line of a Cobb angle is complete before the second begins.
  const follows = cursor && !(tool === "cobb" && draft.length === 2);
  drawLines(
    context,
    { kind: tool, slice: state.slice, points: follows ? [...draft, cursor] : draft },
    port,
    true,
  );
}

function drawLines(
  context: CanvasRenderingContext2D,
  { kind, points }: Measurement,
  port: Viewport,
  selected: boolean,
): void {
  const colour = selected ? SELECTED : COLOUR;
  context.lineCap = "round";
  const lines = segments(kind, points);
  context.beginPath();
  for (const [a, b] of lines) {
    context.moveTo(...toStage(port, a));
    context.lineTo(...toStage(port, b));
  }
  haloStroke(context, colour, 1.75);
  if (kind === "cobb" && lines.length === 2) {
    context.beginPath();
    context.moveTo(...toStage(port, middle(lines[0]!)));
    context.lineTo(...toStage(port, middle(lines[1]!)));
    context.setLineDash([3, 4]);
    haloStroke(context, colour, 1);
    context.setLineDash([]);
  }
  if (kind === "angle" && points.length === 3) drawArc(context, points, port, colour);
  for (const point of points) {
    const [x, y] = toStage(port, point);
    context.beginPath();
    context.arc(x, y, selected ? 4 : 3, 0, 2 * Math.PI);
    haloStroke(context, colour, 1.25);
  }
}

/** The arc between the arms of an angle, on the side of the angle that is measured. */
function drawArc(
  context: CanvasRenderingContext2D,
  points: readonly Point[],
  port: Viewport,
  colour: string,
): void {
  const [a, vertex, b] = points.map((point) => toStage(port, point)) as [Point, Point, Point];
  const direction = (to: Point): number => Math.atan2(to[1] - vertex[1], to[0] - vertex[0]);
  const arm = (to: Point): number => Math.hypot(to[0] - vertex[0], to[1] - vertex[1]);
  const [from, to] = [direction(a), direction(b)];
  const turn = (to - from + 4 * Math.PI) % (2 * Math.PI);
  context.beginPath();
  context.arc(vertex[0], vertex[1], Math.min(18, arm(a) / 2, arm(b) / 2), from, to, turn > Math.PI);
  haloStroke(context, colour, 1.25);
}

function drawValue(
  context: CanvasRenderingContext2D,
  measurement: Measurement,
  { spacing, lengths }: Scale,
  port: Viewport,
  stage: Size,
  selected: boolean,
): void {
  const { kind, points } = measurement;
  const text = valueText(measurement, spacing, lengths);
  context.font = `600 13px ${FONT}`;
  const width = context.measureText(text).width;
  const lines = segments(kind, points);
  const [x, y] =
    kind === "distance"
      ? besideLine(toStage(port, points[0]!), toStage(port, points[1]!), width)
      : toStage(port, kind === "angle" ? points[1]! : middle([middle(lines[0]!), middle(lines[1]!)]));
  const left = kind === "distance" ? x : x + 10;
  haloText(
    context,
    text,
    Math.min(Math.max(left, 3), stage.width - width - 3),
    Math.min(Math.max(kind === "distance" ? y : y + 12, 10), stage.height - 10),
    selected ? SELECTED : COLOUR,
    "left",
  );
}

/** Where a text of this width begins so that it stands clear of the middle of a line, below it or to its right. */
function besideLine(a: Point, b: Point, width: number): Point {
  const [x, y] = middle([a, b]);
  const length = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1;
  const across: Point = [-(b[1] - a[1]) / length, (b[0] - a[0]) / length];
  const side = across[1] < 0 || (across[1] === 0 && across[0] < 0) ? -1 : 1;
  const clear = side * ((Math.abs(across[0]) * width) / 2 + Math.abs(across[1]) * 8 + 5);
  return [x + across[0] * clear - width / 2, y + across[1] * clear];
}

function drawProbe(context: CanvasRenderingContext2D, at: Point, text: string, stage: Size): void {
  drawCross(context, at, 7, PROBE);
  context.font = `600 12px ${FONT}`;
  const width = context.measureText(text).width;
  const x = at[0] + 12 + width > stage.width ? at[0] - 12 - width : at[0] + 12;
  haloText(context, text, x, Math.max(10, at[1] - 10), PROBE, "left");
}

/** A cross with an open middle, so that the pixel itself stays visible. */
function drawCross(context: CanvasRenderingContext2D, [x, y]: Point, arm: number, colour: string): void {
  context.beginPath();
  for (const [dx, dy] of [
    [1, 0],
    [-1, 0],
    [0, 1],
    [0, -1],
  ] as const) {
    context.moveTo(x + dx * 3, y + dy * 3);
    context.lineTo(x + dx * arm, y + dy * arm);
  }
  haloStroke(context, colour, 1.5);
}

function middle([a, b]: readonly [Point, Point]): Point {
  return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
}
