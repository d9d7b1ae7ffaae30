import type { Predictor } from "../engine/index.js";
import type { Volume } from "../imaging/index.js";
import { discCandidates } from "./discCandidates.js";
import type { DiscCandidate } from "./discCandidates.js";
import { TISSUE } from "./tissue.js";
import { probability, tissueMap } from "./tissueMap.js";
import type { MapWindow, TissueMap } from "./tissueMap.js";

/** Slices looked at lie at least this far apart (mm) and within this distance of the stack's middle. */
const SLICE_STEP = 2.5;
const LATERAL_REACH = 18;
/** Discs that a slice must show for its spine's place to hold for the slices beside it. */
const ENOUGH_DISCS = 5;
/** What is read about the discs of one slice in the other slices (mm): bodies in front, canal behind, S1 below, a body above. */
const WINDOW = { front: 32, back: 48, above: 50, below: 75 } as const;

/** What one slice shows. */
export interface SliceReading {
  readonly slice: number;
  readonly map: TissueMap;
  readonly chain: readonly DiscCandidate[];
  /** How clear the discs are and how near the midline the slice lies: the canal is widest there. */
  readonly evidence: number;
}

/** Slices to look at: all of a thick-slice stack's central part, every few of a thin one. */
export function slicesToRead(volume: Volume): number[] {
  const middle = (volume.slices - 1) / 2;
  const step = Math.max(1, Math.round(SLICE_STEP / volume.spacing[2]));
  const reach = Math.max(1, Math.floor(LATERAL_REACH / volume.spacing[2]));
  const first = Math.max(0, Math.ceil(middle - reach));
  const last = Math.min(volume.slices - 1, Math.floor(middle + reach));
  const slices: number[] = [];
  for (let slice = first; slice <= last; slice += step) slices.push(slice);
  return slices;
}

/** Area (mm²) of the canal in a map: largest in the midline. */
function canalArea(map: TissueMap): number {
  let area = 0;
  for (let i = 0; i < map.rows * map.columns; i++) area += probability(map, TISSUE.canal, i);
  return area;
}

/** The part of a map that holds the spine, with a margin; undefined where too few discs show where the spine is. */
export function spineWindow(
  map: Pick<TissueMap, "rows" | "columns">,
  chain: readonly Pick<DiscCandidate, "box">[],
): MapWindow | undefined {
  if (chain.length < ENOUGH_DISCS) return undefined;
  const rows = chain.map(({ box }) => box.centreRow);
  const columns = chain.map(({ box }) => box.centreColumn);
  return {
    top: Math.max(0, Math.floor(Math.min(...rows) - WINDOW.above)),
    bottom: Math.min(map.rows, Math.ceil(Math.max(...rows) + WINDOW.below)),
    left: Math.max(0, Math.floor(Math.min(...columns) - WINDOW.front)),
    right: Math.min(map.columns, Math.ceil(Math.max(...columns) + WINDOW.back)),
  };
}

/**
 * Readings of the central slices of an upright volume, in order, and the one to number the discs on: near the midline, with
 * many clear discs. The middle slice is read whole; once a slice shows where the spine is, the others are read there only.
 */
export async function readVolume(
  predictor: Predictor,
  volume: Volume,
): Promise<{ readings: SliceReading[]; anchor: SliceReading }> {
  const slices = slicesToRead(volume);
  const middle = (volume.slices - 1) / 2;
  const outward = [...slices].sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle));
  let window: MapWindow | undefined;
  const read: Omit<SliceReading, "evidence">[] = [];
  for (const slice of outward) {
    const map = await tissueMap(predictor, volume, slice, window);
    const chain = discCandidates(map);
    window ??= spineWindow(map, chain);
    read.push({ slice, map, chain });
  }
  const areas = read.map(({ map }) => canalArea(map));
  const largest = Math.max(1, ...areas);
  const readings = read
    .map((reading, i) => ({ ...reading, evidence: evidenceOf(reading.chain, areas[i]! / largest) }))
    .sort((a, b) => a.slice - b.slice);
  return {
    readings,
    anchor: readings.reduce((best, reading) => (reading.evidence > best.evidence ? reading : best)),
  };
}

function evidenceOf(chain: readonly DiscCandidate[], canalShare: number): number {
  return chain.reduce((sum, disc) => sum + disc.confidence, 0) + 4 * canalShare;
}

/** Discs whose centres in two slices are closer than this (mm) are the same one. */
const SAME_PLACE = 10;

/** The same disc in another slice. */
export function sameDisc(reading: SliceReading, disc: DiscCandidate): DiscCandidate | undefined {
  return reading.chain.find(
    (other) =>
      Math.hypot(other.box.centreRow - disc.box.centreRow, other.box.centreColumn - disc.box.centreColumn) <
      SAME_PLACE,
  );
}

/** The share of "lowest disc" of each anchor disc, averaged with the slices beside it. */
export function averageLowest(anchor: SliceReading, readings: readonly SliceReading[]): DiscCandidate[] {
  const at = readings.indexOf(anchor);
  const beside = [readings[at - 1], readings[at + 1]].filter((reading) => reading !== undefined);
  return anchor.chain.map((disc) => {
    const shares = [disc, disc, ...beside.flatMap((reading) => sameDisc(reading, disc) ?? [])].map(
      ({ lowest }) => lowest,
    );
    return { ...disc, lowest: shares.reduce((sum, share) => sum + share, 0) / shares.length };
  });
}
