import { join } from "node:path";
import { createPredictor, loadWeights } from "../engine/index.js";
import type { Predictor } from "../engine/index.js";
import { toSagittal } from "../imaging/index.js";
import type { SagittalStack, Volume } from "../imaging/index.js";
import { bodyRegions, bodyShape, firstSacralBody, frameBetween, neighbourBody } from "./bodies.js";
import type { BodyShape } from "./bodies.js";
import { discCandidates } from "./discCandidates.js";
import type { DiscCandidate } from "./discCandidates.js";
import { nameDiscs } from "./naming.js";
import type { Naming } from "./naming.js";
import type { Disc, Flag, Spine, Vertebra } from "./spine.js";
import { canalBeside, orientationFlags } from "./orientation.js";
import { DISC_LEVELS, VERTEBRA_LEVELS } from "./spine.js";
import { TISSUE } from "./tissue.js";
import { probability, tissueMaps, toSlice } from "./tissueMap.js";
import type { TissueMap } from "./tissueMap.js";

/** A volume in which no lumbar spine could be found; the message says what was looked for. */
export class DetectionError extends Error {
  override readonly name = "DetectionError";
  readonly code = "no-spine";
}

/** Slices looked at lie at least this far apart (mm) and within this distance of the stack's middle. */
const SLICE_STEP = 2.5;
const LATERAL_REACH = 24;
/** Discs that a picture must show to be taken for a lumbar spine. */
const FEWEST_DISCS = 3;

const loaded = new Map<string, Promise<Predictor>>();

