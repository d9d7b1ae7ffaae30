import { decodeText } from "../../training/index.js";

/** A text, and what was unusual in its bytes. */
export interface ReadText {
  /** Accents are part of their letters (NFC): a name typed otherwise is the same name. */
  readonly text: string;
  /** As a sentence; absent where all of it is UTF-8, or Windows-1252. */
  readonly encoding: string | undefined;
}

const LINE_END = 0x0a;
/** Bytes between the fields of a table, quotes among them. */
const BETWEEN_FIELDS: ReadonlySet<number> = new Set(Buffer.from(',;\t"\r'));

const BEYOND_ASCII = /[^\u0000-\u007f]/;

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Parts of bytes, each with the separator that ends it. */
function* partsOf(bytes: Uint8Array, isEnd: (byte: number) => boolean): Generator<Uint8Array> {
  let start = 0;
  for (let at = 0; at < bytes.length; at++)
    if (isEnd(bytes[at]!)) {
      yield bytes.subarray(start, at + 1);
      start = at + 1;
    }
  if (start < bytes.length) yield bytes.subarray(start);
}

/**
 * Bytes as text: what is valid UTF-8 is UTF-8, field by field, and only what is not is Windows-1252. Tables are put together from
 * several programs' parts: read as one, a single old name would turn every other `Jürgen` into `JÃ¼rgen`, another rater.
 */
export function decodeMixed(bytes: Uint8Array): ReadText {
  const whole = utf8(bytes);
  if (whole !== undefined) return { text: whole.normalize("NFC"), encoding: undefined };
  const texts: string[] = [];
  let [number, old, first] = [0, 0, 0];
  let isMixed = false;
  for (const line of partsOf(bytes, (byte) => byte === LINE_END)) {
    number++;
    const text = utf8(line);
    if (text !== undefined) {
      if (BEYOND_ASCII.test(text)) isMixed = true;
      texts.push(text);
      continue;
    }
    old++;
    first ||= number;
    for (const field of partsOf(line, (byte) => BETWEEN_FIELDS.has(byte))) {
      const valid = utf8(field);
      if (valid !== undefined && BEYOND_ASCII.test(valid)) isMixed = true;
      texts.push(valid ?? decodeText(field));
    }
  }
  const encoding = isMixed
    ? `The file mixes encodings: ${old === 1 ? "1 line is" : `${old} lines are`} not UTF-8 (the first is line ${first}), and others are. Each field that is UTF-8 was read as such, the rest as Windows-1252.`
    : undefined;
  return { text: texts.join("").normalize("NFC"), encoding };
}
