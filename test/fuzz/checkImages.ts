import { ImagingError, readSeries, type Series, type Volume } from "../../src/imaging/index.js";
import type { Verdict } from "./kind.js";

const finite = (values: ArrayLike<number>) => Array.from(values).every(Number.isFinite);

function faultOfSeries(series: Series): string | undefined {
  const { rows, columns, slices, spacing, problems } = series;
  if (![rows, columns, slices].every((size) => Number.isInteger(size) && size > 0))
    return `a series of ${columns} x ${rows} x ${slices}`;
  if (!spacing.every((mm) => Number.isFinite(mm) && mm > 0)) return `spacing ${spacing.join(" x ")}`;
  return problems.map(({ message }) => faultOfMessage(message)).find((fault) => fault !== undefined);
}

/** What is wrong with a message for a person. */
export function faultOfMessage(message: string): string | undefined {
  if (/[\\/](tmp|home|work)[\\/]/.test(message)) return `a path in "${message}"`;
  if (/[\0-\x1f]/.test(message) || message.length > 1000) return `unprintable or endless: "${message}"`;
  return /\.$/.test(message) ? undefined : `no sentence: "${message}"`;
}

function faultOfVolume(volume: Volume, series: Series): string | undefined {
  const { voxels, rows, columns, slices, affine, spacing } = volume;
  if (rows !== series.rows || columns !== series.columns || slices !== series.slices)
    return `a volume of ${columns} x ${rows} x ${slices} from a series of ${series.columns} x ${series.rows} x ${series.slices}`;
  if (voxels.length !== rows * columns * slices)
    return `${voxels.length} voxels for ${columns} x ${rows} x ${slices}`;
  if (!finite(voxels)) return "voxels that are no numbers";
  if (affine.length !== 16 || !finite(affine) || !finite(spacing)) return `affine ${affine.join(" ")}`;
  const step = (axis: number) => Math.hypot(affine[axis]!, affine[4 + axis]!, affine[8 + axis]!);
  for (const axis of [0, 1])
    if (Math.abs(step(axis) - spacing[axis]!) > 0.03 * spacing[axis]!)
      return `columns of the affine are ${step(axis)} mm long for a spacing of ${spacing[axis]!}`;
  return step(2) > 0 ? undefined : "an affine without depth";
}

/** Problem codes of a file, for comparison with its broken copy's. */
export async function problemCodes(path: string): Promise<string[]> {
  return (await readSeries(path)).flatMap(({ problems }) => problems.map(({ code }) => code));
}

/**
 * Reads the file at `path` with all its voxels. With `pixelsMissing`, a picture without a new problem is a fault; `known` are
 * the problems of the good file.
 */
export async function check(
  path: string,
  pixelsMissing: boolean,
  known: readonly string[],
): Promise<Verdict> {
  try {
    const found = await readSeries(path);
    if (found.length === 0) return { outcome: "read", fault: "no series and no error" };
    for (const series of found) {
      const volume = await series.load();
      const fault = faultOfSeries(series) ?? faultOfVolume(volume, series);
      if (fault !== undefined) return { outcome: "read", fault };
    }
    const told = found.flatMap(({ problems }) => problems.map(({ code }) => code));
    if (pixelsMissing && told.every((code) => known.includes(code)))
      return { outcome: "read", fault: "a picture without a word though pixels are missing" };
    return { outcome: "read" };
  } catch (thrown) {
    if (!(thrown instanceof ImagingError))
      return {
        outcome: "crash",
        fault: `not an ImagingError: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`,
      };
    const fault = faultOfMessage(thrown.message);
    return { outcome: thrown.code, ...(fault === undefined ? {} : { fault }) };
  }
}
