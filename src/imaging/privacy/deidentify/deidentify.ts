import type { DataSet } from "dicom-parser";
import { ImagingError } from "../../errors.js";
import { EXPLICIT_BIG_ENDIAN, parseDicomFile, type ParsedFile } from "../../dicom/dataset.js";
import { pixelElement } from "../../dicom/frames.js";
import { readHeader } from "../../dicom/header.js";
import { identitiesOf } from "../../dicom/identity.js";
import { dicomFile, element, inTagOrder, sequence } from "../../dicom/writing/elements.js";
import type { Identity } from "../forms.js";
import { findIdentity } from "../scan.js";
import { copiedPixels, type CopiedPixels } from "./deidentifyPixels.js";
import { patientKey, plainBirth, plainName } from "./patient.js";
import { COPIED_CLASSES } from "./profile.js";
import { hashed, kept, KNOWN_FRAME, rawText, safeUid, type Stand } from "./treatment.js";

/** How copies are made. */
export interface DeidentifyOptions {
  /** Secret from which pseudonyms, UIDs and shifts derive: the same secret gives the same ones. At least 16 bytes. */
  readonly secret: Uint8Array;
  /** Whether dates are left out, or shifted by a number of days that is the patient's own. */
  readonly dates: "remove" | "shift";
}

/** Why a file has no copy; stable, for programs. */
export type LeftOut =
  | "not-dicom"
  | "unreadable"
  | "no-image"
  | "other-class"
  | "burned-in"
  | "pixels"
  | "mosaic"
  | "identity-left"
  | "same-uid";

/** A copy without identity, and where it belongs by its new ids. */
export interface DeidentifiedFile {
  readonly bytes: Uint8Array;
  readonly patient: string;
  readonly study: string;
  readonly series: string;
  readonly instance: string;
  /** Stands for the name that the file gave, in whatever writing: the same for the same name and secret; "" without one. */
  readonly name: string;
  /** Stands for the birth date that the file gave; "" without one. */
  readonly birth: string;
}

const MODALITIES = new Set(["MR", "CT", ""]);
const MR_IMAGE_STORAGE = "1.2.840.10008.5.1.4.1.1.4";
const SHIFT_DAYS = 365;

function standFor(file: ParsedFile, options: DeidentifyOptions): Stand {
  const { dataSet, syntax } = file;
  const patient = hashed(options.secret, `patient ${patientKey(dataSet)}`);
  const study = hashed(options.secret, `study ${rawText(dataSet, "x0020000d")}`);
  return {
    secret: options.secret,
    dates: options.dates,
    identities: sourceIdentities(dataSet),
    pseudonym: `SB-${patient.slice(0, 12)}`,
    study: `ST-${study.slice(0, 12)}`,
    // Back in time, so that no date lies in the future.
    shiftDays: -1 - (Number.parseInt(patient.slice(12, 20), 16) % SHIFT_DAYS),
    bigEndian: syntax === EXPLICIT_BIG_ENDIAN,
    signed: dataSet.uint16("x00280103") === 1,
  };
}

/** Elements that a copy holds whether the file held them or not: what was done to it (PS3.15 section E.1.1, PS3.3 C.12.1). */
function declaration({ pseudonym, study, dates }: Stand, dataSet: DataSet): Uint8Array[] {
  const methods = [
    ["113100", "Basic Application Confidentiality Profile"],
    ["113105", "Clean Descriptors Option"],
    ...(dates === "shift"
      ? [["113107", "Retain Longitudinal Temporal Information Modified Dates Option"]]
      : []),
  ];
  const items = methods.map(([value, meaning]) => [
    element(0x00080100, "SH", value!),
    element(0x00080102, "SH", "DCM"),
    element(0x00080104, "LO", meaning!),
  ]);
  const lacking = (tag: string, make: () => Uint8Array) => (dataSet.elements[tag] ? [] : [make()]);
  return [
    element(0x00080005, "CS", "ISO_IR 192"),
    ...lacking("x00100010", () => element(0x00100010, "PN", pseudonym)),
    ...lacking("x00100020", () => element(0x00100020, "LO", pseudonym)),
    ...lacking("x00200010", () => element(0x00200010, "SH", study)),
    element(0x00120062, "CS", "YES"),
    element(0x00120063, "LO", "Spinebook allow-list, PS3.15 Basic Profile"),
    sequence(0x00120064, items),
    element(0x00280303, "CS", dates === "shift" ? "MODIFIED" : "REMOVED"),
  ];
}

