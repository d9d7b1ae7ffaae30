import { detectSpine, isFatSuppressed, loadContrastModel } from "../detection/index.js";
import type { Disc, Spine } from "../detection/index.js";
import type { Tensor } from "../engine/index.js";
import type { Volume } from "../imaging/index.js";
import { CROP_CHANNELS, CROP_SIZE, cutOut, cutOutPartner, frameOf, normaliseCrop } from "./discCrop.js";
import { gradeFrom } from "./decide.js";
import { FEATURES } from "./features.js";
import { loadGraders } from "./graders.js";
import type { Grader, Graders } from "./graders.js";
import type { DiscEvidence, FeatureGrade, GradedDisc, GradeReport, NetworkEvidence } from "./report.js";
import { geometryOf } from "./geometryInputs.js";
import { measureDiscs } from "./measures.js";
import type { DiscMeasures } from "./measures.js";
import { atOperatingPoints, loadOperatingPoints } from "./operatingPoints.js";
import { partnerOf } from "./partner.js";
import type { Partner } from "./partner.js";
import { restoredMarrow } from "./restoredMarrow.js";
import { readAs, readerFor } from "./readers/reader.js";
import type { Reader } from "./readers/reader.js";
import { severityOf } from "./readers/severity.js";
import { poolSlices, slicesOfDisc } from "./slices.js";
import { loadContrastAgreement } from "./contrastAgreement.js";
import { withStandings } from "./standing.js";
import { loadTrust, withTrust } from "./trust.js";

/**
 * Two opinions make the Pfirrmann grade: Niemeyer's network has this share, the multi-task network, which agrees better
 * with the readers of the validation patients, the rest.
 */
const OWN_SHARE = 1 / 3;
/** First channels of each crop, for a network that takes fewer than a crop has. */
function firstChannels(input: Float32Array, slices: number, channels: number): Tensor {
  const pixels = CROP_SIZE * CROP_SIZE;
  const values = new Float32Array(slices * channels * pixels);
  for (let s = 0; s < slices; s++)
    values.set(
      input.subarray(s * CROP_CHANNELS * pixels, (s * CROP_CHANNELS + channels) * pixels),
      s * channels * pixels,
    );
  return { values, shape: [slices, channels, CROP_SIZE, CROP_SIZE] };
}

async function predict(
  { predictor }: Grader,
  input: Float32Array,
  geometry: Float32Array,
  slices: number,
): Promise<{ outputs: Record<string, Tensor>; evidence: NetworkEvidence }> {
  const feeds: Record<string, Tensor> = {
    input: firstChannels(input, slices, predictor.network.input.channels),
  };
  const features = predictor.network.extraInputs?.geometry;
  if (features !== undefined) {
    // Networks that were trained before a measure was added take those before it.
    const repeated = new Float32Array(slices * features);
    for (let s = 0; s < slices; s++) repeated.set(geometry.subarray(0, features), s * features);
    feeds.geometry = { values: repeated, shape: [slices, features] };
  }
  const outputs = await predictor.run(feeds);
  return { outputs, evidence: { inputs: feeds, maps: outputs.maps! } };
}

/** What all discs of a spine are graded with. */
interface Setting {
  readonly graders: Graders;
  readonly volume: Volume;
  readonly partner: Partner | undefined;
  readonly ownShare: number;
  readonly reach: number | undefined;
}

async function gradeDisc(
  { graders, volume, partner, ownShare, reach }: Setting,
  disc: Disc,
  measures: DiscMeasures,
): Promise<{ disc: GradedDisc; evidence: DiscEvidence }> {
  const read = slicesOfDisc(volume, disc.slice, reach);
  const frame = frameOf(disc);
  const size = CROP_CHANNELS * CROP_SIZE * CROP_SIZE;
  const input = new Float32Array(read.length * size);
  read.forEach(({ slice }, s) => {
    const t1 = partner === undefined ? undefined : cutOutPartner(partner, slice, frame, volume.spacing);
    input.set(normaliseCrop(cutOut(volume, slice, frame), disc.height, t1), s * size);
  });
  const geometry = geometryOf(measures);
  const weights = read.map(({ weight }) => weight);
  const pfirrmann = await predict(graders.pfirrmann, input, geometry, read.length);
  const multitask = await predict(graders.multitask, input, geometry, read.length);
  const grades = FEATURES.map((feature): [string, FeatureGrade] => {
    const shared = poolSlices(feature.key, multitask.outputs[feature.key]!, weights);
    if (feature.key !== "pfirrmann") return [feature.key, gradeFrom(feature, shared)];
    const own = poolSlices(feature.key, pfirrmann.outputs.pfirrmann!, weights);
    const mixed = own.map((p, k) => ownShare * p + (1 - ownShare) * shared[k]!);
    return [feature.key, { ...gradeFrom(feature, mixed), severity: severityOf(mixed) }];
  });
  return {
    disc: { ...disc, grades: Object.fromEntries(grades), measures, flags: [] },
    evidence: {
      level: disc.level,
      slices: read.map(({ slice }) => slice),
      frame,
      pfirrmann: pfirrmann.evidence,
      multitask: multitask.evidence,
    },
  };
}

