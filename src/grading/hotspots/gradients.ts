import { Random } from "../../numbers/index.js";
import { createInputGradient, placeLayers } from "../../engine/index.js";
import type { InputGradient, Network, ScoreGradient, Tensor } from "../../engine/index.js";
import type { Grader } from "../graders.js";
import { overWholeImage } from "./classActivation.js";
import { blurred } from "./smoothing.js";
import { directionOf } from "./types.js";
import type { Aim, EvidenceMaps, FindEvidence, Reading } from "./types.js";

/** Standard deviation in pixels of the blur that turns single pixels' gradients into spots (1.5 mm). */
const SPOT_BLUR = 2;
/** Standard deviation in pixels of the blur that takes findings out of an image (6 mm). */
const BASELINE_BLUR = 8;
/** Points on the way from the blurred image to the image. */
const PATH_POINTS = 8;
/** Noisy copies of an image, and their noise as a share of each channel's range (Smilkov et al. 2017: 10 to 20 %). */
const NOISY_COPIES = 8;
const NOISE_SHARE = 0.1;

interface GradientKind {
  readonly respectTo?: string;
  readonly isGuided?: boolean;
}

const sessions = new WeakMap<Grader, Map<string, Promise<InputGradient>>>();

/** The derivative of a grader's scores; made once for each grader and kind. */
function gradientOf(grader: Grader, kind: GradientKind): Promise<InputGradient> {
  const own = sessions.get(grader) ?? new Map<string, Promise<InputGradient>>();
  sessions.set(grader, own);
  const key = JSON.stringify(kind);
  const made =
    own.get(key) ?? createInputGradient(grader.predictor.network, grader.weights, kind, grader.engine);
  own.set(key, made);
  return made;
}

/** A tensor repeated as a whole. */
function repeated({ values, shape }: Tensor, times: number): Tensor {
  const many = new Float32Array(values.length * times);
  for (let t = 0; t < times; t++) many.set(values, t * values.length);
  return { values: many, shape: [shape[0]! * times, ...shape.slice(1)] };
}

/** Scores of all aims in all slices ([aim][slice]) with their derivative; `image` in place of the one that was graded. */
async function differentiate(
  { grader, evidence }: Reading,
  aims: readonly Aim[],
  kind: GradientKind,
  image = evidence.inputs.input!,
): Promise<ScoreGradient> {
  const model = await gradientOf(grader, kind);
  const slices = image.shape[0]!;
  const feeds = Object.fromEntries(
    Object.entries({ ...evidence.inputs, input: image }).map(([name, tensor]) => [
      name,
      repeated(tensor, aims.length),
    ]),
  );
  const directions: Record<string, Float32Array> = {};
  aims.forEach((aim, a) => {
    const direction = directionOf(grader, aim);
    const all = (directions[aim.head] ??= new Float32Array(aims.length * slices * direction.length));
    for (let s = 0; s < slices; s++) all.set(direction, (a * slices + s) * direction.length);
  });
  return model.run(feeds, directions);
}

/** Sum over channels of what `evidence` makes of each value, as one [slice][row][column] for each aim. */
function sumChannels(
  shape: readonly number[],
  aims: number,
  evidenceAt: (index: number) => number,
): EvidenceMaps[] {
  const [samples, channels, size] = shape as [number, number, number, number];
  const pixels = size * size;
  const slices = samples / aims;
  return Array.from({ length: aims }, (_, a) => {
    const values = new Float32Array(slices * pixels);
    for (let s = 0; s < slices; s++)
      for (let c = 0; c < channels; c++) {
        const from = ((a * slices + s) * channels + c) * pixels;
        for (let p = 0; p < pixels; p++) values[s * pixels + p]! += evidenceAt(from + p);
      }
    return { size, values };
  });
}

/** Sums channels, and blurs pixels to spots. */
function toSpots(
  shape: readonly number[],
  aims: number,
  evidenceAt: (index: number) => number,
): EvidenceMaps[] {
  return sumChannels(shape, aims, evidenceAt).map(({ size, values }) => ({
    size,
    values: blurred(values, size, SPOT_BLUR),
  }));
}

