import type { FilesBeside } from "./beside.js";
import { ImagingError } from "../errors.js";
import { fileSeries, placementOf, severalVolumes } from "./fileSeries.js";
import { stackAxes, step } from "../geometry.js";
import { voxelCount } from "../limits.js";
import { firstImage, nrrdAxes } from "./nrrd/axes.js";
import { nrrdStored, parseNrrdHeader } from "./nrrd/header.js";
import type { Series } from "../series.js";
import { readStored, requireStored } from "./stored.js";
import { rescale, writeVoxels } from "./voxels.js";
import type { Vec3, Volume } from "../volume.js";

/** The format's own limit of dimensions. */
const MAX_DIMENSIONS = 16;

function sizesOf(text: string | undefined, name: string): number[] {
  const sizes = (text ?? "").split(/\s+/).map(Number);
  if (sizes.length < 2 || sizes.length > MAX_DIMENSIONS)
    throw new ImagingError(
      "malformed",
      `${name} has ${sizes.length} sizes (sizes); an image has 2 dimensions or more.`,
    );
  voxelCount(sizes, name);
  return sizes;
}

/**
 * The series in an NRRD file (.nrrd), or one with its voxels in files beside the header (.nhdr); the first image of
 * several. Spaces named by the patient's sides are turned to LPS. Throws `ImagingError`.
 */
export async function nrrdSeries(
  bytes: Uint8Array,
  name: string,
  id: string,
  beside: FilesBeside,
): Promise<Series> {
  const header = parseNrrdHeader(bytes, name);
  const sizes = sizesOf(header.fields.get("sizes"), name);
  const { spatial, spacing: given, affine } = nrrdAxes(header, sizes, name);
  const [columns, rows, slices] = [0, 1, 2].map((i) => sizes[spatial[i] ?? -1] ?? 1) as [
    number,
    number,
    number,
  ];
  const spacing: Vec3 = [given[0]!, given[1]!, given[2] ?? 1];
  if (!spacing.every((size) => size > 0 && Number.isFinite(size)))
    throw new ImagingError(
      "no-spacing",
      `${name} has neither space directions nor spacings; set them before reading.`,
    );
  // Axes that run slower than the image's only repeat it, so that the first image is what comes first.
  const leading = spatial.every((axis, i) => axis === i);
  const total = sizes.reduce((product, size) => product * size, 1);
  const count = columns * rows * slices;
  const stored = { ...nrrdStored(header, bytes, sizes, name), count: leading ? count : total };
  await requireStored(stored, beside, name);
  const { problems, ...place } = placementOf(affine, spacing, name);
  return fileSeries(
    id,
    { columns, rows, slices, spacing, ...place },
    [...severalVolumes(total / count, name), ...problems],
    async () => {
      const samples = await readStored(stored, beside, name);
      return rescale(leading ? samples : firstImage(samples, sizes, spatial), 1, 0);
    },
  );
}

/**
 * A volume as an NRRD file (raw): short or float little endian, LPS. A volume without patient geometry gets no space,
 * only its voxel size.
 */
export function writeNrrd(volume: Volume): Uint8Array {
  const { voxels, spacing, columns, rows, slices } = volume;
  const float = voxels instanceof Float32Array;
  const affine = stackAxes(volume);
  const vector = (values: readonly number[]) => `(${values.join(",")})`;
  const placed =
    volume.geometry === "patient"
      ? `space: left-posterior-superior\nspace directions: ${([0, 1, 2] as const).map((axis) => vector(step(affine, axis))).join(" ")}\n` +
        `space origin: ${vector([affine[3]!, affine[7]!, affine[11]!])}\n`
      : `spacings: ${spacing.join(" ")}\n`;
  const header = Buffer.from(
    `NRRD0004\ntype: ${float ? "float" : "short"}\ndimension: 3\nsizes: ${columns} ${rows} ${slices}\n${placed}` +
      `kinds: domain domain domain\nendian: little\nencoding: raw\n\n`,
  );
  const bytes = new Uint8Array(header.length + voxels.length * (float ? 4 : 2));
  bytes.set(header);
  writeVoxels(bytes.subarray(header.length), voxels);
  return bytes;
}
