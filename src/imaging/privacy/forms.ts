import { bounded, escaped, fold, NO_DIGIT, NO_SIGN, type Pattern } from "./fold.js";
import { namePatterns } from "./names.js";

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

/** An identity with the forms in which it can be written. */
export interface Search {
  readonly kind: string;
  readonly patterns: readonly Pattern[];
}

/** Identifiers shorter than this are found everywhere by chance. */
const ID_LENGTH = 3;

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
    bounded([year], `${year}${month}${day}`, NO_DIGIT),
    bounded([year], `${day}${month}${year}`, NO_DIGIT),
    bounded([year], `${month}${day}${year}`, NO_DIGIT),
    bounded([year], `${year}${between}${m}${between}${d}`, NO_DIGIT),
    bounded([year], `${d}${between}${m}${between}${year}`, NO_DIGIT),
    bounded([year], `${m}${between}${d}${between}${year}`, NO_DIGIT),
    ...(name === undefined
      ? []
      : [
          bounded([year], `${d}(?:st|nd|rd|th)?[-. ]{0,2}(?:of )?${name}[-., ]{0,2}${year}`, NO_SIGN),
          bounded([year], `${name}[-. ]{0,2}${d}(?:st|nd|rd|th)?[-., ]{0,2}${year}`, NO_SIGN),
        ]),
  ];
}

/** An identifier as it stands, also with other separators between its runs of letters and digits. */
function idPatterns(id: string): Pattern[] {
  const runs = fold(id).match(/[\p{L}\p{N}]+/gu) ?? [];
  if (runs.join("").length < ID_LENGTH) return [];
  return [bounded(runs, runs.map(escaped).join("[-_. /\\\\:,]{0,2}"), NO_SIGN)];
}

function patternsOf({ form, value }: Identity): Pattern[] {
  switch (form) {
    case "name":
      return namePatterns(value);
    case "date":
      return datePatterns(value);
    case "uid":
      return [bounded([value.trim()], escaped(value.trim()), { before: "(?<![\\d.])", after: "(?!\\d)" })];
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
