import { loadGraders } from "../graders.js";
import type { Graders } from "../graders.js";
import type { DiscEvidence, GradeReport } from "../report.js";
import { deletionScores, hottestPixels, LEAST_EFFECT, randomPixels } from "./deletion.js";
import type { DeletionScores } from "./deletion.js";
import { evenHeat, heatOnCrop, neighboursIn, regionMap, sharesByRegion } from "./regions.js";
import type { HeatRegion, RegionShares } from "./regions.js";
import { aimOf, graderOf } from "./types.js";
import type { Hotspot } from "./types.js";

/** What is measured of one hotspot. */
export interface HeatMeasure {
  readonly hotspot: Hotspot;
  /** Where its heat lies; undefined where it has none. */
  readonly shares: RegionShares | undefined;
  /** Where heat lies that is the same everywhere: the regions' areas. */
  readonly even: RegionShares;
  /** Without its hottest tenth, then, where a seed was given, without as many random pixels of the same regions. */
  readonly scores: DeletionScores;
}

/** Regions of a disc's pixels: the same for all of its features. */
function regionsOf({ spine }: GradeReport, hotspot: Hotspot): HeatRegion[] {
  return regionMap(hotspot, spine.stack.volume.spacing, (slice) => neighboursIn(spine, hotspot.level, slice));
}

/** Of one disc, one network. */
async function measureDisc(
  graders: Graders,
  evidence: DiscEvidence,
  hotspots: readonly Hotspot[],
  regions: readonly HeatRegion[],
  seed: number | undefined,
): Promise<HeatMeasure[]> {
  const network = graderOf(hotspots[0]!.feature);
  const heats = hotspots.map(heatOnCrop);
  const masks = heats.map((heat, h) => {
    const hottest = hottestPixels(heat);
    return seed === undefined ? [hottest] : [hottest, randomPixels(hotspots[h]!, hottest, regions, seed + h)];
  });
  const scores = await deletionScores(
    { grader: graders[network], evidence: evidence[network] },
    hotspots.map(({ feature, grade }) => aimOf(feature, grade)),
    masks,
  );
  // Maps of one network are of one size.
  const even = sharesByRegion(heatOnCrop({ ...hotspots[0]!, heat: evenHeat(hotspots[0]!) }), regions)!;
  return hotspots.map((hotspot, h) => ({
    hotspot,
    shares: sharesByRegion(heats[h]!, regions),
    even,
    scores: scores[h]!,
  }));
}

/**
 * Where the heat of hotspots lies, and what deleting their hottest tenth takes from the score.
 * @param report that the hotspots were found in, with these graders
 * @param seed of the random pixels; without it none are deleted
 * @returns one for each hotspot, in their order
 */
export async function measureHeat(
  report: GradeReport,
  graders: Graders,
  hotspots: readonly Hotspot[],
  seed?: number,
): Promise<HeatMeasure[]> {
  const measured = new Map<Hotspot, HeatMeasure>();
  for (const [i, evidence] of report.evidence.entries()) {
    const ofDisc = hotspots.filter(({ level }) => level === evidence.level);
    if (ofDisc.length === 0) continue;
    const regions = regionsOf(report, ofDisc[0]!);
    for (const name of ["pfirrmann", "multitask"] as const) {
      const own = ofDisc.filter(({ feature }) => graderOf(feature) === name);
      if (own.length === 0) continue;
      const first = seed === undefined ? undefined : seed + 100 * i;
      for (const one of await measureDisc(graders, evidence, own, regions, first))
        measured.set(one.hotspot, one);
    }
  }
  return hotspots.map((hotspot) => measured.get(hotspot)!);
}

/** What is told of one hotspot. */
export interface HeatFacts {
  /** Where its heat lies, and where heat would lie that is the same everywhere. */
  readonly shares: RegionShares;
  readonly even: RegionShares;
  /**
   * What blurring its hottest tenth takes from the score, as a share of what blurring the whole picture takes; undefined where that is less
   * than {@link LEAST_EFFECT}.
   */
  readonly explained: number | undefined;
}

/** The share of a picture's effect on a score that a deletion takes away. */
export function explainedShare({ whole, blurred, without }: DeletionScores, mask = 0): number | undefined {
  return whole - blurred < LEAST_EFFECT ? undefined : (whole - without[mask]!) / (whole - blurred);
}

/**
 * What each hotspot's heat is worth, in their order; undefined for one without heat.
 * @param models folder with the weights that the report was made with
 */
export async function heatFacts(
  report: GradeReport,
  models: string,
  hotspots: readonly Hotspot[],
): Promise<(HeatFacts | undefined)[]> {
  const measured = await measureHeat(
    report,
    await loadGraders(models, report.spine.contrast.contrast),
    hotspots,
  );
  return measured.map(
    ({ shares, even, scores }) => shares && { shares, even, explained: explainedShare(scores) },
  );
}
