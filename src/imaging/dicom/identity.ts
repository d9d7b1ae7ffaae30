import type { DataSet } from "dicom-parser";

/** Something in a file that tells who the patient is. Read only so that it can be kept out of every output. */
export interface IdentityValue {
  /** `name`: as DICOM writes it, `FAMILY^GIVEN^MIDDLE`; `date`: `YYYYMMDD`; `id`: any other identifier. */
  readonly form: "name" | "date" | "id";
  /** What people call it, such as `patient name`. */
  readonly kind: string;
  readonly value: string;
}

/** Elements that name or identify a person (PS3.15 table E.1-1, those of them that are short texts). */
const ELEMENTS: readonly (readonly [tag: string, form: IdentityValue["form"], kind: string])[] = [
  ["x00100010", "name", "patient name"],
  ["x00101001", "name", "patient name"],
  ["x00101005", "name", "patient name"],
  ["x00101060", "name", "name of the patient's mother"],
  ["x00100020", "id", "patient id"],
  ["x00101000", "id", "patient id"],
  ["x00100030", "date", "birth date"],
  ["x00101040", "id", "patient's address"],
  ["x00102154", "id", "patient's telephone number"],
  ["x00080050", "id", "accession number"],
  ["x00080090", "name", "physician's name"],
  ["x00081048", "name", "physician's name"],
  ["x00081050", "name", "physician's name"],
  ["x00081060", "name", "physician's name"],
  ["x00081070", "name", "operator's name"],
];
/** PatientIdentityRemoved: what such a file calls a name is none. */
const IDENTITY_REMOVED = "x00120062";

/** The identities that a file holds; none where it says that they were removed. */
export function identitiesOf(dataSet: DataSet): IdentityValue[] {
  if (valueOf(dataSet, IDENTITY_REMOVED).toUpperCase() === "YES") return [];
  return ELEMENTS.flatMap(([tag, form, kind]) =>
    valueOf(dataSet, tag)
      .split("\\")
      .map((value) => ({ form, kind, value: value.trim() }))
      .filter(({ value }) => value !== ""),
  );
}

/** An element's text: as UTF-8 where it is that, else as Latin-1. */
function valueOf(dataSet: DataSet, tag: string): string {
  const element = dataSet.elements[tag];
  if (element === undefined || element.length > 1024) return "";
  const end = Math.min(element.dataOffset + element.length, dataSet.byteArray.length);
  const bytes = dataSet.byteArray.slice(element.dataOffset, end);
  try {
    return withoutPadding(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return withoutPadding(new TextDecoder("latin1").decode(bytes));
  }
}

function withoutPadding(text: string): string {
  return text.replace(/[\0 ]+$/, "");
}
