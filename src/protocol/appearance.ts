/** How a payload looks, shared so that the still picture in a notebook and the interactive canvas agree. */
import type { Outline } from "./mime.js";

export type Rgb = readonly [number, number, number];

/** Stops of matplotlib's `inferno` map without its black start, which would not show on a dark picture. */
export const HEAT_STOPS: readonly Rgb[] = [
  [87, 16, 110],
  [136, 34, 106],
  [186, 54, 85],
  [227, 89, 51],
  [249, 140, 10],
  [249, 201, 50],
  [252, 255, 164],
];

/** Colour of a heat value 0..255, interpolated between {@link HEAT_STOPS}. */
export function heatColour(value: number): Rgb {
  const position = (Math.min(255, Math.max(0, value)) / 255) * (HEAT_STOPS.length - 1);
  const index = Math.min(HEAT_STOPS.length - 2, Math.floor(position));
  const [from, to] = [HEAT_STOPS[index]!, HEAT_STOPS[index + 1]!];
  const mix = (channel: 0 | 1 | 2): number =>
    Math.round(from[channel] + (to[channel] - from[channel]) * (position - index));
  return [mix(0), mix(1), mix(2)];
}

/** Opacity 0..255 of a heat value 0..255: no evidence is see-through, half of the strongest is already full. */
export function heatAlpha(value: number, opacity: number): number {
  return Math.round(Math.min(1, value / 128) * opacity * 255);
}

/** Opacity with which heat is first shown. */
export const HEAT_OPACITY = 0.6;

/** Grey 0..255 of an intensity under a window: linear from `centre - width / 2` to `centre + width / 2`. */
export function greyLevel(
  value: number,
  window: { readonly centre: number; readonly width: number },
): number {
  const grey = ((value - window.centre) / Math.max(1, window.width) + 0.5) * 255;
  return Math.round(Math.min(255, Math.max(0, grey)));
}

/** Outline colours; both are readable on a grey picture and told apart by people with colour-vision deficiency. */
export const OUTLINE_COLOURS: Readonly<Record<Outline["kind"], string>> = {
  vertebra: "#6fc3ff",
  disc: "#ffc447",
};

/** Length in mm of a scale bar that takes at most a third of `extent` mm. */
export function scaleBarLength(extent: number): number {
  return [100, 50, 20, 10, 5, 2, 1].find((length) => length <= extent / 3) ?? 0.5;
}

/** The text beside an outline: its name, then its note. */
export function outlineText(outline: Outline): string {
  return outline.note === "" ? outline.label : `${outline.label}  ${outline.note}`;
}

/** The outlines that are drawn on a slice. */
export function outlinesOn(outlines: readonly Outline[], slice: number): readonly Outline[] {
  return outlines.filter(({ slices: [first, last] }) => slice >= first && slice <= last);
}