/** Gradient times image, summed over channels. */
export const gradientInput: FindEvidence = async (reading, aims) => {
  const { values, gradient } = await differentiate(reading, aims, {});
  return toSpots(gradient.shape, aims.length, (i) => gradient.values[i]! * values.values[i]!);
};

/** The image without its findings: what integrated gradients start from and occlusion puts in. */
export function withoutFindings(image: Tensor): Tensor {
  return { ...image, values: blurred(image.values, image.shape[3]!, BASELINE_BLUR) };
}

/** Integrated gradients from the blurred image: the values sum to the difference of the two images' scores. */
export const integratedGradients: FindEvidence = async (reading, aims) => {
  const image = reading.evidence.inputs.input!;
  const start = withoutFindings(image);
  const size = image.values.length;
  const mean = new Float32Array(aims.length * size);
  for (let k = 0; k < PATH_POINTS; k++) {
    const share = (k + 0.5) / PATH_POINTS;
    const values = start.values.map((from, i) => from + share * (image.values[i]! - from));
    const { gradient } = await differentiate(reading, aims, {}, { ...image, values });
    gradient.values.forEach((g, i) => (mean[i]! += g / PATH_POINTS));
  }
  return toSpots(
    [aims.length * image.shape[0]!, ...image.shape.slice(1)],
    aims.length,
    (i) => mean[i]! * (image.values[i % size]! - start.values[i % size]!),
  );
};

/** The image with noise of a share of each channel's range, the same for each call with the same seed. */
function withNoise({ values, shape }: Tensor, seed: number): Tensor {
  const random = new Random(seed);
  const size = shape[2]! * shape[3]!;
  const noisy = values.slice();
  for (let from = 0; from < noisy.length; from += size) {
    let [low, high] = [Infinity, -Infinity];
    for (let i = from; i < from + size; i++) {
      low = Math.min(low, values[i]!);
      high = Math.max(high, values[i]!);
    }
    for (let i = from; i < from + size; i++) noisy[i]! += NOISE_SHARE * (high - low) * random.normal();
  }
  return { values: noisy, shape };
}

/** Size of the mean gradient over noisy copies of the image, summed over channels. */
export const smoothGradient: FindEvidence = async (reading, aims) => {
  const image = reading.evidence.inputs.input!;
  const mean = new Float32Array(aims.length * image.values.length);
  for (let copy = 1; copy <= NOISY_COPIES; copy++) {
    const { gradient } = await differentiate(reading, aims, {}, withNoise(image, copy));
    gradient.values.forEach((g, i) => (mean[i]! += g / NOISY_COPIES));
  }
  return toSpots([aims.length * image.shape[0]!, ...image.shape.slice(1)], aims.length, (i) =>
    Math.abs(mean[i]!),
  );
};

/** Size of the guided gradient, summed over channels. */
export const guidedBackpropagation: FindEvidence = async (reading, aims) => {
  const { gradient } = await differentiate(reading, aims, { isGuided: true });
  return toSpots(gradient.shape, aims.length, (i) => Math.abs(gradient.values[i]!));
};

/** The layer that the network's last max pooling reads. Throws where it has no max pooling. */
export function finerLayer(network: Network): string {
  const pooling = placeLayers(network).findLast(({ layer }) => layer.kind === "maxPooling");
  if (pooling === undefined) throw new Error(`${network.name} has no max pooling, so no finer maps.`);
  return pooling.reads[0]!;
}

/** Gradient times activation at the maps before the last max pooling: twice as fine as class activation maps. */
export const layerActivation: FindEvidence = async (reading, aims) => {
  const { network } = reading.grader.predictor;
  const respectTo = finerLayer(network);
  const { values, gradient } = await differentiate(reading, aims, { respectTo });
  return sumChannels(gradient.shape, aims.length, (i) => gradient.values[i]! * values.values[i]!).map(
    (maps) =>
      overWholeImage(network, respectTo, { ...maps, values: blurred(maps.values, maps.size, SPOT_BLUR / 2) }),
  );
};
