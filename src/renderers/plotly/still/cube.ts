/** The axes of a scene: the cube that its traces stand in, with grids behind them and words beside. */
import { escapeMarkup } from "../../../text/index.js";
import {
  fieldsOf,
  listOf,
  numbersOf,
  rangeOf,
  rounded,
  ticksIn,
  tickText,
  titleOf,
  type Fields,
  type Inks,
} from "./panel.js";
import type { Point, See } from "./space.js";

export interface SpaceAxis {
  readonly range: readonly [number, number];
  /** Length of its side of the cube, whose middle is the origin. */
  readonly length: number;
  readonly title: string;
  readonly ticks: readonly (readonly [number, string])[];
  readonly isShown: boolean;
  readonly isLog: boolean;
}

type Three<T> = readonly [T, T, T];

/** Values along an axis as numbers: days of dates, names by their order. */
export interface Values {
  readonly numbers: (values: unknown) => number[];
  readonly names: readonly string[];
  readonly isDate: boolean;
}

const DATE = /^\d{4}-\d\d(?:-\d\d)?(?:[T ]|$)/;

export function valuesOf(lists: readonly unknown[], axis: Fields): Values {
  const all = lists.flatMap((list) =>
    listOf(list).flatMap((item) => (Array.isArray(item) ? (item as unknown[]) : [item])),
  );
  const words = all.filter((value): value is string => typeof value === "string");
  const isDate = words.length > 0 && words.every((word) => DATE.test(word));
  const isNamed = !isDate && words.some((word) => word !== "" && Number.isNaN(Number(word)));
  const names = isNamed ? [...new Set(all.map(String))] : [];
  const order = new Map(names.map((name, i) => [name, i]));
  const isLog = axis["type"] === "log";
  return {
    names,
    isDate,
    numbers: (values) => {
      if (isDate) return listOf(values).map((value) => Date.parse(String(value)));
      if (isNamed) return listOf(values).map((value) => order.get(String(value)) ?? Number.NaN);
      return isLog ? numbersOf(values).map(Math.log10) : numbersOf(values);
    },
  };
}

export function spaceAxis(
  given: Fields,
  letter: string,
  { names, isDate }: Values,
  found: readonly number[],
): SpaceAxis {
  const isLog = given["type"] === "log";
  const own = isDate
    ? listOf(given["range"]).map((end) => Date.parse(String(end)))
    : numbersOf(given["range"]);
  const [low, high] =
    own.length === 2 && own.every(Number.isFinite) ? (own as [number, number]) : rangeOf(found);
  const range =
    given["autorange"] === "reversed" && own.length !== 2 ? ([high, low] as const) : ([low, high] as const);
  const ends = [Math.min(...range), Math.max(...range)] as const;
  const places = numbersOf(given["tickvals"]);
  const texts = listOf(given["ticktext"]);
  const values = places.length > 0 ? places : names.length > 0 ? names.map((_, i) => i) : ticksIn(ends, 5);
  const words = (value: number, i: number): string => {
    if (typeof texts[i] === "string" && places.length > 0) return texts[i];
    if (names.length > 0) return names[value] ?? "";
    if (isDate) return new Date(value).toISOString().slice(0, 10);
    return isLog ? tickText(Number((10 ** value).toPrecision(6))) : tickText(value);
  };
  return {
    range,
    length: 1,
    title: titleOf(given) ?? letter,
    ticks: values
      .map((value, i) => [value, words(value, i)] as const)
      .filter(([value]) => value >= ends[0] && value <= ends[1]),
    isShown: given["visible"] !== false,
    isLog,
  };
}

/** Lengths of the sides, as plotly has them: those of the data unless one would be four times another. */
export function withLengths(axes: Three<SpaceAxis>, scene: Fields): Three<SpaceAxis> {
  const spans = axes.map(({ range: [low, high] }) => Math.abs(high - low));
  const ratio = fieldsOf(scene["aspectratio"]);
  const mode = scene["aspectmode"] ?? (scene["aspectratio"] === undefined ? "auto" : "manual");
  const isData = mode === "data" || (mode === "auto" && Math.max(...spans) <= 4 * Math.min(...spans));
  const middle = Math.cbrt(spans.reduce((product, span) => product * span, 1));
  const lengths = axes.map((_, i) => {
    if (mode === "manual") return Number(ratio["xyz"[i]!] ?? 1) || 1;
    return isData ? spans[i]! / middle : 1;
  });
  return axes.map((axis, i) => ({ ...axis, length: lengths[i]! })) as unknown as Three<SpaceAxis>;
}

