/** Traces in space as faces, lines and marks, in the numbers of their axes: pure. */
import { fieldsOf, listOf, numbersOf, rangeOf, type Fields } from "./panel.js";
import { cross, difference, sum, times, unit, type Point } from "./space.js";

/** What is drawn of a trace; a colour is a value of its scale, or a colour of CSS. */
export type Solid = {
  readonly colour: unknown;
  readonly opacity: number;
} & (
  | { readonly kind: "face"; readonly points: readonly Point[] }
  | { readonly kind: "line"; readonly points: readonly [Point, Point]; readonly width: number }
  | {
      readonly kind: "mark";
      readonly points: readonly [Point];
      readonly size: number;
      readonly symbol: string;
    }
  | { readonly kind: "word"; readonly points: readonly [Point]; readonly words: string }
);

/** Faces of a surface on a side: a finer one looks the same. */
const FINEST = 120;

/** The types that are drawn; others need a computation that plotly does on the graphics card. */
export function solidsOf(
  trace: Fields,
  place: (axis: 0 | 1 | 2, values: unknown) => number[],
): Solid[] | undefined {
  switch (trace["type"]) {
    case "scatter3d":
      return marks(trace, place);
    case "surface":
      return surface(trace, place);
    case "mesh3d":
      return mesh(trace, place);
    case "cone":
      return cones(trace);
    default:
      return undefined;
  }
}

type Place = (axis: 0 | 1 | 2, values: unknown) => number[];

function pointsOf(trace: Fields, place: Place): Point[] {
  const [x, y, z] = [place(0, trace["x"]), place(1, trace["y"]), place(2, trace["z"])];
  const count = Math.min(x.length, y.length, z.length);
  return Array.from({ length: count }, (_, i) => [x[i]!, y[i]!, z[i]!] as const);
}

const isWhole = (point: Point): boolean => point.every(Number.isFinite);

/** A value of a list by its index, or the one that stands for all. */
function each(given: unknown, plain: unknown): (index: number) => unknown {
  const list = listOf(given);
  return list.length > 0 ? (index) => list[index] ?? plain : () => given ?? plain;
}

function opacityOf(trace: Fields): number {
  return typeof trace["opacity"] === "number" ? trace["opacity"] : 1;
}

function marks(trace: Fields, place: Place): Solid[] {
  const points = pointsOf(trace, place);
  const mode = typeof trace["mode"] === "string" ? trace["mode"] : "lines+markers";
  const [marker, line] = [fieldsOf(trace["marker"]), fieldsOf(trace["line"])];
  const plain = marker["color"] === undefined || Array.isArray(marker["color"]) ? undefined : marker["color"];
  const colour = each(marker["color"], undefined);
  const lineColour = each(line["color"], plain);
  const size = each(marker["size"], 8);
  const symbol = each(marker["symbol"], "circle");
  const text = each(trace["text"], "");
  const opacity = opacityOf(trace);
  const own = typeof marker["opacity"] === "number" ? marker["opacity"] : 1;
  const width = typeof line["width"] === "number" ? line["width"] : 2;
  const lines = mode.includes("lines")
    ? points.slice(1).map((point, i) => ({ points: [points[i]!, point] as const, colour: lineColour(i) }))
    : [];
  return [
    ...lines
      .filter(({ points: ends }) => ends.every(isWhole))
      .map((one) => ({ ...one, kind: "line" as const, width, opacity })),
    ...points.flatMap((point, i): Solid[] => {
      if (!isWhole(point)) return [];
      const at = [point] as const;
      const mark = {
        kind: "mark",
        points: at,
        size: Number(size(i)),
        symbol: String(symbol(i)),
        colour: colour(i),
      } as const;
      const word = { kind: "word", points: at, words: String(text(i)), colour: undefined, opacity } as const;
      return [
        ...(mode.includes("markers") ? [{ ...mark, opacity: opacity * own }] : []),
        ...(mode.includes("text") ? [word] : []),
      ];
    }),
  ];
}

