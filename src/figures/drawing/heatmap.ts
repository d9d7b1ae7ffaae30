/** A table of coloured cells with words in them, and the scale of its colours. */
import { linesOf, textWidth } from "../../text/index.js";
import type { HeatmapTrace } from "./known.js";
import { edges, percent, type Area, type Scale } from "./axes.js";
import { mixedColour, ticksOf } from "./frame.js";
import { ROLES } from "./theme.js";
import { box, decimals, labels } from "./words.js";

/** Of a cell that has no value. */
const EMPTY = { fill: "#eeeeee", ink: "#1f2328" } as const;
const BAR_WIDTH = 12;

/** Colour of a value on a heatmap's scale, and the ink that is read on it. */
export function shadeOf({ colorscale, zmin, zmax }: HeatmapTrace, value: number | null) {
  if (value === null) return EMPTY;
  const part = Math.min(1, Math.max(0, (value - zmin) / (zmax - zmin)));
  const upper = Math.max(
    1,
    colorscale.findIndex(([stop]) => part <= stop),
  );
  const [[from, low], [to, high]] = [colorscale[upper - 1]!, colorscale[upper]!];
  return mixedColour(low, high, (part - from) / (to - from));
}

/** The cells; `step` is the room of one, pixels. */
export function cellsSvg(
  trace: HeatmapTrace,
  step: { readonly x: number; readonly y: number },
  x: Scale,
  y: Scale,
): string {
  const [width, height] = [step.x - (trace.xgap ?? 0), step.y - (trace.ygap ?? 0)];
  const cells = trace.z.flatMap((row, i) =>
    row.map((value, j) => {
      const [middle, centre] = [x(trace.x[j]!), y(trace.y[i]!)];
      const { fill, ink } = shadeOf(trace, value);
      const square = box(
        middle - width / 2,
        centre - height / 2,
        middle + width / 2,
        centre + height / 2,
        `fill="${fill}"`,
      );
      const [first = "", ...more] = trace.texttemplate ? linesOf(trace.text?.[i]?.[j] ?? "") : [];
      const centred = `text-anchor="middle" fill="${ink}"`;
      const smaller = more.filter((words) => words !== "");
      const at = centre + 5 - 8 * smaller.length;
      return (
        square +
        (first === "" ? "" : labels(middle, at, [first], `${centred} font-size="15"`)) +
        labels(middle, at + 17, smaller, `${centred} font-size="11"`)
      );
    }),
  );
  return cells.join("");
}

/** Widest words in the cells with some room, pixels. */
export function cellWidth({ text = [] }: HeatmapTrace): number {
  const words = text.flat().flatMap(linesOf);
  return Math.max(0, ...words.map((line) => textWidth(line, 15) + 8));
}

function scaleTicks({ zmin, zmax, colorbar }: HeatmapTrace) {
  return ticksOf([zmin, zmax], 5).map((at) => ({
    at,
    words: colorbar?.tickformat ? percent(at) : decimals(at, 1),
  }));
}

function hasScale({ showscale }: HeatmapTrace): boolean {
  return showscale !== false;
}

/** Room that the scale of the colours needs right of the area, pixels. */
export function scaleWidth(trace: HeatmapTrace): number {
  if (!hasScale(trace)) return 0;
  const ticks = Math.max(...scaleTicks(trace).map(({ words }) => textWidth(words)));
  const title = textWidth(trace.colorbar?.title?.text ?? "");
  return 24 + Math.max(title, BAR_WIDTH + 6 + ticks) + 16;
}

/** The scale of the colours, right of the area. */
export function colourScaleSvg(trace: HeatmapTrace, area: Area): string {
  if (!hasScale(trace)) return "";
  const left = edges(area).right + 24;
  const top = area.top + 24;
  const height = Math.min(200, area.height - 24);
  const stops = trace.colorscale.map(([part, colour]) => `<stop offset="${part}" stop-color="${colour}"/>`);
  const gradient = `<linearGradient id="scale" x1="0" y1="1" x2="0" y2="0">${stops.join("")}</linearGradient>`;
  const at = (value: number): number => top + height * (1 - (value - trace.zmin) / (trace.zmax - trace.zmin));
  const words = scaleTicks(trace).map((tick) =>
    labels(left + BAR_WIDTH + 6, at(tick.at) + 4, [tick.words], `font-size="11"`),
  );
  return (
    gradient +
    box(left, top, left + BAR_WIDTH, top + height, `fill="url(#scale)" stroke="#8c959f" stroke-width="0.5"`) +
    labels(left, area.top + 8, [trace.colorbar?.title?.text ?? ""], `fill="${ROLES.softInk}"`) +
    words.join("")
  );
}
