/** A text, and what was unusual in its bytes. */
export interface ReadText {
  /** Accents are part of their letters (NFC): a name typed otherwise is the same name. */
  readonly text: string;
  /** As a sentence; absent where all of it is UTF-8, or Windows-1252. */
  readonly encoding: string | undefined;
}

const LINE_END = 0x0a;
/** Bytes between the fields of a table: comma, semicolon, tab, quote and carriage return. */
const BETWEEN_FIELDS: ReadonlySet<number> = new Set([0x2c, 0x3b, 0x09, 0x22, 0x0d]);

const BEYOND_ASCII = /[^\u0000-\u007f]/;

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** What Windows-1252 has at 0x80 to 0x9F, where Latin-1 has control characters; five places are empty. */
const WINDOWS_1252 = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ";

/**
 * Bytes as text: UTF-8 with or without a byte order mark, or Windows-1252 where they are not UTF-8. (The runtime's own decoder
 * of that name reads Latin-1 in some versions.)
 */
export function decodeText(bytes: Uint8Array): string {
  return utf8(bytes) ?? decodeWindows1252(bytes);
}

/** Bytes as Windows-1252; its five empty places are the control characters of Latin-1. */
export function decodeWindows1252(bytes: Uint8Array): string {
  const latin = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  return latin.replace(/[\u0080-\u009f]/g, (character) => WINDOWS_1252[character.charCodeAt(0) - 0x80]!);
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
      texts.push(valid ?? decodeWindows1252(field));
    }
  }
  const encoding = isMixed
    ? `The file mixes encodings: ${old === 1 ? "1 line is" : `${old} lines are`} not UTF-8 (the first is line ${first}), and others are. Each field that is UTF-8 was read as such, the rest as Windows-1252.`
    : undefined;
  return { text: texts.join("").normalize("NFC"), encoding };
}
