/** Four 32-bit integers: all that the generator is. */
export type RandomState = readonly [number, number, number, number];

interface Seeding {
  /** The first state of a seed. */
  readonly state: (seed: number) => RandomState;
  /** Numbers that are thrown away, as a state of little disorder begins with numbers of little. */
  readonly rounds: number;
}

/** How a seed becomes a state. There are three, as weights, phantoms and intervals were made with them and are to be made again. */
const SEEDINGS = {
  /** Networks and their training; any integer. */
  training: {
    state: (seed) => [0x9e3779b9 ^ seed, 0x243f6a88, 0xb7e15162 ^ (seed / 2 ** 32), 1],
    rounds: 15,
  },
  /** Phantoms; any integer. */
  phantom: { state: (seed) => [0x9e3779b9 ^ seed, 0x243f6a88 + seed, 0xb7e15162, 1], rounds: 15 },
  /** Bootstraps: as numpy and the generator's author seed it. */
  statistics: { state: (seed) => [0, seed, 0, 1], rounds: 16 },
} as const satisfies Readonly<Record<string, Seeding>>;

/** Normal numbers of phantoms lie within so many deviations. */
const MOST_DEVIATIONS = 2.5;

/** Seeded random numbers, Chris Doty-Humphrey's sfc32: the same seed gives the same sequence on every machine. */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private d: number;
  private spare: number | undefined;

  /** @param seed an integer; `state()` of another generator continues that one */
  constructor(seed: number | readonly number[], seeding: keyof typeof SEEDINGS = "training") {
    const { state, rounds } = SEEDINGS[seeding];
    const [a, b, c, d] = typeof seed === "number" ? state(seed) : (seed as RandomState);
    [this.a, this.b, this.c, this.d] = [a | 0, b | 0, c | 0, d | 0];
    if (typeof seed === "number") for (let i = 0; i < rounds; i++) this.uniform();
  }

  /** Four integers from which `new Random(state)` goes on. */
  state(): number[] {
    return [this.a, this.b, this.c, this.d];
  }

  /** Uniform in [0, 1). */
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

  /** Normal with this mean and deviation, cut off at 2.5 deviations; takes two numbers each time. */
  boundedNormal(mean = 0, deviation = 1): number {
    const standard = Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
    return mean + deviation * Math.max(-MOST_DEVIATIONS, Math.min(MOST_DEVIATIONS, standard));
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

/**
 * A generator of uniform numbers in [0, 1) for bootstraps.
 * @param seed an integer from 0 to 2^32 - 1
 * @throws RangeError for any other seed
 */
export function uniformGenerator(seed: number): () => number {
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff)
    throw new RangeError(`The seed is ${seed}: it must be an integer from 0 to 4294967295.`);
  const random = new Random(seed, "statistics");
  return () => random.uniform();
}
