/**
 * Seeded generator of uniform numbers in [0, 1): Chris Doty-Humphrey's sfc32. The same seed gives the same sequence
 * on every machine. `seed` is an integer from 0 to 2^32 - 1.
 */
export function uniformGenerator(seed: number): () => number {
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff)
    throw new RangeError(`The seed is ${seed}: it must be an integer from 0 to 4294967295.`);
  let a = 0;
  let b = seed | 0;
  let c = 0;
  let counter = 1;
  const next = () => {
    const result = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + result) | 0;
    return (result >>> 0) / 2 ** 32;
  };
  // The state starts nearly empty; the author recommends a dozen rounds of mixing for small seeds.
  for (let round = 0; round < 16; round++) next();
  return next;
}
