/** A coded concept: value, coding scheme and meaning (PS3.3 section 8.8). */
export interface Code {
  readonly value: string;
  readonly scheme: string;
  readonly meaning: string;
}

/** The coding scheme of concepts that no public one has; declared in each report that uses it. */
export const PRIVATE_SCHEME = "99SPINEBOOK";

const dcm = (value: string, meaning: string): Code => ({ value, scheme: "DCM", meaning });
const sct = (value: string, meaning: string): Code => ({ value, scheme: "SCT", meaning });

/** A concept of our own: `value` at most 16 characters, `meaning` at most 64. */
export function privateCode(value: string, meaning: string): Code {
  return { value, scheme: PRIVATE_SCHEME, meaning };
}

/** Concepts of TID 1500 and its parts (PS3.16 annexes A and D). */
export const CODES = {
  report: dcm("126000", "Imaging Measurement Report"),
  language: dcm("121049", "Language of Content Item and Descendants"),
  english: { value: "en", scheme: "RFC5646", meaning: "English" },
  observerType: dcm("121005", "Observer Type"),
  device: dcm("121007", "Device"),
  deviceUid: dcm("121012", "Device Observer UID"),
  deviceName: dcm("121013", "Device Observer Name"),
  deviceManufacturer: dcm("121014", "Device Observer Manufacturer"),
  deviceModel: dcm("121015", "Device Observer Model Name"),
  procedure: dcm("121058", "Procedure reported"),
  imageLibrary: dcm("111028", "Image Library"),
  imageLibraryGroup: dcm("126200", "Image Library Group"),
  modality: dcm("121139", "Modality"),
  magneticResonance: dcm("MR", "Magnetic Resonance"),
  measurements: dcm("126010", "Imaging Measurements"),
  group: dcm("125007", "Measurement Group"),
  trackingIdentifier: dcm("112039", "Tracking Identifier"),
  trackingUid: dcm("112040", "Tracking Unique Identifier"),
  findingSite: sct("363698007", "Finding Site"),
  imageRegion: dcm("111030", "Image Region"),
  algorithmName: dcm("111001", "Algorithm Name"),
  algorithmVersion: dcm("111003", "Algorithm Version"),
  qualitative: { value: "C0034375", scheme: "UMLS", meaning: "Qualitative Evaluations" },
  comment: dcm("121106", "Comment"),
  present: sct("52101004", "Present"),
  absent: sct("2667000", "Absent"),
} as const satisfies Record<string, Code>;

/** LOINC 24968-0. */
export const MR_LUMBAR_SPINE: Code = { value: "24968-0", scheme: "LN", meaning: "MR Lumbar spine" };

/** Units (UCUM). */
export const UNITS = {
  millimetre: { value: "mm", scheme: "UCUM", meaning: "millimeter" },
  squareMillimetre: { value: "mm2", scheme: "UCUM", meaning: "square millimeter" },
  percent: { value: "%", scheme: "UCUM", meaning: "percent" },
  degree: { value: "deg", scheme: "UCUM", meaning: "degree" },
  none: { value: "1", scheme: "UCUM", meaning: "no units" },
} as const satisfies Record<string, Code>;

/** SNOMED CT codes of the discs themselves, from T7 to S1: DICOM's context group CID 7604 Intervertebral Disc (PS3.16). */
const DISCS: Readonly<Record<string, string>> = {
  "T7-T8": "28693002",
  "T8-T9": "9188009",
  "T9-T10": "113209001",
  "T10-T11": "34959001",
  "T11-T12": "1537001",
  "T12-L1": "76206002",
  "L1-L2": "80064006",
  "L2-L3": "67459009",
  "L3-L4": "62551000",
  "L4-L5": "84020006",
  "L5-S1": "715056000",
};

/** The code of a disc by its level, such as `L4-L5`; one of our own for a level that SNOMED CT has no disc for. */
export function discCode(level: string): Code {
  const value = DISCS[level];
  return value === undefined
    ? privateCode(`disc-${level}`.slice(0, 16), `${level} disc`.slice(0, 64))
    : sct(value, `${level.replace("-", "/")} disc`);
}
