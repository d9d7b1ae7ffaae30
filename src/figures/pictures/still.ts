import { encode } from "fast-png";
import {
  bytesToBase64,
  freePlace,
  greyLevel,
  heatAlpha,
  heatColour,
  lengthText,
  HEAT_OPACITY,
  OUTLINE_COLOURS,
  outlinesOn,
  outlineText,
  scaleBarLength,
  SLICES_MIME,
  type Box,
  type HeatLayer,
  type MimeBundle,
  type Outline,
  type SlicesPayload,
} from "../../protocol/index.js";
import { unpackHeat, unpackVoxels } from "./pack.js";
import type { Drawing } from "../drawing/draw.js";
import { svgToPng } from "../../stills/index.js";
import { inTheme, ROLES } from "../drawing/theme.js";
import { escapeMarkup } from "../../text/index.js";

export interface StillOptions extends Drawing {
  /** Label of the heat layer to lay over the slice; `null` for none; the first one when left out, as in the viewer. */
  readonly heat?: string | null;
}

/** The picture's longer side in SVG units; the title stands above it. */
const PICTURE = 560;
const TITLE = 26;

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly scaleX: number;
  readonly scaleY: number;
}

/** The initial slice with outlines, names and heat as an SVG that looks like the viewer's first picture; in the theme `dark`, as there, unless given. */
export function stillSvg(payload: SlicesPayload, options: StillOptions = {}): string {
  const frame = frameOf(payload, options.width);
  const layer = options.heat === null ? undefined : heatLayer(payload, options.heat);
  const shown = outlinesOn(payload.outlines, payload.initialSlice);
  const labels = shown.flatMap((outline) => labelOf(outline, frame));
  const parts = [
    image(greyPng(payload), 0, 0, frame.width, frame.height),
    layer ? heatImage(payload, layer, frame) : "",
    ...shown.map((outline) => outlineSvg(outline, frame)),
    ...labels.map(haloText),
    annotations(payload, frame, layer, labels.map(boxOf)),
  ];
  const height = frame.height + TITLE;
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${frame.width}" height="${height}" viewBox="0 ${-TITLE} ${frame.width} ${height}" ` +
    `font-family="DejaVu Sans" font-size="11.5"><rect y="${-TITLE}" width="100%" height="100%" fill="${ROLES.band}"/>` +
    `<clipPath id="picture"><rect width="${frame.width}" height="${frame.height}"/></clipPath>` +
    `<text x="8" y="-9" fill="${ROLES.bandInk}" font-size="12.5">${escapeMarkup(shortened(payload.title, frame.width))}</text>` +
    `<g clip-path="url(#picture)">${parts.join("")}</g></svg>`;
  return inTheme(svg, options.theme ?? "dark");
}

/** {@link stillSvg} as a PNG. */
export function stillPng(payload: SlicesPayload, options: StillOptions = {}): Promise<Uint8Array> {
  return svgToPng(stillSvg(payload, options));
}

/** The display of a stack of slices: the interactive form, a still, and a sentence. */
export async function slicesBundle(payload: SlicesPayload, options: StillOptions = {}): Promise<MimeBundle> {
  return {
    [SLICES_MIME]: payload,
    "image/png": bytesToBase64(await stillPng(payload, options)),
    "text/plain": slicesText(payload),
  };
}

/** What a stack of slices is, in words. */
export function slicesText(payload: SlicesPayload): string {
  const { columns, rows, slices, spacing, outlines, remark } = payload;
  const size = `${slices} ${slices === 1 ? "slice" : "slices"} of ${columns} × ${rows} pixels, ${lengthText(`${spacing[0].toFixed(2)} × ${spacing[1].toFixed(2)}`, payload.lengths)}`;
  const apart = slices > 1 ? `, ${spacing[2].toFixed(2)} mm apart` : "";
  const names = outlines.map(outlineText).join(", ");
  return [`${payload.title}: ${size}${apart}`, names, remark].filter((line) => line !== "").join("\n");
}

function frameOf({ columns, rows, spacing }: SlicesPayload, wanted?: number): Frame {
  const [width, height] = [columns * spacing[0], rows * spacing[1]];
  const scale = wanted === undefined ? PICTURE / Math.max(width, height) : wanted / width;
  const frame = { width: Math.round(width * scale), height: Math.round(height * scale) };
  return { ...frame, scaleX: frame.width / columns, scaleY: frame.height / rows };
}

function heatLayer(payload: SlicesPayload, label: string | undefined): HeatLayer | undefined {
  if (label === undefined) return payload.heat[0];
  const layer = payload.heat.find((candidate) => candidate.label === label);
  if (layer) return layer;
  const known = payload.heat.map((candidate) => candidate.label).join(", ");
  throw new RangeError(`there is no heat layer “${label}”; there is ${known === "" ? "none" : known}`);
}

function greyPng(payload: SlicesPayload): Uint8Array {
  const { columns, rows, initialSlice } = payload;
  const voxels = unpackVoxels(payload).subarray(
    initialSlice * rows * columns,
    (initialSlice + 1) * rows * columns,
  );
  const data = Uint8Array.from(voxels, (value) => greyLevel(value, payload.window));
  return encode({ width: columns, height: rows, data, channels: 1 });
}

