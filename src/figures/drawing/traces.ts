/** Lines, points and words of a still's scatter traces. */
import type { Dash, LineStyle, ScatterTrace } from "./known.js";
import type { Scale } from "./axes.js";
import { valueOf } from "./bars.js";
import { label } from "./svg.js";
import { round } from "./words.js";

const DASHES: Readonly<Record<Dash, string>> = { solid: "", dot: "3 3", dash: "6 4" };

/** The attributes of a line. */
export function strokeOf({ color, width = 2, dash = "solid" }: LineStyle, plain: string): string {
  const dashes = DASHES[dash] === "" ? "" : ` stroke-dasharray="${DASHES[dash]}"`;
  return `stroke="${color ?? plain}" stroke-width="${width}"${dashes}`;
}

/** What a trace shows: a subset of lines, markers and text. */
export function modesOf({ mode }: ScatterTrace): ReadonlySet<string> {
  return new Set(mode.split("+"));
}

/** Colour of a trace's points where they have none of their own: that of its line, as in plotly. */
export function pointColour({ marker, line }: ScatterTrace, plain: string): string {
  return typeof marker?.color === "string" ? marker.color : (line?.color ?? plain);
}

/** One trace; `plain` is its colour where it tells none. */
export function scatterSvg(trace: ScatterTrace, x: Scale, y: Scale, plain: string): string {
  const modes = modesOf(trace);
  const parts = [
    modes.has("lines") ? lineSvg(trace, x, y, plain) : "",
    modes.has("markers") ? markersSvg(trace, x, y, plain) : "",
    modes.has("text") ? wordsSvg(trace, x, y) : "",
  ].join("");
  return trace.opacity === undefined ? parts : `<g opacity="${trace.opacity}">${parts}</g>`;
}

function lineSvg({ x: xs, y: ys, line = {} }: ScatterTrace, x: Scale, y: Scale, plain: string): string {
  const points = xs.map((at, i) => `${round(x(at))},${round(y(ys[i]!))}`);
  return `<polyline points="${points.join(" ")}" fill="none" ${strokeOf(line, plain)}/>`;
}

function markersSvg(trace: ScatterTrace, x: Scale, y: Scale, plain: string): string {
  const { marker = {}, x: xs, y: ys } = trace;
  const { size = 6, color, opacity = 1 } = marker;
  const dots = xs.map((at, i) => {
    const own = typeof color === "object" ? ` fill="${color[i] ?? plain}"` : "";
    return `<circle cx="${round(x(at))}" cy="${round(y(ys[i]!))}" r="${round(valueOf(size, i)! / 2)}"${own}/>`;
  });
  const through = opacity < 1 ? ` fill-opacity="${Number(opacity.toFixed(2))}"` : "";
  return `<g fill="${pointColour(trace, plain)}"${through}>${dots.join("")}</g>`;
}

const SIDES = {
  left: { shift: -6, anchor: "end" },
  center: { shift: 0, anchor: "middle" },
  right: { shift: 6, anchor: "start" },
} as const;
const RISES = { top: -5, middle: 4, bottom: 14 } as const;

function wordsSvg({ x: xs, y: ys, text, textposition = "middle center" }: ScatterTrace, x: Scale, y: Scale) {
  const [rise, side] = textposition.split(" ") as [keyof typeof RISES, keyof typeof SIDES];
  const { shift, anchor } = SIDES[side];
  const words = xs.map((at, i) =>
    label(
      round(x(at) + shift),
      round(y(ys[i]!) + RISES[rise]),
      valueOf(text, i) ?? "",
      `text-anchor="${anchor}"`,
    ),
  );
  return words.join("");
}
