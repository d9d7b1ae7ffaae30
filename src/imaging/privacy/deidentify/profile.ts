import { ELEMENTS, type Action } from "./profileElements.js";

/** An element of the list; `US/SS` follows PixelRepresentation. */
export interface ProfileEntry {
  readonly vr: string;
  readonly action: Action;
}

/**
 * The allow-list: every element that a de-identified copy may hold, by its tag as dicom-parser writes it (`x00080018`). It
 * carries out the Basic Application Confidentiality Profile of PS3.15 (table E.1-1) with Clean Descriptors, from the other
 * side: what that table does not name and this list does not either is removed too, private elements first of all.
 */
export const PROFILE: ReadonlyMap<string, ProfileEntry> = new Map(
  (Object.entries(ELEMENTS) as [Action, string][]).flatMap(([action, lines]) =>
    lines
      .trim()
      .split("\n")
      .map((line): [string, ProfileEntry] => {
        const [tag, vr] = line.trim().split(" ");
        return [`x${tag!}`, { vr: vr!, action }];
      }),
  ),
);

/** Classes of images that are copied. Others - captures, reports, documents - show or say who the patient is by design. */
export const COPIED_CLASSES: ReadonlySet<string> = new Set([
  "1.2.840.10008.5.1.4.1.1.2", // CT
  "1.2.840.10008.5.1.4.1.1.2.1", // enhanced CT
  "1.2.840.10008.5.1.4.1.1.4", // MR
  "1.2.840.10008.5.1.4.1.1.4.1", // enhanced MR
  "1.2.840.10008.5.1.4.1.1.4.4", // legacy converted enhanced MR
]);

/** Makers of scanners, as their files begin with. */
const MAKERS = [
  "SIEMENS",
  "GE MEDICAL SYSTEMS",
  "PHILIPS",
  "TOSHIBA",
  "CANON",
  "HITACHI",
  "FUJIFILM",
  "UIH",
  "ESAOTE",
  "PARAMED",
  "NEUSOFT",
  "MINDRAY",
  "BRUKER",
  "Spinebook",
];

/** The maker that a value names, or "". */
export function makerIn(value: string): string {
  return MAKERS.find((maker) => value.toUpperCase().startsWith(maker.toUpperCase())) ?? "";
}

/** How many values an element has that has not one; any more are not copied. */
const COUNTS: ReadonlyMap<string, number> = new Map([
  ["x00080008", 16],
  ["x00089007", 8],
  ["x00180020", 4],
  ["x00180021", 8],
  ["x00180022", 16],
  ["x00180086", 8],
  ["x00181310", 4],
  ["x00189079", 8],
  ["x00200032", 3],
  ["x00200037", 6],
  ["x00209157", 16],
  ["x00280030", 2],
  ["x00280034", 2],
  ["x00281050", 16],
  ["x00281051", 16],
  ["x00282112", 8],
  ["x00282114", 8],
]);

export function mostValues(tag: string): number {
  return COUNTS.get(tag) ?? 1;
}

/** What stands for a value that may not be copied where a reader expects the element (type 1 or 2): nothing, or a term. */
const INSTEAD: Readonly<Record<string, string>> = {
  x00080060: "MR",
  x00180020: "RM",
  x00180021: "NONE",
  x00180022: "",
  x00180050: "",
  x00180080: "",
  x00180081: "",
  x00180082: "",
  x00180091: "",
  x00185100: "",
};

export function instead(tag: string): string | undefined {
  return INSTEAD[tag];
}

/** Numbers that the stored values are turned by: whatever they are, without them the copy would be another image. */
export const SCALES: ReadonlySet<string> = new Set(["x00281052", "x00281053", "x00409224", "x00409225"]);