/** Why an image may not be copied, from its header. */
function refusal(dataSet: DataSet): LeftOut | undefined {
  if (dataSet.elements.x00280010 === undefined || pixelElement(dataSet) === undefined) return "no-image";
  const sopClass = rawText(dataSet, "x00080016");
  // RSNA's files say neither class nor modality; then the class of the file meta group is all there is, and it is wrong.
  if (sopClass !== "" && !COPIED_CLASSES.has(sopClass)) return "other-class";
  if (!MODALITIES.has(rawText(dataSet, "x00080060").toUpperCase())) return "other-class";
  const imageType = rawText(dataSet, "x00080008").toUpperCase();
  const captured = dataSet.elements.x00080064 !== undefined || /SCREEN|CAPTURE|REPORT/.test(imageType);
  if (rawText(dataSet, "x00280301").toUpperCase() === "YES" || captured) return "burned-in";
  return imageType.includes("MOSAIC") ? "mosaic" : undefined;
}

/** A file's pixels, written anew; or why they cannot be. */
async function pixelsOf(file: ParsedFile): Promise<CopiedPixels | LeftOut> {
  try {
    const header = readHeader(file, "The file");
    return header === undefined ? "no-image" : await copiedPixels(file, header);
  } catch (thrown) {
    const isCutOff = thrown instanceof ImagingError && ["truncated", "malformed"].includes(thrown.code);
    return isCutOff ? "unreadable" : "pixels";
  }
}

/** Throws `ImagingError` for a secret that is too short. */
export function requireSecret({ secret }: DeidentifyOptions): void {
  if (secret.length < 16)
    throw new ImagingError("malformed", "The secret for pseudonyms is too short; give at least 16 bytes.");
}

/**
 * A copy of a DICOM image with nothing in it that is not on the allow-list ({@link PROFILE}): UIDs replaced consistently,
 * dates left out or shifted, private elements and free text gone, pixels written anew with nothing beside them. The copy is
 * searched for the identity that the file held before it is given out.
 * @returns the copy, or why there is none: text burned into pixels cannot be removed, so what may show it is left out.
 * @throws ImagingError for a secret that is too short.
 */
export async function deidentify(
  bytes: Uint8Array,
  options: DeidentifyOptions,
): Promise<DeidentifiedFile | LeftOut> {
  requireSecret(options);
  let file: ParsedFile | undefined;
  try {
    file = parseDicomFile(bytes, "The file");
  } catch {
    return "unreadable";
  }
  if (file === undefined) return "not-dicom";
  if (file.broken !== undefined && pixelElement(file.dataSet) === undefined) return "unreadable";
  const { dataSet } = file;
  const why = refusal(dataSet);
  if (why !== undefined) return why;
  const stand = standFor(file, options);
  const pixels = await pixelsOf(file);
  if (typeof pixels === "string") return pixels;
  const uid = (tag: string, otherwise: string) => safeUid(rawText(dataSet, tag) || otherwise, options.secret);
  const instance = uid(
    "x00080018",
    `no UID ${hashed(options.secret, Buffer.from(bytes).toString("latin1"))}`,
  );
  const sopClass = rawText(dataSet, "x00080016") || MR_IMAGE_STORAGE;
  const copy = dicomFile(
    {
      sopClass,
      sopInstance: instance,
      ...(pixels.transferSyntax === undefined ? {} : { transferSyntax: pixels.transferSyntax }),
    },
    inTagOrder([...kept(dataSet, stand), ...declaration(stand, dataSet), pixels.element]),
  );
  if (findIdentity(copy, stand.identities.filter(isTelling)).length > 0) return "identity-left";
  const stands = (kind: string, text: string) =>
    text === "" ? "" : hashed(options.secret, `${kind} ${text}`).slice(0, 12);
  return {
    bytes: copy,
    patient: stand.pseudonym,
    study: stand.study,
    series: hashed(options.secret, `series ${rawText(dataSet, "x0020000e")}`).slice(0, 12),
    instance: hashed(options.secret, `instance ${instance}`).slice(0, 12),
    name: stands("name", plainName(dataSet)),
    birth: stands("birth", plainBirth(dataSet)),
  };
}

/** Whether an identity in a copy can only be one: a number of a few digits also stands there as a count or a length. */
function isTelling({ form, value }: Identity): boolean {
  return form !== "id" || !/^\d{1,5}$/.test(value);
}

/** The identity that a file holds, and its own UIDs. */
function sourceIdentities(dataSet: DataSet): Identity[] {
  const uids = ["x00080018", "x0020000d", "x0020000e", "x00200052"]
    .map((tag) => rawText(dataSet, tag))
    .filter((uid) => uid.length > 8 && !KNOWN_FRAME.test(uid))
    .map((value) => ({ form: "uid" as const, kind: "UID", value }));
  return [...identitiesOf(dataSet), ...uids];
}
