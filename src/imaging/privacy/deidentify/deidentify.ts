import { createHmac } from "node:crypto";
import type { DataSet, Element } from "dicom-parser";
import { ImagingError } from "../../errors.js";
import { findIdentity } from "../scan.js";
import { parseDicomFile, type ParsedFile } from "../../dicom/dataset.js";
import { identitiesOf } from "../../dicom/identity.js";
import { protocolWords } from "../../dicom/describe.js";
import { copiedPixels } from "./deidentifyPixels.js";
import { dicomFile, element, inTagOrder, sequence } from "../../dicom/writing/elements.js";
import { COPIED_CLASSES, hasForm, makerIn, PROFILE, type ProfileEntry } from "./profile.js";
import { replacedUid } from "../../dicom/uid.js";

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
}

const MODALITIES = new Set(["MR", "CT", ""]);
const MR_IMAGE_STORAGE = "1.2.840.10008.5.1.4.1.1.4";
const SHIFT_DAYS = 365;

function hashed(secret: Uint8Array, what: string): string {
  return createHmac("sha256", secret).update(what).digest("hex");
}

/** An element's text as bytes of Latin-1, without padding; "" where it is absent. */
function rawText(dataSet: DataSet, tag: string): string {
  const found = dataSet.elements[tag];
  if (found === undefined || found.items !== undefined || found.length > 4096) return "";
  const end = Math.min(found.dataOffset + found.length, dataSet.byteArray.length);
  return Buffer.from(dataSet.byteArray.subarray(found.dataOffset, end))
    .toString("latin1")
    .replace(/[\0 ]+$/, "");
}

/** What identifies the patient of a file: the id, else name and birth date, else the study. */
function patientKey(dataSet: DataSet): string {
  const [id, name, birth, study] = ["x00100020", "x00100010", "x00100030", "x0020000d"].map((tag) =>
    rawText(dataSet, tag).trim(),
  );
  return id ? `id ${id}` : name ? `name ${name} ${birth!}` : `study ${study!}`;
}

/** What the copies of one patient's files share. */
interface Stand {
  readonly options: DeidentifyOptions;
  readonly pseudonym: string;
  readonly study: string;
  readonly shiftDays: number;
  readonly bigEndian: boolean;
  readonly signed: boolean;
}

function standFor(file: ParsedFile, options: DeidentifyOptions): Stand {
  const { dataSet, syntax } = file;
  const patient = hashed(options.secret, `patient ${patientKey(dataSet)}`);
  const study = hashed(options.secret, `study ${rawText(dataSet, "x0020000d")}`);
  return {
    options,
    pseudonym: `SB-${patient.slice(0, 12)}`,
    study: `ST-${study.slice(0, 12)}`,
    // Back in time, so that no date lies in the future.
    shiftDays: -1 - (Number.parseInt(patient.slice(12, 20), 16) % SHIFT_DAYS),
    bigEndian: syntax === "1.2.840.10008.1.2.2",
    signed: dataSet.uint16("x00280103") === 1,
  };
}

/** A DICOM date some days away; "" for what is no date. */
export function shiftDate(value: string, days: number): string {
  const match = /^(\d{4})\.?(\d{2})\.?(\d{2})$/.exec(value.trim());
  if (!match) return "";
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number];
  return new Date(Date.UTC(year, month - 1, day + days)).toISOString().slice(0, 10).replaceAll("-", "");
}

/** Bytes of each number of a VR that holds binary numbers; AT is two numbers of two. */
const NUMBER_BYTES: Readonly<Record<string, number>> = { US: 2, SS: 2, AT: 2, UL: 4, SL: 4, FL: 4, FD: 8 };

/** A binary element with its bytes in little endian order; `undefined` where their number does not fit the VR. */
function binary(dataSet: DataSet, tag: string, found: Element, vr: string, stand: Stand) {
  const size = NUMBER_BYTES[vr]!;
  const bytes = Buffer.from(dataSet.byteArray.subarray(found.dataOffset, found.dataOffset + found.length));
  if (bytes.length !== found.length || bytes.length % size !== 0) return undefined;
  if (stand.bigEndian)
    for (let at = 0; at < bytes.length; at += size) bytes.subarray(at, at + size).reverse();
  return element(tagNumber(tag), vr, bytes);
}

function tagNumber(tag: string): number {
  return Number.parseInt(tag.slice(1), 16);
}

