import dicomParser, { type DataSet } from "dicom-parser";
import { inflateRawSync } from "node:zlib";
import { ImagingError, reason } from "../errors.js";
import { MAX_FILE_BYTES } from "../limits.js";

export const IMPLICIT_LITTLE_ENDIAN = "1.2.840.10008.1.2";
export const EXPLICIT_LITTLE_ENDIAN = "1.2.840.10008.1.2.1";
export const EXPLICIT_BIG_ENDIAN = "1.2.840.10008.1.2.2";

/** A parsed file: its elements, how its pixels are encoded, and what stopped the parser, if anything did. */
export interface ParsedFile {
  readonly dataSet: DataSet;
  readonly syntax: string;
  /** Set when the file ended or broke before its last element. */
  readonly broken?: string;
  /** Bytes of the whole file, where `dataSet` ends at the pixel data; counted as offsets in `dataSet` are. */
  readonly size?: number;
}

const PIXEL_DATA = "x7fe00010";
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

/** Inflates the deflated data set behind the file meta group, as dicom-parser asks, with a limit on what comes out. */
function inflate(bytes: Uint8Array, position: number): Uint8Array {
  const data = inflateRawSync(bytes.subarray(position), { maxOutputLength: MAX_FILE_BYTES });
  return Buffer.concat([bytes.subarray(0, position), data]);
}

function parse(bytes: Uint8Array, syntax: string | undefined, headOnly: boolean): ParsedFile {
  const transfer = (dataSet: DataSet) => dataSet.string("x00020010") ?? syntax ?? EXPLICIT_LITTLE_ENDIAN;
  try {
    // dicom-parser declares the inflater as returning nothing; it uses what is returned.
    const options = {
      inflater: inflate,
      ...(syntax === undefined ? {} : { TransferSyntaxUID: syntax }),
      ...(headOnly ? { untilTag: PIXEL_DATA } : {}),
    };
    const dataSet = dicomParser.parseDicom(bytes, options);
    return { dataSet, syntax: transfer(dataSet) };
  } catch (thrown) {
    const partial =
      typeof thrown === "object" && thrown !== null && "dataSet" in thrown
        ? (thrown.dataSet as DataSet)
        : undefined;
    if (partial === undefined) throw thrown;
    return { dataSet: partial, syntax: syntax ?? metaSyntax(bytes), broken: reason(thrown) };
  }
}

/** Transfer syntax from the file meta group alone, for a file whose data set broke. */
function metaSyntax(bytes: Uint8Array): string {
  try {
    return dicomParser.readPart10Header(bytes).string("x00020010") ?? EXPLICIT_LITTLE_ENDIAN;
  } catch {
    return EXPLICIT_LITTLE_ENDIAN;
  }
}

/**
 * Parses a DICOM file, also one without preamble or file meta group (little and big endian are tried by its first tag).
 * Of a file of `size` bytes, `bytes` may be only the beginning; the data set then ends at the pixel data's own header.
 * Returns `undefined` for bytes that are not DICOM. Throws `ImagingError` "malformed" when nothing in it can be read.
 */
export function parseDicomFile(bytes: Uint8Array, name: string, size = bytes.length): ParsedFile | undefined {
  const part10 = asPart10(bytes);
  const candidates: [Uint8Array, string | undefined][] =
    part10 === undefined
      ? bareSyntaxes(bytes).map((syntax) => [bytes, syntax])
      : [
          [part10, undefined],
          [part10, EXPLICIT_LITTLE_ENDIAN],
        ];
  let failure: unknown;
  for (const [source, syntax] of candidates)
    try {
      return size === bytes.length
        ? parse(source, syntax, false)
        : { ...parse(source, syntax, true), size: size + source.length - bytes.length };
    } catch (thrown) {
      failure = thrown;
    }
  if (failure === undefined) return undefined;
  throw new ImagingError(
    "malformed",
    `${name} cannot be read as DICOM (${reason(failure)}); export it again from its source.`,
  );
}
