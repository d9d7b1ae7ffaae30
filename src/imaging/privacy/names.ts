import { ANYWHERE, bounded, escaped, fold, NO_LETTER, type Pattern } from "./fold.js";

/** Parts of a name that are looked for alone, as a word; shorter ones only beside another part. */
const WORD_LENGTH = 4;
/** Parts of a name that are looked for inside of other words too, as in `drquixworthscan`. */
const INFIX_LENGTH = 6;
/** Scripts in which no space stands between words: two letters of them, or three of Thai, are a name as they stand. */
const UNSPACED = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}ー々]+$/u;
const THAI = /^[\p{Script=Thai}\p{M}]{3,}$/u;
/** A letter that is a word. */
const IDEOGRAPH = /^[\p{Script=Han}\p{Script=Hangul}]$/u;
/** An initial: looked for beside a part that is too short to be looked for alone. */
const INITIAL = /^\p{L}\p{M}*$/u;
/** No more parts than this of one name are paired; nobody has more. */
const MOST_PARTS = 8;

/** A part of a name in its spellings, folded. */
interface Part {
  readonly spellings: readonly string[];
  /** Whether it is looked for wherever it stands; else as a word where it is long enough; else only beside another part. */
  readonly alone: "anywhere" | "word" | "never";
  readonly isUnspaced: boolean;
}

/** German and Nordic letters are also written as two; where a capital stands within a part (`XiaoDong`), others put a sign. */
function spellingsOf(written: string): string[] {
  const part = written.replace(/(\p{Ll}\p{M}*)(\p{Lu})/gu, "$1-$2");
  const plain = fold(part);
  const wide = fold(
    part
      .normalize("NFC")
      .toLowerCase()
      .replaceAll("ä", "ae")
      .replaceAll("ö", "oe")
      .replaceAll("ü", "ue")
      .replaceAll("ø", "oe")
      .replaceAll("å", "aa"),
  );
  return [...new Set([plain, wide])];
}

function partOf(text: string): Part {
  const spellings = spellingsOf(text);
  const letters = text.normalize("NFKC").replace(/[^\p{L}\p{M}]/gu, "");
  const isUnspaced = UNSPACED.test(letters);
  const isLong = isUnspaced
    ? letters.length >= 2
    : spellings[0]!.length >= INFIX_LENGTH || THAI.test(letters);
  const isWord = spellings[0]!.length >= WORD_LENGTH || /[^\x00-\x7f]/.test(spellings[0]!);
  return {
    spellings,
    alone: isLong ? "anywhere" : isWord && letters.length >= 2 ? "word" : "never",
    isUnspaced,
  };
}

/** A part with anything or nothing where a hyphen, an apostrophe or a dot stands in it. */
function source(spelling: string): { needles: readonly string[]; source: string } {
  const runs = spelling.match(/[\p{L}\p{N}]+/gu) ?? [spelling];
  return { needles: runs, source: runs.map(escaped).join("[^\\p{L}\\p{N}]{0,2}") };
}

function alone({ spellings, alone: kind }: Part): Pattern[] {
  if (kind === "never") return [];
  return spellings.map((spelling) => {
    const { needles, source: text } = source(spelling);
    return bounded(needles, text, kind === "anywhere" ? ANYWHERE : NO_LETTER);
  });
}

/** Two parts side by side, with up to three signs between. */
function together(one: Part, other: Part): Pattern[] {
  const isUnspaced = one.isUnspaced && other.isUnspaced;
  return one.spellings.flatMap((a) =>
    other.spellings
      .filter((b) => isUnspaced || a.length + b.length >= WORD_LENGTH)
      .map((b) => {
        const [first, second] = [source(a), source(b)];
        const text = `${first.source}[^\\p{L}\\p{N}]{0,3}${second.source}`;
        return bounded([...first.needles, ...second.needles], text, isUnspaced ? ANYWHERE : NO_LETTER);
      }),
  );
}

/** A short part and an initial, in either order, with one to three signs between: without any they would be a word of their own. */
function besideInitial({ spellings }: Part, initial: string): Pattern[] {
  return spellings
    .filter((spelling) => spelling.length + initial.length >= WORD_LENGTH)
    .flatMap((spelling) => {
      const part = source(spelling);
      const [needles, letter] = [[...part.needles, initial], escaped(initial)];
      return [
        `${part.source}[^\\p{L}\\p{N}]{1,3}${letter}`,
        `${letter}[^\\p{L}\\p{N}]{1,3}${part.source}`,
      ].map((text) => bounded(needles, text, NO_LETTER));
    });
}

/** Parts that are long enough are found alone, any two side by side in either order. Groups of a name do not mix. */
export function namePatterns(name: string): Pattern[] {
  return name.split(/[=＝]/u).flatMap((group) => {
    const all = [...new Set(group.split(/[\^＾\s,，、.;_\\/·・=]+/u))];
    const texts = all.filter(
      (part) => /\p{L}\p{M}*\p{L}/u.test(part) || IDEOGRAPH.test(part.normalize("NFC")),
    );
    const initials = all.filter((part) => INITIAL.test(part) && !texts.includes(part)).slice(0, MOST_PARTS);
    const parts = texts.slice(0, MOST_PARTS).map(partOf);
    const pairs = parts.flatMap((one) =>
      parts.filter((other) => other !== one).flatMap((other) => together(one, other)),
    );
    const short = parts
      .filter((part) => part.alone === "never")
      .flatMap((part) => initials.flatMap((initial) => besideInitial(part, fold(initial))));
    return [...parts.flatMap(alone), ...pairs, ...short];
  });
}
