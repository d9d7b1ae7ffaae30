import type { HeatLayer } from "../../protocol/index.js";
import { COLOUR_MAPS, heatTable } from "./colours.js";

interface Window {
  readonly centre: number;
  readonly width: number;
}

const BLACK = 0xff000000;
const WHITE = 0xffffffff;

/**
 * Pixels (RGBA in memory order) of every 16-bit intensity under a window, at `intensity + 32768`.
 *
 * @param table 65536 long; written to
 */
export function fillGreyTable(table: Uint32Array, { centre, width }: Window): void {
  const range = Math.max(1, width);
  const index = (value: number): number => Math.min(65536, Math.max(0, value + 32768));
  const first = index(Math.floor(centre - range / 2));
  const last = index(Math.ceil(centre + range / 2) + 1);
  table.fill(BLACK, 0, first);
  table.fill(WHITE, last);
  for (let i = first; i < last; i++) {
    const grey = Math.round(Math.min(255, Math.max(0, ((i - 32768 - centre) / range + 0.5) * 255)));
    // Red, green and blue are equal, so this holds for either byte order of colours.
    table[i] = (BLACK | (grey * 0x010101)) >>> 0;
  }
}

/** A picture that is scaled when it is drawn; its memory is used again for the next slice or window. */
class Layer {
  readonly canvas: OffscreenCanvas;
  readonly pixels: Uint32Array;
  /** What is drawn in it. */
  content = "";
  readonly #image: ImageData;
  readonly #context: OffscreenCanvasRenderingContext2D;

  constructor(columns: number, rows: number) {
    this.canvas = new OffscreenCanvas(columns, rows);
    this.#context = this.canvas.getContext("2d")!;
    this.#image = new ImageData(columns, rows);
    this.pixels = new Uint32Array(this.#image.data.buffer);
  }

  put(content: string): void {
    this.#context.putImageData(this.#image, 0, 0);
    this.content = content;
  }
}

/** Turns intensities and heat into pictures, and only when what they show has changed. */
export class Raster {
  readonly #greys = new Uint32Array(65536);
  #window: Window | undefined;
  #grey: Layer | undefined;
  #heat: Layer | undefined;
  #colours: { readonly index: number; readonly table: Uint32Array } | undefined;

  /** @param read gives the slice's intensities, [row][column]; called only where they are needed */
  grey(
    size: { readonly columns: number; readonly rows: number },
    slice: number,
    window: Window,
    read: (slice: number) => Int16Array,
  ): OffscreenCanvas {
    this.#grey ??= new Layer(size.columns, size.rows);
    const layer = this.#grey;
    const content = `${slice} ${window.centre} ${window.width}`;
    if (layer.content === content) return layer.canvas;
    if (this.#window?.centre !== window.centre || this.#window.width !== window.width)
      fillGreyTable(this.#greys, window);
    this.#window = window;
    const values = read(slice);
    const { pixels } = layer;
    for (let i = 0; i < pixels.length; i++) pixels[i] = this.#greys[values[i]! + 32768]!;
    layer.put(content);
    return layer.canvas;
  }

  /** The part of a heat layer that lies on a slice, at full opacity; `undefined` where there is none. */
  heat(layer: HeatLayer, values: Uint8Array, slice: number, colours: number): OffscreenCanvas | undefined {
    const within = slice - layer.origin[2];
    if (within < 0 || within >= layer.slices) return undefined;
    if (this.#heat?.canvas.width !== layer.columns || this.#heat.canvas.height !== layer.rows)
      this.#heat = new Layer(layer.columns, layer.rows);
    if (this.#colours?.index !== colours)
      this.#colours = { index: colours, table: heatTable(COLOUR_MAPS[colours]!) };
    const content = `${layer.label} ${layer.origin.join(" ")} ${slice} ${colours}`;
    if (this.#heat.content === content) return this.#heat.canvas;
    const { pixels } = this.#heat;
    const offset = within * pixels.length;
    for (let i = 0; i < pixels.length; i++) pixels[i] = this.#colours.table[values[offset + i]!]!;
    this.#heat.put(content);
    return this.#heat.canvas;
  }
}
