import { numberOf, plainName } from "../../text/index.js";
import { pseudonym } from "../pseudonym.js";

/** A cell that was meant to be an id. */
export type Identifier =
  | { readonly kind: "id"; readonly id: string; readonly isUid: boolean }
  | { readonly kind: "absent" }
  | { readonly kind: "unusable"; readonly code: string; readonly why: string };

const LONGEST = 64;
const UID = /^[0-2](?:\.\d+){3,}$/;
/** Two or more words of letters, `Last, First` or `LAST^FIRST`; but `case A` is an id. */
const NAME = /^\p{L}[\p{L}'’.-]*(?:,\s*|\s+)\p{L}[\p{L}'’.\s-]*$/u;
const COUNTING_WORD =
  /^(?:patient|pat|subject|sub|study|case|id|participant|proband|phantom|control|volunteer)\b/i;

/** Texts by which a table says that there is nothing. */
export function isAbsent(text: string): boolean {
  return /^(?:|-|\.|\?|n\/?a|#n\/a|nan|null|none)$/i.test(text);
}

function looksLikeName(text: string): boolean {
  return (
    text.includes("^") ||
    /^\p{Script=Han}{2,4}$/u.test(text) ||
    (NAME.test(text) && !COUNTING_WORD.test(text))
  );
}

/** Spreadsheets compute what begins so; a store that handed it on would hand on a program. */
function isFormula(text: string): boolean {
  return /^[=@]/.test(text) || (/^[+-]/.test(text) && numberOf(text) === undefined);
}

/**
 * The id in a cell. A DICOM UID becomes a pseudonym that is the same for the same UID; what looks like a person's name, a
 * formula, or is longer than 64 characters is unusable. A single word cannot be told from a name: giving pseudonyms is left
 * to whoever makes the table.
 */
export function identifierOf(cell: string, kind: "patient" | "study" | "series"): Identifier {
  const text = cell.trim();
  if (isAbsent(text)) return { kind: "absent" };
  if (isFormula(text)) return { kind: "unusable", code: "formula", why: "begins like a formula" };
  if (text.length > LONGEST)
    return { kind: "unusable", code: "bad-id", why: `is longer than ${LONGEST} characters` };
  if (/\p{Cc}/u.test(text)) return { kind: "unusable", code: "bad-id", why: "holds control characters" };
  if (looksLikeName(text))
    return { kind: "unusable", code: "name-as-id", why: "looks like a person's name; give a pseudonym" };
  return UID.test(text)
    ? { kind: "id", id: pseudonym("UID", kind, text), isUid: true }
    : { kind: "id", id: text, isUid: false };
}

const IDENTITY =
  /^(?:(?:patients?|persons?|pat|full|first|last|given|family|sur|fore|middle|maiden|christian)?names?|initials|(?:patients?)?(?:dob|birthdate|birthday|dateofbirth|birth)|geburtsdatum|geburtstag|nachname|vorname|prenom|nom|(?:patients?)?(?:address|phone|telephone|mobile|email)|adresse|ssn|socialsecuritynumber|mrn|medicalrecordnumber|nhsnumber|hospitalnumber|insurancenumber|accession(?:number)?|zipcode|postcode)$/;

/** Whether a column's name says that it tells who a person is; such a column is never copied. */
export function isIdentityColumn(name: string): boolean {
  return IDENTITY.test(plainName(name));
}

/** Years above which an age is none. */
export const OLDEST = 120;

/** Years, from a number or DICOM's `054Y`; undefined for what is no age. */
export function ageOf(text: string, decimalComma: boolean): number | undefined {
  const years = numberOf(text.replace(/^(\d{3})Y$/, "$1"), decimalComma);
  return years !== undefined && years >= 0 && years <= OLDEST ? years : undefined;
}

const SEXES: ReadonlyMap<string, "F" | "M"> = new Map([
  ...["f", "female", "woman", "w", "weiblich"].map((word): [string, "F"] => [word, "F"]),
  ...["m", "male", "man", "männlich"].map((word): [string, "M"] => [word, "M"]),
]);

/** The sex that a word means. */
export function sexOf(text: string): "F" | "M" | undefined {
  return SEXES.get(text.trim().toLowerCase());
}
