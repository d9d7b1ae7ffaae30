import { createPredictor, initialWeights } from "../../engine/index.js";
import { detectSpine } from "../../detection/index.js";
import type { Spine } from "../../detection/index.js";
import { gradeSpine, heatOnStack, HOTSPOT_METHODS, hotspotsOf, loadGraders } from "../../grading/index.js";
import type {
  DiscEvidence,
  Grader,
  Graders,
  GradeReport,
  HeatBox,
  HotspotMethod,
} from "../../grading/index.js";
import { renderPhantom } from "../../phantom/index.js";
import type { PathologyMask, Phantom } from "../../phantom/index.js";
import { averagePrecision, spearman } from "../../statistics/index.js";
import { dilated, pointsInside, prevalence } from "./hotspotMeasures.js";

/** The hottest voxel may lie this far from the finding, in mm: a pixel of the coarsest evidence maps. */
export const POINTING_TOLERANCE = 3;
/** A detected disc is taken for the true one of its level when their middles are no further apart, in mm. */
const SAME_PLACE = 6;

/** One method's measures, means over findings. */
export interface HotspotScores {
  /** Findings of phantoms that were measured. */
  readonly findings: number;
  /** Share whose hottest voxel lies within {@link POINTING_TOLERANCE} of the finding. */
  readonly pointing: number;
  /** The same for a point thrown at random into the heat's box. */
  readonly chance: number;
  /** Area under the precision-recall curve (average precision) of the heat for the finding's voxels. */
  readonly auprc: number;
  /** Share of the box's voxels that belong to the finding: what heat without information reaches. */
  readonly prevalence: number;
  /** Spearman's correlation of the heat with that of a network of random weights, and the mean of its size. */
  readonly randomised: number;
  readonly randomisedSize: number;
  /** Findings that the network graded as present, and pointing and AUPRC of these: others have no evidence to show. */
  readonly graded: number;
  readonly pointingGraded: number;
  readonly auprcGraded: number;
}

/** One method's measures over all findings and for each feature, and the seconds that its heat took for one disc. */
export interface MethodEvaluation extends HotspotScores {
  readonly features: Readonly<Record<string, HotspotScores>>;
  readonly secondsPerDisc: number;
}

/** How well hotspots point on phantoms, whose findings have known places. */
export interface HotspotEvaluation {
  readonly phantoms: number;
  readonly seed: number;
  readonly toleranceMm: number;
  /** Findings whose disc was not detected at its place. */
  readonly missed: number;
  /** Findings without a voxel in the slices that are read. */
  readonly outside: number;
  readonly methods: Readonly<Partial<Record<HotspotMethod, MethodEvaluation>>>;
}

export interface HotspotEvaluationOptions {
  readonly phantoms: number;
  /** Seed of the first phantom. Seeds below 7919 are never used in training. */
  readonly seed: number;
  readonly methods?: readonly HotspotMethod[];
}

/** What is measured of one finding by one method. */
interface Measurement {
  readonly feature: string;
  /** Whether the network's grade is not the normal one. */
  readonly isGraded: boolean;
  readonly points: boolean;
  readonly chance: number;
  readonly auprc: number;
  readonly prevalence: number;
  readonly randomised: number;
}

/** Seed of the random weights: the same whatever the phantoms, so that measures of several runs can be pooled. */
const RANDOM_WEIGHTS = 1;

async function randomised({ predictor: { network } }: Grader): Promise<Grader> {
  const weights = initialWeights(network, RANDOM_WEIGHTS);
  return { predictor: await createPredictor(network, weights), weights };
}

/** The report's evidence as networks with other weights see it. */
async function reread(report: GradeReport, graders: Graders): Promise<GradeReport> {
  const evidence: DiscEvidence[] = [];
  for (const own of report.evidence) {
    const maps = async (name: keyof Graders): Promise<DiscEvidence["pfirrmann"]> => ({
      inputs: own[name].inputs,
      maps: (await graders[name].predictor.run(own[name].inputs)).maps!,
    });
    evidence.push({ ...own, pfirrmann: await maps("pfirrmann"), multitask: await maps("multitask") });
  }
  return { ...report, evidence };
}

/** The mask of a finding on the voxels of a box of the upright stack. */
function maskInBox({ stack }: Spine, { volume }: Phantom, box: HeatBox, voxels: Int32Array): Uint8Array {
  const inside = new Set(voxels);
  const mask = new Uint8Array(box.values.length);
  for (let i = 0; i < mask.length; i++) {
    const column = i % box.columns;
    const row = Math.floor(i / box.columns) % box.rows;
    const slice = Math.floor(i / (box.columns * box.rows));
    const [c, r, s] = stack
      .toOriginal([box.origin[0] + column, box.origin[1] + row, box.origin[2] + slice])
      .map(Math.round) as [number, number, number];
    if (inside.has((s * volume.rows + r) * volume.columns + c)) mask[i] = 1;
  }
  return mask;
}

/** Findings whose disc was found where it is. */
function isInPlace({ truth, volume }: Phantom, { discs, stack }: Spine, level: string): boolean {
  const own = truth.discs.find((disc) => disc.level === level);
  const found = discs.find((disc) => disc.level === level);
  if (own === undefined || found === undefined) return false;
  const [column, row] = stack.toOriginal([found.centre.column, found.centre.row, found.slice]);
  return (
    Math.hypot((column - own.pixel[0]) * volume.spacing[0], (row - own.pixel[1]) * volume.spacing[1]) <=
    SAME_PLACE
  );
}

