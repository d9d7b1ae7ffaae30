/**
 * Data sets that phantoms stand for, written in exactly the layouts in which they are published: tiny, and with a known truth.
 */
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DISC_LEVELS } from "../../src/detection/index.js";
import { toPatient, writeDicomSeries, writeMetaImage } from "../../src/imaging/index.js";
import type { Vec3, Volume } from "../../src/imaging/index.js";
import { PHANTOM_TISSUE, renderPhantom } from "../../src/phantom/index.js";
import type { Phantom } from "../../src/phantom/index.js";

/** Vertebrae from the lowest upward, as SPIDER's masks count them from 1. */
const VERTEBRAE = ["L5", "L4", "L3", "L2", "L1", "T12", "T11", "T10", "T9", "T8"];

/** A small phantom with a T1 series: 192 x 256 pixels, 5 slices. */
export function smallPhantom(seed: number): Phantom {
  return renderPhantom({ seed, slices: 5, inPlane: 1.1, columns: 192, rows: 256, contrasts: ["T2", "T1"] });
}

/** A folder that is gone when the work is done. */
export async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "spinebook-pack-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A volume with its axes in another order (new axis i is old axis `order[i]`), those named run backwards; the places stay. */
export function reordered(
  volume: Volume,
  order: readonly [number, number, number],
  backwards: readonly number[],
): Volume {
  const sizes = [volume.columns, volume.rows, volume.slices];
  const strides = [1, volume.columns, volume.columns * volume.rows];
  const isBack = (axis: number): boolean => backwards.includes(axis);
  const origin = toPatient(
    volume,
    sizes.map((size, axis) => (isBack(axis) ? size - 1 : 0)) as unknown as Vec3,
  );
  const [columns, rows, slices] = order.map((axis) => sizes[axis]!) as [number, number, number];
  const voxels = new Int16Array(volume.voxels.length);
  let target = 0;
  for (let s = 0; s < slices; s++)
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++) {
        const from = [c, r, s].reduce((sum, index, i) => {
          const axis = order[i]!;
          return sum + strides[axis]! * (isBack(axis) ? sizes[axis]! - 1 - index : index);
        }, 0);
        voxels[target++] = volume.voxels[from]!;
      }
  const affine = [0, 1, 2].flatMap((row) => [
    ...order.map((axis) => (isBack(axis) ? -1 : 1) * volume.affine[4 * row + axis]!),
    origin[row]!,
  ]);
  return {
    ...{ voxels, columns, rows, slices, geometry: volume.geometry },
    spacing: order.map((axis) => volume.spacing[axis]!) as unknown as Vec3,
    affine: [...affine, 0, 0, 0, 1],
  };
}

/** SPIDER's codes of a phantom's voxels: vertebrae from 1, the canal 100, discs from 201, each counted from the lowest upward. */
export function spiderMask({ volume, tissue, truth }: Phantom): Volume {
  const middles = truth.vertebrae.flatMap(({ level, corners }) => {
    const code = VERTEBRAE.indexOf(level) + 1;
    const rows = Object.values(corners).map(({ pixel }) => pixel[1]);
    return code === 0 ? [] : [{ code, row: rows.reduce((sum, row) => sum + row, 0) / rows.length }];
  });
  const discs = truth.discs.map(({ level, pixel }) => ({
    code: 201 + DISC_LEVELS.indexOf(level as (typeof DISC_LEVELS)[number]),
    row: pixel[1],
    column: pixel[0],
  }));
  const nearest = <T>(all: readonly T[], distance: (one: T) => number): T =>
    all.reduce((best, one) => (distance(one) < distance(best) ? one : best));
  const voxels = Int16Array.from(tissue, (kind, i) => {
    const row = Math.floor(i / volume.columns) % volume.rows;
    const column = i % volume.columns;
    if (kind === PHANTOM_TISSUE.canal) return 100;
    if (kind === PHANTOM_TISSUE.disc)
      return nearest(discs, (disc) => Math.hypot(disc.row - row, disc.column - column)).code;
    if (kind === PHANTOM_TISSUE.body || kind === PHANTOM_TISSUE.posterior)
      return nearest(middles, (one) => Math.abs(one.row - row)).code;
    return 0;
  });
  return { ...volume, voxels };
}

