import type { Vec3 } from "../../volume.js";
import { dicomFile, element, inTagOrder, sequence } from "./elements.js";
import { CODES, discCode, MR_LUMBAR_SPINE, PRIVATE_SCHEME, type Code } from "./structuredReportCodes.js";
import {
  code,
  container,
  image,
  number,
  referenceElements,
  region2d,
  region3d,
  text,
  uidReference,
  type ContentItem,
} from "./structuredReportItems.js";
import { documentElements, type DocumentOptions } from "./structuredReportDocument.js";
import { placeOutline, type SourceSeries } from "./structuredReportSource.js";
import { uidFromSeed } from "../uid.js";

/** A number that was measured, or a probability. */
export interface ReportedMeasurement {
  readonly name: Code;
  readonly value: number;
  readonly unit: Code;
}

/** A grade or a finding, as a coded answer to a coded question. */
export interface ReportedEvaluation {
  readonly name: Code;
  readonly value: Code;
}

/** What is reported of one disc. */
export interface ReportedDisc {
  /** Such as `L4-L5`. */
  readonly level: string;
  /** Corners of a planar outline in LPS mm, in order; none where the images carry no patient space. */
  readonly outline?: readonly Vec3[];
  readonly measurements: readonly ReportedMeasurement[];
  readonly evaluations: readonly ReportedEvaluation[];
  /** What makes its grades doubtful, one sentence each. */
  readonly remarks: readonly string[];
}

/** What a structured report says. */
export interface ReportContent extends DocumentOptions {
  readonly discs: readonly ReportedDisc[];
  /** What makes all of it doubtful, one sentence each. */
  readonly remarks: readonly string[];
  /** The networks or methods behind the grades, and their version. */
  readonly algorithm: { readonly name: string; readonly version: string };
}

const COMPREHENSIVE_3D_SR = "1.2.840.10008.5.1.4.1.1.88.34";

/**
 * A DICOM structured report of graded discs: Comprehensive 3D SR that follows TID 1500 Measurement Report (PS3.16), observed
 * by a device and by no person, with one planar measurement group (TID 1410) a disc: finding site from SNOMED CT (CID 7604),
 * outline, grades as coded evaluations, measured lengths and probabilities as numbers. An outline in the plane of a source
 * image refers to that image; any other is given in patient space; without patient space the group follows TID 1501. The
 * report holds no name; it refers to its source by UIDs only. Equal content gives equal bytes.
 * @throws ImagingError "too-large" for a text that DICOM cannot hold.
 */
export function structuredReport(content: ReportContent): Uint8Array {
  const sopInstance = uidFromSeed(`${content.seed}/structured report`);
  const frameOfReference = content.source?.frameOfReferenceUid ?? uidFromSeed(`${content.seed}/frame`);
  const groups = content.discs.map((disc) => {
    const placed = disc.outline && placeOutline(disc.outline, content.source?.frames ?? []);
    const outline = placed
      ? region2d("CONTAINS", CODES.imageRegion, placed.points, placed.frame)
      : disc.outline && region3d("CONTAINS", CODES.imageRegion, disc.outline, frameOfReference);
    return measurementGroup(disc, outline, content);
  });
  const tree = container(
    undefined,
    CODES.report,
    [
      code("HAS CONCEPT MOD", CODES.language, CODES.english),
      ...deviceObserver(content),
      code("HAS CONCEPT MOD", CODES.procedure, MR_LUMBAR_SPINE),
      ...imageLibrary(content.source),
      container("CONTAINS", CODES.measurements, groups),
      ...remarks(content.remarks),
    ],
    "1500",
  );
  const elements = [
    ...documentElements(content, { sopClass: COMPREHENSIVE_3D_SR, sopInstance, modality: "SR", series: 1 }),
    ...schemes(),
    ...documentGeneral(content),
    ...evidence(content.source),
    ...tree,
  ];
  return dicomFile({ sopClass: COMPREHENSIVE_3D_SR, sopInstance }, inTagOrder(elements));
}

/** TID 1001 with TID 1004: a device observes, never a person. */
function deviceObserver({ device }: ReportContent): ContentItem[] {
  return [
    code("HAS OBS CONTEXT", CODES.observerType, CODES.device),
    uidReference("HAS OBS CONTEXT", CODES.deviceUid, deviceUid(device)),
    text("HAS OBS CONTEXT", CODES.deviceName, device.name),
    text("HAS OBS CONTEXT", CODES.deviceManufacturer, device.manufacturer),
    text("HAS OBS CONTEXT", CODES.deviceModel, `${device.model} ${device.version}`),
  ];
}

