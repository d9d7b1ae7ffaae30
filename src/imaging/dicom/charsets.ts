import { decodeWindows1252 } from "../../text/index.js";
import { oldReadings, wrappedIn } from "./codePages.js";
import { windowsKorean } from "./korean.js";

/** What a designated set of ISO 2022 reads: how many bytes make a character, and how they become text. */
interface CodedSet {
  readonly width: 1 | 2;
  readonly decode: (bytes: readonly number[]) => string;
}

const decoders = new Map<string, TextDecoder>();

/** Text of bytes in an encoding of the WHATWG standard, which Node knows in full. */
function decoded(label: string, bytes: Uint8Array): string {
  const known = decoders.get(label) ?? new TextDecoder(label);
  decoders.set(label, known);
  return known.decode(bytes);
}

const oneByte = (label: string): CodedSet => ({
  width: 1,
  decode: (bytes) => decoded(label, Uint8Array.from(bytes)),
});

/** A set of 94 x 94 characters in the form of an encoding that holds it with the high bits set (EUC). */
const twoBytes = (label: string, before: readonly number[] = []): CodedSet => ({
  width: 2,
  decode: (bytes) => decoded(label, Uint8Array.from([...before, ...bytes.map((byte) => byte | 0x80)])),
});

const ASCII: CodedSet = { width: 1, decode: (bytes) => String.fromCharCode(...bytes) };
const KATAKANA = oneByte("shift_jis");
const KOREAN: CodedSet = { width: 2, decode: (bytes) => windowsKorean(Uint8Array.from(bytes)) };
const CHINESE = twoBytes("gbk");
const KANJI = twoBytes("euc-jp");
const MORE_KANJI = twoBytes("euc-jp", [0x8f]);

/** What the upper half of the bytes (G1) holds, by the number of the set's registration (PS3.3 section C.12.1.1.2). */
const UPPER: Readonly<Record<string, CodedSet>> = {
  100: oneByte("iso-8859-1"),
  101: oneByte("iso-8859-2"),
  109: oneByte("iso-8859-3"),
  110: oneByte("iso-8859-4"),
  144: oneByte("iso-8859-5"),
  127: oneByte("iso-8859-6"),
  126: oneByte("iso-8859-7"),
  138: oneByte("iso-8859-8"),
  148: oneByte("iso-8859-9"),
  203: oneByte("iso-8859-15"),
  166: oneByte("windows-874"),
  13: KATAKANA,
  149: KOREAN,
  58: CHINESE,
};

/** What an escape sequence brings into the lower (G0) or upper (G1) half: its bytes behind ESC (PS3.3 table C.12-3, C.12-4). */
const DESIGNATIONS: Readonly<Record<string, readonly ["lower" | "upper", CodedSet]>> = {
  "(B": ["lower", ASCII],
  "(J": ["lower", ASCII],
  $B: ["lower", KANJI],
  "$@": ["lower", KANJI],
  "$(D": ["lower", MORE_KANJI],
  ")I": ["upper", KATAKANA],
  "$)C": ["upper", KOREAN],
  "$)A": ["upper", CHINESE],
  "-A": ["upper", UPPER[100]!],
  "-B": ["upper", UPPER[101]!],
  "-C": ["upper", UPPER[109]!],
  "-D": ["upper", UPPER[110]!],
  "-L": ["upper", UPPER[144]!],
  "-G": ["upper", UPPER[127]!],
  "-F": ["upper", UPPER[126]!],
  "-H": ["upper", UPPER[138]!],
  "-M": ["upper", UPPER[148]!],
  "-b": ["upper", UPPER[203]!],
  "-T": ["upper", UPPER[166]!],
};

const ESCAPE = 0x1b;
/** TAB, LF, FF, CR, and the delimiters of values, of parts and of groups of names: sets go back to the first one there. */
const RESETS: ReadonlySet<number> = new Set([0x09, 0x0a, 0x0c, 0x0d, 0x5c, 0x5e, 0x3d]);

/** Number of the registration that a defined term names, also where it is misspelt (`ISO-IR 100`, `iso_ir_100`). */
function registration(term: string): string | undefined {
  return /IR[ _-]*(\d+)/i.exec(term)?.[1];
}

