/** Tissue codes of {@link import("./index.js").Phantom.tissue}. */
export const PHANTOM_TISSUE = { background: 0, body: 1, posterior: 2, disc: 3, canal: 4, sacrum: 5 } as const;

/** One slice being painted: signal relative to bone marrow, and the dominant tissue. */
export interface Canvas {
  readonly rows: number;
  readonly columns: number;
  /** mm between pixels. */
  readonly pixel: number;
  readonly signal: Float32Array;
  readonly tissue: Uint8Array;
}

/** Shape in its own frame: signed distance (mm, positive inside) and signal at (u back, v down). */
export interface Paint {
  readonly centreBack: number;
  readonly centreDown: number;
  readonly angle: number;
  /** Half extents in mm of the part that may be touched. */
  readonly reachBack: number;
  readonly reachDown: number;
  readonly distance: (u: number, v: number) => number;
  readonly signal: (u: number, v: number, distance: number) => number;
  /** Tissue to mark, or −1 to leave it as it is. */
  readonly tissue: number;
}

/** Paints a shape with soft borders: a pixel's share of it goes linearly with the distance from the border. */
export function paint(canvas: Canvas, shape: Paint): void {
  const { rows, columns, pixel, signal, tissue } = canvas;
  const [cos, sin] = [Math.cos(shape.angle), Math.sin(shape.angle)];
  const spanBack = Math.abs(cos) * shape.reachBack + Math.abs(sin) * shape.reachDown;
  const spanDown = Math.abs(sin) * shape.reachBack + Math.abs(cos) * shape.reachDown;
  const firstRow = Math.max(0, Math.floor((shape.centreDown - spanDown) / pixel));
  const lastRow = Math.min(rows - 1, Math.ceil((shape.centreDown + spanDown) / pixel));
  const firstColumn = Math.max(0, Math.floor((shape.centreBack - spanBack) / pixel));
  const lastColumn = Math.min(columns - 1, Math.ceil((shape.centreBack + spanBack) / pixel));
  for (let row = firstRow; row <= lastRow; row++)
    for (let column = firstColumn; column <= lastColumn; column++) {
      const [x, y] = [column * pixel - shape.centreBack, row * pixel - shape.centreDown];
      const u = cos * x + sin * y;
      const v = cos * y - sin * x;
      if (Math.abs(u) > shape.reachBack || Math.abs(v) > shape.reachDown) continue;
      const distance = shape.distance(u, v);
      const share = distance / pixel + 0.5;
      if (share <= 0) continue;
      const i = row * columns + column;
      const value = shape.signal(u, v, distance);
      signal[i] = share >= 1 ? value : signal[i]! + share * (value - signal[i]!);
      if (share > 0.5 && shape.tissue >= 0) tissue[i] = shape.tissue;
    }
}

/** Side of the noise tiles in pixels. */
const TILE = 256;

/** A periodic tile of smooth noise, mean 0, deviation 1; `grain` is its correlation length in pixels. */
export function noiseTile(normal: () => number, grain: number): Float32Array {
  const cells = Math.max(2, Math.round(TILE / grain));
  const knots = Float32Array.from({ length: cells * cells }, normal);
  const tile = new Float32Array(TILE * TILE);
  const smooth = (t: number): number => t * t * (3 - 2 * t);
  for (let y = 0; y < TILE; y++)
    for (let x = 0; x < TILE; x++) {
      const [gy, gx] = [(y * cells) / TILE, (x * cells) / TILE];
      const [r, c] = [Math.floor(gy), Math.floor(gx)];
      const [fr, fc] = [smooth(gy - r), smooth(gx - c)];
      const at = (i: number, j: number): number => knots[(i % cells) * cells + (j % cells)]!;
      tile[y * TILE + x] =
        1.4 *
        ((at(r, c) * (1 - fc) + at(r, c + 1) * fc) * (1 - fr) +
          (at(r + 1, c) * (1 - fc) + at(r + 1, c + 1) * fc) * fr);
    }
  const once = softened(softened(tile, Math.round(grain / 4)), Math.round(grain / 4));
  // Twice, one below the other: a slice's own part is then a view of it.
  const twice = new Float32Array(2 * once.length);
  twice.set(once);
  twice.set(once, once.length);
  return twice;
}

/** The tile moved by this many pixels along its rows, as other slices see it. */
export function movedTile(tile: Float32Array, pixels: number): Float32Array {
  const start = (Math.round(pixels) & (TILE - 1)) * TILE;
  return tile.subarray(start, start + TILE * TILE);
}

/** Periodic box blur along rows and columns, brought back to deviation 1: takes the grid out of the noise. */
function softened(tile: Float32Array, radius: number): Float32Array {
  if (radius < 1) return tile;
  let values = tile;
  for (const [dr, dc] of [
    [0, 1],
    [1, 0],
  ] as const) {
    const before = values;
    values = before.map((_, i) => {
      const [row, column] = [Math.floor(i / TILE), i % TILE];
      let sum = 0;
      for (let k = -radius; k <= radius; k++) sum += noiseAt(before, row + dr * k, column + dc * k);
      return sum;
    });
  }
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
  return values.map((value) => value / deviation);
}

/** Value of a tile at a place; whole numbers of pixels, any sign. */
export function noiseAt(tile: Float32Array, row: number, column: number): number {
  return tile[(row & (TILE - 1)) * TILE + (column & (TILE - 1))]!;
}