/** One patient of a SPIDER pack. */
export interface SpiderPatient {
  readonly number: number;
  readonly phantom: Phantom;
  readonly series: readonly ("t1" | "t2" | "t2_SPACE")[];
  readonly isMasked: boolean;
  readonly isGraded: boolean;
  /** How the files keep their axes; as the phantom does where absent. */
  readonly axes?: {
    readonly order: readonly [number, number, number];
    readonly backwards: readonly number[];
  };
}

/** SPIDER as published: `images/N_t2.mha`, `masks/N_t2.mha`, the two tables with its columns and their spelling. */
export function writeSpiderPack(folder: string, patients: readonly SpiderPatient[]): void {
  for (const name of ["images", "masks"]) mkdirSync(join(folder, name), { recursive: true });
  const gradings = [
    "Patient,IVD label,Modic,UP endplate,LOW endplate,Spondylolisthesis,Disc herniation,Disc narrowing,Disc bulging,Pfirrman grade",
  ];
  const overview = [
    "new_file_name,num_vertebrae,num_discs,sex,birth_date,subset,PixelSpacing,SpacingBetweenSlices",
  ];
  for (const { number, phantom, series, isMasked, isGraded, axes } of patients) {
    const { volume, t1, truth } = phantom;
    const stored = (one: Volume): Uint8Array =>
      writeMetaImage(axes === undefined ? one : reordered(one, axes.order, axes.backwards));
    for (const kind of series) {
      const name = `${number}_${kind}`;
      writeFileSync(join(folder, "images", `${name}.mha`), stored(kind === "t1" ? t1! : volume));
      if (isMasked) writeFileSync(join(folder, "masks", `${name}.mha`), stored(spiderMask(phantom)));
      const spacing = volume.spacing[0];
      overview.push(
        `${name},7,${truth.discs.length},F ,,training,"[${spacing}, ${spacing}]",${volume.spacing[2]}`,
      );
    }
    if (!isGraded) continue;
    for (const { level, grades: g } of truth.discs)
      gradings.push(
        [
          number,
          DISC_LEVELS.indexOf(level as (typeof DISC_LEVELS)[number]) + 1,
          g.modic.grade,
          g.upperEndplateDefect.grade,
          g.lowerEndplateDefect.grade,
          g.spondylolisthesis.grade,
          g.herniation.grade,
          g.narrowing.grade > 1 ? 1 : 0,
          g.bulging.grade,
          g.pfirrmann.grade,
        ].join(","),
      );
  }
  writeFileSync(join(folder, "radiological_gradings.csv"), `${gradings.join("\r\n")}\r\n`);
  writeFileSync(join(folder, "overview.csv"), `${overview.join("\r\n")}\r\n`);
}

/** Writes the T2 and, where asked for, the T1 series of a phantom as DICOM, each into a folder of its own. */
async function writeSeries(
  phantom: Phantom,
  places: { readonly t2: string; readonly t1?: string },
  patientId: string,
): Promise<void> {
  const { volume, t1, sequences } = phantom;
  const write = async (
    folder: string,
    one: Volume,
    seriesNumber: number,
    kind: "T1" | "T2",
  ): Promise<void> => {
    mkdirSync(folder, { recursive: true });
    await writeDicomSeries(folder, one, {
      ...{ studySeed: `pack ${patientId}`, seriesNumber, patientId, isSynthetic: true },
      seriesDescription: `${kind} TSE sag`,
      ...sequences[kind],
    });
  };
  await write(places.t2, volume, 1, "T2");
  if (places.t1 !== undefined) await write(places.t1, t1!, 2, "T1");
}

/** Files of a folder, renamed by their order. */
function renameAll(folder: string, name: (i: number) => string): void {
  for (const [i, file] of readdirSync(folder).sort().entries())
    renameSync(join(folder, file), join(folder, name(i)));
}

