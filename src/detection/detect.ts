import type { Predictor } from "../engine/index.js";
import { toSagittal } from "../imaging/index.js";
import type { Contrast, SagittalStack, Volume } from "../imaging/index.js";
import { loadContrastModel } from "./contrast/model.js";
import { contrastFlags, seriesContrast } from "./contrast/recognise.js";
import type { DiscCandidate } from "./discCandidates.js";
import { extentProblem, isPossibleExtent } from "./extent.js";
import { lumbosacralPosterior, nameDiscs } from "./naming.js";
import { loadCornerNetwork, loadDetector } from "./networks.js";
import { formProbabilities, loadNumbering } from "./numbering/model.js";
import { readSigns } from "./numbering/signs.js";
import { canalBeside, orientationFlags } from "./orientation.js";
import { averageLowest, readVolume, sameDisc } from "./readings.js";
import type { SliceReading } from "./readings.js";
import type { Disc, Flag, SlicePoint, Spine } from "./spine.js";
import { labelsOfMap } from "./tissueLabels.js";
import { toSlice } from "./tissueMap.js";
import { findVertebrae } from "./vertebrae.js";
import { seriesWarnings } from "./warnings.js";

/** A volume in which no lumbar spine could be found, or looked for at the spacing told; the message says why. */
export class DetectionError extends Error {
  override readonly name = "DetectionError";

  constructor(
    message: string,
    readonly code: "no-spine" | "spacing" = "no-spine",
  ) {
    super(message);
  }
}

/** A volume turned upright. @throws DetectionError "spacing" where no spine can have its size; ImagingError */
function uprightStack(volume: Volume): SagittalStack {
  const stack = toSagittal(volume);
  const problem = extentProblem(stack.volume);
  if (problem !== undefined) throw new DetectionError(problem, "spacing");
  return stack;
}

/** Discs that a picture must show to be taken for a lumbar spine. */
const FEWEST_DISCS = 3;

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

/** Factors by which the pixel spacing given for a picture is most often wrong (it was resampled). */
const SPACING_FACTORS = [2, 0.5];

/** A picture that shows no spine at the spacing given but a clear one at twice or half of it. */
async function readAtOtherSpacing(predictor: Predictor, stack: SagittalStack, found: number) {
  if (stack.volume.geometry !== "image" || found >= FEWEST_DISCS + 1) return undefined;
  for (const factor of SPACING_FACTORS) {
    const [column, row, slice] = stack.volume.spacing;
    const volume = { ...stack.volume, spacing: [column * factor, row * factor, slice] as const };
    if (!isPossibleExtent(volume)) continue;
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

/** Says that the spacing is an estimate. */
function scaleFlags({ scale, spacing }: Volume): Flag[] {
  if (scale !== "estimated") return [];
  return [
    {
      code: "spacing-estimated",
      message: `The picture tells no spacing. ${spacing[0].toFixed(2)} mm a pixel was estimated from the size of its vertebral bodies: every length is an estimate too (off by up to 13 % in 19 of 20 people), and says nothing of how large this person's spine is.`,
    },
  ];
}

/** What may be known of a series before its picture is looked at. */
export interface DetectOptions {
  /** Its weighting by the header; the picture is asked, too. */
  readonly header?: Contrast | undefined;
  /** Its weighting where it is certain: neither header nor picture is asked. */
  readonly contrast?: Contrast | undefined;
}

/**
 * Finds and names vertebrae and discs, and tells the weighting of the series.
 * @param volume a sagittal or reorientable volume.
 * @param models folder with `detector.safetensors` and `corners.safetensors`.
 * @throws RangeError for a picture whose spacing is not known nor estimated yet ({@link import("./scale.js").withEstimatedSpacing});
 * ImagingError where the volume is not sagittal; DetectionError where no lumbar spine is seen, or no picture of one has that size; WeightsError.
 */
export async function detectSpine(volume: Volume, models: string, known: DetectOptions = {}): Promise<Spine> {
  const started = performance.now();
  if (volume.scale === "unknown")
    throw new RangeError(
      'The spacing of this picture is not known: load it with loadSeries(path, { spacing: "auto" }), which estimates it.',
    );
  const asGiven = uprightStack(volume);
  const [predictor, corners, contrastModel, forms] = await Promise.all([
    loadDetector(models),
    loadCornerNetwork(models),
    loadContrastModel(models),
    loadNumbering(models),
  ]);
  const first = await readVolume(predictor, asGiven.volume);
  const other = await readAtOtherSpacing(predictor, asGiven, first.anchor.chain.length);
  const { readings, anchor } = other ?? first;
  const stack = other?.stack ?? asGiven;
  const orientation = await orientationFlags(predictor, stack.volume);
  if (anchor.chain.length < FEWEST_DISCS)
    throw new DetectionError(
      `No lumbar spine was found: ${anchor.chain.length} disc-like structures in ${readings.length} sagittal slices, at least ${FEWEST_DISCS} are needed. ${orientation[0]?.message ?? "Is this a sagittal T2 series of the lumbar spine?"}`,
    );
  const chain = averageLowest(anchor, readings);
  const room = anchor.map.rows - Math.max(...chain.map(({ box }) => box.centreRow));
  const picture = { map: anchor.map, volume: stack.volume, slice: anchor.slice };
  const naming = nameDiscs(chain, room, (at) => formProbabilities(forms, readSigns(picture, chain, at)));
  const discs = naming.named.map(({ candidate, level }) => placeDisc(level, candidate, anchor, readings));
  const { volume: upright } = stack;
  const vertebrae = await findVertebrae(corners, upright, naming, readings, anchor, discs);
  const warnings = seriesWarnings(upright, discs, vertebrae);
  const contrast = seriesContrast(upright, labelsOfMap(anchor.map, anchor.slice), contrastModel, known);
  return {
    stack,
    vertebrae,
    discs,
    numbering: naming.numbering,
    contrast,
    flags: [
      ...(other === undefined ? [] : [other.flag]),
      ...scaleFlags(upright),
      ...orientation,
      ...naming.flags,
      ...warnings,
      ...contrastFlags(contrast),
    ],
    tissue: readings.map(({ map, slice }) => labelsOfMap(map, slice)),
    midSlice: anchor.slice,
    seconds: (performance.now() - started) / 1000,
  };
}

/** What a picture tells of its numbering, and about which disc. */
export interface NumberingSigns {
  /** A value for each of {@link import("./numbering/signs.js").SIGNS}; NaN where the picture does not show it. */
  readonly values: readonly number[];
  /** Centre of the disc that looks lumbosacral, in pixels of the upright stack. */
  readonly centre: SlicePoint;
}

/**
 * The signs that a numbering model is fitted on.
 * @throws DetectionError where no lumbar spine is seen
 */
export async function numberingSigns(volume: Volume, models: string): Promise<NumberingSigns> {
  const stack = uprightStack(volume);
  const { readings, anchor } = await readVolume(await loadDetector(models), stack.volume);
  if (anchor.chain.length < FEWEST_DISCS) throw new DetectionError("No lumbar spine was found.");
  const chain = averageLowest(anchor, readings);
  const posteriors = lumbosacralPosterior(chain);
  const at = posteriors.indexOf(Math.max(...posteriors));
  const picture = { map: anchor.map, volume: stack.volume, slice: anchor.slice };
  const { box } = chain[at]!;
  return {
    values: readSigns(picture, chain, at),
    centre: toSlice(anchor.map, box.centreRow, box.centreColumn),
  };
}
