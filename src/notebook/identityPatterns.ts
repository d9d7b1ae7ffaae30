/**
 * What looks like a patient's identity wherever it stands, whether or not the kernel has read that patient: names as
 * DICOM writes them, and identifying fields with a value.
 */

/** How a text is to be read: in code, `PatientName: string` is a type and only literals and comments hold values. */
export type TextForm = "code" | "plain" | "html";

/** `FAMILY^GIVEN`, also with more parts and `^` at the end. */
const PERSON_NAME =
  /(?<![\p{L}\p{N}^\\])(\p{Lu}[\p{L}'’-]*\p{L})\^\p{Lu}[\p{L}'’-]+(?:\^[\p{L}'’. -]*)*(?![\p{L}\p{N}({])/gu;

/** A field's words with what may stand between them: `PatientName`, `patient_name`, `Patient's Name`. */
const FIELDS: readonly (readonly [kind: string, words: string])[] = [
  ["patient name", "patient(?:['’]?s)?[ _-]?(?:full[ _-]?|birth[ _-]?|sur|last[ _-]?|first[ _-]?)?name"],
  ["patient name", "other[ _-]?patient[ _-]?names"],
  ["patient identifier", "(?:other[ _-]?)?patient(?:['’]?s)?[ _-]?ids?"],
  ["birth date", "(?:patient(?:['’]?s)?[ _-]?)?(?:birth[ _-]?date|date[ _-]of[ _-]birth)"],
  ["patient address", "patient(?:['’]?s)?[ _-]?address"],
  ["telephone number", "patient(?:['’]?s)?[ _-]?(?:tele)?phone[ _-]?numbers?"],
  ["accession number", "accession[ _-]?number"],
  ["physician name", "(?:referring|performing|requesting)[ _-]?physician(?:['’]?s)?[ _-]?name"],
];

/** DICOM tags as dumps print them - `(0010,0010) PN [X]`, `(0010,0010) PatientName PN: 'X'` - and as DICOM's JSON has them. */
const TAGS: readonly (readonly [kind: string, tag: string])[] = [
  ["patient name", "0010,? ?(?:0010|1001|1005|1060)"],
  ["patient identifier", "0010,? ?(?:0020|1000|1002)"],
  ["birth date", "0010,? ?0030"],
  ["patient address", "0010,? ?1040"],
  ["telephone number", "0010,? ?2154"],
  ["accession number", "0008,? ?0050"],
  ["physician name", "0008,? ?(?:0090|1050)"],
];

/** A value in quotes, which may be escaped themselves in a JSON text. */
const QUOTED = String.raw`\s*(?:\[\s*)?\\*["'\x60](?<quoted>[^"'\x60\\\n]*)`;
const BARE = String.raw`(?<bare>[^\s"'\x60,;|<>(){}\\][^"'\x60,;|<>\n\\]*)`;

const FIELD_PATTERNS = FIELDS.map(([kind, words]) => {
  const key = String.raw`(?<![\p{L}\p{N}_])${words}\\*["'\x60]?\]?\s*(?::|=(?![=>]))[ \t]*`;
  return {
    kind,
    quoted: new RegExp(key + QUOTED, "giu"),
    any: new RegExp(`${key}(?:${QUOTED}|${BARE})`, "giu"),
  };
});

const TAG_PATTERNS = TAGS.map(([kind, tag]) => ({
  kind,
  pattern: new RegExp(
    String.raw`\(${tag}\)[^\n\[\]:'"]{0,60}(?:\[(?<bracketed>[^\]\n]*)\]|:?\s*\\*['"](?<quoted>[^'"\\\n]*))` +
      String.raw`|"${tag}"\s*:\s*\{[^{}]*?"Value"\s*:\s*\[\s*"(?<value>[^"]*)`,
    "giu",
  ),
}));

/** What stands where there is no identity, or where it has been taken out. */
const PLACEHOLDER =
  /^(?:\[.*|<.*|\*+|[-–—.?_]+|x+|n\/?a|no|none|null|undefined|unknown|empty|missing|true|false|string|number|(?:is |was )?(?:removed|redacted|hidden)\b.*|.*(?:anonym|de-?identif|phantom|pseudonym|synthetic).*)?$/i;

/** The kinds of identity that a text looks like it holds, each once; what they are is not told. */
export function identityKinds(text: string, form: TextForm): string[] {
  const read = form === "html" ? textOfHtml(text) : text;
  const kinds = [
    ...(holds(PERSON_NAME, form === "code" ? `${literalsOf(read)}\n${commentsOf(read)}` : read)
      ? ["patient name"]
      : []),
    ...FIELD_PATTERNS.filter(({ quoted, any }) =>
      form === "code" ? holds(quoted, read) || holds(any, commentsOf(read)) : holds(any, read),
    ).map(({ kind }) => kind),
    ...TAG_PATTERNS.filter(({ pattern }) => holds(pattern, read)).map(({ kind }) => kind),
  ];
  return [...new Set(kinds)];
}

/** Whether the pattern is found with a value that is no placeholder. */
function holds(pattern: RegExp, text: string): boolean {
  for (const match of text.matchAll(pattern)) {
    const groups: (string | undefined)[] = Object.values(match.groups ?? {});
    const value = groups.find((group) => group !== undefined) ?? (match.groups ? "" : match[0]);
    if (!PLACEHOLDER.test(value.trim())) return true;
  }
  return false;
}

/** The comments of a program, one per line; an address inside of a text counts as one, which does no harm. */
function commentsOf(code: string): string {
  return (code.match(/\/\/.*|\/\*[\s\S]*?\*\//g) ?? []).join("\n");
}

/** The texts in a program's quotes, one per line: outside of them and of comments, `^` is an operator. */
function literalsOf(code: string): string {
  return (code.match(/"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[\s\S]|[^`\\])*`/g) ?? []).join("\n");
}

/** HTML as text; a table's cell and the cell before it read as a field and its value, a row of headings does not. */
function textOfHtml(html: string): string {
  return html
    .replace(/\bdata:[\w/+.-]+;base64,[A-Za-z0-9+/=\s]+/g, "")
    .replace(/<\/t[dh]>\s*<td\b[^>]*>|<\/dt>\s*<dd\b[^>]*>/gi, ": ")
    .replace(/<\/(?:tr|p|div|li|h\d|dd|th|text)>|<br\b[^>]*>/gi, "\n")
    .replace(/<[^>]*>/g, "")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&nbsp;", " ")
    .replaceAll("&amp;", "&");
}