/** Where a value of an axis lies. */
export function placeIn({ range: [from, to], length }: SpaceAxis, value: number): number {
  return ((value - from) / (to - from) - 0.5) * length;
}

/** The cube's edges that words stand at, and its far sides. */
export function cubeSvg(
  axes: Three<SpaceAxis>,
  see: See,
  at: (point: Point) => [number, number],
  { ink, line }: Inks,
): string {
  const half = axes.map(({ length }) => length / 2) as unknown as Three<number>;
  const corner = (signs: Three<number>): Point => [
    signs[0] * half[0],
    signs[1] * half[1],
    signs[2] * half[2],
  ];
  const lineOf = (from: Point, to: Point, colour: string): string => {
    const [[x1, y1], [x2, y2]] = [at(from), at(to)];
    return `<line x1="${rounded(x1)}" y1="${rounded(y1)}" x2="${rounded(x2)}" y2="${rounded(y2)}" stroke="${colour}"/>`;
  };
  // The side of each axis that is further away.
  const far = ([0, 1, 2] as const).map((axis) => {
    const side = (sign: number): number =>
      see(
        axis === 0 ? [sign * half[0], 0, 0] : axis === 1 ? [0, sign * half[1], 0] : [0, 0, sign * half[2]],
      )[2];
    return side(1) > side(-1) ? 1 : -1;
  }) as unknown as Three<number>;
  const grid = axes.flatMap((axis, i) =>
    axis.isShown
      ? axis.ticks.flatMap(([value]) => {
          const place = placeIn(axis, value);
          return others(i).map(([fixed, free]) => {
            const ends = [-1, 1].map((sign) => {
              const signs = [0, 0, 0];
              signs[fixed] = far[fixed]!;
              signs[free] = sign;
              const point = [...corner(signs as unknown as Three<number>)];
              point[i] = place;
              return point as unknown as Point;
            });
            return lineOf(ends[0]!, ends[1]!, line);
          });
        })
      : [],
  );
  const edges = axes.map((axis, i) => (axis.isShown ? edgeSvg(axis, i, axes, corner, at, ink) : ""));
  return `<g stroke-width="1">${grid.join("")}</g>${edges.join("")}`;
}

/** The two other axes, in both orders. */
function others(axis: number): (readonly [number, number])[] {
  const [a, b] = [0, 1, 2].filter((other) => other !== axis) as [number, number];
  return [
    [a, b],
    [b, a],
  ];
}

function edgeSvg(
  axis: SpaceAxis,
  index: number,
  axes: Three<SpaceAxis>,
  corner: (signs: Three<number>) => Point,
  at: (point: Point) => [number, number],
  ink: string,
): string {
  const [a, b] = others(index)[0]!;
  const middle = at([0, 0, 0]);
  const edges = [-1, 1].flatMap((first) =>
    [-1, 1].map((second) => {
      const signs = [0, 0, 0];
      [signs[a], signs[b]] = [first, second];
      return corner(signs as unknown as Three<number>);
    }),
  );
  // The upright axis is read on the left, the others below.
  const rank = (edge: Point): number => (index === 2 ? -at(edge)[0] : at(edge)[1]);
  const edge = edges.reduce((best, one) => (rank(one) > rank(best) ? one : best));
  const [mx, my] = at(edge);
  const reach = Math.hypot(mx - middle[0], my - middle[1]) || 1;
  const [dx, dy] = [(mx - middle[0]) / reach, (my - middle[1]) / reach];
  const anchor = dx < -0.4 ? "end" : dx > 0.4 ? "start" : "middle";
  const word = (point: Point, text: string, away: number, size: number): string => {
    const [x, y] = at(point);
    return `<text x="${rounded(x + dx * away)}" y="${rounded(y + dy * away + size / 3)}" font-size="${size}" text-anchor="${anchor}">${escapeMarkup(text)}</text>`;
  };
  const along = (place: number): Point => {
    const point = [...edge];
    point[index] = place;
    return point as unknown as Point;
  };
  const ends = [along(-axes[index]!.length / 2), along(axes[index]!.length / 2)].map(at);
  const widest = axis.ticks.reduce((most, [, text]) => Math.max(most, text.length), 0);
  return (
    `<line x1="${rounded(ends[0]![0])}" y1="${rounded(ends[0]![1])}" x2="${rounded(ends[1]![0])}" y2="${rounded(ends[1]![1])}" stroke="${ink}"/>` +
    axis.ticks.map(([value, text]) => word(along(placeIn(axis, value)), text, 10, 11)).join("") +
    word(along(0), axis.title, 22 + (anchor === "middle" ? 8 : 6.5 * widest), 13)
  );
}
