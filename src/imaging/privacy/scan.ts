import { fold, foldLatin, mayMatch } from "./fold.js";
import { searchesFor, type Identity, type Search } from "./forms.js";
import { packedInBytes, packedInText } from "./unpack.js";

/** Where an identity was found; the identity itself is not told. */
export interface IdentityHit {
  /** What was found, such as `patient name`. */
  readonly kind: string;
  /** The way to it through what is packed in what, such as `gzip > base64`; "" for the output itself. */
  readonly where: string;
}

/** How often what is packed in what is unpacked again. */
const DEEPEST = 6;

/**
 * Looks for identities in an output of any kind, as they stand and as they may be written: names in any order and case,
 * with or without accents; dates in the usual writings; ids with other separators. Looks into gzip, zlib, zip, PNG text
 * chunks, deflated DICOM, base64, and behind the escapes of JSON, addresses and HTML. What pixels show is not looked at;
 * names of two or three letters are found only beside another part of the name.
 * @returns each kind once for each way to it.
 * @example findIdentity(await readFile("report.html"), [{ form: "name", kind: "patient name", value: "DOE^JANE" }])
 */
export function findIdentity(output: Uint8Array | string, identities: readonly Identity[]): IdentityHit[] {
  const searches = searchesFor(identities);
  if (searches.length === 0) return [];
  const hits = new Map<string, IdentityHit>();
  look(output, searches, "", 0, hits);
  return [...hits.values()];
}

function look(
  content: Uint8Array | string,
  searches: readonly Search[],
  where: string,
  depth: number,
  hits: Map<string, IdentityHit>,
): void {
  const texts = typeof content === "string" ? [fold(content)] : textsOf(content);
  for (const folded of texts)
    for (const { kind, patterns } of searches)
      if (patterns.some((pattern) => mayMatch(pattern, folded) && pattern.expression.test(folded)))
        hits.set(`${kind} ${where}`, { kind, where });
  if (depth === DEEPEST) return;
  const inside =
    typeof content === "string"
      ? packedInText(content)
      : // Base64 and escapes are plain ASCII, so that Latin-1 will do.
        [...packedInBytes(content), ...packedInText(latinOf(content))];
  for (const { where: step, content: part } of inside)
    look(part, searches, where === "" ? step : `${where} > ${step}`, depth + 1, hits);
}

/** Signs of a text in UTF-8 that is not plain ASCII, seen as Latin-1; between them lies what is no text. */
const UTF8_RUNS =
  /(?:[\x20-\x7e]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}){4,}|(?:[\xe0-\xef][\x80-\xbf]{2}){2,}/g;

/** Plain text with a zero before or behind each letter, as UTF-16 has it. */
const UTF16_RUNS = /(?:[\x20-\x7e\xa0-\xff]\0){4,}|(?:\0[\x20-\x7e\xa0-\xff]){4,}/g;

function latinOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
}

/** Bytes as folded text: as Latin-1, and as UTF-8 and UTF-16 where they hold text of that kind. */
function textsOf(bytes: Uint8Array): string[] {
  const latin = latinOf(bytes);
  const texts = [foldLatin(bytes)];
  const utf8 = (latin.match(UTF8_RUNS) ?? []).filter((run) => /[\x80-\xff]/.test(run));
  if (utf8.length > 0) texts.push(fold(Buffer.from(utf8.join("\n"), "latin1").toString("utf8")));
  const utf16 = latin.match(UTF16_RUNS) ?? [];
  if (utf16.length > 0) texts.push(fold(utf16.join("\n").replaceAll("\0", "")));
  return texts;
}
