import { jupyterDisplay, placeOf, requireSamePlace, saveSlices, slicesBundle } from "../figures/index.js";
import type { Displayable, HeatInput, SavedFigure, SaveSlicesOptions } from "../figures/index.js";
import { findHotspots, HEAT_REGIONS, heatFacts, hottestPoint, tableGrade } from "../grading/index.js";
import type { Hotspot, HotspotOptions } from "../grading/index.js";
import type { MimeBundle, SlicesPayload } from "../protocol/index.js";
import { requireOptions } from "../statistics/index.js";
import type { DetectedSpine, Source } from "./detect.js";
import { grade, GradedSpine } from "./grade.js";
import { heatLayers, toldHeatLayers } from "./heatLayers.js";
import { modelsFolder } from "./modelsFolder.js";

/**
 * Evidence for each score of each disc, as heat. As the last value of a cell it shows the slices with a choice of heat layers. Made with
 * evidence that was found in other pictures than the graded ones it throws a RangeError.
 */
export class Hotspots implements Displayable {
  constructor(
    readonly graded: GradedSpine,
    /** One for each disc and feature. */
    readonly all: readonly Hotspot[],
  ) {
    const shown = placeOf(graded.report.spine.stack.volume);
    for (const { place } of all) requireSamePlace(place, shown);
  }

  /** The hotspot of one disc and feature. Throws where there is none. */
  of(level: string, feature: string): Hotspot {
    const hotspot = this.all.find(
      (candidate) => candidate.level === level && candidate.feature.key === feature,
    );
    if (hotspot === undefined)
      throw new RangeError(`There is no hotspot of ${feature} at ${level}; see .all for those there are.`);
    return hotspot;
  }

  /** One row a hotspot: level, feature, probability of the class shown, and where the evidence is strongest (slice, column, row of the upright stack). */
  table(): Record<string, string | number>[] {
    const { volume } = this.graded.report.spine.stack;
    return this.all.map((hotspot) => {
      const { point, slice } = hottestPoint(hotspot, volume);
      return {
        level: hotspot.level,
        feature: hotspot.feature.name,
        grade: tableGrade(hotspot.grade),
        slice,
        column: Math.round(point.column),
        row: Math.round(point.row),
      };
    });
  }

  /**
   * One row a hotspot that has heat: its shares in the endplates, the disc, the bodies above and below, the canal and elsewhere, with the
   * share that the same heat everywhere would have there (`evenDisc` ...), and what of the score its hottest tenth explains: a share of
   * what blurring the whole picture takes from it, NaN where the picture hardly changes the score.
   */
  async shares(): Promise<Record<string, string | number>[]> {
    const facts = await heatFacts(this.graded.report, modelsFolder(), this.all);
    const rounded = (value: number): number => Number(value.toFixed(3));
    return this.all.flatMap(({ level, feature }, i) => {
      const own = facts[i];
      if (own === undefined) return [];
      const columns = HEAT_REGIONS.flatMap((region): [string, number][] => [
        [region, rounded(own.shares[region])],
        [`even${region[0]!.toUpperCase()}${region.slice(1)}`, rounded(own.even[region])],
      ]);
      return [
        {
          level,
          feature: feature.name,
          ...Object.fromEntries(columns),
          explained: rounded(own.explained ?? NaN),
        },
      ];
    });
  }

  /** Shows the Pfirrmann evidence of every disc, and of other features where they were found present. */
  async [jupyterDisplay](): Promise<MimeBundle> {
    return slicesBundle(this.slicesWith(await toldHeatLayers(this.graded.report, this.all)));
  }

  /** The slices with heat, that of the disc with the highest Pfirrmann grade first. */
  private slicesWith(heat: HeatInput[]): SlicesPayload {
    const worst = this.graded.discs.reduce((a, b) =>
      (b.grades.pfirrmann!.fractional ?? 0) > (a.grades.pfirrmann!.fractional ?? 0) ? b : a,
    );
    heat.sort(
      (a, b) =>
        Number(b.label === `${worst.level} Pfirrmann`) - Number(a.label === `${worst.level} Pfirrmann`),
    );
    return this.graded.slices(heat, worst.slice);
  }

  /**
   * Writes a slice with heat as a file, by the ending `.svg`, `.png` or `.pdf`: what the display shows first, unless `heat` or
   * `slice` names another.
   * @throws RangeError for a heat, slice, ending, width, density, theme or folder that cannot be
   * @example await evidence.save("heat.png", { heat: "L4-L5 Pfirrmann", width: "single" })
   */
  async save(path: string, options?: SaveSlicesOptions): Promise<SavedFigure> {
    return saveSlices(this.slicesWith(heatLayers(this.graded.report, this.all)), path, options);
  }
}

const HOTSPOT_OPTIONS = { method: true, levels: true, features: true } as const;

/**
 * Evidence hotspots: for every disc and score, heat on what in the picture raises the score. How far heat tells a place was measured
 * (docs/hotspots.md), and stands beside it.
 * @param options the method, and the levels and features that are wanted; the measured best, and all, by default.
 * @example await hotspots(graded)
 * @example await hotspots(graded, { method: "occlusion", levels: ["L4-L5"], features: ["herniation"] })
 */
export async function hotspots(
  source: Source | DetectedSpine | GradedSpine,
  options: HotspotOptions = {},
): Promise<Hotspots> {
  requireOptions("hotspots", options, HOTSPOT_OPTIONS);
  const graded = source instanceof GradedSpine ? source : await grade(source);
  return new Hotspots(graded, await findHotspots(graded.report, modelsFolder(), options));
}
