import type { Random } from "../../numbers/index.js";
import { PADDING } from "../../detection/index.js";

/** How an augmented version differs from its crop. */
export interface Augmentation {
  readonly isFlipped: boolean;
  /** Degrees. */
  readonly angle: number;
}

/** The augmentation of a version: every other one is flipped, all are turned by up to `rotation` degrees either way. */
export function drawAugmentation(version: number, rotation: number, random: Random): Augmentation {
  return { isFlipped: version % 2 === 1, angle: random.between(-rotation, rotation) };
}

/** A crop flipped front to back and turned about its middle, bilinear; what comes from outside is black. */
export function augmentCrop(
  crop: Float32Array,
  size: number,
  { isFlipped, angle }: Augmentation,
): Float32Array {
  const radians = (angle * Math.PI) / 180;
  const [cos, sin] = [Math.cos(radians), Math.sin(radians)];
  const middle = (size - 1) / 2;
  const at = (row: number, column: number): number =>
    row < 0 || column < 0 || row >= size || column >= size ? PADDING : crop[row * size + column]!;
  const result = new Float32Array(size * size);
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      const [u, v] = [x - middle, y - middle];
      const turned = middle + cos * u + sin * v;
      const [column, row] = [isFlipped ? size - 1 - turned : turned, middle - sin * u + cos * v];
      const [c, r] = [Math.floor(column), Math.floor(row)];
      const [fc, fr] = [column - c, row - r];
      result[y * size + x] =
        (at(r, c) * (1 - fc) + at(r, c + 1) * fc) * (1 - fr) +
        (at(r + 1, c) * (1 - fc) + at(r + 1, c + 1) * fc) * fr;
    }
  return result;
}
