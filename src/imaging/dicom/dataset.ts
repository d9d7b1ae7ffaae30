import type { DataSet, Element } from "dicom-parser";
import { ImagingError, reason } from "../errors.js";
import { inflated } from "./deflated.js";
import { encodingOf, type Encoding } from "./elementHeader.js";
import { readElements, readMeta } from "./elements.js";

export const IMPLICIT_LITTLE_ENDIAN = "1.2.840.10008.1.2";
export const EXPLICIT_LITTLE_ENDIAN = "1.2.840.10008.1.2.1";
export const EXPLICIT_BIG_ENDIAN = "1.2.840.10008.1.2.2";
const DEFLATED = "1.2.840.10008.1.2.1.99";

/** A parsed file: its elements, how its pixels are encoded, and what stopped the parser, if anything did. */
export interface ParsedFile {
  readonly dataSet: DataSet;
  readonly syntax: string;
  /** Set when the file ended or broke before its last element. */
  readonly broken?: string;
  /** Bytes of the whole file, where `dataSet` ends at the pixel data; counted as offsets in `dataSet` are. */
  readonly size?: number;
  /** What was wrong with the file and how it is read all the same, each behind "The file". */
  readonly repairs: readonly string[];
}

const PREAMBLE = 128;
/** How far into a file its file meta group is looked for when the prefix is missing. */
export const PREFIX_SEARCH = 512;

/** Same bytes as a Part 10 file with the prefix where it belongs, or `undefined` when there is no file meta group. */
function asPart10(bytes: Uint8Array): Uint8Array | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, PREFIX_SEARCH)).toString(
    "latin1",
  );
  if (text.startsWith("DICM", PREAMBLE)) return bytes;
  const metaGroup = text.search(/\x02\x00[\x00-\x20]\x00(?:UL|OB|UI)/);
  if (metaGroup < 0) return undefined;
  return Buffer.concat([new Uint8Array(PREAMBLE), Buffer.from("DICM"), bytes.subarray(metaGroup)]);
}

/** Transfer syntaxes worth trying for a data set without file meta, from the look of its first element. */
function bareSyntaxes(bytes: Uint8Array): string[] {
  if (bytes.length < 16) return [];
  const explicit = /^[A-Z]{2}$/.test(String.fromCharCode(bytes[4]!, bytes[5]!));
  const group = bytes[0]! | (bytes[1]! << 8);
  if (group === 0x0008) return explicit ? [EXPLICIT_LITTLE_ENDIAN] : [IMPLICIT_LITTLE_ENDIAN];
  if (group === 0x0800 && explicit) return [EXPLICIT_BIG_ENDIAN];
  return [];
}

/** Whether a file that begins with `head` (its first `PREFIX_SEARCH` bytes) can be DICOM. */
export function mayBeDicom(head: Uint8Array): boolean {
  return asPart10(head) !== undefined || bareSyntaxes(head).length > 0;
}

function encodingOfSyntax(syntax: string): Encoding {
  return { explicit: syntax !== IMPLICIT_LITTLE_ENDIAN, littleEndian: syntax !== EXPLICIT_BIG_ENDIAN };
}

function syntaxOf({ explicit, littleEndian }: Encoding): string {
  if (!explicit) return IMPLICIT_LITTLE_ENDIAN;
  return littleEndian ? EXPLICIT_LITTLE_ENDIAN : EXPLICIT_BIG_ENDIAN;
}

const sameEncoding = (a: Encoding, b: Encoding) =>
  a.explicit === b.explicit && a.littleEndian === b.littleEndian;

const encodingWords = ({ explicit, littleEndian }: Encoding) =>
  `${explicit ? "explicit" : "implicit"} ${littleEndian ? "little" : "big"} endian`;

/** A file's parts: its file meta group, and where the data set begins. */
interface Opened {
  readonly bytes: Uint8Array;
  readonly meta: Readonly<Record<string, Element>>;
  readonly position: number;
  /** As the file meta group says, or "". */
  readonly stated: string;
}