/** Mean; NaN (null in JSON) of nothing. */
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function scoresOf(measurements: readonly Measurement[]): HotspotScores {
  // Heat that is zero everywhere has no order to correlate.
  const correlations = measurements.map(({ randomised }) => (Number.isNaN(randomised) ? 0 : randomised));
  const graded = measurements.filter(({ isGraded }) => isGraded);
  return {
    findings: measurements.length,
    graded: graded.length,
    pointingGraded: mean(graded.map(({ points }) => Number(points))),
    auprcGraded: mean(graded.map(({ auprc }) => auprc)),
    pointing: mean(measurements.map(({ points }) => Number(points))),
    chance: mean(measurements.map(({ chance }) => chance)),
    auprc: mean(measurements.map(({ auprc }) => auprc)),
    prevalence: mean(measurements.map((one) => one.prevalence)),
    randomised: mean(correlations),
    randomisedSize: mean(correlations.map(Math.abs)),
  };
}

/** Measures the findings of one disc by one method; the masks of a disc's findings share one box. */
async function measureDisc(
  method: HotspotMethod,
  phantom: Phantom,
  reports: readonly [GradeReport, GradeReport],
  graders: readonly [Graders, Graders],
  masks: readonly PathologyMask[],
): Promise<{ measurements: Measurement[]; outside: number; seconds: number }> {
  const [report, otherReport] = reports;
  const { spine } = report;
  const options = {
    method,
    levels: [masks[0]!.level],
    features: masks.map(({ feature }) => feature),
  };
  const started = performance.now();
  const hotspots = await hotspotsOf(report, graders[0], options);
  const seconds = (performance.now() - started) / 1000;
  const others = await hotspotsOf(otherReport, graders[1], options);
  const measurements = hotspots.flatMap((hotspot, i): Measurement[] => {
    const box = heatOnStack(hotspot, spine.stack.volume);
    const mask = maskInBox(spine, phantom, box, masks[i]!.voxels);
    if (prevalence(mask) === 0) return [];
    const target = dilated(mask, box, spine.stack.volume.spacing, POINTING_TOLERANCE);
    return [
      {
        feature: hotspot.feature.key,
        isGraded: hotspot.grade.grade !== hotspot.feature.classes[0],
        points: pointsInside(box.values, target),
        chance: prevalence(target),
        auprc: averagePrecision(mask, box.values),
        prevalence: prevalence(mask),
        randomised: spearman(hotspot.heat, others[i]!.heat),
      },
    ];
  });
  return { measurements, outside: masks.length - measurements.length, seconds };
}

/**
 * Measures how well hotspots point: renders phantoms, detects and grades them, and compares the heat of every finding
 * that is truly there with its known place, for each method.
 * @param models folder with the weights.
 */
export async function evaluateHotspots(
  models: string,
  { phantoms, seed, methods = HOTSPOT_METHODS }: HotspotEvaluationOptions,
  log: (line: string) => void,
): Promise<HotspotEvaluation> {
  const graders = await loadGraders(models);
  const others: Graders = {
    pfirrmann: await randomised(graders.pfirrmann),
    multitask: await randomised(graders.multitask),
  };
  const results = new Map(methods.map((method) => [method, { all: [] as Measurement[], seconds: 0 }]));
  let [missed, outside, discs] = [0, 0, 0];
  for (let p = 0; p < phantoms; p++) {
    const phantom = renderPhantom({ seed: seed + p });
    let report: GradeReport;
    try {
      report = await gradeSpine(await detectSpine(phantom.volume, models, { contrast: "T2" }), models);
    } catch (error) {
      log(`phantom ${seed + p}: ${error instanceof Error ? error.message : String(error)}`);
      missed += phantom.pathology.length;
      continue;
    }
    const otherReport = await reread(report, others);
    for (const level of new Set(phantom.pathology.map((mask) => mask.level))) {
      const masks = phantom.pathology.filter((mask) => mask.level === level);
      if (!isInPlace(phantom, report.spine, level)) {
        missed += masks.length;
        continue;
      }
      discs++;
      for (const method of methods) {
        const measured = await measureDisc(method, phantom, [report, otherReport], [graders, others], masks);
        const own = results.get(method)!;
        own.all.push(...measured.measurements);
        own.seconds += measured.seconds;
        // The same for each method: it depends on the disc's place alone.
        if (method === methods[0]) outside += measured.outside;
      }
    }
    log(`phantom ${p + 1} of ${phantoms}`);
  }
  if (discs === 0)
    throw new RangeError(
      `No finding could be measured on ${phantoms} phantoms from seed ${seed}; take more.`,
    );
  return {
    phantoms,
    seed,
    toleranceMm: POINTING_TOLERANCE,
    missed,
    outside,
    methods: Object.fromEntries(
      [...results].map(([method, { all, seconds }]) => {
        const keys = [...new Set(all.map(({ feature }) => feature))].sort();
        const features = Object.fromEntries(
          keys.map((key) => [key, scoresOf(all.filter(({ feature }) => feature === key))]),
        );
        return [method, { ...scoresOf(all), features, secondsPerDisc: seconds / discs }];
      }),
    ),
  };
}
