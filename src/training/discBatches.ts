import type { Batch } from "../engine/index.js";
import { CROP_SIZE, GEOMETRY_FEATURES, geometryOf } from "../grading/index.js";
import type { Feature } from "../grading/index.js";
import { Random } from "../numbers/index.js";
import { augmentDisc, labelKey } from "./discAugmentation.js";
import type { DiscSample } from "./samples/index.js";

/** Share of a Pfirrmann label that goes to each neighbouring grade: readers differ by one grade, rarely by more. */
const NEIGHBOUR_SHARE = 0.1;
/** Spread of a measure over itself, by which samples are varied. */
const MEASURING = 0.03;
/** A label with fewer samples is not drawn on its own account: the same few would come again and again. */
const LEAST_SAMPLES = 8;

/** Samples grouped so that rare labels can be drawn as often as common ones. */
class BalancedSampler {
  private readonly groups: DiscSample[][];

  constructor(samples: readonly DiscSample[], features: readonly Feature[]) {
    const byLabel = features.flatMap(({ key, classes }) =>
      classes.map((_, k) =>
        samples.filter(({ labels }) => labels[key]?.length === 1 && labels[key][0] === k),
      ),
    );
    this.groups = byLabel.filter((group) => group.length >= LEAST_SAMPLES);
  }

  /** @throws RangeError where no label has enough samples */
  draw(random: Random): DiscSample {
    if (this.groups.length === 0)
      throw new RangeError(`No grade has ${LEAST_SAMPLES} labelled slices: there is too little to train on.`);
    const group = this.groups[random.integer(this.groups.length)]!;
    return group[random.integer(group.length)]!;
  }
}

/** Weight of each class of each feature: inverse to how often the sampler draws it, at most 6 times the mean. */
function classWeights(
  draw: (random: Random) => DiscSample,
  features: readonly Feature[],
): Record<string, number[]> {
  const random = new Random(99);
  const drawn = Array.from({ length: 3000 }, () => draw(random));
  return Object.fromEntries(
    features.map(({ key, classes }) => {
      const counts = classes.map(
        (_, k) => drawn.filter(({ labels }) => labels[key]?.length === 1 && labels[key][0] === k).length + 20,
      );
      const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
      return [key, counts.map((count) => Math.min(6, mean / count))];
    }),
  );
}

function fillTarget(
  target: Float32Array,
  at: number,
  allowed: readonly number[],
  isSoft: boolean,
  classes: number,
): void {
  for (const k of allowed) target[at + k] = 1;
  if (!isSoft || allowed.length > 1) return;
  const k = allowed[0]!;
  for (const neighbour of [k - 1, k + 1])
    if (neighbour >= 0 && neighbour < classes) {
      target[at + neighbour]! += NEIGHBOUR_SHARE;
      target[at + k]! -= NEIGHBOUR_SHARE;
    }
}

/** Where the samples of a batch are drawn from. */
interface SamplePools {
  readonly clinical: readonly DiscSample[];
  readonly synthetic: readonly DiscSample[];
  /** Share of samples that come from phantoms where there are both. */
  readonly phantomShare: number;
  /** Discs that other readers graded; their share of what is not a phantom. */
  readonly others?: readonly DiscSample[] | undefined;
  readonly othersShare?: number | undefined;
  /** Share shown in fat suppression of samples that have it; none unless given. */
  readonly suppressedShare?: number | undefined;
}

/** Share of other readers' discs unless the pools say otherwise. */
const OTHERS_SHARE = 0.4;

/**
 * The batches of a grader's training, each a function of its step alone, so that a run that goes on draws what it would have
 * drawn: slices `[batch][channels][CROP_SIZE][CROP_SIZE]`, measures for the multi-task network, and targets and weights for each
 * feature. Common labels weigh less; a label that a sample lacks does not count.
 * @param isTrained whether a feature is trained; what is not neither chooses samples nor counts in the loss
 * @throws RangeError where no label has enough samples
 */
export function discBatches(
  { kind, batchSize, seed }: { kind: "pfirrmann" | "multitask"; batchSize: number; seed: number },
  channels: number,
  features: readonly Feature[],
  isTrained: (feature: string) => boolean,
  {
    clinical,
    synthetic,
    phantomShare,
    others = [],
    othersShare = OTHERS_SHARE,
    suppressedShare = 0,
  }: SamplePools,
): (step: number) => Batch {
  const trained = features.filter(({ key }) => isTrained(key));
  const clinicalSampler = new BalancedSampler(clinical, trained);
  const syntheticSampler = new BalancedSampler(synthetic, trained);
  const drawOwn = (random: Random): DiscSample =>
    synthetic.length > 0 && (clinical.length === 0 || random.chance(phantomShare))
      ? syntheticSampler.draw(random)
      : clinicalSampler.draw(random);
  // How often a reader gives a grade belongs to that reader's convention: such discs are drawn as they come.
  const hasOwn = clinical.length + synthetic.length > 0;
  const draw = (random: Random): DiscSample =>
    others.length > 0 && (!hasOwn || random.chance(othersShare * (1 - phantomShare)))
      ? others[random.integer(others.length)]!
      : drawOwn(random);
  const balance = classWeights(hasOwn ? drawOwn : draw, features);
  return (step) => {
    const random = new Random(seed * 100003 + step);
    const size = channels * CROP_SIZE * CROP_SIZE;
    const input = new Float32Array(batchSize * size);
    const geometry = new Float32Array(batchSize * GEOMETRY_FEATURES);
    const targets = Object.fromEntries(
      features.map(({ key, classes }) => [key, new Float32Array(batchSize * classes.length)]),
    );
    const weights = Object.fromEntries(features.map(({ key }) => [key, new Float32Array(batchSize)]));
    for (let b = 0; b < batchSize; b++) {
      const drawn = draw(random);
      const sample =
        drawn.suppressed !== undefined && random.chance(suppressedShare) ? drawn.suppressed : drawn;
      const augmented = augmentDisc(sample, random);
      input.set(augmented.input.subarray(0, size), b * size);
      geometry.set(
        geometryOf(sample.measures).map(
          (value) => value * (1 + MEASURING * random.normal()) + 0.1 * random.normal(),
        ),
        b * GEOMETRY_FEATURES,
      );
      for (const { key, classes } of features) {
        const source = labelKey(key, augmented.upsideDown);
        const allowed = sample.labels[source];
        if (allowed === undefined || !isTrained(key)) {
          targets[key]!.fill(1, b * classes.length, (b + 1) * classes.length);
          continue;
        }
        fillTarget(targets[key]!, b * classes.length, allowed, kind === "pfirrmann", classes.length);
        const classWeight = allowed.reduce((sum, k) => sum + balance[key]![k]!, 0) / allowed.length;
        weights[key]![b] = (classWeight * (sample.doubt[source] ?? 1)) / batchSize;
      }
    }
    return { input, extra: kind === "multitask" ? { geometry } : undefined, targets, weights };
  };
}
