/** Something that tells who a person is, to be looked for. `IdentityValue`s of DICOM files fit. */
export interface Identity {
  /**
   * `name`: as DICOM writes it (`FAMILY^GIVEN`) or as people do; `date`: `YYYYMMDD`; `uid`: a DICOM UID; `id`: anything else
   * that is looked for as it stands - numbers of patients, addresses, values of private elements, names of folders.
   */
  readonly form: "name" | "date" | "id" | "uid";
  /** What people call it, such as `birth date`. */
  readonly kind: string;
  readonly value: string;
}

/** One way to write an identity. */
export interface Pattern {
  /** Stands in every match: looking for it first is many times as fast. */
  readonly needle: string;
  /** Matches folded text ({@link fold}). */
  readonly expression: RegExp;
}

/** An identity with the forms in which it can be written. */
export interface Search {
  readonly kind: string;
  readonly patterns: readonly Pattern[];
}

/** Parts of a name that are looked for alone, as a word; shorter ones only beside another part. */
const WORD_LENGTH = 4;
/** Parts of a name that are looked for inside of other words too, as in `drquixworthscan`. */
const INFIX_LENGTH = 6;
/** Identifiers shorter than this are found everywhere by chance. */
const ID_LENGTH = 3;

/** Letters that are written as others where a keyboard lacks them, and that Unicode does not take apart. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: "ss",
  ø: "o",
  ł: "l",
  đ: "d",
  æ: "ae",
  œ: "oe",
  ı: "i",
};

/** Lower case without accents: `Müller` and `MULLER` are one name. */
export function fold(text: string): string {
  const lower = text.toLowerCase();
  // Most texts are plain ASCII, and long.
  if (/^[\x00-\x7f]*$/.test(lower)) return lower;
  return lower
    .normalize("NFD")
    .replace(/\p{M}+/gu, "")
    .replace(/[ßøłđæœı]/g, (letter) => LETTERS[letter]!);
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
    .replace(/[æÆ]/g, "ae");
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}

const NO_LETTER = { before: "(?<!\\p{L})", after: "(?!\\p{L})" };
const NO_SIGN = { before: "(?<![\\p{L}\\p{N}])", after: "(?![\\p{L}\\p{N}])" };
const NO_DIGIT = { before: "(?<!\\d)", after: "(?!\\d)" };

function bounded(needle: string, source: string, { before, after }: typeof NO_LETTER): Pattern {
  return { needle, expression: new RegExp(`${before}(?:${source})${after}`, "u") };
}

/** German and Nordic letters are also written as two. */
function spellings(part: string): string[] {
  const plain = fold(part);
  const wide = fold(
    part
      .toLowerCase()
      .replaceAll("ä", "ae")
      .replaceAll("ö", "oe")
      .replaceAll("ü", "ue")
      .replaceAll("ø", "oe")
      .replaceAll("å", "aa"),
  );
  return [...new Set([plain, wide])];
}

/** Parts that are long enough are found alone, any two side by side in either order, with up to three signs between. */
function namePatterns(name: string): Pattern[] {
  const parts = [...new Set(name.split(/[\^=\s,.;_\\/]+/u))].filter((part) => /\p{L}{2}/u.test(part));
  const found: Pattern[] = [];
  for (const part of parts)
    for (const spelling of spellings(part)) {
      if (spelling.length >= INFIX_LENGTH)
        found.push({ needle: spelling, expression: new RegExp(escaped(spelling), "u") });
      else if (spelling.length >= WORD_LENGTH || /[^\x00-\x7f]/.test(spelling))
        found.push(bounded(spelling, escaped(spelling), NO_LETTER));
    }
  for (const one of parts)
    for (const other of parts)
      if (one !== other)
        for (const a of spellings(one))
          for (const b of spellings(other))
            if (a.length + b.length >= WORD_LENGTH)
              found.push(bounded(a, `${escaped(a)}[^\\p{L}\\p{N}]{0,3}${escaped(b)}`, NO_LETTER));
  return found;
}

const MONTHS = [
  "jan(?:uary|uar)?",
  "feb(?:ruary|ruar)?",
  "(?:mar(?:ch)?|marz|maerz)",
  "apr(?:il)?",
  "(?:may|mai)",
  "june?i?",
  "july?i?",
  "aug(?:ust)?",
  "sept?(?:ember)?",
  "(?:oct(?:ober)?|okt(?:ober)?)",
  "nov(?:ember)?",
  "(?:dec(?:ember)?|dez(?:ember)?)",
];

/** A date as DICOM, ISO, people of either side of the Atlantic and programs write it. */
function datePatterns(date: string): Pattern[] {
  const match = /^(\d{4})[.-]?(\d{2})[.-]?(\d{2})$/.exec(date.trim());
  if (!match) return idPatterns(date);
  const [, year, month, day] = match as unknown as [string, string, string, string];
  const [m, d] = [`0?${Number(month)}`, `0?${Number(day)}`];
  const between = "[-./ ]{1,2}";
  const name = MONTHS[Number(month) - 1];
  return [
    bounded(year, `${year}${month}${day}`, NO_DIGIT),
    bounded(year, `${day}${month}${year}`, NO_DIGIT),
    bounded(year, `${month}${day}${year}`, NO_DIGIT),
    bounded(year, `${year}${between}${m}${between}${d}`, NO_DIGIT),
    bounded(year, `${d}${between}${m}${between}${year}`, NO_DIGIT),
    bounded(year, `${m}${between}${d}${between}${year}`, NO_DIGIT),
    ...(name === undefined
      ? []
      : [
          bounded(year, `${d}(?:st|nd|rd|th)?[-. ]{0,2}(?:of )?${name}[-., ]{0,2}${year}`, NO_SIGN),
          bounded(year, `${name}[-. ]{0,2}${d}(?:st|nd|rd|th)?[-., ]{0,2}${year}`, NO_SIGN),
        ]),
  ];
}

/** An identifier as it stands, also with other separators between its runs of letters and digits. */
function idPatterns(id: string): Pattern[] {
  const runs = fold(id).match(/[\p{L}\p{N}]+/gu) ?? [];
  if (runs.join("").length < ID_LENGTH) return [];
  return [bounded(runs[0]!, runs.map(escaped).join("[-_. /\\\\:,]{0,2}"), NO_SIGN)];
}

function patternsOf({ form, value }: Identity): Pattern[] {
  switch (form) {
    case "name":
      return namePatterns(value);
    case "date":
      return datePatterns(value);
    case "uid":
      return [bounded(value.trim(), escaped(value.trim()), { before: "(?<![\\d.])", after: "(?!\\d)" })];
    case "id":
      return idPatterns(value);
  }
}

/** What to look for, each identity once; those too short to be told from chance have no pattern. */
export function searchesFor(identities: readonly Identity[]): Search[] {
  const once = new Map(identities.map((identity) => [`${identity.form} ${identity.value}`, identity]));
  return [...once.values()]
    .map((identity) => ({ kind: identity.kind, patterns: patternsOf(identity) }))
    .filter(({ patterns }) => patterns.length > 0);
}
