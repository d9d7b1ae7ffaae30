/** Smallest power of two that is at least `count`. */
function powerOfTwo(count: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(2, count)));
}

/** Radix-2 transform in place of lengths that are powers of two; the backward one is not divided by the length. */
function transform(real: Float64Array, imaginary: Float64Array, cosines: Float64Array, sign: 1 | -1): void {
  const n = real.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [real[i], real[j]] = [real[j]!, real[i]!];
      [imaginary[i], imaginary[j]] = [imaginary[j]!, imaginary[i]!];
    }
  }
  for (let length = 2; length <= n; length *= 2) {
    const [half, step] = [length / 2, n / length];
    for (let start = 0; start < n; start += length)
      for (let k = 0; k < half; k++) {
        const cos = cosines[k * step]!;
        const sin = sign * cosines[(k * step + (3 * n) / 4) % n]!;
        const [a, b] = [start + k, start + k + half];
        const re = real[b]! * cos - imaginary[b]! * sin;
        const im = real[b]! * sin + imaginary[b]! * cos;
        real[b] = real[a]! - re;
        imaginary[b] = imaginary[a]! - im;
        real[a]! += re;
        imaginary[a]! += im;
      }
  }
}

/**
 * Keeps the central `share` of the spatial frequencies along the lines of a picture, which leaves Gibbs ringing at its
 * edges, as a scanner's truncated k-space does. Lines go on mirrored, so that opposite edges do not ring into each other.
 * @param step distance of neighbours on a line in `values`
 * @param lines start of each line in `values`
 */
export function truncateFrequencies(
  values: Float32Array,
  lines: readonly number[],
  count: number,
  step: number,
  share: number,
): void {
  const n = powerOfTwo(count + 16);
  const cosines = Float64Array.from({ length: n }, (_, k) => Math.cos((2 * Math.PI * k) / n));
  const highest = (share * n) / 2;
  const real = new Float64Array(n);
  const imaginary = new Float64Array(n);
  const place = Int32Array.from({ length: n }, (_, k) => {
    if (k < count) return k * step;
    // The first half of what lies behind the end mirrors the end, the other half the beginning.
    const beyond = k - count;
    const rest = n - count;
    return (
      step * (beyond < rest / 2 ? Math.max(0, count - 1 - beyond) : Math.min(count - 1, rest - 1 - beyond))
    );
  });
  // Two real lines make one complex one; the cut treats ±k alike, so they stay apart.
  for (let i = 0; i < lines.length; i += 2) {
    const [first, second] = [lines[i]!, lines[Math.min(i + 1, lines.length - 1)]!];
    for (let k = 0; k < n; k++) {
      real[k] = values[first + place[k]!]!;
      imaginary[k] = values[second + place[k]!]!;
    }
    transform(real, imaginary, cosines, -1);
    for (let k = 0; k < n; k++)
      if (Math.min(k, n - k) > highest) {
        real[k] = 0;
        imaginary[k] = 0;
      }
    transform(real, imaginary, cosines, 1);
    for (let k = 0; k < count; k++) {
      values[first + k * step] = real[k]! / n;
      values[second + k * step] = imaginary[k]! / n;
    }
  }
}
