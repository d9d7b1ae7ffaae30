import type { DataSet } from "dicom-parser";
import { decodeText } from "../../dicom/charsets.js";
import { characterSets } from "../../dicom/identity.js";
import { fold } from "../fold.js";
import { rawText } from "./treatment.js";

/** What programs write for want of an id or a name, without the signs in it: many people's files hold it. */
const PLACEHOLDER =
  /^(?:0*|x*|9{3,}|anon(?:ym|yme|ymi[sz]ed?|ymous)?|deidentified|noid|noname|unknown|undefined|unnamed|removed|none|null|na|nil|test|patient(?:id|name)?|id|name)$/;

/** A text as it stands; "" for what stands for none. */
function telling(text: string): string {
  return PLACEHOLDER.test(text.toLowerCase().replace(/[\x00-\x2f\x3a-\x60\x7b-\x7f]/g, "")) ? "" : text;
}

/**
 * What identifies the patient of a file: the id and who gave it, else name and birth date, else the study. Two hospitals give the
 * same number to two people. What writers put for want of an id or a name is none.
 */
export function patientKey(dataSet: DataSet): string {
  const [id, issuer, name, birth, study] = [
    "x00100020",
    "x00100021",
    "x00100010",
    "x00100030",
    "x0020000d",
  ].map((tag) => rawText(dataSet, tag).trim());
  if (telling(id!)) return issuer ? `id ${id} issuer ${issuer}` : `id ${id}`;
  return telling(name!) ? `name ${name} ${birth!}` : `study ${study!}`;
}

/** A name without what differs between its writings: order, case, accents, signs; "" where there is none. */
export function plainName(dataSet: DataSet): string {
  const element = dataSet.elements.x00100010;
  if (element === undefined || element.items !== undefined) return "";
  const bytes = Buffer.from(rawText(dataSet, "x00100010"), "latin1");
  const first = decodeText(bytes, characterSets(dataSet) ?? []).split("=")[0]!;
  return [...(fold(first).match(/[\p{L}\p{N}]+/gu) ?? [])].sort().join(" ");
}

/** A birth date without what differs between its writings; "" where there is none. */
export function plainBirth(dataSet: DataSet): string {
  const digits = rawText(dataSet, "x00100030").replace(/\D/g, "");
  return /^0*$/.test(digits) ? "" : digits;
}
