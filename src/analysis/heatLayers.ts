import type { HeatInput } from "../figures/index.js";
import { heatOnStack, heatTexts, isShownAsHeat, isWithheld } from "../grading/index.js";
import type { GradeReport, Hotspot } from "../grading/index.js";
import { modelsFolder } from "./modelsFolder.js";

function layerOf({ spine }: GradeReport, hotspot: Hotspot): HeatInput {
  const { values, ...box } = heatOnStack(hotspot, spine.stack.volume);
  return {
    label: `${hotspot.level} ${hotspot.feature.name}`,
    ...box,
    values: Uint8Array.from(values, (value) => Math.round(255 * Math.min(1, value))),
  };
}

const shownOf = (hotspots: readonly Hotspot[]): Hotspot[] =>
  hotspots.filter((hotspot) => !isWithheld(hotspot.grade) && isShownAsHeat(hotspot));

/** Heat layers for a still: the Pfirrmann evidence of every disc, and that of other features where they were found. */
export function heatLayers(report: GradeReport, hotspots: readonly Hotspot[]): HeatInput[] {
  return shownOf(hotspots).map((hotspot) => layerOf(report, hotspot));
}

/** The same for a viewer, each with where its heat lies and what it explains of the score, which the networks are asked for. */
export async function toldHeatLayers(
  report: GradeReport,
  hotspots: readonly Hotspot[],
): Promise<HeatInput[]> {
  const shown = shownOf(hotspots);
  const texts = await heatTexts(report, modelsFolder(), shown);
  return shown.map((hotspot, i): HeatInput => {
    const text = texts[i];
    return { ...layerOf(report, hotspot), ...(text && { line: text.line, note: text.note }) };
  });
}
