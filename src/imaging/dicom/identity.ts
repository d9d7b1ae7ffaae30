import type { DataSet, Element } from "dicom-parser";
import { decodeText, readings } from "./charsets.js";
import { itemsWithin } from "./elements.js";
import { IDENTITY_ELEMENTS, type IdentityElement } from "./identityElements.js";

/** Something in a file that tells who the patient is. Read only so that it can be kept out of every output. */
export interface IdentityValue {
  /** `name`: as DICOM writes it, `FAMILY^GIVEN^MIDDLE`; `date`: `YYYYMMDD`; `id`: any other identifier. */
  readonly form: "name" | "date" | "id";
  /** What people call it, such as `patient name`. */
  readonly kind: string;
  readonly value: string;
}

const SPECIFIC_CHARACTER_SET = "x00080005";
const UNNAMED: IdentityElement = { form: "name", kind: "name of a person" };
/** The longest comment (LT), in bytes; of other elements less is read: broken files have names of any length. */
const LONGEST_TEXT = 10240;
const LONGEST_VALUE = 1024;
/** Values of an element that are looked for; nobody has more names. */
const MOST_VALUES = 16;
/** Comments longer than this name no file; only the identifiers in them are looked for. */
const LONGEST_COMMENT = 64;
const OWN_PSEUDONYM = /^(?:SB-[0-9a-f]{12}|phantom(?:-\d+-\d+)?)$/;

/** Whether a text stands for a person in files of our own making: a copy's pseudonym, or a phantom's. */
export const isOwnPseudonym = (text: string): boolean => OWN_PSEUDONYM.test(text);

/**
 * The identities that a file holds, wherever they are nested, each in every character set that its bytes can be meant in, and
 * names group by group. What PatientIdentityRemoved (0012,0062) says is not believed: names are left in files that say YES.
 */
export function identitiesOf(dataSet: DataSet): IdentityValue[] {
  const found = new Map<string, IdentityValue>();
  collect(dataSet, [], found);
  return [...found.values()];
}

function collect(dataSet: DataSet, inherited: readonly string[], found: Map<string, IdentityValue>): void {
  const terms = characterSets(dataSet) ?? inherited;
  for (const [tag, element] of Object.entries(dataSet.elements)) {
    const items = element.items ?? itemsWithin(dataSet, element);
    for (const { dataSet: item } of items) if (item) collect(item, terms, found);
    if (items.length > 0) continue;
    const known = IDENTITY_ELEMENTS.get(tag) ?? (element.vr === "PN" ? UNNAMED : undefined);
    if (known === undefined) continue;
    for (const identity of valuesOf(dataSet, element, known, terms))
      found.set(`${identity.form} ${identity.value}`, identity);
  }
}

/** The terms of SpecificCharacterSet, of which the first may be empty; `undefined` where there are none. */
export function characterSets(dataSet: DataSet): string[] | undefined {
  const element = dataSet.elements[SPECIFIC_CHARACTER_SET];
  return element && decodeText(bytesOf(dataSet, element), []).split("\\");
}

function bytesOf(
  { byteArray }: DataSet,
  { dataOffset, length }: Element,
  longest = LONGEST_VALUE,
): Uint8Array {
  // A copy that is no Buffer, whose slices would be views.
  const bytes = Uint8Array.from(byteArray.subarray(dataOffset, dataOffset + Math.min(length, longest)));
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === 0 || bytes[end - 1] === 0x20)) end--;
  return bytes.subarray(0, end);
}

function valuesOf(
  dataSet: DataSet,
  element: Element,
  { form, kind }: IdentityElement,
  terms: readonly string[],
): IdentityValue[] {
  const bytes = bytesOf(dataSet, element, form === "text" ? LONGEST_TEXT : LONGEST_VALUE);
  const texts = readings(bytes, terms).map((text) => text.replaceAll("\0", " "));
  if (form === "text")
    return texts.flatMap(idsInText).map((value): IdentityValue => ({ form: "id", kind, value }));
  // Ideographic and phonetic writings are names of their own (PS3.5 section 6.2.1.1).
  const separator = form === "name" ? /[\\=＝]/ : /\\/;
  return texts
    .flatMap((text) => text.split(separator).slice(0, MOST_VALUES))
    .map((text) => text.trim())
    .filter((value) => /[\p{L}\p{N}]/u.test(value) && !isOwnPseudonym(value))
    .map((value) => ({ form, kind, value }));
}

/** A short comment as a whole, and numbers in it that are long enough to be identifiers. */
function idsInText(text: string): string[] {
  const runs = text.match(/[\p{L}\p{N}./-]{6,64}/gu) ?? [];
  const numbers = runs.filter((run) => /\d{6}/.test(run)).slice(0, MOST_VALUES);
  const whole = text.trim();
  return whole !== "" && whole.length <= LONGEST_COMMENT ? [whole, ...numbers] : numbers;
}
