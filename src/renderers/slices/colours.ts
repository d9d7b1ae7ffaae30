import { heatAlpha, heatColour, HEAT_STOPS, type Rgb } from "../../protocol/index.js";

/** A colour map for heat, from weak to strong; none starts in black, which would not show on a dark picture. */
export interface ColourMap {
  readonly name: string;
  readonly stops: readonly Rgb[];
}

/** The first is the one that the still picture in the notebook uses. */
export const COLOUR_MAPS: readonly ColourMap[] = [
  { name: "Inferno", stops: HEAT_STOPS },
  {
    // matplotlib's viridis at even steps.
    name: "Viridis",
    stops: [
      [68, 1, 84],
      [65, 68, 135],
      [42, 120, 142],
      [34, 168, 132],
      [122, 209, 81],
      [253, 231, 37],
    ],
  },
  {
    name: "Hot to red",
    stops: [
      [255, 246, 170],
      [255, 190, 60],
      [255, 110, 30],
      [255, 0, 0],
    ],
  },
];

/** The CSS gradient of a map. */
export function gradient({ stops }: ColourMap): string {
  return `linear-gradient(90deg, ${stops.map((colour) => `rgb(${colour.join(" ")})`).join(", ")})`;
}

/** Pixels (RGBA in memory order) of the heat values 0 to 255 at full opacity. */
export function heatTable(map: ColourMap): Uint32Array {
  const table = new Uint32Array(256);
  const bytes = new Uint8ClampedArray(table.buffer);
  for (let value = 0; value < 256; value++) {
    bytes.set(colourAt(map, value), value * 4);
    bytes[value * 4 + 3] = heatAlpha(value, 1);
  }
  return table;
}

function colourAt({ stops }: ColourMap, value: number): Rgb {
  if (stops === HEAT_STOPS) return heatColour(value);
  const position = (value / 255) * (stops.length - 1);
  const index = Math.min(stops.length - 2, Math.floor(position));
  const [from, to] = [stops[index]!, stops[index + 1]!];
  const mix = (channel: 0 | 1 | 2): number =>
    from[channel] + (to[channel] - from[channel]) * (position - index);
  return [mix(0), mix(1), mix(2)];
}
