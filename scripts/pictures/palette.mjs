// Pictures of docs/ as PNG with a palette: a third of the bytes, and the repository keeps every version of them.
import { readFileSync, writeFileSync } from "node:fs";
import { crc32, deflateSync } from "node:zlib";
import { decode } from "fast-png";

/** No picture of docs/ is larger, in bytes. */
const LARGEST = 150_000;

/** Writes a PNG file anew with a palette of as many colours, of 256, as keep it below the limit. @returns its size in bytes */
export function shrink(path) {
  const { pixels, width, height } = rgbOf(decode(readFileSync(path)));
  for (const colours of [256, 128, 64, 48, 32, 24, 16]) {
    const file = indexedPng(pixels, width, height, paletteOf(pixels, colours));
    if (file.length > LARGEST && colours > 16) continue;
    writeFileSync(path, file);
    return file.length;
  }
}

/** Each pixel as one number, 0xRRGGBB; what is transparent lies on white. */
function rgbOf({ width, height, channels, data }) {
  const pixels = new Uint32Array(width * height);
  for (let i = 0; i < pixels.length; i++) {
    const at = i * channels;
    const [red, green, blue] = channels < 3 ? [data[at], data[at], data[at]] : data.subarray(at, at + 3);
    const opacity = channels % 2 === 0 ? data[at + channels - 1] / 255 : 1;
    const onWhite = (value) => Math.round(255 + (value - 255) * opacity);
    pixels[i] = (onWhite(red) << 16) | (onWhite(green) << 8) | onWhite(blue);
  }
  return { pixels, width, height };
}

const CHANNELS = [16, 8, 0];
const part = (colour, shift) => (colour >> shift) & 255;

/** Up to so many colours that stand for those of the pixels: the box with the largest error is cut, again and again (Heckbert 1982). */
function paletteOf(pixels, colours) {
  const counts = new Map();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  const boxes = [boxOf([...counts])];
  while (boxes.length < colours) {
    const worst = boxes.reduce((best, box) => (box.error > best.error ? box : best));
    if (worst.error === 0) break;
    const { shift, mean, entries } = worst;
    const lower = entries.filter(([colour]) => part(colour, shift) <= mean);
    const upper = entries.filter(([colour]) => part(colour, shift) > mean);
    boxes.splice(boxes.indexOf(worst), 1, boxOf(lower), boxOf(upper));
  }
  return boxes.map(({ middle }) => middle);
}

/** A set of colours with their counts: its mean colour, and the channel along which it is widest. */
function boxOf(entries) {
  const total = entries.reduce((sum, [, count]) => sum + count, 0);
  const spread = CHANNELS.map((shift) => {
    const mean = entries.reduce((sum, [colour, count]) => sum + part(colour, shift) * count, 0) / total;
    // The root of the count: a label's few pixels are not outvoted by a picture's noise.
    const error = entries.reduce(
      (sum, [colour, count]) => sum + (part(colour, shift) - mean) ** 2 * Math.sqrt(count),
      0,
    );
    return { shift, mean, error };
  });
  const widest = spread.reduce((best, one) => (one.error > best.error ? one : best));
  const middle = spread.reduce((colour, { shift, mean }) => colour | (Math.round(mean) << shift), 0);
  return { ...widest, entries, middle };
}

function indexedPng(pixels, width, height, palette) {
  const known = new Map();
  const indexOf = (pixel) => {
    const found = known.get(pixel) ?? nearest(palette, pixel);
    known.set(pixel, found);
    return found;
  };
  const depth = palette.length <= 16 ? 4 : 8;
  const stride = 1 + Math.ceil((width * depth) / 8);
  const rows = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = y * stride + 1 + ((x * depth) >> 3);
      const index = indexOf(pixels[y * width + x]);
      rows[at] |= depth === 8 ? index : index << (x % 2 === 0 ? 4 : 0);
    }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, 3, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
    chunk("IHDR", header),
    chunk("PLTE", Buffer.from(palette.flatMap((colour) => CHANNELS.map((shift) => part(colour, shift))))),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function nearest(palette, pixel) {
  const distance = (colour) =>
    CHANNELS.reduce((sum, shift) => sum + (part(colour, shift) - part(pixel, shift)) ** 2, 0);
  let best = 0;
  for (let i = 1; i < palette.length; i++) if (distance(palette[i]) < distance(palette[best])) best = i;
  return best;
}

function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}