/** The detector of a models folder; loaded once a process. */
export function loadDetector(models: string): Promise<Predictor> {
  const path = join(models, "detector.safetensors");
  const known = loaded.get(path);
  if (known !== undefined) return known;
  const loading = loadWeights(path).then(({ network, weights }) => createPredictor(network, weights));
  loaded.set(path, loading);
  // A file that is put right later is read again.
  loading.catch(() => loaded.delete(path));
  return loading;
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

interface SliceReading {
  readonly slice: number;
  readonly map: TissueMap;
  readonly chain: readonly DiscCandidate[];
  readonly evidence: number;
}

/** The reading to number the discs on: near the midline, with many clear discs. */
function chooseAnchor(readings: readonly SliceReading[]): SliceReading {
  return readings.reduce((best, reading) => (reading.evidence > best.evidence ? reading : best));
}

function readSlice(map: TissueMap, slice: number, largestCanal: number): SliceReading {
  const chain = discCandidates(map);
  const evidence =
    chain.reduce((sum, disc) => sum + disc.confidence, 0) + 4 * (canalArea(map) / Math.max(1, largestCanal));
  return { slice, map, chain, evidence };
}

/** The same disc in another slice: the candidate whose centre lies within 10 mm. */
function sameDisc(reading: SliceReading, disc: DiscCandidate): DiscCandidate | undefined {
  return reading.chain.find(
    (other) =>
      Math.hypot(other.box.centreRow - disc.box.centreRow, other.box.centreColumn - disc.box.centreColumn) <
      10,
  );
}

/** The share of "lowest disc" of each anchor disc, averaged with the slices beside it. */
function averageLowest(anchor: SliceReading, readings: readonly SliceReading[]): DiscCandidate[] {
  const at = readings.indexOf(anchor);
  const beside = [readings[at - 1], readings[at + 1]].filter((reading) => reading !== undefined);
  return anchor.chain.map((disc) => {
    const shares = [disc, disc, ...beside.flatMap((reading) => sameDisc(reading, disc) ?? [])].map(
      ({ lowest }) => lowest,
    );
    return { ...disc, lowest: shares.reduce((sum, share) => sum + share, 0) / shares.length };
  });
}

/** A disc in the slice of its own middle. */
function placeDisc(
  level: string,
  anchorDisc: DiscCandidate,
  anchor: SliceReading,
  readings: readonly SliceReading[],
): Disc {
  let best = { reading: anchor, disc: anchorDisc, canal: canalBeside(anchor.map, anchorDisc, 1) * 1.15 };
  for (const reading of readings) {
    const disc = Math.abs(reading.slice - anchor.slice) <= 3 ? sameDisc(reading, anchorDisc) : undefined;
    if (disc === undefined || disc.region.pixels.length < 0.7 * anchorDisc.region.pixels.length) continue;
    const canal = canalBeside(reading.map, disc, 1);
    if (canal > best.canal) best = { reading, disc, canal };
  }
  const { box, confidence } = best.disc;
  const centre = toSlice(best.reading.map, box.centreRow, box.centreColumn);
  return {
    level,
    confidence,
    slice: best.reading.slice,
    centre,
    angle: (box.angle * 180) / Math.PI,
    width: box.length,
    height: box.breadth,
  };
}

function placeVertebra(level: string, shape: BodyShape, reading: SliceReading): Vertebra {
  const [anteriorSuperior, posteriorSuperior, posteriorInferior, anteriorInferior] = shape.corners.map(
    ([row, column]) => toSlice(reading.map, row, column),
  );
  return {
    level,
    confidence: shape.confidence,
    slice: reading.slice,
    centre: toSlice(reading.map, ...shape.centre),
    corners: {
      anteriorSuperior: anteriorSuperior!,
      posteriorSuperior: posteriorSuperior!,
      posteriorInferior: posteriorInferior!,
      anteriorInferior: anteriorInferior!,
    },
  };
}

/** Mean height of a body, between its upper and lower corners, in pixels of the map (1 mm). */
function heightOf({ corners: [frontTop, backTop, backBottom, frontBottom] }: BodyShape): number {
  const distance = (a: readonly [number, number], b: readonly [number, number]): number =>
    Math.hypot(a[0] - b[0], a[1] - b[1]);
  return (distance(frontTop, frontBottom) + distance(backTop, backBottom)) / 2;
}

/** The bodies beside the named discs, from the top down, with S1 below L5-S1 where the sacrum was recognised. */
function findVertebrae({ named }: Naming, anchor: SliceReading): Vertebra[] {
  const bodies = bodyRegions(anchor.map, TISSUE.body);
  const vertebrae: Vertebra[] = [];
  named.forEach(({ candidate, level }, i) => {
    const index = DISC_LEVELS.indexOf(level as (typeof DISC_LEVELS)[number]);
    const above = neighbourBody(bodies, candidate, -1);
    const angleAbove = named[i - 1]?.candidate.box.angle ?? candidate.box.angle;
    const shape =
      above === undefined
        ? undefined
        : bodyShape(anchor.map, above, TISSUE.body, frameBetween([candidate.box.angle, angleAbove]));
    if (shape !== undefined) vertebrae.push(placeVertebra(VERTEBRA_LEVELS[index + 1]!, shape, anchor));
    const sacrum =
      index === 0
        ? firstSacralBody(anchor.map, candidate, shape === undefined ? undefined : heightOf(shape))
        : undefined;
    if (sacrum !== undefined)
      vertebrae.push(
        placeVertebra(
          "S1",
          bodyShape(anchor.map, sacrum, TISSUE.sacrum, frameBetween([candidate.box.angle])),
          anchor,
        ),
      );
  });
  return vertebrae;
}

/** Readings of the slices of an upright volume, and the one to number the discs on. */
async function readVolume(
  predictor: Predictor,
  volume: Volume,
): Promise<{ readings: SliceReading[]; anchor: SliceReading }> {
  const slices = slicesToRead(volume);
  const maps = await tissueMaps(predictor, volume, slices);
  const largestCanal = Math.max(...maps.map(canalArea));
  const readings = maps.map((map, i) => readSlice(map, slices[i]!, largestCanal));
  return { readings, anchor: chooseAnchor(readings) };
}

/** Factors by which the pixel spacing given for a picture is most often wrong (it was resampled). */
const SPACING_FACTORS = [2, 0.5];

/** A picture that shows no spine at the spacing given but a clear one at twice or half of it. */
async function readAtOtherSpacing(predictor: Predictor, stack: SagittalStack, found: number) {
  if (stack.volume.geometry !== "image" || found >= FEWEST_DISCS + 1) return undefined;
  for (const factor of SPACING_FACTORS) {
    const [column, row, slice] = stack.volume.spacing;
    const volume = { ...stack.volume, spacing: [column * factor, row * factor, slice] as const };
    const reading = await readVolume(predictor, volume);
    if (reading.anchor.chain.length < found + 3) continue;
    const flag: Flag = {
      code: "spacing",
      message: `The pixel spacing of ${column} mm does not fit a spine; ${column * factor} mm does, and lengths are given for it. Check the spacing.`,
    };
    return { ...reading, stack: { ...stack, volume }, flag };
  }
  return undefined;
}

/**
 * Finds and names vertebrae and discs.
 * @param volume a sagittal or reorientable volume.
 * @param models folder with `detector.safetensors`.
 * @throws ImagingError where the volume is not sagittal; DetectionError where no lumbar spine is seen; WeightsError.
 */
export async function detectSpine(volume: Volume, models: string): Promise<Spine> {
  const started = performance.now();
  const predictor = await loadDetector(models);
  const asGiven = toSagittal(volume);
  const first = await readVolume(predictor, asGiven.volume);
  const other = await readAtOtherSpacing(predictor, asGiven, first.anchor.chain.length);
  const { readings, anchor } = other ?? first;
  const stack = other?.stack ?? asGiven;
  const orientation = await orientationFlags(predictor, stack.volume);
  if (anchor.chain.length < FEWEST_DISCS)
    throw new DetectionError(
      `No lumbar spine was found: ${anchor.chain.length} disc-like structures in ${readings.length} sagittal slices, at least ${FEWEST_DISCS} are needed. ${orientation[0]?.message ?? "Is this a sagittal T2 series of the lumbar spine?"}`,
    );
  const naming = nameDiscs(averageLowest(anchor, readings));
  const discs = naming.named.map(({ candidate, level }) => placeDisc(level, candidate, anchor, readings));
  return {
    stack,
    vertebrae: findVertebrae(naming, anchor),
    discs,
    flags: [...(other === undefined ? [] : [other.flag]), ...orientation, ...naming.flags],
    midSlice: anchor.slice,
    seconds: (performance.now() - started) / 1000,
  };
}
