/** A 16-bit frame as RLE (PS3.5 annex G): two planes of bytes, of runs that repeat nothing. */
export function runLengthEncoded(samples: Uint16Array): Uint8Array {
  const plane = (shift: number): Buffer => {
    const bytes = Uint8Array.from(samples, (sample) => (sample >> shift) & 0xff);
    const parts: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += 128) {
      const run = bytes.subarray(at, at + 128);
      parts.push(Uint8Array.of(run.length - 1), run);
    }
    const packed = Buffer.concat(parts);
    return packed.length % 2 === 0 ? packed : Buffer.concat([packed, Buffer.alloc(1)]);
  };
  const [high, low] = [plane(8), plane(0)];
  const header = Buffer.alloc(64);
  [2, 64, 64 + high.length].forEach((word, i) => header.writeUInt32LE(word, 4 * i));
  return Buffer.concat([header, high, low]);
}
