/** One way to write an identity. */
export interface Pattern {
  /** All of them stand in every match: looking for them first is many times as fast. */
  readonly needles: readonly string[];
  /** Matches folded text ({@link fold}). Made when it is first needed, since most needles are found nowhere. */
  readonly expression: RegExp;
}

/** Letters that are written as others where a keyboard lacks them, and that Unicode does not take apart. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: "ss",
  ø: "o",
  ł: "l",
  đ: "d",
  ð: "d",
  þ: "th",
  æ: "ae",
  œ: "oe",
  ı: "i",
  ς: "σ",
};
const TAKEN_APART = new RegExp(`[${Object.keys(LETTERS).join("")}]`, "g");
/** From a katakana letter to the hiragana of the same sound. */
const TO_HIRAGANA = -0x60;

/**
 * Lower case without accents, in full width, kana as hiragana: `Müller` and `MULLER` are one name, so are `ﾔﾏﾀﾞ`, `ヤマダ` and
 * `やまだ`, and what file systems take apart (NFD).
 */
export function fold(text: string): string {
  const lower = text.toLowerCase();
  // Most texts are plain ASCII, and long.
  if (/^[\x00-\x7f]*$/.test(lower)) return lower;
  return lower
    .normalize("NFKD")
    .toLowerCase()
    .replace(/\p{M}+/gu, "")
    .replace(TAKEN_APART, (letter) => LETTERS[letter]!)
    .replace(/[\u30a1-\u30f6]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) + TO_HIRAGANA));
}

/** What each byte of Latin-1 folds to, where that is one character again. */
const LATIN = Uint8Array.from({ length: 256 }, (_, byte) => {
  const folded = fold(String.fromCharCode(byte));
  return folded.length === 1 && folded.charCodeAt(0) < 256 ? folded.charCodeAt(0) : byte;
});

/** {@link fold} for bytes seen as Latin-1: many times as fast, which long pictures need. */
export function foldLatin(bytes: Uint8Array): string {
  return Buffer.from(bytes.map((byte) => LATIN[byte]!))
    .toString("latin1")
    .replaceAll("ß", "ss")
    .replace(/[æÆ]/g, "ae")
    .replace(/[þÞ]/g, "th");
}

export function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}

/** What may not stand before and behind a match. */
export interface Bounds {
  readonly before: string;
  readonly after: string;
}

export const NO_LETTER: Bounds = { before: "(?<!\\p{L})", after: "(?!\\p{L})" };
export const NO_SIGN: Bounds = { before: "(?<![\\p{L}\\p{N}])", after: "(?![\\p{L}\\p{N}])" };
export const NO_DIGIT: Bounds = { before: "(?<!\\d)", after: "(?!\\d)" };
/** For scripts that put no spaces between words. */
export const ANYWHERE: Bounds = { before: "", after: "" };

/** Whether a pattern can match a folded text; broken files have names of many thousand patterns. */
export function mayMatch({ needles }: Pattern, folded: string): boolean {
  return needles.every((needle) => folded.includes(needle));
}

/** @param source of a regular expression for folded text in which the `needles` always stand */
export function bounded(needles: readonly string[], source: string, { before, after }: Bounds): Pattern {
  let made: RegExp | undefined;
  return {
    needles,
    get expression() {
      return (made ??= new RegExp(`${before}(?:${source})${after}`, "u"));
    },
  };
}
