import { createHmac } from "node:crypto";
import type { DataSet, Element } from "dicom-parser";
import { protocolWords } from "../../dicom/describe.js";
import { decimals } from "../../dicom/values.js";
import { replacedUid } from "../../dicom/uid.js";
import { element, inTagOrder, sequence } from "../../dicom/writing/elements.js";
import type { Identity } from "../forms.js";
import { findIdentity } from "../scan.js";
import { instead, makerIn, mostValues, PROFILE, SCALES, type ProfileEntry } from "./profile.js";
import { isImageType, isTerm } from "./terms.js";

/** What the copies of one patient's files share, and what must not be in them. */
export interface Stand {
  readonly secret: Uint8Array;
  readonly dates: "remove" | "shift";
  readonly pseudonym: string;
  readonly study: string;
  readonly shiftDays: number;
  readonly bigEndian: boolean;
  readonly signed: boolean;
  /** What the file says of its patient. */
  readonly identities: readonly Identity[];
}

/** Whole numbers beyond this are no counts; they have room for a telephone number. */
const LARGEST_COUNT = 99_999;
/** No length in mm, time in ms or frequency in MHz is beyond this. */
const LARGEST_MEASURE = 1e6;
const SMALLEST_MEASURE = 1e-9;
/** Numbers shorter than this are no identifier but by chance. */
const ID_DIGITS = 4;
/** As PS3.5 section 6.2 writes times of day, less the fraction of a second. */
const TIME = /^(?:[01]\d|2[0-3])(?:[0-5]\d(?:[0-5]\d)?)?/;

export function hashed(secret: Uint8Array, what: string): string {
  return createHmac("sha256", secret).update(what).digest("hex");
}

/** Frames of reference that the standard itself names, such as that of an atlas. */
export const KNOWN_FRAME = /^1\.2\.840\.10008\.1\.4(?:\.\d{1,2}){2}$/;

/** What stands for a UID, or for a text that is none where one should be; only the standard's own frames stay. */
export function safeUid(value: string, secret: Uint8Array): string {
  const isOwn = /^[0-9.]{1,64}$/.test(value) && !value.startsWith("1.2.840.10008.");
  return value === "" || isOwn || KNOWN_FRAME.test(value)
    ? replacedUid(value, secret)
    : replacedUid(`text ${value}`, secret);
}

