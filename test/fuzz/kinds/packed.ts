import { zipSync } from "fflate";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { crc32 } from "../../../src/imaging/folder/crc.js";
import { writeMetaImage, writeNifti, writeNrrd } from "../../../src/imaging/index.js";
import { sliceFile } from "../../imaging/dicomFiles.js";
import { slanted } from "../../imaging/support.js";
import { bomb } from "../bomb.js";
import { check } from "../checkImages.js";
import type { Kind } from "../kind.js";
import type { Random } from "../random.js";

const DEFLATED = "1.2.840.10008.1.2.1.99";

/** A good packed file in parts: what stands before and behind the packed data, and these. */
interface Packed {
  readonly name: string;
  readonly before: Buffer;
  /** What the data are unpacked. */
  readonly plain: Buffer;
  readonly pack: (plain: Uint8Array) => Buffer;
  readonly behind: Buffer;
  /** Places of numbers that declare lengths, as `[part, position, bytes, big endian]`. */
  readonly lengths: readonly (readonly [
    part: "before" | "packed" | "behind",
    at: number,
    bytes: 2 | 4,
    big?: boolean,
  ])[];
  /** Puts the parts together, with checksums and lengths that hold for them. */
  readonly join?: (packed: Buffer) => Buffer;
}

const none = Buffer.alloc(0);
const stack = slanted(Int16Array);
const voxels = Buffer.from(stack.voxels.buffer.slice(0));

function deflatedDicom(): Packed {
  const file = Buffer.from(sliceFile(1, {}, DEFLATED));
  // Behind the preamble, the prefix and the group's length, which says how long the group is.
  const start = 144 + file.readUInt32LE(140);
  return {
    name: "deflated.dcm",
    before: file.subarray(0, start),
    plain: file.subarray(start),
    pack: deflateRawSync,
    behind: none,
    lengths: [["before", 140, 4]],
  };
}

function gzipped(name: string, file: Uint8Array): Packed {
  const plain = Buffer.from(file);
  return {
    name,
    before: none,
    plain,
    pack: (bytes) => gzipSync(bytes),
    behind: none,
    lengths: [["packed", -4, 4]],
  };
}

function nrrd(): Packed {
  const [header] = Buffer.from(writeNrrd(stack)).toString("latin1").split("\n\n");
  const before = Buffer.from(`${header!.replace("raw", "gzip")}\n\n`, "latin1");
  return {
    name: "a.nrrd",
    before,
    plain: voxels,
    pack: (bytes) => gzipSync(bytes),
    behind: none,
    lengths: [["packed", -4, 4]],
  };
}

