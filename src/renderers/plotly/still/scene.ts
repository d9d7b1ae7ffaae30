/** Traces in space, seen from where the figure's camera stands, the far before the near. */
import { escapeMarkup } from "../../../text/index.js";
import { cubeSvg, placeIn, spaceAxis, valuesOf, withLengths } from "./cube.js";
import {
  domainOf,
  fieldsOf,
  numbersOf,
  rounded,
  type Area,
  type ColourOf,
  type Fields,
  type Inks,
  type Panel,
} from "./panel.js";
import { solidsOf, type Solid } from "./solids.js";
import { cross, difference, dot, seen, unit, type Camera, type Point, type See } from "./space.js";

type Three<T> = readonly [T, T, T];
interface Placed {
  readonly solid: Solid;
  readonly points: readonly Point[];
  readonly colour: string;
  readonly depth: number;
}

/** Half of a mark by its size: in space plotly.js draws them twice as large. */
const MARK = 1;

/** Whether a still is drawn of a trace in space. */
export function isDrawnInSpace(trace: Fields): boolean {
  return solidsOf(trace, (_, values) => numbersOf(values)) !== undefined;
}

/** The scene of some traces, each of which {@link isDrawnInSpace}. @param scene what the layout says of it */
export function scenePanel(traces: readonly Fields[], scene: Fields): Panel {
  const letters = ["x", "y", "z"] as const;
  const given = letters.map((letter) => fieldsOf(scene[`${letter}axis`]));
  const values = letters.map((letter, i) =>
    valuesOf(
      traces.map((trace) => trace[letter]),
      given[i]!,
    ),
  );
  const solids = traces.map((trace) => solidsOf(trace, (axis, list) => values[axis]!.numbers(list)) ?? []);
  const points = solids.flat().flatMap((solid) => solid.points as readonly Point[]);
  const plain = letters.map((letter, i) =>
    spaceAxis(
      given[i]!,
      letter,
      values[i]!,
      points.map((point) => point[i]!),
    ),
  );
  const axes = withLengths(plain as unknown as Three<(typeof plain)[number]>, scene);
  return {
    domain: domainOf(scene["domain"]),
    draw(area, colours, inks) {
      const camera = cameraOf(scene);
      const see = seen(camera);
      const at = screen(see, area);
      const place = ([x, y, z]: Point): Point => [
        placeIn(axes[0], x),
        placeIn(axes[1], y),
        placeIn(axes[2], z),
      ];
      const placed = solids.flatMap((list, i) =>
        list.map((solid) => placedOf(solid, place, colours[i]!, see)),
      );
      placed.sort((a, b) => b.depth - a.depth);
      const cube = cubeSvg(axes, see, at, inks);
      const drawn = placed.map((one) => solidSvg(one, at, camera, inks)).join("");
      return `<g fill="${inks.ink}" font-family="DejaVu Sans" stroke-linejoin="round">${cube}${drawn}</g>`;
    },
  };
}

function cameraOf(scene: Fields): Camera {
  const camera = fieldsOf(scene["camera"]);
  const point = (name: string, [x, y, z]: Point): Point => {
    const given = fieldsOf(camera[name]);
    return [Number(given["x"] ?? x), Number(given["y"] ?? y), Number(given["z"] ?? z)];
  };
  return {
    eye: point("eye", [1.25, 1.25, 1.25]),
    center: point("center", [0, 0, 0]),
    up: point("up", [0, 0, 1]),
    isFlat: fieldsOf(camera["projection"])["type"] === "orthographic",
  };
}

function screen(see: See, { left, top, width, height }: Area): (point: Point) => [number, number] {
  return (point) => {
    const [right, up] = see(point);
    return [left + width / 2 + (right * height) / 2, top + height / 2 - (up * height) / 2];
  };
}

function placedOf(solid: Solid, place: (point: Point) => Point, colourOf: ColourOf, see: See): Placed {
  const points = (solid.points as readonly Point[]).map(place);
  const depth = points.reduce((total, point) => total + see(point)[2], 0) / points.length;
  return { solid, points, depth, colour: colourOf(solid.colour) };
}

function solidSvg(
  { solid, points, colour }: Placed,
  at: (point: Point) => [number, number],
  camera: Camera,
  { ink }: Inks,
): string {
  const opacity = solid.opacity < 1 ? ` opacity="${rounded(solid.opacity)}"` : "";
  const spots = points.map((point) => at(point).map(rounded));
  const [x, y] = spots[0]!;
  switch (solid.kind) {
    case "face": {
      const lit = shaded(colour, points, camera);
      // Drawn over its own edge, so that no ground is seen between two.
      const edge = solid.opacity < 1 ? "" : ` stroke="${lit}" stroke-width="0.6"`;
      return `<polygon points="${spots.map((spot) => spot.join(",")).join(" ")}" fill="${lit}"${edge}${opacity}/>`;
    }
    case "line":
      return `<line x1="${x}" y1="${y}" x2="${spots[1]![0]}" y2="${spots[1]![1]}" stroke="${colour}" stroke-width="${solid.width}" stroke-linecap="round"${opacity}/>`;
    case "mark":
      return markSvg(Number(x), Number(y), solid.size * MARK, solid.symbol, colour, opacity);
    case "word":
      return `<text x="${x}" y="${Number(y) - 6}" font-size="12" text-anchor="middle" fill="${ink}">${escapeMarkup(solid.words)}</text>`;
  }
}

function markSvg(
  x: number,
  y: number,
  half: number,
  symbol: string,
  colour: string,
  opacity: string,
): string {
  const [left, right, above, below] = [x - half, x + half, y - half, y + half].map(rounded);
  const isOpen = symbol.endsWith("-open");
  const paint = isOpen ? `fill="none" stroke="${colour}"` : `fill="${colour}"`;
  if (symbol.startsWith("square"))
    return `<rect x="${left}" y="${above}" width="${rounded(2 * half)}" height="${rounded(2 * half)}" ${paint}${opacity}/>`;
  if (symbol.startsWith("diamond"))
    return `<path d="M${x},${above}L${right},${y}L${x},${below}L${left},${y}Z" ${paint}${opacity}/>`;
  if (symbol === "cross")
    return `<path d="M${left},${y}H${right}M${x},${above}V${below}" stroke="${colour}" stroke-width="2"${opacity}/>`;
  if (symbol === "x")
    return `<path d="M${left},${above}L${right},${below}M${left},${below}L${right},${above}" stroke="${colour}" stroke-width="2"${opacity}/>`;
  return `<circle cx="${x}" cy="${y}" r="${rounded(half)}" ${paint}${opacity}/>`;
}

/** A colour in the light that comes from the camera. */
function shaded(colour: string, points: readonly Point[], { eye }: Camera): string {
  const channels = /^rgba?\(([^)]*)\)$/.exec(colour)?.[1]?.split(",").map(Number);
  if (channels === undefined || points.length < 3) return colour;
  const normal = unit(cross(difference(points[1]!, points[0]!), difference(points[2]!, points[0]!)));
  const light = 0.65 + 0.35 * Math.abs(dot(normal, unit(difference(eye, points[0]!))));
  const lit = channels.slice(0, 3).map((channel) => Math.round(channel * light));
  return `rgb(${lit.join(",")})`;
}