/** What may be known beside the graded series. */
export interface GradeOptions {
  /** The T1 series of the same patient: it tells the Modic types apart. One that shows another place is not used. */
  readonly t1?: Volume | undefined;
  /**
   * Slices to either side of a disc's middle that are read, 2 unless given. Those beyond the second do not count in the grades;
   * their evidence is kept for hotspots, as of all nine slices of Jamaludin et al. 2017 with 4.
   */
  readonly reach?: number | undefined;
  /** Whose convention the Pfirrmann grade follows: a reader that comes with the weights by name, a reader's file, or a reader. */
  readonly reader?: string | Reader | undefined;
}

/**
 * Grades every disc of a detected spine.
 * @param models folder with the graders' weights, and their calibration.
 * @throws WeightsError where weights are missing or damaged, ReaderError where there is no such reader.
 */
export async function gradeSpine(
  spine: Spine,
  models: string,
  options: GradeOptions = {},
): Promise<GradeReport> {
  const { reader } = options;
  const named = reader === undefined ? undefined : await readerFor(models, reader);
  const [raw, points] = [await gradeUncalibrated(spine, models, options), await loadOperatingPoints(models)];
  const report = withTrust(atOperatingPoints(raw, points), await loadTrust(models));
  const read = named === undefined ? report : readAs(report, named, named.scale);
  return withStandings(read, await loadContrastAgreement(models));
}

/**
 * Grades with probabilities as the networks give them: what a calibration is fitted on.
 * @param ownShare share of Niemeyer's network in the Pfirrmann grade; 0 leaves it to the multi-task network alone
 */
export async function gradeUncalibrated(
  spine: Spine,
  models: string,
  { t1, reach, ownShare = OWN_SHARE }: GradeOptions & { readonly ownShare?: number | undefined } = {},
): Promise<GradeReport> {
  const started = performance.now();
  const { contrast } = spine.contrast;
  const usual = isFatSuppressed(contrast) ? (await loadContrastModel(models))?.marrowToCsf : undefined;
  const volume = usual === undefined ? spine.stack.volume : restoredMarrow(spine, usual);
  const setting: Setting = {
    graders: await loadGraders(models, contrast),
    volume,
    partner: t1 === undefined ? undefined : partnerOf(volume, t1),
    ownShare,
    reach,
  };
  const results: Awaited<ReturnType<typeof gradeDisc>>[] = [];
  // The networks are given measures of what they see; told are those of the series as it is.
  const measures = measureDiscs(spine);
  const asSeen =
    volume === spine.stack.volume ? measures : measureDiscs({ ...spine, stack: { ...spine.stack, volume } });
  for (const [i, disc] of spine.discs.entries()) {
    const result = await gradeDisc(setting, disc, asSeen[i]!);
    results.push({ ...result, disc: { ...result.disc, measures: measures[i]! } });
  }
  return {
    spine,
    discs: results.map(({ disc }) => disc),
    evidence: results.map(({ evidence }) => evidence),
    flags: spine.flags,
    withT1: setting.partner !== undefined,
    seconds: spine.seconds + (performance.now() - started) / 1000,
  };
}

/** Detects and grades in one go. */
export async function gradeVolume(
  volume: Volume,
  models: string,
  options: GradeOptions = {},
): Promise<GradeReport> {
  return gradeSpine(await detectSpine(volume, models), models, options);
}