function metaImage(random: Random): Packed {
  const file = Buffer.from(writeMetaImage(stack)).toString("latin1");
  const size = random.pick(["", `CompressedDataSize = ${random.pick([0, 10, 335, 10_000, 2 ** 31, -1])}\n`]);
  const header = file
    .slice(0, file.length - voxels.length)
    .replace("CompressedData = False", "CompressedData = True")
    .replace("ElementDataFile", `${size}ElementDataFile`);
  return { name: "a.mha", before: Buffer.from(header, "latin1"), plain: voxels, pack: (bytes) => deflateSync(bytes), behind: none, lengths: [] }; // prettier-ignore
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

function png(random: Random): Packed {
  const [width, height] = [20, 16];
  const header = Buffer.alloc(13);
  header.writeUInt32BE(random.once(8) ? random.pick([0, 2 ** 31 - 1, 20_000, 65_535]) : width);
  header.writeUInt32BE(random.once(8) ? random.pick([0, 2 ** 31 - 1, 20_000, 15]) : height, 4);
  header.set([random.once(8) ? 16 : 8, 0, 0, 0, random.once(8) ? 1 : 0], 8);
  const plain = Buffer.from(
    Uint8Array.from({ length: (width + 1) * height }, (_, i) => (i % (width + 1) === 0 ? 0 : (i * 7) % 256)),
  );
  const start = Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", header)]);
  return {
    name: "a.png",
    before: start,
    plain,
    pack: (bytes) => deflateSync(bytes),
    behind: chunk("IEND", none),
    lengths: [["before", 8, 4, true]],
    join: (packed) => {
      const cut = random.once(3) ? random.below(packed.length + 1) : packed.length;
      const parts = [packed.subarray(0, cut), packed.subarray(cut)].map((data) => chunk("IDAT", data));
      return Buffer.concat([start, ...parts, chunk("IEND", none)]);
    },
  };
}

/** A member of an archive, packed or stored; its sizes stand in the local header and in the central directory. */
function zipMember(random: Random): Packed {
  const level = random.once(4) ? 0 : 6;
  const file = Buffer.from(sliceFile(2));
  const whole = Buffer.from(zipSync({ "a.dcm": [file, { level, mtime: "2020-01-01" }] }));
  const [local, central, end] = [0, whole.indexOf("PK\x01\x02"), whole.indexOf("PK\x05\x06")];
  const start = local + 30 + "a.dcm".length;
  const behind = whole.subarray(central);
  const own = end - central;
  return {
    name: "a.zip",
    before: whole.subarray(0, start),
    plain: file,
    pack: level === 0 ? (bytes) => Buffer.from(bytes) : (bytes) => deflateRawSync(bytes),
    behind,
    lengths: [
      ["before", 18, 4],
      ["before", 22, 4],
      ["before", 26, 2],
      ["behind", 20, 4],
      ["behind", 24, 4],
      ["behind", 42, 4],
      ["behind", own + 12, 4],
      ["behind", own + 16, 4],
      ["behind", own + 10, 2],
    ],
    // The directory follows the data, and says where it begins and how long these are.
    join: (packed) => {
      const [first, last] = [Buffer.from(whole.subarray(0, start)), Buffer.from(behind)];
      first.writeUInt32LE(packed.length, 18);
      last.writeUInt32LE(packed.length, 20);
      last.writeUInt32LE(start + packed.length, own + 16);
      return Buffer.concat([first, packed, last]);
    },
  };
}

function good(random: Random): Packed {
  return random.pick<() => Packed>([
    deflatedDicom,
    () => gzipped("a.dcm.gz", sliceFile(3)),
    () => gzipped("a.nii.gz", writeNifti(stack)),
    nrrd,
    () => metaImage(random),
    () => png(random),
    () => zipMember(random),
  ])();
}

function lengthLies(
  parts: Record<"before" | "packed" | "behind", Buffer>,
  of: Packed,
  random: Random,
): string {
  if (of.lengths.length === 0) return "whole";
  const [part, position, bytes, big] = random.pick(of.lengths);
  const target = parts[part];
  const at = position < 0 ? target.length + position : position;
  const old = big ? target.readUIntBE(at, bytes) : target.readUIntLE(at, bytes);
  const most = 2 ** (8 * bytes) - 1;
  const value = Math.min(
    most,
    Math.max(0, random.pick([0, 1, old - 1, old + 1, 2 * old, most, most - 1, 2 ** 30, random.below(most)])),
  );
  if (big) target.writeUIntBE(value, at, bytes);
  else target.writeUIntLE(value, at, bytes);
  return `${value} declared instead of ${old}`;
}

/** One way to break a packed file. */
function broken(of: Packed, random: Random): { what: string; bytes: Buffer; pixelsMissing: boolean } {
  const kind = random.below(6);
  const join = of.join ?? ((packed: Buffer) => Buffer.concat([of.before, packed, of.behind]));
  let packed = of.pack(of.plain);
  if (kind === 0) {
    const length = random.below(packed.length);
    const cut = random.once(2)
      ? join(packed.subarray(0, length))
      : Buffer.concat([of.before, packed.subarray(0, length)]);
    return {
      what: `data cut to ${length} of ${packed.length} bytes`,
      bytes: cut,
      pixelsMissing: length < packed.length / 2,
    };
  }
  if (kind === 1) {
    const size = random.pick([20e6, 300e6, 4e9]);
    const [plain, form] = [random.once(2) ? of.plain : none, of.pack(none)];
    packed = bomb(plain, size, form[0] === 0x1f ? "gzip" : form[0] === 0x78 ? "zlib" : "raw");
    if (random.once(2))
      packed.writeUInt32LE(random.pick([of.plain.length, 1000, 2 ** 31]), packed.length - 4);
    return { what: `${plain.length} bytes and a bomb of ${size}`, bytes: join(packed), pixelsMissing: false };
  }
  if (kind === 2) {
    for (let i = random.below(5); i >= 0; i--) packed[random.below(packed.length)]! ^= 1 + random.below(255);
    return { what: "data with bytes flipped", bytes: join(packed), pixelsMissing: false };
  }
  if (kind === 3) {
    const plain = random.once(2)
      ? of.plain.subarray(0, random.below(of.plain.length))
      : Buffer.concat([of.plain, random.bytes(random.below(100))]);
    const isShort = plain.length < of.plain.length - 2;
    return {
      what: `${plain.length} bytes packed instead of ${of.plain.length}`,
      bytes: join(of.pack(plain)),
      pixelsMissing: isShort,
    };
  }
  const whole = join(packed);
  const parts = {
    before: Buffer.from(whole.subarray(0, of.before.length)),
    packed: Buffer.from(whole.subarray(of.before.length, whole.length - of.behind.length)),
    behind: Buffer.from(whole.subarray(whole.length - of.behind.length)),
  };
  const what = kind === 4 ? lengthLies(parts, of, random) : "whole";
  return { what, bytes: Buffer.concat([parts.before, parts.packed, parts.behind]), pixelsMissing: false };
}

/** Compressed data that lie about their length, are cut or would fill the memory: an image or an error, within the limits. */
export const packed: Kind = {
  name: "packed",
  needsData: false,
  make: (random) => {
    const of = good(random);
    const { what, bytes, pixelsMissing } = broken(of, random);
    return {
      what: `${of.name}, ${what}`,
      bytes,
      extension: of.name.slice(of.name.indexOf(".")),
      check: (scratch) => {
        const path = join(scratch, of.name);
        writeFileSync(path, bytes);
        return check(path, pixelsMissing, []);
      },
    };
  },
};
