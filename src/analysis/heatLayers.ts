import type { HeatInput } from "../figures/index.js";
import { heatOnStack, isWithheld } from "../grading/index.js";
import type { GradeReport, Hotspot } from "../grading/index.js";

/** Heat layers to show: the Pfirrmann evidence of every disc, and that of other features where they were found. */
export function heatLayers(report: GradeReport, hotspots: readonly Hotspot[]): HeatInput[] {
  const shown = hotspots.filter(
    ({ feature, grade }) =>
      !isWithheld(grade) && (feature.key === "pfirrmann" || grade.grade !== feature.classes[0]),
  );
  return shown.map((hotspot): HeatInput => {
    const { values, ...box } = heatOnStack(hotspot, report.spine.stack.volume);
    return {
      label: `${hotspot.level} ${hotspot.feature.name}`,
      ...box,
      values: Uint8Array.from(values, (value) => Math.round(255 * Math.min(1, value))),
    };
  });
}
