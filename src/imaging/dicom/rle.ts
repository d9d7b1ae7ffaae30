import { ImagingError } from "../errors.js";

function broken(name: string, what: string): ImagingError {
  return new ImagingError(
    "decode-failed",
    `${name} has RLE pixel data that ${what}; copy or export it again.`,
  );
}

/** Unpacks one PackBits segment into every `stride`-th byte of `out` from `offset` (PS3.5 section G.3). */
function unpack(
  segment: Uint8Array,
  out: Uint8Array,
  offset: number,
  stride: number,
  count: number,
  name: string,
): void {
  let written = 0;
  let at = 0;
  while (written < count) {
    if (at >= segment.length) throw broken(name, "ends before its last pixel");
    const control = segment[at++]!;
    if (control === 128) continue;
    const run = control > 128 ? 257 - control : control + 1;
    if (at + (control > 128 ? 1 : run) > segment.length) throw broken(name, "ends before its last pixel");
    for (let i = 0; i < run && written < count; i++, written++)
      out[offset + written * stride] = segment[control > 128 ? at : at + i]!;
    at += control > 128 ? 1 : run;
  }
}

/**
 * Decodes one RLE frame (PS3.5 annex G) of one sample per pixel into little endian samples of `bytesPerSample`.
 * Throws `ImagingError` "decode-failed" for segments that are missing, overlap the header or end early.
 */
export function decodeRle(
  frame: Uint8Array,
  pixels: number,
  bytesPerSample: number,
  name: string,
): Uint8Array {
  if (frame.length < 64) throw broken(name, "is shorter than its header");
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (view.getUint32(0, true) !== bytesPerSample)
    throw broken(name, `does not have the ${bytesPerSample} segments its bit depth needs`);
  // Two bytes make at most 128, so a short frame cannot fill a huge declared image.
  if (pixels * bytesPerSample > frame.length * 64)
    throw broken(name, "is too short for the declared rows and columns");
  const starts = Array.from({ length: bytesPerSample }, (_, i) => view.getUint32(4 + 4 * i, true)).concat(
    frame.length,
  );
  const out = new Uint8Array(pixels * bytesPerSample);
  for (let segment = 0; segment < bytesPerSample; segment++) {
    const start = starts[segment]!;
    const end = starts[segment + 1]!;
    if (start < 64 || end < start || end > frame.length) throw broken(name, "has segments out of order");
    // The first segment holds the most significant bytes.
    unpack(frame.subarray(start, end), out, bytesPerSample - 1 - segment, bytesPerSample, pixels, name);
  }
  return out;
}
