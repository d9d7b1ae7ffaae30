/** Bands, lines and notes that a figure lays over or under its traces. */
import { linesOf, textWidth } from "../../text/index.js";
import type { Annotation, Place, Shape } from "./known.js";
import { edges, type Area, type Scale } from "./axes.js";
import { strokeOf } from "./traces.js";
import { box, labels, line } from "./words.js";

/** Pixels between the baselines of notes that stand below each other. */
const NOTE_STEP = 15;

/** Scales of an area: for values, and for parts of it (`paper`: 0 left or below, 1 right or above). */
export interface Places {
  readonly area: Area;
  readonly x: Scale;
  readonly y: Scale;
}

function atX({ area, x }: Places, reference: string | undefined, value: Place): number {
  return reference === "paper" ? area.left + Number(value) * area.width : x(value);
}

function atY({ area, y }: Places, reference: string | undefined, value: Place): number {
  return reference === "paper" ? edges(area).bottom - Number(value) * area.height : y(value);
}

/** The shapes of one layer; plotly's own is `above`. */
export function shapesSvg(shapes: readonly Shape[], layer: "above" | "below", places: Places): string {
  return shapes
    .filter((shape) => (shape.layer ?? "above") === layer)
    .map((shape) => shapeSvg(shape, places))
    .join("");
}

function shapeSvg(shape: Shape, places: Places): string {
  const [x0, x1] = [atX(places, shape.xref, shape.x0), atX(places, shape.xref, shape.x1)];
  const [y0, y1] = [atY(places, shape.yref, shape.y0), atY(places, shape.yref, shape.y1)];
  const stroke = shape.line?.width === 0 ? "" : strokeOf(shape.line ?? {}, "#444444");
  const through = shape.opacity === undefined ? "" : ` opacity="${shape.opacity}"`;
  if (shape.type === "line") return line(x0, y0, x1, y1, stroke + through);
  return box(x0, y0, x1, y1, `fill="${shape.fillcolor ?? "none"}" ${stroke}${through}`);
}

const ANCHORS = { left: "start", center: "middle", right: "end" } as const;

/** Notes at their places; those that stand beside the area are moved up or down until none lies on another. */
export function annotationsSvg(annotations: readonly Annotation[], places: Places): string {
  const heights = annotations.map(({ yref, y }) => atY(places, yref, y));
  const besides = annotations.flatMap((note, i) => (isBeside(note) ? [i] : []));
  const apart = spread(
    besides.map((i) => heights[i]!),
    NOTE_STEP,
  );
  besides.forEach((i, k) => (heights[i] = apart[k]!));
  return annotations
    .map(({ text, xref, x, xanchor = "center", xshift = 0 }, i) =>
      labels(
        atX(places, xref, x) + xshift,
        heights[i]! + 4,
        linesOf(text),
        `text-anchor="${ANCHORS[xanchor]}"`,
      ),
    )
    .join("");
}

function isBeside({ xref, x, xanchor }: Annotation): boolean {
  return xref === "paper" && x === 1 && xanchor === "left";
}

/** Room that notes need right of the area, pixels. */
export function besideWidth(annotations: readonly Annotation[]): number {
  const widths = annotations
    .filter(isBeside)
    .map(({ text, xshift = 0 }) => xshift + Math.max(...linesOf(text).map((words) => textWidth(words))));
  return widths.length === 0 ? 0 : Math.max(...widths) + 12;
}

/**
 * Places moved as little as may be (least squares) until they are `step` apart, in the order given.
 * Those that are too close go together around their mean: pool adjacent violators.
 */
export function spread(places: readonly number[], step: number): number[] {
  const order = places.map((_, i) => i).sort((a, b) => places[a]! - places[b]!);
  const blocks: { mean: number; members: number[] }[] = [];
  for (const [rank, i] of order.entries()) {
    let block = { mean: places[i]! - rank * step, members: [i] };
    for (let last = blocks.at(-1); last && last.mean > block.mean; last = blocks.at(-1)) {
      const [a, b] = [last.members.length, block.members.length];
      block = {
        mean: (a * last.mean + b * block.mean) / (a + b),
        members: [...last.members, ...block.members],
      };
      blocks.pop();
    }
    blocks.push(block);
  }
  const moved = [...places];
  for (const [rank, { i, mean }] of blocks
    .flatMap(({ mean, members }) => members.map((i) => ({ i, mean })))
    .entries())
    moved[i] = mean + rank * step;
  return moved;
}