function heatImage(payload: SlicesPayload, layer: HeatLayer, frame: Frame): string {
  const slice = payload.initialSlice - layer.origin[2];
  if (slice < 0 || slice >= layer.slices) return "";
  const count = layer.columns * layer.rows;
  const values = unpackHeat(layer).subarray(slice * count, (slice + 1) * count);
  const data = new Uint8Array(count * 4);
  values.forEach((value, i) => {
    data.set([...heatColour(value), heatAlpha(value, HEAT_OPACITY)], i * 4);
  });
  const png = encode({ width: layer.columns, height: layer.rows, data, channels: 4 });
  const [x, y] = [layer.origin[0] * frame.scaleX, layer.origin[1] * frame.scaleY];
  return image(png, x, y, layer.columns * frame.scaleX, layer.rows * frame.scaleY);
}

function image(png: Uint8Array, x: number, y: number, width: number, height: number): string {
  return (
    `<image x="${x}" y="${y}" width="${width}" height="${height}" preserveAspectRatio="none" ` +
    `href="data:image/png;base64,${bytesToBase64(png)}"/>`
  );
}

function corners(outline: Outline, frame: Frame): readonly (readonly [number, number])[] {
  return outline.corners.map(
    ([column, row]) => [(column + 0.5) * frame.scaleX, (row + 0.5) * frame.scaleY] as const,
  );
}

function outlineSvg(outline: Outline, frame: Frame): string {
  const points = corners(outline, frame)
    .map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`)
    .join(" ");
  const shape = (colour: string, width: number): string =>
    `<polygon points="${points}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-linejoin="round"/>`;
  return shape("rgba(0,0,0,0.6)", 3) + shape(OUTLINE_COLOURS[outline.kind], 1.25);
}

/** As in the viewer: a vertebra's name lies on its body, a disc's name in front of the spine. */
function labelOf(outline: Outline, frame: Frame): Label[] {
  const points = corners(outline, frame);
  if (points.length === 0) return [];
  const mean = (axis: 0 | 1): number => points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  const text = outlineText(outline);
  const colour = OUTLINE_COLOURS[outline.kind];
  if (outline.kind === "vertebra") return [{ text, x: mean(0), y: mean(1), colour, anchor: "middle" }];
  const right = Math.min(...points.map(([x]) => x)) - 6;
  return [{ text, x: Math.max(right, textWidth(text) + 3), y: mean(1), colour, anchor: "end" }];
}

/** Letters at the edges, number of the slice, heat, window and scale; the letters give way to all other texts. */
function annotations(
  payload: SlicesPayload,
  frame: Frame,
  layer: HeatLayer | undefined,
  taken: readonly Box[],
): string {
  const { width, height } = frame;
  const millimetre = frame.scaleX / payload.spacing[0];
  const length = scaleBarLength(width / millimetre);
  const [end, y] = [width - 8, height - 8];
  const start = end - length * millimetre;
  const path = `M${start} ${y - 5}V${y}H${end}V${y - 5}`;
  const white = (text: string, x: number, at: number, anchor: Label["anchor"]): Label[] =>
    text === "" ? [] : [{ text, x, y: at, colour: "#fff", anchor }];
  const number = payload.slices === 1 ? "" : `${payload.initialSlice + 1} / ${payload.slices}`;
  const { centre, width: range } = payload.window;
  const marks = [
    ...white(number, 8, 14, "start"),
    ...white(layer ? `heat: ${layer.label}` : "", width - 8, 14, "end"),
    ...white(`W ${Math.round(range)}  L ${Math.round(centre)}`, 8, height - 12, "start"),
    ...white(lengthText(length, payload.lengths), (start + end) / 2, y - 12, "middle"),
  ];
  const bar: Box = { left: start, right: end, top: y - 5, bottom: y };
  const boxes = [...taken, ...marks.map(boxOf), bar];
  const letter = (text: string, place: readonly [number, number], along: "x" | "y"): Label[] => {
    const [x, at] = freePlace(place, along, boxes);
    return white(text, x, at, "middle");
  };
  const [left, right, top, bottom] = payload.orientation;
  const letters = [
    ...letter(left, [12, height / 2], "y"),
    ...letter(right, [width - 12, height / 2], "y"),
    ...letter(top, [width / 2, 14], "x"),
    ...letter(bottom, [width / 2, height - 14], "x"),
  ];
  const stroke = (colour: string, thick: number): string =>
    `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${thick}"/>`;
  return [...letters, ...marks].map(haloText).join("") + stroke("rgba(0,0,0,0.92)", 5) + stroke("#fff", 1.5);
}

/** A text in the picture. */
interface Label {
  readonly text: string;
  readonly x: number;
  /** Its vertical middle. */
  readonly y: number;
  readonly colour: string;
  readonly anchor: "start" | "middle" | "end";
}

/** Text with a dark rim; bright fat shines through a thin one. */
function haloText({ text, x, y, colour, anchor }: Label): string {
  const place = `x="${x.toFixed(1)}" y="${(y + 4).toFixed(1)}" text-anchor="${anchor}"`;
  const words = escapeMarkup(text);
  return (
    `<text ${place} fill="none" stroke="rgba(0,0,0,0.92)" stroke-width="4" stroke-linejoin="round">${words}</text>` +
    `<text ${place} fill="${colour}">${words}</text>`
  );
}

function boxOf({ text, x, y, anchor }: Label): Box {
  const wide = textWidth(text);
  const left = anchor === "start" ? x : anchor === "end" ? x - wide : x - wide / 2;
  return { left, right: left + wide, top: y - 7, bottom: y + 7 };
}

/** About how wide a text is in DejaVu Sans at the still's size. */
function textWidth(text: string): number {
  return text.length * 7;
}

function shortened(title: string, width: number): string {
  const most = Math.floor((width - 16) / 7.6);
  return title.length <= most ? title : `${title.slice(0, Math.max(0, most - 1))}…`;
}
