import type { DataSet } from "dicom-parser";
import { hashId, type Subject } from "../series.js";
import { numbers, text } from "./values.js";

const DAY_MILLISECONDS = 86_400_000;
const YEAR_DAYS = 365.25;
/** Older than anybody. */
const MOST_YEARS = 130;

/** Days since 1970 of a DICOM date (DA, YYYYMMDD); `undefined` for anything else. */
function dayOf(date: string | undefined): number | undefined {
  const parts = /^(\d{4})\.?(\d{2})\.?(\d{2})$/.exec(date ?? "");
  if (parts === null) return undefined;
  const time = Date.UTC(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]));
  return Number.isFinite(time) ? Math.floor(time / DAY_MILLISECONDS) : undefined;
}

/** Years of a DICOM age (AS: `045Y`, `018M`, `003W`, `010D`). */
function yearsOf(age: string | undefined): number | undefined {
  const parts = /^(\d{1,3})([DWMY])$/.exec(age ?? "");
  if (parts === null) return undefined;
  const days = { D: 1, W: 7, M: YEAR_DAYS / 12, Y: YEAR_DAYS }[parts[2] as "D" | "W" | "M" | "Y"];
  return (Number(parts[1]) * days) / YEAR_DAYS;
}

/** The age that a file states, else that between birth and examination; in years to a tenth. */
function ageOf(dataSet: DataSet, day: number | undefined): number | undefined {
  const birth = dayOf(text(dataSet, "x00100030"));
  const years =
    yearsOf(text(dataSet, "x00101010")) ??
    (birth === undefined || day === undefined ? undefined : (day - birth) / YEAR_DAYS);
  return years !== undefined && years >= 0 && years <= MOST_YEARS ? Math.round(years * 10) / 10 : undefined;
}

/** The stable hash by which the examinations of one patient are known ({@link Subject.patient}), from the id that their files give. */
export function patientHash(id: string, issuer?: string): string {
  return hashId(issuer === undefined ? `patient ${id}` : `patient ${id} of ${issuer}`);
}

/** What a cohort may know of the person and the machine, read from a file's header. */
export function subjectOf(dataSet: DataSet): Subject {
  const patient = text(dataSet, "x00100020");
  // Two hospitals give the same number to two people.
  const issuer = text(dataSet, "x00100021");
  const sex = text(dataSet, "x00100040")?.toUpperCase();
  const day = dayOf(text(dataSet, "x00080020"));
  const age = ageOf(dataSet, day);
  const fieldStrength = numbers(dataSet, "x00180087", 1)?.[0];
  const manufacturer = text(dataSet, "x00080070");
  return {
    ...(patient === undefined ? {} : { patient: patientHash(patient, issuer) }),
    ...(sex === "F" || sex === "M" ? { sex } : {}),
    ...(age === undefined ? {} : { age }),
    ...(day === undefined ? {} : { day }),
    ...(fieldStrength === undefined ? {} : { fieldStrength }),
    // Free text that may hold anything: only words that makers of scanners use are let through.
    ...(manufacturer === undefined ? {} : { manufacturer: makerOf(manufacturer) }),
  };
}

const MAKERS = ["Siemens", "GE", "Philips", "Canon", "Toshiba", "Hitachi", "Fujifilm", "Esaote", "Spinebook"];

function makerOf(manufacturer: string): string {
  const words = manufacturer.toLowerCase().split(/[^a-z]+/);
  return MAKERS.find((maker) => words.includes(maker.toLowerCase())) ?? "other";
}