/** The same for every copy of a version: it tells which program observed, not on whose machine. */
function deviceUid({ name, version }: DocumentOptions["device"]): string {
  return uidFromSeed(`${name} ${version}`);
}

/** TID 1600: the images that were read. */
function imageLibrary(source: SourceSeries | undefined): ContentItem[] {
  if (source === undefined) return [];
  const group = container("CONTAINS", CODES.imageLibraryGroup, [
    code("HAS ACQ CONTEXT", CODES.modality, CODES.magneticResonance),
    ...source.frames.map((frame) => image("CONTAINS", frame)),
  ]);
  return [container("CONTAINS", CODES.imageLibrary, [group])];
}

/** TID 1410 where there is an outline, else TID 1501. */
function measurementGroup(
  disc: ReportedDisc,
  outline: ContentItem | undefined,
  content: ReportContent,
): ContentItem {
  const items = [
    text("HAS OBS CONTEXT", CODES.trackingIdentifier, `${disc.level} disc`),
    uidReference("HAS OBS CONTEXT", CODES.trackingUid, uidFromSeed(`${content.seed}/disc ${disc.level}`)),
    code("HAS CONCEPT MOD", CODES.findingSite, discCode(disc.level)),
    text("HAS CONCEPT MOD", CODES.algorithmName, content.algorithm.name),
    text("HAS CONCEPT MOD", CODES.algorithmVersion, content.algorithm.version),
    ...(outline ? [outline] : []),
    ...disc.measurements
      .filter(({ value }) => Number.isFinite(value))
      .map(({ name, value, unit }) => number("CONTAINS", name, value, unit)),
    ...disc.evaluations.map(({ name, value }) => code("CONTAINS", name, value)),
    ...disc.remarks.map((remark) => text("CONTAINS", CODES.comment, remark)),
  ];
  return container("CONTAINS", CODES.group, items, outline ? "1410" : "1501");
}

function remarks(sentences: readonly string[]): ContentItem[] {
  if (sentences.length === 0) return [];
  return [
    container(
      "CONTAINS",
      CODES.qualitative,
      sentences.map((sentence) => text("CONTAINS", CODES.comment, sentence)),
    ),
  ];
}

/** CodingSchemeIdentificationSequence: what the designator of our own concepts stands for. */
function schemes(): Uint8Array[] {
  const own = [
    element(0x00080102, "SH", PRIVATE_SCHEME),
    element(0x0008010c, "UI", uidFromSeed(PRIVATE_SCHEME)),
    element(0x00080115, "ST", "Spinebook grades and measures of lumbar discs"),
    element(0x00080116, "ST", "Spinebook"),
  ];
  return [sequence(0x00080110, [own])];
}

/** SR Document General (PS3.3 table C.17-2): complete, and verified by nobody. */
function documentGeneral({ device }: ReportContent): Uint8Array[] {
  const observer = [
    element(0x00080070, "LO", device.manufacturer),
    element(0x00080080, "LO", ""),
    sequence(0x00080082, []),
    element(0x00081010, "SH", device.name.slice(0, 16)),
    element(0x00081090, "LO", device.model),
    element(0x00181002, "UI", deviceUid(device)),
    element(0x0040a084, "CS", "DEV"),
  ];
  return [
    sequence(0x00081111, []),
    sequence(0x0040a078, [observer]),
    sequence(0x0040a372, []),
    element(0x0040a491, "CS", "COMPLETE"),
    element(0x0040a493, "CS", "UNVERIFIED"),
  ];
}

/** CurrentRequestedProcedureEvidenceSequence: every object that the tree refers to. */
function evidence(source: SourceSeries | undefined): Uint8Array[] {
  if (source === undefined) return [];
  const instances = new Map(source.frames.map((frame) => [frame.sopInstance, frame]));
  const objects = [...instances.values()].map(({ sopClass, sopInstance }) =>
    referenceElements({ sopClass, sopInstance }),
  );
  const series = [sequence(0x00081199, objects), element(0x0020000e, "UI", source.seriesUid)];
  const study = [sequence(0x00081115, [series]), element(0x0020000d, "UI", source.studyUid)];
  return [sequence(0x0040a375, [study])];
}
