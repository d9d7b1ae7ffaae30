import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Spine } from "../../detection/index.js";
import { DataError, readPublishedTable } from "./publishedTable.js";

/** A box about something that a reader of LSMA-PQR saw in a slice. */
export interface FindingBox {
  readonly patient: string;
  readonly contrast: string;
  readonly label: string;
  /** Middle, in pixels of the slice. */
  readonly column: number;
  readonly row: number;
}

export const BOXES_FILE = "boxes.csv";

/**
 * What the labels say of the disc that they lie at, and how far (mm) from its middle: a narrow canal lies behind the disc. "Stenosis" is any
 * narrowing there, and a third of all discs have it: another convention than that of the models, which call what Jamaludin's readers
 * call in one disc of seventeen.
 */
const LABELS: readonly { readonly label: string; readonly key: string; readonly reach: number }[] = [
  { label: "spondylolisthesis", key: "spondylolisthesis", reach: 22 },
  { label: "stenosis", key: "centralCanalStenosis", reach: 28 },
  { label: "lumbarBulge", key: "bulging", reach: 22 },
];

/**
 * The boxes of a folder's `boxes.csv`, in the file's order; none where there is no such file.
 * @throws DataError where a column lacks or a place is no number
 */
export async function readFindingBoxes(folder: string): Promise<FindingBox[]> {
  if (!existsSync(join(folder, BOXES_FILE))) return [];
  const columns = ["patient", "contrast", "label", "centreColumn", "centreRow"] as const;
  const rows = await readPublishedTable(folder, BOXES_FILE, columns);
  return rows.map((row) => {
    const values = row.values as Record<(typeof columns)[number], string>;
    const [column, at] = [Number(values.centreColumn), Number(values.centreRow)];
    if (values.centreColumn === "" || values.centreRow === "" || !Number.isFinite(column + at))
      throw new DataError(`${row.file}, line ${row.line}: a box's middle must be two numbers.`);
    const { patient, contrast, label } = values;
    return { patient, contrast, label, column, row: at };
  });
}

/**
 * What a slice's boxes say of each disc of a spine that was found in it: every box belongs to the disc whose middle is nearest; a disc without
 * a box of a label does not have that finding.
 * @param boxes of one slice, in the pixels of the picture that was read
 * @returns findings (0 or 1 by feature key) by level
 */
export function findingsOfBoxes(
  boxes: readonly FindingBox[],
  spine: Spine,
): Map<string, Record<string, number>> {
  const { volume, toOriginal } = spine.stack;
  const places = spine.discs.map(({ level, centre, slice }) => {
    const [column, row] = toOriginal([centre.column, centre.row, slice]);
    return { level, column, row };
  });
  const findings = new Map(
    places.map(({ level }) => [level, Object.fromEntries(LABELS.map(({ key }) => [key, 0]))]),
  );
  for (const { label, column, row } of boxes) {
    const meant = LABELS.find((one) => one.label === label);
    if (meant === undefined) continue;
    const distances = places.map((place) =>
      Math.hypot((place.column - column) * volume.spacing[0], (place.row - row) * volume.spacing[1]),
    );
    const nearest = Math.min(...distances);
    if (nearest < meant.reach) findings.get(places[distances.indexOf(nearest)]!.level)![meant.key] = 1;
  }
  return findings;
}