function surface(trace: Fields, place: Place): Solid[] {
  const rows = listOf(trace["z"]).map((row) => place(2, row));
  const [height, width] = [rows.length, Math.max(0, ...rows.map((row) => row.length))];
  const steps = [height, width].map((count) => Math.max(1, Math.ceil((count - 1) / FINEST)));
  const along = (given: unknown, axis: 0 | 1): ((row: number, column: number) => number) => {
    const list = listOf(given);
    if (list.length === 0) return (row, column) => (axis === 0 ? column : row);
    if (listOf(list[0]).length > 0) {
      const grid = list.map((row) => place(axis, row));
      return (row, column) => grid[row]?.[column] ?? Number.NaN;
    }
    const places = place(axis, list);
    return (row, column) => places[axis === 0 ? column : row] ?? Number.NaN;
  };
  const [x, y] = [along(trace["x"], 0), along(trace["y"], 1)];
  const colours = listOf(trace["surfacecolor"]).map(numbersOf);
  const at = (row: number, column: number): Point => [
    x(row, column),
    y(row, column),
    rows[row]?.[column] ?? Number.NaN,
  ];
  const places = (count: number, step: number): number[] => {
    const all = Array.from({ length: Math.ceil((count - 1) / step) }, (_, i) => i * step);
    return count > 1 ? [...all, count - 1] : [];
  };
  const [down, across] = [places(height, steps[0]!), places(width, steps[1]!)];
  const opacity = opacityOf(trace);
  return down.slice(1).flatMap((row, i) =>
    across.slice(1).flatMap((column, j) => {
      const corners = [
        [down[i]!, across[j]!],
        [down[i]!, column],
        [row, column],
        [row, across[j]!],
      ] as const;
      const points = corners.map(([r, c]) => at(r, c));
      const values = corners.map(([r, c]) =>
        colours.length > 0 ? (colours[r]?.[c] ?? Number.NaN) : at(r, c)[2],
      );
      const value = values.reduce((total, one) => total + one, 0) / 4;
      return points.every(isWhole) && Number.isFinite(value)
        ? [{ kind: "face", points, colour: value, opacity } as const]
        : [];
    }),
  );
}

function mesh(trace: Fields, place: Place): Solid[] | undefined {
  const points = pointsOf(trace, place);
  const [i, j, k] = [numbersOf(trace["i"]), numbersOf(trace["j"]), numbersOf(trace["k"])];
  // Without its triangles plotly finds them itself.
  if (i.length === 0) return undefined;
  const values = numbersOf(trace["intensity"]);
  const byFace = trace["intensitymode"] === "cell";
  const colours = listOf(trace["facecolor"]);
  const corners = listOf(trace["vertexcolor"]);
  const opacity = opacityOf(trace);
  return i.flatMap((first, index): Solid[] => {
    const ends = [first, j[index] ?? -1, k[index] ?? -1];
    const face = ends.map((end) => points[end]);
    if (!face.every((point) => point !== undefined && isWhole(point))) return [];
    const mean = ends.reduce((total, end) => total + (values[end] ?? 0), 0) / 3;
    const valued = values.length === 0 ? undefined : byFace ? values[index] : mean;
    const colour = colours[index] ?? corners[first] ?? valued ?? trace["color"];
    return [{ kind: "face", points: face as Point[], colour, opacity }];
  });
}

/** Sides of a cone. */
const SIDES = 10;

function cones(trace: Fields): Solid[] {
  const points = pointsOf(trace, (_, values) => numbersOf(values));
  const [u, v, w] = [numbersOf(trace["u"]), numbersOf(trace["v"]), numbersOf(trace["w"])];
  const flows = points.map((_, i) => [u[i] ?? 0, v[i] ?? 0, w[i] ?? 0] as const);
  const speeds = flows.map((flow) => Math.hypot(...flow));
  const most = Math.max(...speeds, 0);
  const given = typeof trace["sizeref"] === "number" ? trace["sizeref"] : 0.5;
  const room = spacing(points) * 2 * given;
  return points.flatMap((point, i) => {
    if (!isWhole(point) || !(speeds[i]! > 0)) return [];
    const along = unit(flows[i]!);
    const length = (room * speeds[i]!) / most;
    const side = unit(cross(along, Math.abs(along[2]) < 0.9 ? [0, 0, 1] : [1, 0, 0]));
    const other = cross(along, side);
    const tip = sum(point, times(along, length / 2));
    const foot = difference(point, times(along, length / 2));
    const ring = Array.from({ length: SIDES }, (_, s) => {
      const angle = (2 * Math.PI * s) / SIDES;
      return sum(
        foot,
        sum(times(side, Math.cos(angle) * length * 0.3), times(other, Math.sin(angle) * length * 0.3)),
      );
    });
    const faces = ring.map((corner, s) => [tip, corner, ring[(s + 1) % SIDES]!]);
    return [...faces, ring].map(
      (face) => ({ kind: "face", points: face, colour: speeds[i], opacity: opacityOf(trace) }) as const,
    );
  });
}

/** About how far points are apart, were they spread evenly. */
function spacing(points: readonly Point[]): number {
  const sides = ([0, 1, 2] as const).map((axis) => {
    const [low, high] = rangeOf(points.map((point) => point[axis]));
    return high - low;
  });
  return Math.max(...sides) / Math.max(1, Math.cbrt(points.length) - 1);
}
