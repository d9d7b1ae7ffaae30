import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { element } from "../../../src/imaging/dicom/writing/elements.js";
import { ImagingError, readSeries } from "../../../src/imaging/index.js";
import { sliceFile } from "../../imaging/dicomFiles.js";
import { faultOfMessage } from "../checkImages.js";
import { jpegLsEncoded } from "../../support/codecEncoder.js";
import { runLengthEncoded } from "../encode.js";
import type { Kind, Verdict } from "../kind.js";
import type { Random } from "../random.js";

const [ROWS, COLUMNS] = [24, 20];
const SYNTAXES = { jpegls: "1.2.840.10008.1.2.4.80", rle: "1.2.840.10008.1.2.5" } as const;
const MOST_FRAMES = 5;

/** Frames, no two alike, each with its compressed form. */
interface Frame {
  readonly pixels: Uint16Array;
  readonly packed: Buffer;
}
const made = new Map<string, Promise<Frame>>();

function frameOf(form: keyof typeof SYNTAXES, number: number): Promise<Frame> {
  const make = async (): Promise<Frame> => {
    const pixels = Uint16Array.from(
      { length: ROWS * COLUMNS },
      (_, i) => (i * (37 + 12 * number) + 611 * number) % 4096,
    );
    const bytes =
      form === "rle"
        ? runLengthEncoded(pixels)
        : await jpegLsEncoded({ samples: pixels, rows: ROWS, columns: COLUMNS });
    return { pixels, packed: Buffer.concat([bytes, Buffer.alloc(bytes.length % 2)]) };
  };
  const frame = made.get(`${form} ${number}`) ?? make();
  made.set(`${form} ${number}`, frame);
  return frame;
}

/** Bytes of one frame in fragments of even lengths; RLE frames have one each (PS3.5 section A.4.2). */
function fragmentsOf(frame: Buffer, form: keyof typeof SYNTAXES, random: Random): Buffer[] {
  const cuts = new Set([0, frame.length]);
  if (form !== "rle" && random.once(2))
    for (let i = random.below(6); i >= 0; i--) cuts.add(2 * random.below(frame.length / 2));
  const places = [...cuts].sort((a, b) => a - b);
  return places.slice(1).map((end, i) => frame.subarray(places[i], end));
}

function item(value: Uint8Array, length = value.length): Buffer {
  const head = Buffer.from([0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0]);
  head.writeUInt32LE(length >>> 0, 4);
  return Buffer.concat([head, value]);
}

/** True offsets made false in one way. */
function lie(offsets: readonly number[], random: Random): number[] {
  const changed = [...offsets];
  const at = random.below(Math.max(1, changed.length));
  switch (random.below(7)) {
    case 0:
      changed[at] = random.below(2 ** 32);
      return changed;
    case 1:
      changed[at] = (changed[at] ?? 0) + 2 * (random.below(20) - 10);
      return changed.map((offset) => Math.max(0, offset));
    case 2:
      return changed.reverse();
    case 3:
      return changed.slice(0, at);
    case 4:
      return [...changed, 8 * random.below(1000)];
    case 5:
      return changed.map(() => 0xffffffff);
    default:
      return Array.from({ length: random.below(1000) }, () => random.below(2 ** 31));
  }
}

function basicTable(offsets: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * offsets.length);
  offsets.forEach((offset, i) => bytes.writeUInt32LE(offset >>> 0, 4 * i));
  return bytes;
}

function extendedTable(offsets: readonly number[], random: Random): Buffer {
  const bytes = Buffer.alloc(8 * offsets.length);
  offsets.forEach((offset, i) => bytes.writeBigUInt64LE(BigInt(offset), 8 * i));
  if (random.once(6)) return bytes.subarray(0, random.below(bytes.length + 1));
  return random.once(8) && bytes.length > 0 ? (bytes.fill(0xff, bytes.length - 4), bytes) : bytes;
}

interface Encapsulated {
  readonly what: string;
  readonly value: Buffer;
  readonly extended: Uint8Array | undefined;
}

