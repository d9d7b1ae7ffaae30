/**
 * Gaussian blur of square pictures, each by itself; at the border the weights inside are scaled up to sum to 1.
 * @param values [picture][row][column], `size` rows and columns
 * @param deviation standard deviation in pixels; 0 leaves the pictures as they are
 */
export function blurred(values: Float32Array, size: number, deviation: number): Float32Array {
  if (deviation <= 0) return values.slice();
  const reach = Math.ceil(3 * deviation);
  const weights = Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp(-0.5 * ((i - reach) / deviation) ** 2),
  );
  return alongAxis(alongAxis(values, size, weights, 1), size, weights, size);
}

/** Weighted mean along rows (stride 1) or columns (stride `size`). */
function alongAxis(
  values: Float32Array,
  size: number,
  weights: readonly number[],
  stride: number,
): Float32Array {
  const reach = (weights.length - 1) / 2;
  const out = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const position = Math.floor(i / stride) % size;
    const [low, high] = [Math.max(-reach, -position), Math.min(reach, size - 1 - position)];
    let [sum, total] = [0, 0];
    for (let d = low; d <= high; d++) {
      const weight = weights[d + reach]!;
      sum += weight * values[i + d * stride]!;
      total += weight;
    }
    out[i] = sum / total;
  }
  return out;
}