/** The encoding of a term whose sets are not switched: UTF-8, GB18030, GBK. */
function wholeEncoding(term: string): string | undefined {
  if (registration(term) === "192" || /utf-?8/i.test(term)) return "utf-8";
  return /^\s*(gb18030|gbk)\s*$/i.exec(term)?.[1]?.toLowerCase();
}

/** The designation that an escape sequence at `at` makes, and how long it is. */
function designation(bytes: Uint8Array, at: number) {
  const text = String.fromCharCode(...bytes.subarray(at + 1, at + 4));
  const sign = [2, 3].map((length) => text.slice(0, length)).find((start) => start in DESIGNATIONS);
  return sign === undefined ? undefined : { set: DESIGNATIONS[sign]!, length: 1 + sign.length };
}

/** Text with code extensions (ISO 2022 as PS3.5 section 6.1.2.5 uses it). */
function decodeExtended(bytes: Uint8Array, terms: readonly string[]): string {
  // The first set is in force until an escape, and again behind every delimiter. Writers that declare a set of
  // two bytes and leave its escapes out are met; then that is what upper bytes mean.
  const upperOf = (term: string) => UPPER[registration(term) ?? ""];
  const first = upperOf(terms[0] ?? "") ?? terms.map(upperOf).find((set) => set !== undefined) ?? UPPER[100]!;
  let [lower, upper] = [ASCII, first];
  let text = "";
  for (let at = 0; at < bytes.length;) {
    const byte = bytes[at]!;
    if (byte === ESCAPE) {
      const made = designation(bytes, at);
      if (made?.set[0] === "lower") lower = made.set[1];
      else if (made) upper = made.set[1];
      at += made?.length ?? 1;
      continue;
    }
    if (lower.width === 1 && RESETS.has(byte)) [lower, upper] = [ASCII, first];
    const set = byte < 0x80 ? (byte < 0x21 ? ASCII : lower) : upper;
    const part = [...bytes.subarray(at, at + set.width)];
    text += set.decode(part);
    at += part.length;
  }
  return text;
}

/**
 * Text of a value by the terms of SpecificCharacterSet (0008,0005), all that PS3.3 section C.12.1.1.2 defines, also with
 * code extensions; in what no set holds stands U+FFFD. Without terms, upper bytes are Latin-1. Never throws.
 */
export function decodeText(bytes: Uint8Array, terms: readonly string[]): string {
  const whole = terms.map(wholeEncoding).find((label) => label !== undefined);
  return whole === undefined ? decodeExtended(bytes, terms) : decoded(whole, bytes);
}

/** Encodings that programs write and do not declare, or declare as another; UTF-8 goes first. */
const UNDECLARED = [
  "utf-8",
  "gb18030",
  "big5",
  "shift_jis",
  "euc-jp",
  "iso-8859-2",
  "windows-1250",
  "iso-8859-3",
  "iso-8859-4",
  "iso-8859-13",
  "windows-1257",
  "iso-8859-5",
  "windows-1251",
  "koi8-u",
  "ibm866",
  "x-mac-cyrillic",
  "macintosh",
  "iso-8859-6",
  "windows-1256",
  "iso-8859-7",
  "windows-1253",
  "iso-8859-8",
  "windows-1255",
  "windows-1254",
  "windows-1258",
  "windows-874",
] as const;

/** Whether a reading can be what was meant: nothing in it that no set holds, no control characters and no lines of boxes. */
function isReadable(text: string): boolean {
  return !/[\ufffd\x00-\x08\x0e-\x1f\x7f-\x9f\u2500-\u259f]/.test(text);
}

/**
 * Every text that a value can be meant as: as declared, and, since declarations are often wrong or missing, in each other
 * encoding in which its bytes make sense. For searches, where a wrong reading does no harm and a missed one does.
 */
export function readings(bytes: Uint8Array, terms: readonly string[]): string[] {
  const declared = decodeText(bytes, terms);
  if (bytes.every((byte) => byte < 0x80 && byte !== ESCAPE)) return [declared];
  const others = UNDECLARED.map((label) => decoded(label, bytes));
  const old = [decodeWindows1252(bytes), ...oldReadings(bytes)];
  return [...new Set([declared, ...[...others, ...old, ...wrappedIn(others[0]!)].filter(isReadable)])];
}
