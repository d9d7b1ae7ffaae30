import { encode } from "fast-png";

/** Pixels as a canvas holds them: RGBA, row by row. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/** Sides beyond which no canvas is made. */
const LARGEST = 16384;

/** The part of a canvas and its 2D context that is drawn with pixels and rectangles alone: of no transform, path or text. */
export class Canvas {
  fillStyle = "#000";
  private sides = { width: 300, height: 150 };
  private pixels: Uint8ClampedArray | undefined;

  get width(): number {
    return this.sides.width;
  }

  set width(value: number) {
    this.resize({ ...this.sides, width: value });
  }

  get height(): number {
    return this.sides.height;
  }

  set height(value: number) {
    this.resize({ ...this.sides, height: value });
  }

  createImageData(width: number, height: number): Pixels {
    return { width, height, data: new Uint8ClampedArray(4 * width * height) };
  }

  putImageData({ width, height, data }: Pixels, left: number, top: number): void {
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) this.set(left + x, top + y, data.subarray(4 * (y * width + x)));
  }

  fillRect(left: number, top: number, width: number, height: number): void {
    const colour = rgba(this.fillStyle);
    for (let y = Math.round(top); y < Math.round(top + height); y++)
      for (let x = Math.round(left); x < Math.round(left + width); x++) this.set(x, y, colour);
  }

  toPng(): Uint8Array {
    const { width, height } = this.sides;
    return encode({ width, height, data: this.data(), channels: 4, depth: 8 });
  }

  private data(): Uint8ClampedArray {
    return (this.pixels ??= new Uint8ClampedArray(4 * this.sides.width * this.sides.height));
  }

  private set(
    x: number,
    y: number,
    [r = 0, g = 0, b = 0, a = 0]: ArrayLike<number> & Iterable<number>,
  ): void {
    if (x < 0 || y < 0 || x >= this.sides.width || y >= this.sides.height) return;
    this.data().set([r, g, b, a], 4 * (y * this.sides.width + x));
  }

  /** As a canvas does: what was drawn is gone. */
  private resize({ width, height }: { width: number; height: number }): void {
    const side = (value: number): number =>
      Number.isFinite(value) ? Math.min(LARGEST, Math.max(0, Math.floor(value))) : 0;
    this.sides = { width: side(width), height: side(height) };
    this.pixels = undefined;
  }
}

/** A colour as d3's scales write them, `rgb(1, 2, 3)`, `rgba(1, 2, 3, .5)` or hexadecimal; black for any other. */
function rgba(colour: string): number[] {
  const parts = /^rgba?\(([^)]*)\)$/
    .exec(colour.trim())?.[1]
    ?.split(/[\s,/]+/)
    .map(Number);
  if (parts !== undefined && parts.length >= 3) return [...parts.slice(0, 3), 255 * (parts[3] ?? 1)];
  const hex = /^#([\da-f]{3,8})$/i.exec(colour.trim())?.[1] ?? "000";
  const digits = hex.length < 6 ? hex.replace(/./g, "$&$&") : hex;
  return [0, 2, 4, 6].map((at) => Number.parseInt(digits.slice(at, at + 2) || "ff", 16));
}