/** LSMA-PQR's table with Sudirman's folders: `01_MRI_Data/0001/STUDY/SERIES/*.ima`; of a patient without a phantom only the row. */
export async function writeLsmaPack(
  folder: string,
  patients: readonly {
    readonly number: number;
    readonly phantom?: Phantom;
    readonly grades: readonly number[];
  }[],
): Promise<void> {
  const rows = patients.map(({ number, grades }) => [number, ...grades].join(","));
  writeFileSync(join(folder, "PfirrmannGrade.csv"), `${["Patient_ID,D5,D4,D3", ...rows].join("\n")}\n`);
  for (const { number, phantom } of patients) {
    const place = join(
      folder,
      "01_MRI_Data",
      String(number).padStart(4, "0"),
      "L-SPINE_LSS_20160309_091629_240000",
    );
    if (phantom === undefined) continue;
    const places = { t2: join(place, "T2_TSE_SAG_384_0002"), t1: join(place, "T1_TSE_SAG_320_0003") };
    await writeSeries(phantom, places, `sudirman ${number}`);
    for (const series of Object.values(places))
      renameAll(series, (i) => `LOCALIZER_${String(i + 1).padStart(3, "0")}.ima`);
  }
}

/** RSNA 2024 with one study: its tables as published, and `train_images/STUDY/SERIES/N.dcm`; the canal is marked so far (rows) off its disc. */
export async function writeRsnaPack(
  folder: string,
  {
    study,
    phantom,
    severities,
    off = 0,
  }: {
    readonly study: string;
    readonly phantom: Phantom;
    /** `L1-L2` to `L5-S1`. */
    readonly severities: readonly string[];
    readonly off?: number;
  },
): Promise<void> {
  const levels = ["l1_l2", "l2_l3", "l3_l4", "l4_l5", "l5_s1"];
  const conditions = [
    "spinal_canal_stenosis",
    ...["neural_foraminal_narrowing", "subarticular_stenosis"].flatMap((name) => [
      `left_${name}`,
      `right_${name}`,
    ]),
  ];
  const columns = conditions.flatMap((condition) => levels.map((level) => `${condition}_${level}`));
  const cells = columns.map((_, i) => severities[i] ?? "Normal/Mild");
  writeFileSync(join(folder, "train.csv"), `study_id,${columns.join(",")}\n${study},${cells.join(",")}\n`);
  const [t2, t1, axial] = ["1012284084", "4096820034", "3201256954"];
  writeFileSync(
    join(folder, "train_series_descriptions.csv"),
    `study_id,series_id,series_description\n${study},${t2},Sagittal T2/STIR\n${study},${t1},Sagittal T1\n${study},${axial},Axial T2\n`,
  );
  const points = phantom.truth.discs
    .filter(({ level }) => levels.includes(level.toLowerCase().replace("-", "_")))
    .map(
      ({ level, pixel: [x, y], slice }) =>
        `${study},${t2},${slice + 1},Spinal Canal Stenosis,${level.replace("-", "/")},${x + 15},${y + off}`,
    );
  writeFileSync(
    join(folder, "train_label_coordinates.csv"),
    `study_id,series_id,instance_number,condition,level,x,y\n${points.join("\n")}\n`,
  );
  const place = join(folder, "train_images", study);
  await writeSeries(phantom, { t2: join(place, t2), t1: join(place, t1) }, `rsna ${study}`);
  for (const series of [t2, t1]) renameAll(join(place, series), (i) => `${i + 1}.dcm`);
}

/** A folder of own studies: a DICOM folder by name for each, and the table beside. */
export async function writeStudies(
  folder: string,
  table: string,
  studies: readonly { readonly name: string; readonly patientId: string; readonly phantom: Phantom }[],
): Promise<void> {
  writeFileSync(join(folder, "grades.csv"), table);
  for (const { name, patientId, phantom } of studies)
    await writeSeries(phantom, { t2: join(folder, name, "t2"), t1: join(folder, name, "t1") }, patientId);
}
