/** The first of Unicode's Korean syllables, and how many there are. */
const [FIRST_SYLLABLE, SYLLABLES] = [0xac00, 11172];

/** Places of a syllable's vowel and of its end, by the five bits that Johab has for each; -1 for none. */
const [VOWELS, ENDS] = ["???01234??56789a??bcdefg??hijk??", "?0123456789abcdefg?hijklmnopqr??"].map((row) =>
  Array.from(row, (digit) => (digit === "?" ? -1 : Number.parseInt(digit, 36))),
) as [number[], number[]];

/** Korean as Johab writes it: each syllable as its three letters, of five bits each. Hanja and single letters are U+FFFD. */
export function johabText(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte < 0x80) {
      text += String.fromCharCode(byte);
      continue;
    }
    const code = (byte << 8) | (bytes[++at] ?? 0);
    const [lead, vowel, end] = [((code >> 10) & 31) - 2, VOWELS[(code >> 5) & 31]!, ENDS[code & 31]!];
    const isSyllable = lead >= 0 && lead < 19 && vowel >= 0 && end >= 0;
    text += isSyllable ? String.fromCharCode(FIRST_SYLLABLE + (lead * 21 + vowel) * 28 + end) : "\ufffd";
  }
  return text;
}

const eucKr = new TextDecoder("euc-kr");

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** Syllables that Windows' code page 949 adds to KS X 1001, by their two bytes: in Unicode's order, in the places left free. */
function addedSyllables(): ReadonlyMap<number, string> {
  const rows = range(0xb0, 0xc8).flatMap((lead) => range(0xa1, 0xfe).flatMap((trail) => [lead, trail]));
  const known = new Set(eucKr.decode(Uint8Array.from(rows)));
  const added = range(FIRST_SYLLABLE, FIRST_SYLLABLE + SYLLABLES - 1)
    .map((code) => String.fromCharCode(code))
    .filter((syllable) => !known.has(syllable));
  const places = range(0x81, 0xc6).flatMap((lead) =>
    [...range(0x41, 0x5a), ...range(0x61, 0x7a), ...range(0x81, lead <= 0xa0 ? 0xfe : 0xa0)].map(
      (trail) => (lead << 8) | trail,
    ),
  );
  return new Map(added.map((syllable, index) => [places[index]!, syllable]));
}

let added: ReadonlyMap<number, string> | undefined;

/** Korean of KS X 1001 with what Windows' code page 949 adds to it, which the runtime's decoder does not know everywhere. */
export function windowsKorean(bytes: Uint8Array): string {
  added ??= addedSyllables();
  let text = "";
  for (let at = 0; at < bytes.length; at++) {
    const [byte, next] = [bytes[at]!, bytes[at + 1]];
    if (byte < 0x80 || next === undefined) {
      text += byte < 0x80 ? String.fromCharCode(byte) : "\ufffd";
      continue;
    }
    const syllable = added.get((byte << 8) | next);
    const isPair = syllable !== undefined || next >= 0x80;
    text += syllable ?? (isPair ? eucKr.decode(bytes.subarray(at, at + 2)) : "\ufffd");
    if (isPair) at++;
  }
  return text;
}
