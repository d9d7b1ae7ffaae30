import { ImagingError } from "../../errors.js";
import { affineOf, spacingOf, spansSpace } from "../../geometry.js";
import type { Affine, Vec3 } from "../../volume.js";
import type { Samples } from "../voxels.js";
import type { NrrdHeader } from "./header.js";

/** Signs that turn a named space into LPS. */
const SPACES: Readonly<Record<string, Vec3>> = {
  "left-posterior-superior": [1, 1, 1],
  lps: [1, 1, 1],
  "right-anterior-superior": [-1, -1, 1],
  ras: [-1, -1, 1],
  "left-anterior-superior": [1, -1, 1],
  las: [1, -1, 1],
};
/** Millimetres in a unit of length. */
const MILLIMETRES: Readonly<Record<string, number>> = { m: 1000, cm: 10, mm: 1, um: 0.001 };
/** Kinds of axes that run through space, through repeated images, or say nothing. The others hold one voxel's parts. */
const IMAGE_KINDS = /^(domain|space|time|list|point|stub|\?\?\?|none|)$/;

/** Which of the file's axes are the image's columns, rows and slices, and where they lie. */
export interface NrrdAxes {
  /** One index into `sizes` each; two of them for a picture. */
  readonly spatial: readonly number[];
  /** mm, by `spatial`; NaN where the file does not say. */
  readonly spacing: readonly number[];
  /** LPS; absent where the file does not place the image in a patient. */
  readonly affine?: Affine;
}

/** One entry for each axis: numbers in brackets, or `none` for an axis that is not in space. */
function directionsOf(text: string | undefined): (number[] | undefined)[] {
  return [...(text ?? "").matchAll(/\(([^)]*)\)|none/gi)].map((match) => match[1]?.split(",").map(Number));
}

function isVec3(values: readonly number[] | undefined): boolean {
  return values?.length === 3 && values.every(Number.isFinite);
}

/** Words of a list; quoted ones may hold spaces. */
function wordsOf(text: string | undefined): string[] {
  return [...(text ?? "").matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2]!);
}

/** Reads which axes are spatial and where they lie. Throws `ImagingError` for voxels of several parts. */
export function nrrdAxes({ fields }: NrrdHeader, sizes: readonly number[], name: string): NrrdAxes {
  const directions = directionsOf(fields.get("space directions"));
  const kinds = wordsOf(fields.get("kinds")).map((kind) => kind.toLowerCase());
  const described = directions.length === sizes.length;
  const all = sizes.map((_, axis) => axis);
  const inSpace = (axis: number) =>
    described ? directions[axis] !== undefined : /^(domain|space|\?\?\?|none|)$/.test(kinds[axis] ?? "");
  // Without a word on it the first three axes are the image, as programs without space fields write it.
  const spatial = all.filter(inSpace).slice(0, 3);
  const parts = all.find(
    (axis) => !spatial.includes(axis) && sizes[axis]! > 1 && !IMAGE_KINDS.test(kinds[axis] ?? ""),
  );
  if (parts !== undefined)
    throw new ImagingError(
      "unsupported-pixels",
      `${name} holds several numbers for each voxel (kinds: ${kinds[parts]!.slice(0, 20)}); give an image of grey values.`,
    );
  if (spatial.length < 2)
    throw new ImagingError(
      "malformed",
      `${name} has fewer than two axes in space (sizes, kinds, space directions); save it again.`,
    );
  const affine = described
    ? nrrdAffine(
        fields,
        spatial.map((axis) => directions[axis]),
      )
    : undefined;
  const spacings = wordsOf(fields.get("spacings")).map(Number);
  return affine
    ? { spatial, spacing: spacingOf(affine), affine }
    : { spatial, spacing: spatial.map((axis) => spacingAlong(directions[axis], spacings[axis])) };
}

function spacingAlong(direction: readonly number[] | undefined, spacing: number | undefined): number {
  return Math.abs(spacing ?? (direction === undefined ? NaN : Math.hypot(...direction)));
}

function nrrdAffine(
  fields: NrrdHeader["fields"],
  directions: readonly (readonly number[] | undefined)[],
): Affine | undefined {
  const space = (fields.get("space") ?? "").toLowerCase().replace(/-time$|(?<=^...)t$/, "");
  const signs = SPACES[space];
  const origin = directionsOf(fields.get("space origin"))[0];
  if (signs === undefined || directions.length !== 3 || !directions.every(isVec3) || !isVec3(origin))
    return undefined;
  const units = wordsOf(fields.get("space units"));
  const lps = (v: readonly number[]) =>
    v.map((value, i) => value * signs[i]! * (MILLIMETRES[units[i] ?? "mm"] ?? 1)) as unknown as Vec3;
  const affine = affineOf(lps(directions[0]!), lps(directions[1]!), lps(directions[2]!), lps(origin!));
  return spansSpace(affine) ? affine : undefined;
}

/** Samples of the first image of the file's axes, in [slice][row][column] order, where others run faster or between. */
export function firstImage(samples: Samples, sizes: readonly number[], spatial: readonly number[]): Samples {
  const strides = sizes.map((_, axis) => sizes.slice(0, axis).reduce((product, size) => product * size, 1));
  const [columns, rows, slices] = [0, 1, 2].map((i) => sizes[spatial[i] ?? -1] ?? 1) as [
    number,
    number,
    number,
  ];
  const [alongColumn, alongRow, alongSlice] = [0, 1, 2].map((i) => strides[spatial[i] ?? -1] ?? 0) as [
    number,
    number,
    number,
  ];
  const result = new (samples.constructor as new (length: number) => Samples)(columns * rows * slices);
  let at = 0;
  for (let slice = 0; slice < slices; slice++)
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++)
        result[at++] = samples[slice * alongSlice + row * alongRow + column * alongColumn]!;
  return result;
}
