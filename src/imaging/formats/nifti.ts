import type { FilesBeside } from "./beside.js";
import { ImagingError } from "../errors.js";
import { fileSeries, placementOf, severalVolumes } from "./fileSeries.js";
import { KIND_BYTES, kindOf } from "../folder/kinds.js";
import { spacingOf } from "../geometry.js";
import { gunzipHead, isGzip } from "./gzip.js";
import { voxelCount } from "../limits.js";
import { HEADER_BYTES, parseNiftiHeader, type NiftiHeader } from "./nifti/header.js";
import { flipXY, niftiAffine } from "./nifti/orientation.js";
import type { Problem, Series } from "../series.js";
import { readStored, requireStored, type StoredVoxels } from "./stored.js";
import { rescale } from "./voxels.js";
import type { Affine, Vec3, Volume } from "../volume.js";

interface Placed {
  readonly spacing: Vec3;
  readonly affine: Affine;
  readonly geometry: Volume["geometry"];
  readonly problems: readonly Problem[];
}

/** Where the image lies in LPS mm, and what is doubtful about it. */
function place(header: NiftiHeader, shape: Vec3, name: string): Placed {
  const found = niftiAffine(header, shape);
  if (found === undefined) {
    const [x, y, z] = [1, 2, 3].map((axis) => Math.abs(header.pixdim[axis]!) * header.unit) as [
      number,
      number,
      number,
    ];
    if (![x, y].every((size) => size > 0 && Number.isFinite(size)))
      throw new ImagingError("no-spacing", `${name} has no voxel size (pixdim); set it before reading.`);
    const spacing: Vec3 = [x, y, z > 0 && Number.isFinite(z) ? z : 1];
    return { spacing, ...placementOf(undefined, spacing, name) };
  }
  const affine = flipXY(found.affine).map((value, i) => (i < 12 ? value * header.unit : value));
  const problems: Problem[] = found.differs
    ? [
        {
          code: "two-orientations",
          message: `${name} says in two ways how it lies in the patient (sform, qform), and they differ; its ${found.which} is taken.`,
        },
      ]
    : [];
  const spacing = spacingOf(affine);
  const placement = placementOf(affine, spacing, name);
  return { spacing, ...placement, problems: [...problems, ...placement.problems] };
}

/** The other file's possible names of a pair: `.img` for `.hdr` and the other way round, packed or not. */
function pairNames(name: string, wanted: "hdr" | "img"): string[] {
  const found = /^(.*\.)(hdr|img|nii)(\.gz)?$/i.exec(name);
  if (found === null) return [];
  const extension = found[2] === found[2]!.toUpperCase() ? wanted.toUpperCase() : wanted;
  const plain = `${found[1]!}${extension}`;
  return found[3] === undefined ? [plain, `${plain}.gz`] : [`${plain}.gz`, plain];
}

/** The first of the names that is there; the error of the first where none is. */
async function firstThere(names: readonly string[], beside: FilesBeside): Promise<string> {
  const [first, second] = names as [string, string];
  return beside.size(first).then(
    () => first,
    (thrown: unknown) =>
      beside.size(second).then(
        () => second,
        () => {
          throw thrown;
        },
      ),
  );
}

/**
 * The series in a NIfTI-1 or NIfTI-2 file, single or a pair (give either file of it), packed or not; the first volume of
 * several. Coordinates are turned from RAS to LPS. Throws `ImagingError`.
 */
export async function niftiSeries(
  file: Uint8Array,
  name: string,
  id: string,
  beside: FilesBeside,
): Promise<Series> {
  const isImage = /\.img(\.gz)?$/i.test(name) && !isHeader(file, name);
  const headerName = isImage ? await firstThere(pairNames(name, "hdr"), beside) : name;
  const headerFile = isImage ? await beside.read(headerName) : file;
  const head = isGzip(headerFile) ? gunzipHead(headerFile, HEADER_BYTES[2], name) : headerFile;
  const header = parseNiftiHeader(head, headerName);
  const [columns, rows, slices] = header.shape as unknown as Vec3;
  const count = voxelCount([columns, rows, slices], name);
  const volumes = header.shape.slice(3).reduce((product, size) => product * Math.max(1, size), 1);
  const { problems, ...placed } = place(header, [columns, rows, slices], name);
  const voxelFile = !header.detached
    ? headerFile
    : isImage
      ? file
      : await firstThere(pairNames(name, "img"), beside);
  const stored: StoredVoxels = {
    type: header.type,
    littleEndian: header.littleEndian,
    encoding: isPacked(voxelFile) ? "deflate" : "raw",
    lineSkip: 0,
    byteSkip: Math.max(header.detached ? 0 : header.headerBytes, header.dataOffset),
    count,
    countPerFile: count,
    files: [voxelFile],
  };
  await requireStored(stored, beside, name);
  return fileSeries(
    id,
    { columns, rows, slices, ...placed },
    [...severalVolumes(volumes, name), ...problems],
    async () => rescale(await readStored(stored, beside, name), header.slope, header.intercept),
  );
}

/** Whether a file begins with a header, whatever it is called. */
function isHeader(file: Uint8Array, name: string): boolean {
  return kindOf(isGzip(file) ? gunzipHead(file, KIND_BYTES, name) : file.subarray(0, KIND_BYTES)) === "nifti";
}

/** A file beside the header is told by its name, since it is read only when the voxels are. */
function isPacked(file: Uint8Array | string): boolean {
  return typeof file === "string" ? /\.gz$/i.test(file) : isGzip(file);
}
