/**
 * Compares every volume that dcm2niix makes of a folder with what Spinebook reads there, voxel by voxel and place by place.
 * Ends with 1 where one differs or is missing, with 2 where dcm2niix is not installed.
 *
 *     node scripts/compare-dcm2niix.mjs FOLDER
 */
import { compareFolder, hasDcm2niix, type Compared } from "./folder.js";

function cells({ name, shape, found, isEqual }: Compared): string[] {
  return [
    name,
    shape.join(" x "),
    found?.place === undefined ? "-" : found.place.toExponential(1),
    found ? String(found.voxels) : "-",
    found ? String(found.largest) : "-",
    isEqual ? "equal" : found ? "DIFFERENT" : "MISSING",
  ];
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column]!)).join("  ");
  return rows.map((row) => line(row).trimEnd()).join("\n");
}

async function main(folder: string): Promise<number> {
  const { volumes, extra, complaints } = await compareFolder(folder);
  process.stderr.write(complaints);
  const heading = ["volume of dcm2niix", "shape", "place (mm)", "other voxels", "largest", ""];
  const equal = volumes.filter(({ isEqual }) => isEqual).length;
  process.stdout.write(`${table([heading, ...volumes.map(cells)])}\n`);
  process.stdout.write(`${equal} of ${volumes.length} volumes are equal.\n`);
  for (const { columns, rows, slices, orientation, problems } of extra)
    process.stdout.write(
      `Only Spinebook reads: ${columns} x ${rows} x ${slices}, ${orientation}. ${problems.map(({ message }) => message).join(" ")}\n`,
    );
  return volumes.length > 0 && equal === volumes.length ? 0 : 1;
}

const folder = process.argv[2];
if (folder === undefined) {
  process.stderr.write("Name a folder of DICOM files.\n");
  process.exitCode = 2;
} else if (!hasDcm2niix()) {
  process.stderr.write("dcm2niix cannot be run; install Debian's package dcm2niix.\n");
  process.exitCode = 2;
} else process.exitCode = await main(folder);
