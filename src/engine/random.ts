/** Seeded random numbers: the same seed gives the same sequence on every machine. */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private d: number;
  private spare: number | undefined;

  /** @param seed any integer; `state()` of another generator continues that one. */
  constructor(seed: number | readonly number[]) {
    if (typeof seed === "number") {
      this.a = 0x9e3779b9 ^ seed;
      this.b = 0x243f6a88;
      this.c = 0xb7e15162 ^ (seed / 2 ** 32);
      this.d = 1;
      for (let i = 0; i < 15; i++) this.uniform();
    } else {
      [this.a, this.b, this.c, this.d] = seed as [number, number, number, number];
    }
  }

  /** Four integers from which `new Random(state)` goes on. */
  state(): number[] {
    return [this.a, this.b, this.c, this.d];
  }

  /** Uniform in [0, 1): the "sfc32" generator. */
  uniform(): number {
    const t = (this.a + this.b + this.d) | 0;
    this.d = (this.d + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (this.c << 21) | (this.c >>> 11);
    this.c = (this.c + t) | 0;
    return (t >>> 0) / 2 ** 32;
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** Integer in [0, count). */
  integer(count: number): number {
    return Math.floor(this.uniform() * count);
  }

  /** Standard normal (Box and Muller). */
  normal(): number {
    if (this.spare !== undefined) {
      const value = this.spare;
      this.spare = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  /** Shuffles in place (Fisher and Yates) and returns the same array. */
  shuffle<T>(items: T[]): T[] {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      [items[i], items[j]] = [items[j]!, items[i]!];
    }
    return items;
  }
}
