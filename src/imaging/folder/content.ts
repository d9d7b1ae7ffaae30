import { readHeader } from "../dicom/header.js";
import { identitiesOf, type IdentityValue } from "../dicom/identity.js";
import type { Slice } from "../dicom/slice.js";
import { filesOfDirectory } from "./dicomdir.js";
import { parseHeader } from "./indexHeader.js";
import { readWhole, withOpen, type FileSource } from "./source.js";

/** What is in one DICOM file: slices, and in a DICOMDIR the files that it names, each as folders and a file name. */
export interface DicomContent {
  readonly slices: Slice[];
  readonly named?: string[][];
}

/** The image headers of one file, without its pixel data; `undefined` where it is no DICOM. Throws `ImagingError` where it is DICOM that cannot be read. */
export function contentOf(
  source: FileSource,
  onIdentity: ((identities: readonly IdentityValue[]) => void) | undefined,
): Promise<DicomContent | undefined> {
  return withOpen(source, async (opened) => {
    const { path, name } = source;
    const parsed = await parseHeader(source, opened);
    if (parsed === undefined) return undefined;
    onIdentity?.(identitiesOf(parsed.dataSet));
    const named = filesOfDirectory(parsed.dataSet);
    if (named !== undefined) return { slices: [], named };
    const file = readHeader(parsed, name);
    const read = () => readWhole(source);
    return { slices: file?.frames.map((frame) => ({ path, name, read, file, frame })) ?? [] };
  });
}
