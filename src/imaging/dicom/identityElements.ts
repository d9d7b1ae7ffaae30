/** How an identity is looked for, and what people call it. `text` is free text, which may hold identifiers. */
export interface IdentityElement {
  readonly form: "name" | "date" | "id" | "text";
  readonly kind: string;
}

/** Tag, by kind and form: elements of PS3.15 table E.1-1 that name or identify a person, at any depth of nesting. */
const LISTS: readonly (readonly [form: IdentityElement["form"], kind: string, tags: string])[] = [
  ["name", "patient name", "00100010 00101001 00101005"],
  ["name", "name of the patient's mother", "00101060"],
  ["name", "name of the patient's guardian", "00102297"],
  ["name", "physician's name", "00080090 0008009c 00081048 00081050 00081060 00321032 00400006"],
  ["name", "operator's name", "00081070"],
  [
    "name",
    "name of a person",
    "00102298 00401010 00402008 00404037 0040a075 0040a123 00700084 30060008 300600a6 300e0008 40080102 4008010a 40080114 40080119",
  ],
  ["id", "patient id", "00100020 00101000 00120040 00120042"],
  ["id", "issuer of the patient id", "00100021 00400031 00400032"],
  ["date", "birth date", "00100030"],
  ["id", "birth date", "00100033"],
  ["id", "patient's address", "00101040"],
  ["id", "patient's telephone number", "00102154 00102155"],
  ["id", "medical record number", "00101090 00380010 00380060"],
  ["id", "accession number", "00080050 00402016 00402017"],
  ["id", "address of a person", "00080092 00401102"],
  ["id", "telephone number of a person", "00080094 00401103 00401104"],
  ["id", "responsible organization", "00102299"],
  ["text", "comment on the patient", "00104000 001021b0 00380500"],
];

/** Elements that tell who a person is, by their tag as dicom-parser writes it. Elements with the VR PN are names beside these. */
export const IDENTITY_ELEMENTS: ReadonlyMap<string, IdentityElement> = new Map(
  LISTS.flatMap(([form, kind, tags]) => tags.split(" ").map((tag) => [`x${tag}`, { form, kind }] as const)),
);
