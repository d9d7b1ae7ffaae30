import { ImagingError } from "../../errors.js";
import { dicomFile, element, inTagOrder, sequence } from "./elements.js";
import { documentElements, type DocumentOptions } from "./structuredReportDocument.js";
import { referenceElements } from "./structuredReportItems.js";
import { uidFromSeed } from "../uid.js";

/** An RGB picture: `columns * rows * 3` bytes, row by row. */
export interface RgbImage {
  readonly pixels: Uint8Array;
  readonly columns: number;
  readonly rows: number;
}

const SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7";

/**
 * A picture as a DICOM Secondary Capture Image that joins the study of its source, to which it refers by UIDs only. It says
 * that no annotation of a person is burned in, so `image` must not show a name.
 * @throws ImagingError where the pixels do not fill the shape or the shape is too large for DICOM.
 */
export function secondaryCapture(image: RgbImage, options: DocumentOptions): Uint8Array {
  const { pixels, columns, rows } = image;
  if (columns < 1 || rows < 1 || columns > 65535 || rows > 65535)
    throw new ImagingError(
      "too-large",
      `A picture of ${columns} x ${rows} pixels cannot be written as DICOM; give one of 1 to 65535 each way.`,
    );
  if (pixels.length !== columns * rows * 3)
    throw new ImagingError(
      "malformed",
      `A picture of ${columns} x ${rows} pixels needs ${columns * rows * 3} RGB bytes, not ${pixels.length}.`,
    );
  const sopInstance = uidFromSeed(`${options.seed}/secondary capture`);
  const common = documentElements(options, {
    sopClass: SECONDARY_CAPTURE,
    sopInstance,
    modality: "OT",
    series: 2,
  });
  const instances = new Map(options.source?.frames.map((frame) => [frame.sopInstance, frame]));
  const sources = [...instances.values()].map(({ sopClass, sopInstance: instance }) =>
    referenceElements({ sopClass, sopInstance: instance }),
  );
  const own = [
    element(0x00080008, "CS", "DERIVED\\SECONDARY"),
    element(0x00080064, "CS", "WSD"),
    element(0x00082111, "ST", "Grades of lumbar discs drawn beside a slice. Research use only."),
    ...(sources.length === 0 ? [] : [sequence(0x00082112, sources)]),
    element(0x00200020, "CS", ""),
    element(0x00200060, "CS", ""),
    element(0x00280002, "US", 3),
    element(0x00280004, "CS", "RGB"),
    element(0x00280006, "US", 0),
    element(0x00280010, "US", rows),
    element(0x00280011, "US", columns),
    element(0x00280100, "US", 8),
    element(0x00280101, "US", 8),
    element(0x00280102, "US", 7),
    element(0x00280103, "US", 0),
    element(0x00280301, "CS", "NO"),
    element(0x7fe00010, "OB", pixels),
  ];
  return dicomFile({ sopClass: SECONDARY_CAPTURE, sopInstance }, inTagOrder([...common, ...own]));
}
