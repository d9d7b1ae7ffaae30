import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { IdentityValue } from "../dicom/identity.js";
import type { Slice } from "../dicom/slice.js";
import { ImagingError } from "../errors.js";
import { formatByName, isImageFormat, type ImageFormat } from "../formats/imageFile.js";
import { contentOf } from "./content.js";
import { identify } from "./identify.js";
import { refusalWords, type FileKind } from "./kinds.js";
import { diskFile, systemError, type FileSource } from "./source.js";

/** What a person may name. */
export type Recognised =
  /** Files that are looked into one by one; a DICOMDIR names its own, each as folders and a file name. */
  | { readonly what: "folder" | "archive"; readonly path: string }
  | { readonly what: "dicomdir"; readonly path: string; readonly named: readonly (readonly string[])[] }
  /** A DICOM file, with the slices in it. */
  | { readonly what: "dicom"; readonly slices: readonly Slice[] }
  /** A single image of another format; `source` is what a gzip file holds where it is packed. */
  | { readonly what: "image"; readonly source: FileSource; readonly format: ImageFormat };

/** Kinds of content that do not tell the format, so that the file's name is asked. */
const UNTOLD: ReadonlySet<FileKind> = new Set(["other", "gzip", "empty"]);

/**
 * What lies at `path`. Of a file its content decides, its name only where the content does not tell.
 * @throws ImagingError where nothing is there, or nothing that is read
 */
export async function recognise(
  path: string,
  onIdentity: ((identities: readonly IdentityValue[]) => void) | undefined,
): Promise<Recognised> {
  const name = basename(path);
  const there = await stat(path).catch((thrown: unknown) => {
    throw systemError(thrown, name);
  });
  if (there.isDirectory()) return { what: "folder", path };
  if (!there.isFile())
    throw new ImagingError(
      "unsupported-file",
      `${name} is neither a file nor a folder; name an image file or a folder.`,
    );
  const given = diskFile(path);
  const { source, kind, certain } = await identify(given);
  if (kind === "dicom" && certain) return dicomFile(source, path, onIdentity);
  const byName = formatByName(name);
  if (byName !== undefined && (UNTOLD.has(kind) || (await isVoxelsOfPair(path))))
    return { what: "image", source: given, format: byName };
  if (kind === "dicom") return dicomFile(source, path, onIdentity);
  if (kind === "zip") return { what: "archive", path };
  if (isImageFormat(kind)) return { what: "image", source, format: kind };
  throw new ImagingError("unsupported-file", `${name} ${refusalWords(kind)}`);
}

/** The voxels of a pair begin with anything, so that a header beside them goes before what they look like. */
async function isVoxelsOfPair(path: string): Promise<boolean> {
  if (!/\.img(\.gz)?$/i.test(path)) return false;
  const header = path.replace(/\.img(\.gz)?$/i, (ending) => (ending.startsWith(".I") ? ".HDR" : ".hdr"));
  const found = await Promise.allSettled([stat(header), stat(`${header}.gz`)]);
  return found.some(({ status }) => status === "fulfilled");
}

async function dicomFile(
  source: FileSource,
  path: string,
  onIdentity: ((identities: readonly IdentityValue[]) => void) | undefined,
): Promise<Recognised> {
  const content = await contentOf(source, onIdentity);
  if (content === undefined)
    throw new ImagingError("unsupported-file", `${source.name} ${refusalWords("other")}`);
  if (content.named !== undefined) return { what: "dicomdir", path, named: content.named };
  if (content.slices.length === 0)
    throw new ImagingError(
      "no-files",
      `${source.name} is DICOM without an image; choose an image of the same study.`,
    );
  return { what: "dicom", slices: content.slices };
}
