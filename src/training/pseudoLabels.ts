import {
  detectSpine,
  loadDetector,
  prepareSlice,
  probability,
  TISSUE,
  TISSUES,
  tissueMap,
} from "../detection/index.js";
import type { Spine, TissueMap } from "../detection/index.js";
import { BACKGROUND_OR_SACRUM, labelledSlice, UNKNOWN } from "./labelledSlice.js";
import type { LabelledSlice } from "./labelledSlice.js";
import { gradedSeries, patientsOf } from "./datasets/index.js";
import type { Dataset } from "./datasets/index.js";

/** A pixel keeps the model's own label when it is at least this probable. */
const CERTAIN = 0.8;

/** The model's certain labels; discs are renamed by the numbering of the whole spine, what lies below L5-S1 is no disc. */
function labelsOf(map: TissueMap, spine: Spine): Uint8Array {
  const lowest = spine.discs.at(-1)!;
  const nearLowest = (row: number, column: number): boolean =>
    Math.hypot(row - lowest.centre.row / map.rowStep, column - lowest.centre.column / map.columnStep) < 24;
  const labels = new Uint8Array(map.rows * map.columns);
  for (let i = 0; i < labels.length; i++) {
    let best = 0;
    for (let k = 1; k < TISSUES.length; k++) if (probability(map, k, i) > probability(map, best, i)) best = k;
    const disc = probability(map, TISSUE.disc, i) + probability(map, TISSUE.lowestDisc, i);
    const none = probability(map, TISSUE.background, i) + probability(map, TISSUE.sacrum, i);
    if (none > CERTAIN) labels[i] = BACKGROUND_OR_SACRUM;
    else if (disc > CERTAIN) {
      const [row, column] = [Math.floor(i / map.columns), i % map.columns];
      const isBelow = row > lowest.centre.row / map.rowStep + 14 && !nearLowest(row, column);
      labels[i] = isBelow ? BACKGROUND_OR_SACRUM : nearLowest(row, column) ? TISSUE.lowestDisc : TISSUE.disc;
    } else labels[i] = probability(map, best, i) > CERTAIN ? best : UNKNOWN;
  }
  return labels;
}

/**
 * Self-training: middle T2 slices of other sequences and scanners, those without masks, labelled by the detector itself where its count of
 * discs agrees with the data set's and its numbering is certain. Patients kept out are left out.
 */
export async function pseudoLabelledSlices(
  datasets: readonly Dataset[],
  models: string,
  log: (line: string) => void,
): Promise<LabelledSlice[]> {
  const predictor = await loadDetector(models);
  const slices: LabelledSlice[] = [];
  for (const patient of patientsOf(datasets, "training")) {
    const series = gradedSeries(patient);
    if (series === undefined || series.loadMasked !== undefined) continue;
    try {
      const spine = await detectSpine(await series.load(), models);
      const isOther = series.discs !== undefined && spine.discs.length !== series.discs;
      if (isOther || spine.flags.length > 0) continue;
      const { volume } = spine.stack;
      const map = await tissueMap(predictor, volume, spine.midSlice);
      const { values, rows, columns } = prepareSlice(volume, spine.midSlice);
      slices.push(labelledSlice({ values, labels: labelsOf(map, spine), rows, columns, spacing: 1 }));
    } catch (error) {
      log(`${series.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return slices;
}
