import { gunzipSync, inflateRawSync, inflateSync } from "node:zlib";

/** A part of an output that is packed in another, with the way to it, such as `report.zip > page.html > base64`. */
export interface Packed {
  readonly where: string;
  readonly content: Uint8Array | string;
}

/** No more than this is unpacked from one part. */
const MOST_BYTES = 2 ** 28;

function tried(unpack: () => Uint8Array): Uint8Array | undefined {
  try {
    return unpack();
  } catch {
    return undefined;
  }
}

function packed(where: string, content: Uint8Array | string | undefined): Packed[] {
  return content === undefined || content.length === 0 ? [] : [{ where, content }];
}

/** What is packed in bytes: gzip, zlib, zip, the text chunks of a PNG, a deflated DICOM data set. */
export function packedInBytes(bytes: Uint8Array): Packed[] {
  const limit = { maxOutputLength: MOST_BYTES };
  const starts = (...signature: number[]) => signature.every((byte, i) => bytes[i] === byte);
  if (starts(0x1f, 0x8b))
    return packed(
      "gzip",
      tried(() => gunzipSync(bytes, limit)),
    );
  if (starts(0x50, 0x4b, 0x03, 0x04)) return zipEntries(bytes);
  if (starts(0x89, 0x50, 0x4e, 0x47)) return pngTexts(bytes);
  if (starts(0x78) && (bytes[0]! * 256 + (bytes[1] ?? 0)) % 31 === 0)
    return packed(
      "zlib",
      tried(() => inflateSync(bytes, limit)),
    );
  return deflatedDicom(bytes);
}

/** Entries by their local headers, so that a damaged or missing directory hides nothing; names of entries are looked at too. */
function zipEntries(bytes: Uint8Array): Packed[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const directory = zipDirectory(buffer);
  const found: Packed[] = [];
  for (const { name, at, size, method } of directory) {
    const nameLength = buffer.readUInt16LE(at + 26);
    const start = at + 30 + nameLength + buffer.readUInt16LE(at + 28);
    const data = buffer.subarray(start, start + size);
    found.push(...packed("zip entry's name", name));
    const limit = { maxOutputLength: MOST_BYTES };
    const content = method === 0 ? data : tried(() => inflateRawSync(data, limit));
    found.push(...packed("zip entry", content));
  }
  return found;
}

interface ZipEntry {
  readonly name: string;
  readonly at: number;
  readonly size: number;
  readonly method: number;
}

function zipDirectory(buffer: Buffer): ZipEntry[] {
  const entries: ZipEntry[] = [];
  for (let at = buffer.indexOf("PK\x01\x02"); at >= 0 && at + 46 <= buffer.length;) {
    const nameLength = buffer.readUInt16LE(at + 28);
    const local = buffer.readUInt32LE(at + 42);
    if (local + 30 <= buffer.length && buffer.readUInt32LE(local) === 0x04034b50)
      entries.push({
        name: buffer.toString("utf8", at + 46, at + 46 + nameLength),
        at: local,
        size: buffer.readUInt32LE(at + 20),
        method: buffer.readUInt16LE(at + 10),
      });
    at = buffer.indexOf("PK\x01\x02", at + 46 + nameLength);
  }
  return entries;
}

/** Texts of a PNG (tEXt, zTXt, iTXt, eXIf); what its pixels show is not looked at. */
function pngTexts(bytes: Uint8Array): Packed[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const found: Packed[] = [];
  for (let at = 8; at + 12 <= buffer.length;) {
    const length = buffer.readUInt32BE(at);
    const type = buffer.toString("latin1", at + 4, at + 8);
    const data = buffer.subarray(at + 8, at + 8 + length);
    if (!["IHDR", "IDAT", "IEND", "PLTE"].includes(type)) {
      found.push(...packed(`PNG ${type}`, data));
      // A keyword, a zero, and somewhere behind it the compressed text.
      for (let zlib = data.indexOf(0x78); zlib >= 0; zlib = data.indexOf(0x78, zlib + 1)) {
        const text = tried(() => inflateSync(data.subarray(zlib), { maxOutputLength: MOST_BYTES }));
        if (text !== undefined && text.length > 0) {
          found.push(...packed(`PNG ${type}`, text));
          break;
        }
      }
    }
    at += 12 + length;
  }
  return found;
}

/** The data set behind the meta group of a file in the deflated transfer syntax. */
function deflatedDicom(bytes: Uint8Array): Packed[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (buffer.toString("latin1", 128, 132) !== "DICM") return [];
  if (!buffer.subarray(132, 1024).includes("1.2.840.10008.1.2.1.99")) return [];
  const length = buffer.readUInt32LE(140);
  const data = buffer.subarray(144 + length);
  return packed(
    "deflated data set",
    tried(() => inflateRawSync(data, { maxOutputLength: MOST_BYTES })),
  );
}

/** Long runs of base64, also over lines, also in the alphabet for addresses. */
const BASE64 = /[A-Za-z0-9+/_-]{16,}(?:(?:\\[nr]|\s)+[A-Za-z0-9+/_-]{16,})*={0,2}/g;
const PRINTABLE = /[^\x00-\x08\x0e-\x1f\x7f-\x9f]{8,}/g;
const ESCAPES = /\\u[0-9a-f]{4}|\\x[0-9a-f]{2}|%[0-9a-f]{2}|&(?:#\d+|#x[0-9a-f]+|[a-z]+);/i;

/** What is packed in a text: base64, and the text without its escapes (JSON, JavaScript, addresses, HTML). */
export function packedInText(text: string): Packed[] {
  const found: Packed[] = [];
  for (const [run] of text.matchAll(BASE64)) {
    const plain = run
      .replaceAll(/\\[nr]|\s/g, "")
      .replaceAll("-", "+")
      .replaceAll("_", "/");
    found.push(...packed("base64", Buffer.from(plain, "base64")));
  }
  // Of bytes that are no text, only what could be one, or chance would make work without end.
  const escaped = (text.match(PRINTABLE) ?? []).filter((run) => ESCAPES.test(run)).join("\n");
  const plain = withoutEscapes(escaped);
  if (plain !== escaped) found.push({ where: "without escapes", content: plain });
  return found;
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
  auml: "ä",
  ouml: "ö",
  uuml: "ü",
  Auml: "Ä",
  Ouml: "Ö",
  Uuml: "Ü",
  szlig: "ß",
  eacute: "é",
  egrave: "è",
  agrave: "à",
  ccedil: "ç",
  ntilde: "ñ",
  oslash: "ø",
  aring: "å",
};

function withoutEscapes(text: string): string {
  return percentDecoded(text)
    .replaceAll(/\\u([0-9a-f]{4})|\\x([0-9a-f]{2})/gi, (_all, long?: string, short?: string) =>
      String.fromCharCode(Number.parseInt(long ?? short!, 16)),
    )
    .replaceAll(/&#(\d{1,7});/g, (all, code: string) => character(Number(code), all))
    .replaceAll(/&#x([0-9a-f]{1,6});/gi, (all, code: string) => character(Number.parseInt(code, 16), all))
    .replaceAll(/&([a-z]+);/gi, (all, name: string) => ENTITIES[name] ?? all);
}

function character(code: number, otherwise: string): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : otherwise;
}

/** Runs of `%41%42` as the UTF-8 that they are. */
function percentDecoded(text: string): string {
  return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (run) =>
    Buffer.from(run.replaceAll("%", ""), "hex").toString("utf8"),
  );
}
