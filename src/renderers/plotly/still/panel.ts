/** Parts of a still that are drawn here and not by plotly.js, which draws them by WebGL. */

export type Fields = Readonly<Record<string, unknown>>;

/** Where a part lies, pixels. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Colours of a still. */
export interface Inks {
  readonly ink: string;
  readonly line: string;
}

/** A colour for a value of a trace, or for the colour that stands in place of one. */
export type ColourOf = (value: unknown) => string;

export interface Panel {
  /** Parts of the sheet from left to right and from the bottom up, 0 to 1, inside of its margins. */
  readonly domain: { readonly x: readonly [number, number]; readonly y: readonly [number, number] };
  /**
   * SVG of the part.
   * @param colours for each of its traces, by plotly's own scales
   */
  draw(area: Area, colours: readonly ColourOf[], inks: Inks): string;
}

/** The numbers of a list; none of what is no list. */
export function numbersOf(list: unknown): number[] {
  return listOf(list).map((value) => (value === null || value === "" ? Number.NaN : Number(value)));
}

export function listOf(list: unknown): unknown[] {
  if (Array.isArray(list)) return list as unknown[];
  return ArrayBuffer.isView(list) ? Array.from(list as unknown as ArrayLike<unknown>) : [];
}

export function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** A title, which may be plain text. */
export function titleOf(axis: Fields): string | undefined {
  const { text } = fieldsOf(axis["title"]);
  return typeof text === "string" ? text : undefined;
}

export function domainOf(value: unknown): Panel["domain"] {
  const { x, y } = fieldsOf(value);
  const pair = (given: unknown): readonly [number, number] => {
    const [from, to] = numbersOf(given);
    return from! < to! ? [from!, to!] : [0, 1];
  };
  return { x: pair(x), y: pair(y) };
}

/** Least and most of the numbers; 0 and 1 where there are none, and half a unit on either side of one alone. */
export function rangeOf(values: readonly number[]): readonly [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high && value < Infinity) high = value;
  }
  if (low > high) return [0, 1];
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}

/** Round values within a range, at steps of 1, 2 or 5 times a power of ten. */
export function ticksIn([low, high]: readonly [number, number], wanted: number): number[] {
  const rough = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough * 0.999) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** A number as an axis shows it. */
export function tickText(value: number): string {
  const size = Math.abs(value);
  const text = size !== 0 && (size < 1e-4 || size >= 1e6) ? value.toExponential() : String(value);
  return text.replace("-", "−");
}

export const rounded = (value: number): string => String(Math.round(value * 100) / 100);