/** Frames as pixel data, with tables true or false and with what does not belong there. */
function encapsulate(frames: readonly Buffer[][], random: Random): Encapsulated {
  const offsets: number[] = [];
  const items: Buffer[] = [];
  let [at, what] = [0, ""];
  for (const fragments of frames) {
    offsets.push(at);
    for (const fragment of fragments) {
      const isEmpty = random.once(25);
      if (isEmpty) what += "an empty fragment, ";
      for (const part of isEmpty ? [Buffer.alloc(0), fragment] : [fragment]) {
        items.push(item(part));
        at += 8 + part.length;
      }
    }
  }
  if (random.once(12)) {
    what += "a fragment that states another length, ";
    const index = random.below(items.length);
    const fragment = items[index]!.subarray(8);
    items[index] = item(
      fragment,
      random.pick([0xffffffff, 0xfffffffe, fragment.length + 2, fragment.length - 2, 2 ** 30]),
    );
  }
  const kind = random.below(4);
  const told = kind === 0 ? [] : kind === 1 ? offsets : lie(offsets, random);
  const end = random.once(8) ? Buffer.alloc(0) : Buffer.from([0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]);
  const tail = random.once(4) ? random.bytes(random.below(60)) : Buffer.alloc(0);
  const extended = random.once(2)
    ? undefined
    : extendedTable(random.once(2) ? offsets : lie(offsets, random), random);
  return {
    what: `${what}${["no", "a true", "a false", "a false"][kind]!} table of ${told.length}, ${extended ? `an extended one of ${extended.length} bytes, ` : ""}${tail.length} bytes behind`,
    value: Buffer.concat([
      Buffer.from([0xe0, 0x7f, 0x10, 0x00, 0x4f, 0x42, 0, 0, 0xff, 0xff, 0xff, 0xff]),
      item(basicTable(told)),
      ...items,
      end,
      tail,
    ]),
    extended,
  };
}

const same = (voxels: ArrayLike<number>, from: number, { pixels }: Frame) =>
  pixels.every((value, i) => voxels[from + i] === value);

/** Every picture that is read is one of those that were packed. */
async function verdictOf(path: string, frames: readonly Frame[]): Promise<Verdict> {
  try {
    const found = await readSeries(path);
    for (const series of found) {
      const { voxels, slices } = await series.load();
      for (let slice = 0; slice < slices; slice++)
        if (!frames.some((frame) => same(voxels, slice * ROWS * COLUMNS, frame)))
          return {
            outcome: "read",
            fault: `slice ${slice} is none of the pictures, with ${series.problems.length} problems told`,
          };
    }
    return { outcome: "read" };
  } catch (thrown) {
    if (!(thrown instanceof ImagingError)) throw thrown;
    const fault = faultOfMessage(thrown.message);
    return { outcome: thrown.code, ...(fault === undefined ? {} : { fault }) };
  }
}

/** Compressed frames in fragments cut anywhere, with offset tables that lie: each picture is right, or there is an error. */
export const offsets: Kind = {
  name: "offsets",
  needsData: false,
  make: async (random) => {
    const form = random.once(3) ? "rle" : "jpegls";
    const count = 1 + random.below(MOST_FRAMES);
    const frames = await Promise.all(Array.from({ length: count }, (_, number) => frameOf(form, number)));
    const pixels = encapsulate(
      frames.map(({ packed }) => fragmentsOf(packed, form, random)),
      random,
    );
    const stated = random.once(10) ? count + random.below(5) - 2 : count;
    const bytes = sliceFile(
      1,
      {
        0x00280008: ["IS", String(stated)],
        0x00280010: ["US", ROWS],
        0x00280011: ["US", COLUMNS],
        0x7fe00001: pixels.extended === undefined ? undefined : element(0x7fe00001, "OV", pixels.extended),
        0x7fe00010: pixels.value,
      },
      SYNTAXES[form],
    );
    return {
      what: `${count} frames of ${form} stated as ${stated}, ${pixels.what}`,
      bytes,
      extension: ".dcm",
      check: (scratch) => {
        const path = join(scratch, "case.dcm");
        writeFileSync(path, bytes);
        return verdictOf(path, frames);
      },
    };
  },
};
