import type { HeatInput } from "../figures/index.js";
import { heatOnStack, heatTexts, isWithheld } from "../grading/index.js";
import type { GradeReport, Hotspot } from "../grading/index.js";
import { modelsFolder } from "./modelsFolder.js";

/**
 * Heat layers to show: the Pfirrmann evidence of every disc, and that of other features where they were found, each with where its heat lies
 * and what it explains of the score.
 */
export async function heatLayers(report: GradeReport, hotspots: readonly Hotspot[]): Promise<HeatInput[]> {
  const shown = hotspots.filter(
    ({ feature, grade }) =>
      !isWithheld(grade) && (feature.key === "pfirrmann" || grade.grade !== feature.classes[0]),
  );
  const texts = await heatTexts(report, modelsFolder(), shown);
  return shown.map((hotspot, i): HeatInput => {
    const text = texts[i];
    const { values, ...box } = heatOnStack(hotspot, report.spine.stack.volume);
    return {
      label: `${hotspot.level} ${hotspot.feature.name}`,
      ...box,
      values: Uint8Array.from(values, (value) => Math.round(255 * Math.min(1, value))),
      ...(text && { line: text.line, note: text.note }),
    };
  });
}
