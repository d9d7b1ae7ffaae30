/** Parallel coordinates: a line for each row across the axes of all dimensions. */
import { escapeMarkup } from "../../../text/index.js";
import {
  domainOf,
  fieldsOf,
  listOf,
  numbersOf,
  rangeOf,
  rounded,
  ticksIn,
  tickText,
  type Fields,
  type Panel,
} from "./panel.js";

interface Scale {
  readonly label: string;
  readonly values: readonly number[];
  readonly range: readonly [number, number];
  readonly ticks: readonly (readonly [number, string])[];
  readonly kept: readonly (readonly number[])[];
}

export function parallelPanel(trace: Fields): Panel {
  const scales = listOf(trace["dimensions"])
    .map(fieldsOf)
    .filter(({ visible }) => visible !== false)
    .map(scaleOf);
  return {
    domain: domainOf(trace["domain"]),
    draw({ left, top, width, height }, [colourOf], { ink, line }) {
      const head = 34;
      const x = (i: number): number => left + (scales.length === 1 ? 0.5 : i / (scales.length - 1)) * width;
      const y = (value: number, { range: [low, high] }: Scale): number =>
        top + head + (height - head) * (1 - (value - low) / (high - low));
      const colours = listOf(fieldsOf(trace["line"])["color"]);
      const plain = fieldsOf(trace["line"])["color"];
      const rows = Array.from(
        { length: Math.max(0, ...scales.map(({ values }) => values.length)) },
        (_, row) => {
          const isKept = scales.every(({ values, kept }) => isWithin(values[row]!, kept));
          const points = scales.map(
            (scale, i) => `${rounded(x(i))},${rounded(y(scale.values[row]!, scale))}`,
          );
          if (points.some((point) => point.includes("NaN"))) return "";
          const colour = colours.length > 0 ? colours[row] : (plain ?? "#0072b2");
          const stroke = isKept ? colourOf!(colour) : line;
          return `<polyline points="${points.join(" ")}" fill="none" stroke="${stroke}" stroke-width="1"/>`;
        },
      );
      const axes = scales.map((scale, i) => {
        const words = scale.ticks.map(
          ([value, text]) =>
            `<text x="${rounded(x(i) - 6)}" y="${rounded(y(value, scale) + 4)}" text-anchor="end">${escapeMarkup(text)}</text>` +
            `<line x1="${rounded(x(i) - 4)}" x2="${rounded(x(i))}" y1="${rounded(y(value, scale))}" y2="${rounded(y(value, scale))}" stroke="${ink}"/>`,
        );
        return (
          `<line x1="${rounded(x(i))}" x2="${rounded(x(i))}" y1="${rounded(top + head)}" y2="${rounded(top + height)}" stroke="${ink}"/>` +
          words.join("") +
          `<text x="${rounded(x(i))}" y="${rounded(top + 12)}" text-anchor="middle" font-size="12">${escapeMarkup(scale.label)}</text>`
        );
      });
      return `<g fill="${ink}" font-family="DejaVu Sans" font-size="10">${rows.join("")}${axes.join("")}</g>`;
    },
  };
}

function scaleOf(dimension: Fields): Scale {
  const values = numbersOf(dimension["values"]);
  const [from, to] = numbersOf(dimension["range"]);
  const range =
    from !== undefined && to !== undefined && from !== to ? ([from, to] as const) : rangeOf(values);
  const places = numbersOf(dimension["tickvals"]);
  const texts = listOf(dimension["ticktext"]);
  const low = Math.min(...range);
  const high = Math.max(...range);
  const ticks = places.length > 0 ? places : ticksIn([low, high], 8);
  const limits = listOf(dimension["constraintrange"]);
  return {
    label: typeof dimension["label"] === "string" ? dimension["label"] : "",
    values,
    range,
    ticks: ticks
      .filter((value) => value >= low && value <= high)
      .map((value, i) => [value, typeof texts[i] === "string" ? texts[i] : tickText(value)]),
    kept: Array.isArray(limits[0]) ? limits.map(numbersOf) : limits.length === 2 ? [numbersOf(limits)] : [],
  };
}

function isWithin(value: number, kept: readonly (readonly number[])[]): boolean {
  return kept.length === 0 || kept.some(([low, high]) => value >= low! && value <= high!);
}
