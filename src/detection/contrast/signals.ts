import type { Volume } from "../../imaging/index.js";
import { lowerQuantile } from "../../numbers/index.js";
import { sampleSlice } from "../sampleSlice.js";
import { TISSUE } from "../tissue.js";
import type { TissueLabels } from "../tissueLabels.js";

/**
 * Signals of one slice that tell its weighting, in stored units: quantiles over what the detector's tissue map calls marrow, disc, canal
 * and posterior elements, and over what lies behind and in front of the spine beside its discs.
 */
export interface TissueSignals {
  /** Bright part of the canal (90 %): CSF on T2. */
  readonly csf: number;
  /** Marrow of the bodies: median, 10 and 90 %. */
  readonly marrow: number;
  readonly marrowLow: number;
  readonly marrowHigh: number;
  readonly disc: number;
  readonly discLow: number;
  readonly discHigh: number;
  /** Dark part of the canal (10 %) and its median. */
  readonly canalLow: number;
  readonly canal: number;
  readonly posterior: number;
  /** Within 3 mm behind the canal (90 %): epidural fat and ligaments. */
  readonly epidural: number;
  /** 3 to 16 mm behind the posterior elements: muscle, ligaments and the fat between. */
  readonly behind: number;
  readonly behindHigh: number;
  /** 2 to 12 mm below the skin of the back: subcutaneous fat. */
  readonly skin: number;
  readonly skinHigh: number;
  /** 3 to 12 mm in front of the bodies (90 %). */
  readonly front: number;
}

/** Quotients over CSF that the weighting is told by, in the order of the model's weights. */
export const CONTRAST_SIGNALS = [
  "marrow",
  "disc",
  "discLow",
  "discHigh",
  "canalLow",
  "canal",
  "posterior",
  "behind",
  "behindHigh",
  "skin",
  "skinHigh",
  "front",
  "epidural",
  "marrowLow",
  "marrowHigh",
] as const satisfies readonly (keyof TissueSignals)[];

/** Quotients below this are taken for it: noise and rounding decide below. */
const LEAST_QUOTIENT = 0.02;
/** Where what lies behind and in front is looked for, mm from the tissue map's edge, first included and last not. */
const [BEHIND, FRONT, EPIDURAL, SKIN] = [
  [3, 17],
  [3, 12],
  [1, 4],
  [2, 12],
] as const;
/** Below this share of marrow's signal, or of a third of CSF's, a pixel behind the back is air. */
const [AIR, CSF_TO_MARROW] = [0.12, 0.3];
/** Pixels (mm²) of marrow, disc and canal without which nothing can be told. */
const FEWEST_PIXELS = 30;

const isDisc = (tissue: number): boolean => tissue === TISSUE.disc || tissue === TISSUE.lowestDisc;

/** The labels of a slice beside its signal, at 1 mm. */
class LabelledSignal {
  constructor(
    private readonly volume: Volume,
    private readonly map: TissueLabels,
  ) {}

  get rows(): number {
    return this.map.rows;
  }

  /** Columns that lie in the picture: maps are padded. */
  get columns(): number {
    return Math.min(this.map.columns, Math.floor(this.volume.columns / this.map.columnStep));
  }

  tissue(row: number, column: number): number {
    if (row < 0 || column < 0 || row >= this.map.rows || column >= this.map.columns) return TISSUE.background;
    return this.map.labels[row * this.map.columns + column]!;
  }

  signal(row: number, column: number): number {
    const { columnStep, rowStep, slice } = this.map;
    return sampleSlice(this.volume, slice, (column + 0.5) * columnStep - 0.5, (row + 0.5) * rowStep - 0.5);
  }

  /** Whether the four neighbours are of the same tissue: edges mix two. */
  isInner(row: number, column: number): boolean {
    const own = this.tissue(row, column);
    return (
      this.tissue(row, column - 1) === own &&
      this.tissue(row, column + 1) === own &&
      this.tissue(row - 1, column) === own &&
      this.tissue(row + 1, column) === own
    );
  }

  /** First and last row with a disc; undefined without any. */
  discRows(): [number, number] | undefined {
    const found = this.map.labels.findIndex(isDisc);
    if (found < 0) return undefined;
    const last = this.map.labels.findLastIndex(isDisc);
    return [Math.floor(found / this.map.columns), Math.floor(last / this.map.columns)];
  }
}