/** An element's text as bytes of Latin-1, without padding; "" where it is absent. */
export function rawText(dataSet: DataSet, tag: string): string {
  const found = dataSet.elements[tag];
  if (found === undefined || found.items !== undefined || found.length > 4096) return "";
  const end = Math.min(found.dataOffset + found.length, dataSet.byteArray.length);
  return Buffer.from(dataSet.byteArray.subarray(found.dataOffset, end))
    .toString("latin1")
    .replace(/[\0 ]+$/, "");
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

function tagNumber(tag: string): number {
  return Number.parseInt(tag.slice(1), 16);
}

/** The numbers of a binary element in little endian order, no more than it has by the standard; `undefined` where they do not fit. */
function binary(dataSet: DataSet, tag: string, found: Element, vr: string, stand: Stand) {
  const size = NUMBER_BYTES[vr]!;
  const bytes = Buffer.from(dataSet.byteArray.subarray(found.dataOffset, found.dataOffset + found.length));
  if (bytes.length !== found.length || bytes.length % size !== 0) return undefined;
  if (stand.bigEndian)
    for (let at = 0; at < bytes.length; at += size) bytes.subarray(at, at + size).reverse();
  const kept = bytes.subarray(0, (vr === "AT" ? 4 : size) * mostValues(tag));
  if (vr === "FD")
    for (let at = 0; at < kept.length; at += size)
      if (!isMeasure(tag, kept.readDoubleLE(at)) || isTiny(tag, kept.readDoubleLE(at))) return undefined;
  return element(tagNumber(tag), vr, kept);
}

function isMeasure(tag: string, value: number): boolean {
  return Number.isFinite(value) && (SCALES.has(tag) || Math.abs(value) <= LARGEST_MEASURE);
}

/** Numbers next to nothing, which letters read as a double are: nothing measured is. */
function isTiny(tag: string, value: number): boolean {
  return !SCALES.has(tag) && value !== 0 && Math.abs(value) < SMALLEST_MEASURE;
}

/** Numbers as text, read as a reader of images reads them; `undefined` where one is none, or larger than anything measured. */
function numbersOf(dataSet: DataSet, tag: string, vr: "DS" | "IS"): string[] | undefined {
  const read = decimals(dataSet, tag);
  if (read === undefined) return [];
  const values = read.values.slice(0, mostValues(tag));
  const isGood = (value: number) =>
    vr === "DS"
      ? isMeasure(tag, value)
      : Number.isInteger(value) && value >= -LARGEST_COUNT && value <= LARGEST_COUNT;
  if (!values.every(isGood)) return undefined;
  const texts = rawText(dataSet, tag).split("\\");
  return values.map((value, i) => {
    const text = texts[i]?.trim() ?? "";
    // As it was written, which may say more digits than a number holds, unless it has to be made good.
    const isPlain = !read.separators && /^-?(?:0|[1-9]\d*)(?:\.\d*)?(?:[eE][+-]?\d+)?$/.test(text);
    return isPlain && text.length <= 32 ? text : String(value);
  });
}

/** Whether a value is, or holds, an identifier of the patient; short numbers are by chance. */
function isIdentity(value: string, { identities }: Stand): boolean {
  return value.length >= ID_DIGITS && findIdentity(value, identities).length > 0;
}

/** Numbers and short texts that tell images apart; those that may say more are replaced, the same by the same. */
function labels(dataSet: DataSet, tag: string, vr: string, stand: Stand): string {
  const values = rawText(dataSet, tag).split("\\").slice(0, mostValues(tag));
  const form = vr === "IS" ? /^\s*[+-]?\d{1,5}\s*$|^\s*$/ : /^\d{0,3}$/;
  return values
    .map((value) => {
      if (form.test(value) && !isIdentity(value.trim(), stand)) return value;
      const number = Number.parseInt(hashed(stand.secret, `label ${tag} ${value}`).slice(0, 8), 16);
      return String(10_000 + (number % 90_000));
    })
    .join("\\");
}

/** Protocol words that are no part of a name: a person may be called Space. */
function safeWords(value: string, { identities }: Stand): string {
  const words = protocolWords(value);
  if (findIdentity(words, identities).length === 0) return words;
  const others = words.split(" ").filter((word) => findIdentity(word, identities).length === 0);
  return findIdentity(others.join(" "), identities).length === 0 ? others.join(" ") : "";
}

function imageTypes(value: string, { secret }: Stand): string {
  return value
    .split("\\")
    .slice(0, mostValues("x00080008"))
    .map((word) =>
      word.trim() === "" || isImageType(word)
        ? word.trim()
        : `X${hashed(secret, `image type ${word}`).slice(0, 6).toUpperCase()}`,
    )
    .join("\\");
}

/** A value that is copied where it has the form of its element; `undefined` where it has another and may hold anything. */
function keptText(dataSet: DataSet, tag: string, vr: string): string | undefined {
  if (vr === "DS" || vr === "IS") return numbersOf(dataSet, tag, vr)?.join("\\");
  const values = rawText(dataSet, tag).split("\\");
  if (vr === "UI")
    return values.every((value) => /^[0-9.]{0,64}$/.test(value)) ? values.join("\\") : undefined;
  if (vr === "LO") return /^(?:US|HU|OD|normalized)?$/.test(values.join("\\")) ? values[0] : undefined;
  const terms = values.filter((value) => isTerm(tag, value)).slice(0, mostValues(tag));
  return terms.length > 0 || values.every((value) => value.trim() === "") ? terms.join("\\") : undefined;
}

function treated(dataSet: DataSet, tag: string, entry: ProfileEntry, stand: Stand): Uint8Array | undefined {
  const found = dataSet.elements[tag]!;
  const { action } = entry;
  const vr = entry.vr === "US/SS" ? (stand.signed ? "SS" : "US") : entry.vr;
  const { secret, dates } = stand;
  const write = (value: string) => element(tagNumber(tag), vr, value);
  if (action === "items")
    return sequence(
      tagNumber(tag),
      (found.items ?? []).map((item) => (item.dataSet ? kept(item.dataSet, stand) : [])),
    );
  if (vr in NUMBER_BYTES) return binary(dataSet, tag, found, vr, stand);
  const value = rawText(dataSet, tag);
  switch (action) {
    case "keep": {
      const text = keptText(dataSet, tag, vr) ?? instead(tag);
      return text === undefined ? undefined : write(text);
    }
    case "types":
      return write(imageTypes(value, stand));
    case "label":
      return write(labels(dataSet, tag, vr, stand));
    case "uid":
      return write(safeUid(value, secret));
    case "pseudonym":
      return write(stand.pseudonym);
    case "study":
      return write(stand.study);
    case "date":
      return write(dates === "shift" ? shiftDate(value, stand.shiftDays) : "");
    case "time":
      return write(dates === "shift" ? (TIME.exec(value)?.[0] ?? "") : "");
    case "words":
      return write(safeWords(value, stand));
    case "maker":
      return write(makerIn(value));
    case "empty":
      return write("");
  }
}

/** The elements of a data set that are on the list, treated as it says. */
export function kept(dataSet: DataSet, stand: Stand): Uint8Array[] {
  const tags = Object.keys(dataSet.elements).filter((tag) => PROFILE.has(tag));
  return inTagOrder(tags.flatMap((tag) => treated(dataSet, tag, PROFILE.get(tag)!, stand) ?? []));
}