function treated(dataSet: DataSet, tag: string, entry: ProfileEntry, stand: Stand): Uint8Array | undefined {
  const found = dataSet.elements[tag]!;
  const { action } = entry;
  const vr = entry.vr === "US/SS" ? (stand.signed ? "SS" : "US") : entry.vr;
  const { secret, dates } = stand.options;
  const write = (value: string) => element(tagNumber(tag), vr, value);
  if (action === "items")
    return sequence(
      tagNumber(tag),
      (found.items ?? []).map((item) => (item.dataSet ? kept(item.dataSet, stand) : [])),
    );
  if (vr in NUMBER_BYTES) return binary(dataSet, tag, found, vr, stand);
  const value = rawText(dataSet, tag);
  switch (action) {
    case "keep":
      return hasForm(vr, value) ? write(value) : undefined;
    case "uid":
      return hasForm("UI", value) ? write(replacedUid(value, secret)) : undefined;
    case "pseudonym":
      return write(stand.pseudonym);
    case "study":
      return write(stand.study);
    case "date":
      return write(dates === "shift" ? shiftDate(value, stand.shiftDays) : "");
    case "time":
      return write(dates === "shift" && /^[0-9.]{0,13}$/.test(value) ? value : "");
    case "words":
      return write(protocolWords(value));
    case "maker":
      return write(makerIn(value));
    case "empty":
      return write("");
  }
}

/** The elements of a data set that are on the list, treated as it says. */
function kept(dataSet: DataSet, stand: Stand): Uint8Array[] {
  const tags = Object.keys(dataSet.elements).filter((tag) => PROFILE.has(tag));
  return inTagOrder(tags.flatMap((tag) => treated(dataSet, tag, PROFILE.get(tag)!, stand) ?? []));
}

/** Elements that a copy holds whether the file held them or not: what was done to it (PS3.15 section E.1.1, PS3.3 C.12.1). */
function declaration({ pseudonym, study, options }: Stand, dataSet: DataSet): Uint8Array[] {
  const methods = [
    ["113100", "Basic Application Confidentiality Profile"],
    ["113105", "Clean Descriptors Option"],
    ...(options.dates === "shift"
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
    element(0x00280303, "CS", options.dates === "shift" ? "MODIFIED" : "REMOVED"),
  ];
}

/** Why an image may not be copied, from its header. */
function refusal(dataSet: DataSet): LeftOut | undefined {
  if (dataSet.elements.x00280010 === undefined || dataSet.elements.x7fe00010 === undefined) return "no-image";
  const sopClass = rawText(dataSet, "x00080016");
  // RSNA's files say neither class nor modality; then the class of the file meta group is all there is, and it is wrong.
  if (sopClass !== "" && !COPIED_CLASSES.has(sopClass)) return "other-class";
  if (!MODALITIES.has(rawText(dataSet, "x00080060").toUpperCase())) return "other-class";
  const imageType = rawText(dataSet, "x00080008").toUpperCase();
  const captured = dataSet.elements.x00080064 !== undefined || /SCREEN|CAPTURE|REPORT/.test(imageType);
  if (rawText(dataSet, "x00280301").toUpperCase() === "YES" || captured) return "burned-in";
  return imageType.includes("MOSAIC") ? "mosaic" : undefined;
}

/**
 * A copy of a DICOM image with nothing in it that is not on the allow-list ({@link PROFILE}): UIDs replaced consistently,
 * dates left out or shifted, private elements and free text gone, bits beside the stored ones cleared. The copy is searched
 * for the identity that the file held before it is given out.
 * @returns the copy, or why there is none: text burned into pixels cannot be removed, so what may show it is left out.
 * @throws ImagingError for a secret that is too short.
 */
export function deidentify(bytes: Uint8Array, options: DeidentifyOptions): DeidentifiedFile | LeftOut {
  if (options.secret.length < 16)
    throw new ImagingError("malformed", "The secret for pseudonyms is too short; give at least 16 bytes.");
  let file: ParsedFile | undefined;
  try {
    file = parseDicomFile(bytes, "The file");
  } catch {
    return "unreadable";
  }
  if (file === undefined) return "not-dicom";
  if (file.broken !== undefined && file.dataSet.elements.x7fe00010 === undefined) return "unreadable";
  const { dataSet } = file;
  const why = refusal(dataSet);
  if (why !== undefined) return why;
  const stand = standFor(file, options);
  const pixels = copiedPixels(file, stand.signed);
  if (pixels === undefined) return "unreadable";
  const uid = (tag: string, otherwise: string) =>
    replacedUid(rawText(dataSet, tag) || otherwise, options.secret);
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
  if (findIdentity(copy, sourceIdentities(dataSet)).length > 0) return "identity-left";
  return {
    bytes: copy,
    patient: stand.pseudonym,
    study: stand.study,
    series: hashed(options.secret, `series ${rawText(dataSet, "x0020000e")}`).slice(0, 12),
    instance: hashed(options.secret, `instance ${instance}`).slice(0, 12),
  };
}

/** The identity that a file holds, and its own UIDs. */
function sourceIdentities(dataSet: DataSet) {
  const uids = ["x00080018", "x0020000d", "x0020000e", "x00200052"]
    .map((tag) => rawText(dataSet, tag))
    .filter((uid) => uid.length > 8)
    .map((value) => ({ form: "uid" as const, kind: "UID", value }));
  return [...identitiesOf(dataSet), ...uids];
}
