import { fingerprint } from "../../imaging/index.js";
import type { Feature } from "../features.js";
import { FEATURES, featureOf } from "../features.js";
import { loadGraders } from "../graders.js";
import type { Graders } from "../graders.js";
import type { DiscEvidence, GradedDisc, GradeReport } from "../report.js";
import { isWithheld } from "../standing.js";
import { classActivation } from "./classActivation.js";
import {
  gradientInput,
  guidedBackpropagation,
  integratedGradients,
  layerActivation,
  smoothGradient,
} from "./gradients.js";
import { occlusion } from "./occlusion.js";
import { aimOf, graderOf, HOTSPOT_METHODS } from "./types.js";
import type { EvidenceMaps, FindEvidence, Hotspot, HotspotMethod, HotspotOptions } from "./types.js";

export { explainedShare, heatFacts, measureHeat } from "./facts.js";
export type { HeatFacts, HeatMeasure } from "./facts.js";
export { HOTSPOT_SHARES_FILE, loadHotspotShares } from "./measured.js";
export type { HotspotShares, MeasuredDeletion, MeasuredHeat, MeasuredRegion } from "./measured.js";
export { HEAT_REGIONS } from "./regions.js";
export type { HeatRegion, RegionShares } from "./regions.js";
export { heatOnStack, hottestPoint } from "./stack.js";
export type { HeatBox } from "./stack.js";
export { HOTSPOT_METHODS, isShownAsHeat } from "./types.js";
export type { Hotspot, HotspotMethod, HotspotOptions } from "./types.js";
export { heatTexts, measuredHeatText } from "./words.js";
export type { HeatText } from "./words.js";

const METHODS: Readonly<Record<HotspotMethod, FindEvidence>> = {
  classActivation,
  layerActivation,
  gradientInput,
  integratedGradients,
  smoothGradient,
  guidedBackpropagation,
  occlusion,
};

/** The method used unless another is asked for: of those that depend on the weights it covers findings best, and it is free (docs/hotspots.md). */
export const DEFAULT_METHOD: HotspotMethod = "classActivation";

/** Positive evidence, scaled so that the strongest is the class's probability. */
function heatFrom(values: Float32Array, probability: number): Float32Array {
  const strongest = values.reduce((most, value) => Math.max(most, value), 0);
  const gain = strongest > 0 ? probability / strongest : 0;
  return values.map((value) => Math.max(0, value) * gain);
}

/** Evidence for some features of one disc, by feature key: each network and method is asked once. */
async function evidenceOf(
  evidence: DiscEvidence,
  disc: GradedDisc,
  graders: Graders,
  features: readonly Feature[],
  method: HotspotMethod,
): Promise<Map<string, EvidenceMaps>> {
  const found = new Map<string, EvidenceMaps>();
  for (const name of ["pfirrmann", "multitask"] as const) {
    const own = features.filter((feature) => graderOf(feature) === name);
    if (own.length === 0) continue;
    const aims = own.map((feature) => aimOf(feature, disc.grades[feature.key]!));
    const maps = await METHODS[method]({ grader: graders[name], evidence: evidence[name] }, aims);
    own.forEach(({ key }, a) => found.set(key, maps[a]!));
  }
  return found;
}

/** As {@link findHotspots}, with these graders; `report.evidence` must be of the same networks. */
export async function hotspotsOf(
  report: GradeReport,
  graders: Graders,
  { method, levels, features }: HotspotOptions = {},
): Promise<Hotspot[]> {
  if (method !== undefined && !HOTSPOT_METHODS.includes(method))
    throw new RangeError(
      `There is no method "${method as string}" for hotspots; known are ${HOTSPOT_METHODS.join(", ")}.`,
    );
  const chosen = method ?? DEFAULT_METHOD;
  const wanted = features === undefined ? FEATURES : features.map((key) => featureOf(key));
  const hotspots: Hotspot[] = [];
  const { volume } = report.spine.stack;
  const size = [volume.columns, volume.rows, volume.slices];
  const place = { series: fingerprint(volume), size, affine: volume.affine };
  for (const [i, evidence] of report.evidence.entries()) {
    if (levels !== undefined && !levels.includes(evidence.level)) continue;
    const disc = report.discs[i]!;
    // Of a grade that is withheld there is no evidence to show.
    const told = wanted.filter(({ key }) => !isWithheld(disc.grades[key]!));
    const found = await evidenceOf(evidence, disc, graders, told, chosen);
    for (const feature of told) {
      const grade = disc.grades[feature.key]!;
      const map = found.get(feature.key)!;
      hotspots.push({
        level: evidence.level,
        feature,
        grade,
        method: chosen,
        frame: evidence.frame,
        place,
        slices: evidence.slices,
        size: map.size,
        margin: map.margin ?? 0,
        heat: heatFrom(map.values, grade.probabilities[aimOf(feature, grade).target]!),
      });
    }
  }
  return hotspots;
}

/**
 * Evidence hotspots (Jamaludin et al. 2017, Fig. 7): for every disc and every feature, heat on what in the disc's
 * volume raises the score. How far it tells a place: {@link heatFacts}, {@link loadHotspotShares}.
 * @param models folder with the graders' weights, the same that the report was made with.
 * @throws RangeError for an unknown method or feature; WeightsError where weights are missing or damaged.
 */
export async function findHotspots(
  report: GradeReport,
  models: string,
  options: HotspotOptions = {},
): Promise<Hotspot[]> {
  return hotspotsOf(report, await loadGraders(models, report.spine.contrast.contrast), options);
}