function open(bytes: Uint8Array): Opened | undefined {
  const part10 = asPart10(bytes);
  if (part10 !== undefined) {
    const { elements, end } = readMeta(part10, PREAMBLE + 4);
    return { bytes: part10, meta: elements, position: end, stated: uidOf(elements.x00020010, part10) };
  }
  return bareSyntaxes(bytes).length === 0 ? undefined : { bytes, meta: {}, position: 0, stated: "" };
}

function uidOf(element: Element | undefined, bytes: Uint8Array): string {
  if (element === undefined) return "";
  const { dataOffset, length } = element;
  return Buffer.from(bytes.buffer, bytes.byteOffset + dataOffset, length)
    .toString("latin1")
    .replace(/[\0 ].*$/s, "");
}

/** What is told of a file whose elements are written otherwise than it says. */
function encodingRepairs(
  { meta, stated }: Opened,
  expected: Encoding | undefined,
  seen: Encoding | undefined,
): string[] {
  if (expected !== undefined)
    return seen === undefined || sameEncoding(expected, seen)
      ? []
      : [
          `says in its TransferSyntaxUID (0002,0010) that it is ${encodingWords(expected)} and is ${encodingWords(seen)}; it is read as that.`,
        ];
  // A bare data set states nothing and is told from its first element, as ever.
  return Object.keys(meta).length > 0 && stated === "" && seen !== undefined
    ? [`does not state a TransferSyntaxUID (0002,0010); it is read as ${encodingWords(seen)}, as it looks.`]
    : [];
}

/**
 * Parses a DICOM file, also one without preamble or file meta group, and one written in another way than it says (each told
 * from its first elements). Of a file of `size` bytes, `bytes` may be only the beginning; the data set then ends at the pixel
 * data's own header. Returns `undefined` for bytes that are not DICOM.
 * @throws ImagingError "malformed" when nothing in it can be read, "too-large" for a packed one that holds far more than an image
 */
export function parseDicomFile(bytes: Uint8Array, name: string, size = bytes.length): ParsedFile | undefined {
  const opened = open(bytes);
  if (opened === undefined) return undefined;
  const { meta, position, stated } = opened;
  const wholeSize = size + opened.bytes.length - bytes.length;
  const headOnly = size !== bytes.length;
  const expected = stated === "" ? undefined : encodingOfSyntax(stated);
  try {
    let source = opened.bytes;
    let seen = encodingOf(source, position, wholeSize, expected);
    if (stated === DEFLATED && seen === undefined) {
      if (headOnly) throw new Error("its packed data set is needed whole");
      source = inflated(source, position, expected!, name);
      seen = encodingOf(source, position, source.length, expected);
    }
    const encoding = seen ?? expected ?? encodingOfSyntax(bareSyntaxes(bytes)[0] ?? EXPLICIT_LITTLE_ENDIAN);
    const { dataSet, withoutVr, broken } = readElements(source, position, encoding, {
      size: headOnly ? wholeSize : source.length,
      untilPixels: headOnly,
    });
    Object.assign(dataSet.elements, meta);
    const repairs = [
      ...encodingRepairs(opened, expected, seen),
      ...(withoutVr > 0
        ? [
            "has elements without a value representation among others that state theirs; they are read by their tag.",
          ]
        : []),
    ];
    return {
      dataSet,
      // Compressed pixels keep the syntax that says how, whatever their elements look like.
      syntax:
        expected !== undefined && (seen === undefined || isCompressed(stated)) ? stated : syntaxOf(encoding),
      repairs,
      ...(broken === undefined ? {} : { broken }),
      ...(headOnly ? { size: wholeSize } : {}),
    };
  } catch (thrown) {
    if (thrown instanceof ImagingError) throw thrown;
    throw new ImagingError(
      "malformed",
      `${name} cannot be read as DICOM (${reason(thrown)}); export it again from its source.`,
    );
  }
}

/** Whether a syntax says more than how the elements are written. */
function isCompressed(syntax: string): boolean {
  return ![IMPLICIT_LITTLE_ENDIAN, EXPLICIT_LITTLE_ENDIAN, EXPLICIT_BIG_ENDIAN, DEFLATED].includes(syntax);
}
