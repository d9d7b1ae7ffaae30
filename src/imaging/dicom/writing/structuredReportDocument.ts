import { element } from "./elements.js";
import type { SourceSeries } from "./structuredReportSource.js";
import { uidFromSeed } from "../uid.js";

/** The program that writes; no person and no machine's name. */
export interface ReportingDevice {
  readonly name: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly version: string;
}

/** What structured reports and captures say of themselves. */
export interface DocumentOptions {
  /** UIDs of what is written derive from this; the same seed writes the same document. */
  readonly seed: string;
  readonly device: ReportingDevice;
  /** When it was made. */
  readonly made: Date;
  /** The images that were read, where they are DICOM; the document joins their study. */
  readonly source?: SourceSeries;
}

interface DocumentIdentity {
  readonly sopClass: string;
  readonly sopInstance: string;
  readonly modality: string;
  /** Tells the documents of one run apart. */
  readonly series: number;
}

/** Numbers of our series start where scanners' end. */
const FIRST_SERIES = 9800;

/**
 * Patient, study, series, equipment and SOP common modules that every document of ours starts with (PS3.3). The patient's
 * elements are there but empty: the study's UID says where it belongs.
 */
export function documentElements(
  { seed, device, made, source }: DocumentOptions,
  { sopClass, sopInstance, modality, series }: DocumentIdentity,
): Uint8Array[] {
  // DICOM times without a zone are local; UTC with its offset means the same everywhere and does not tell where it was.
  const [date, time] = [made.toISOString().slice(0, 10), made.toISOString().slice(11, 19)].map((part) =>
    part.replaceAll(/[-:]/g, ""),
  ) as [string, string];
  const pseudonym = source?.pseudonym ?? "";
  return [
    element(0x00080005, "CS", "ISO_IR 192"),
    element(0x00080012, "DA", date),
    element(0x00080013, "TM", time),
    element(0x00080016, "UI", sopClass),
    element(0x00080018, "UI", sopInstance),
    element(0x00080020, "DA", ""),
    element(0x00080023, "DA", date),
    element(0x00080030, "TM", ""),
    element(0x00080033, "TM", time),
    element(0x00080050, "SH", ""),
    element(0x00080060, "CS", modality),
    element(0x00080070, "LO", device.manufacturer),
    element(0x00080090, "PN", ""),
    element(0x00080201, "SH", "+0000"),
    element(0x0008103e, "LO", "Spinebook grades (research use only)"),
    element(0x00081090, "LO", device.model),
    element(0x00100010, "PN", pseudonym),
    element(0x00100020, "LO", pseudonym),
    element(0x00100030, "DA", ""),
    element(0x00100040, "CS", ""),
    element(0x00181000, "LO", "1"),
    element(0x00181020, "LO", device.version),
    element(0x0020000d, "UI", source?.studyUid ?? uidFromSeed(seed)),
    element(0x0020000e, "UI", uidFromSeed(`${seed}/${modality} ${series}`)),
    element(0x00200010, "SH", ""),
    element(0x00200011, "IS", String(FIRST_SERIES + series)),
    element(0x00200013, "IS", "1"),
  ];
}
