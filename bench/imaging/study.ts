import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeDicomSeries, type Volume } from "../../src/imaging/index.js";
import { element } from "../../src/imaging/dicom/writing/elements.js";

const SIZE = 64;
const SLICES = 25;
/** Bytes of vendors' private elements in the header of an MR slice, as Siemens and GE write them. */
const PRIVATE_BYTES = [3000, 9000] as const;

function volume(): Volume {
  const voxels = Int16Array.from({ length: SLICES * SIZE * SIZE }, (_, i) => (i * 7919) % 4096);
  const affine = [0, 0, -4, 48, 0.8, 0, 0, -20, 0, -0.8, 0, 100, 0, 0, 0, 1];
  return {
    voxels,
    columns: SIZE,
    rows: SIZE,
    slices: SLICES,
    spacing: [0.8, 0.8, 4],
    affine,
    geometry: "patient",
  };
}

/** The same slice with a private part before its pixel data, which makes its header as long as scanners make it. */
function asScannersWrite(file: Buffer): Buffer {
  const at = file.lastIndexOf(Buffer.from([0x28, 0x00, 0x10, 0x00, 0x55, 0x53]));
  const parts = [
    element(0x00190010, "LO", "SIEMENS MR HEADER"),
    ...PRIVATE_BYTES.map((bytes, i) => element(0x00191010 + i, "OB", Buffer.alloc(bytes, 65 + i))),
  ];
  // Private elements of group 0019 stand before group 0020.
  const before = file.lastIndexOf(Buffer.from([0x20, 0x00, 0x0d, 0x00, 0x55, 0x49]), at);
  return Buffer.concat([file.subarray(0, before), ...parts, file.subarray(before)]);
}

/** Writes `files` slices below `folder`: studies of four series of 25 slices, with headers of some 13 kB. */
export async function writeFiles(folder: string, files: number): Promise<void> {
  const slices = volume();
  const scratch = join(folder, "series");
  for (let i = 0; i * SLICES < files; i++) {
    const study = Math.floor(i / 4);
    await writeDicomSeries(scratch, slices, {
      studySeed: `bench ${study}`,
      seriesNumber: (i % 4) + 1,
      seriesDescription: i % 2 === 0 ? "T2 SAG" : "T1 SAG",
      patientId: `patient ${study}`,
      echoTime: i % 2 === 0 ? 100 : 10,
      repetitionTime: i % 2 === 0 ? 3500 : 500,
    });
    const place = join(folder, `ward ${study % 7}`, `study ${study}`, `series ${i % 4}`);
    await mkdir(place, { recursive: true });
    for (const name of (await readdir(scratch)).slice(0, files - i * SLICES))
      await writeFile(join(place, name), asScannersWrite(await readFile(join(scratch, name))));
    await rm(scratch, { recursive: true });
  }
}