/** The outer edges of the spine in one row; -1 where the tissue is not there. */
function edgesOf(slice: LabelledSignal, row: number): { front: number; canal: number; back: number } {
  const edges = { front: -1, canal: -1, back: -1 };
  for (let column = 0; column < slice.columns; column++) {
    const tissue = slice.tissue(row, column);
    if (tissue === TISSUE.posterior || tissue === TISSUE.canal) edges.back = column;
    if (tissue === TISSUE.canal) edges.canal = column;
    if (edges.front < 0 && (tissue === TISSUE.body || tissue === TISSUE.disc)) edges.front = column;
  }
  return edges;
}

/**
 * Measures the signals of one slice.
 * @param volume upright, anterior to the left
 * @param map labels of a slice of it
 * @returns undefined where the map shows too little of a spine
 */
export function tissueSignals(volume: Volume, map: TissueLabels): TissueSignals | undefined {
  const slice = new LabelledSignal(volume, map);
  const rows = slice.discRows();
  if (rows === undefined) return undefined;
  const marrow: number[] = [];
  const disc: number[] = [];
  const canal: number[] = [];
  const posterior: number[] = [];
  const epidural: number[] = [];
  const front: number[] = [];
  const backs: number[][] = [];
  const line = (row: number, from: number, to: number): number[] => {
    const values: number[] = [];
    for (let c = Math.max(0, from); c < Math.min(slice.columns, to); c++) values.push(slice.signal(row, c));
    return values;
  };
  for (let row = rows[0]; row <= rows[1]; row++) {
    for (let column = 0; column < slice.columns; column++) {
      const tissue = slice.tissue(row, column);
      if (tissue === TISSUE.background || !slice.isInner(row, column)) continue;
      if (tissue === TISSUE.body) marrow.push(slice.signal(row, column));
      else if (isDisc(tissue)) disc.push(slice.signal(row, column));
      else if (tissue === TISSUE.canal) canal.push(slice.signal(row, column));
      else if (tissue === TISSUE.posterior) posterior.push(slice.signal(row, column));
    }
    const edges = edgesOf(slice, row);
    if (edges.canal >= 0) epidural.push(...line(row, edges.canal + EPIDURAL[0], edges.canal + EPIDURAL[1]));
    if (edges.back >= 0) backs.push(line(row, edges.back + BEHIND[0], slice.columns));
    if (edges.front >= 0) front.push(...line(row, edges.front - FRONT[1], edges.front - FRONT[0]));
  }
  if (Math.min(marrow.length, disc.length, canal.length) < FEWEST_PIXELS) return undefined;
  const quantile = (values: readonly number[], q: number): number => lowerQuantile(values, q) ?? 0;
  const csf = quantile(canal, 0.9);
  const air = AIR * Math.max(quantile(marrow, 0.5), CSF_TO_MARROW * quantile(canal, 0.5));
  const bodies = backs.map((values) => values.slice(0, values.findLastIndex((value) => value >= air) + 1));
  const behind = bodies.flatMap((values) => values.slice(0, BEHIND[1] - BEHIND[0]));
  const skin = bodies.flatMap((values) =>
    values.slice(Math.max(0, values.length - SKIN[1]), Math.max(0, values.length - SKIN[0])),
  );
  return {
    csf,
    marrow: quantile(marrow, 0.5),
    marrowLow: quantile(marrow, 0.1),
    marrowHigh: quantile(marrow, 0.9),
    disc: quantile(disc, 0.5),
    discLow: quantile(disc, 0.1),
    discHigh: quantile(disc, 0.9),
    canalLow: quantile(canal, 0.1),
    canal: quantile(canal, 0.5),
    posterior: quantile(posterior, 0.5),
    epidural: quantile(epidural, 0.9),
    behind: quantile(behind, 0.5),
    behindHigh: quantile(behind, 0.9),
    skin: quantile(skin, 0.5),
    skinHigh: quantile(skin, 0.9),
    front: quantile(front, 0.9),
  };
}

/** Logarithms of {@link CONTRAST_SIGNALS} over CSF; undefined where CSF gives no signal. */
export function contrastInputs(signals: TissueSignals): number[] | undefined {
  const { csf } = signals;
  if (!(csf > 0)) return undefined;
  return CONTRAST_SIGNALS.map((name) => Math.log(Math.max(LEAST_QUOTIENT, signals[name] / csf)));
}
