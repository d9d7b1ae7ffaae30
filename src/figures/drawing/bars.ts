/** Bars of a still, side by side or on each other, with their numbers. */
import { textWidth } from "../../text/index.js";
import type { BarTrace, Layout, PerPoint, Place } from "./known.js";
import type { Scale } from "./axes.js";
import { label } from "./svg.js";
import { box, round } from "./words.js";

/** Size of the numbers on bars, pixels. */
const NUMBER_SIZE = 11;
/** A part that is flatter has no room for its number, pixels. */
const LEAST_HEIGHT = 13;

/** The value of one point. */
export function valueOf<T extends string | number>(value: PerPoint<T> | undefined, i: number): T | undefined {
  return typeof value === "object" ? value[i] : value;
}

/** A bar from its foot to its top, in values of the vertical axis. */
export interface Span {
  readonly at: Place;
  readonly from: number;
  readonly to: number;
}

/** Feet and tops of all bars, by trace: in a stack each stands on the one before it. */
export function barSpans(traces: readonly BarTrace[], isStacked: boolean): Span[][] {
  const tops = new Map<Place, number>();
  return traces.map(({ x, y }) =>
    x.map((at, i) => {
      const from = isStacked ? (tops.get(at) ?? 0) : 0;
      tops.set(at, from + y[i]!);
      return { at, from, to: from + y[i]! };
    }),
  );
}

/** Part of a category's room that is left empty. */
function gapOf({ bargap }: Layout): number {
  return bargap ?? 0.2;
}

/** Room that a category has for its bars, pixels, so that their numbers stand on them; the least, or at ease. */
export function barStep(traces: readonly BarTrace[], layout: Layout, isLeast: boolean): number {
  if (traces.length === 0) return 0;
  const beside = layout.barmode === "stack" ? 1 : traces.length;
  const words = traces.flatMap(({ text = [] }) => (typeof text === "string" ? [text] : text));
  const widest = Math.max(0, ...words.map((word) => textWidth(word, NUMBER_SIZE) + 6));
  const plain = isLeast ? 0 : Math.max(26, Math.min(60, 130 / beside));
  return (beside * Math.max(widest, plain)) / (1 - gapOf(layout));
}

/** All bars; `step` is the room of a category, pixels. */
export function barsSvg(
  traces: readonly BarTrace[],
  layout: Layout,
  step: number,
  x: Scale,
  y: Scale,
  colours: readonly string[],
): string {
  const isStacked = layout.barmode === "stack";
  const all = step * (1 - gapOf(layout));
  const width = isStacked ? all : all / traces.length;
  return barSpans(traces, isStacked)
    .flatMap((spans, k) =>
      spans.map(({ at, from, to }, i) => {
        const left = x(at) - all / 2 + (isStacked ? 0 : k * width);
        // A pixel of ground parts bars that stand side by side.
        const inset = isStacked ? 0 : 1;
        return barSvg(traces[k]!, i, [left + inset, left + width - inset], [y(from), y(to)], colours[k]!);
      }),
    )
    .join("");
}

function barSvg(
  trace: BarTrace,
  i: number,
  [left, right]: readonly [number, number],
  [foot, top]: readonly [number, number],
  plain: string,
): string {
  const { marker, insidetextfont, textposition, opacity = 1 } = trace;
  const { color = "none", width = 1 } = marker?.line ?? {};
  const outline = color === "none" ? "" : ` stroke="${color}" stroke-width="${width}"`;
  const through = opacity < 1 ? ` fill-opacity="${opacity}"` : "";
  const fill = valueOf(marker?.color, i) ?? plain;
  const bar = trace.y[i] === 0 ? "" : box(left, foot, right, top, `fill="${fill}"${outline}${through}`);
  const words = valueOf(trace.text, i) ?? "";
  const isInside = textposition !== "outside";
  if (words === "" || (isInside && foot - top < LEAST_HEIGHT)) return bar;
  const at = isInside ? (foot + top) / 2 + 4 : top - 5;
  const ink = isInside && insidetextfont?.color ? ` fill="${insidetextfont.color}"` : "";
  const middle = round((left + right) / 2);
  return bar + label(middle, round(at), words, `text-anchor="middle" font-size="${NUMBER_SIZE}"${ink}`);
}
