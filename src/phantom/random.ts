/** Seeded random numbers of a phantom ("sfc32"): the same seed draws the same spine on every machine. */
export class PhantomRandom {
  private readonly state: Uint32Array;

  constructor(seed: number) {
    this.state = Uint32Array.of(0x9e3779b9 ^ seed, 0x243f6a88 + seed, 0xb7e15162, 1);
    for (let i = 0; i < 15; i++) this.uniform();
  }

  /** Uniform in [0, 1). */
  uniform(): number {
    const [a, b, c, d] = this.state as unknown as [number, number, number, number];
    const sum = a + b + d;
    this.state.set([b ^ (b >>> 9), c + (c << 3), ((c << 21) | (c >>> 11)) + sum, d + 1]);
    return (sum >>> 0) / 2 ** 32;
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** Normal with this mean and deviation, cut off at 2.5 deviations. */
  normal(mean = 0, deviation = 1): number {
    const standard = Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
    return mean + deviation * Math.max(-2.5, Math.min(2.5, standard));
  }

  chance(probability: number): boolean {
    return this.uniform() < probability;
  }
}
