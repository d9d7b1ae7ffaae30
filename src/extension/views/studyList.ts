import * as v from "valibot";
import type { Schema } from "../../text/index.js";
import { commandOutput } from "../commandOutput.js";
import { countText, plainMarkdown } from "./texts.js";

/** A series as `spinebook read --json` tells it; no field holds an identity. */
export interface ListedSeries {
  readonly id: string;
  /** Hash that the series of one examination share; absent where the files do not say. */
  readonly study?: string;
  readonly description: string;
  readonly contrast: string;
  readonly orientation: string;
  readonly columns: number;
  readonly rows: number;
  readonly slices: number;
  /** mm between columns, rows and slices. */
  readonly spacing: readonly number[];
  readonly problems: readonly { readonly message: string }[];
  /** File of its picture. */
  readonly thumbnail?: string;
}

/** A series in `spinebook read --json`. */
export const LISTED_SERIES: Schema<ListedSeries> = v.object({
  id: v.string(),
  study: v.optional(v.string()),
  description: v.string(),
  contrast: v.string(),
  orientation: v.string(),
  columns: v.number(),
  rows: v.number(),
  slices: v.number(),
  spacing: v.array(v.number()),
  problems: v.array(v.object({ message: v.string() })),
  thumbnail: v.optional(v.string()),
});

const SERIES_LIST: Schema<{ readonly series: ListedSeries[] }> = v.object({ series: v.array(LISTED_SERIES) });

/**
 * The series in what `spinebook read --json` wrote.
 *
 * @throws Error with a sentence for people when it is something else
 */
export function parseSeries(text: string): ListedSeries[] {
  return commandOutput(text, SERIES_LIST, "The list of series").series;
}

/** The series of each study, studies and series in the order in which they were told; those without a study are one. */
export function groupByStudy(series: readonly ListedSeries[]): ListedSeries[][] {
  const groups = new Map<string, ListedSeries[]>();
  for (const one of series) groups.set(one.study ?? "", [...(groups.get(one.study ?? "") ?? []), one]);
  return [...groups.values()];
}

/** What a series is called: its protocol words, else plane and weighting, else its id. */
export function seriesLabel(series: ListedSeries): string {
  if (series.description !== "") return series.description;
  const known = [series.contrast, series.orientation].filter((word) => word !== "unknown");
  return known.length > 0 ? known.join(" ") : `Series ${series.id}`;
}

/** Plane, weighting, matrix and spacing in one line, without the words that stand in the label. */
export function seriesSummary(series: ListedSeries): string {
  const label = seriesLabel(series).toLowerCase();
  const known = [series.orientation, series.contrast].filter(
    (word) => word !== "unknown" && !label.split(" ").includes(word.toLowerCase()),
  );
  return [...known, sizeOf(series), spacingOf(series)].join(" · ");
}

/** `384 × 384 × 15`. */
export function sizeOf({ columns, rows, slices }: ListedSeries): string {
  return `${columns} × ${rows} × ${slices}`;
}

/** `0.7 × 0.7 × 4.4 mm`, to the hundredth. */
export function spacingOf({ spacing }: ListedSeries): string {
  return `${spacing.map((mm) => Number(mm.toFixed(2))).join(" × ")} mm`;
}

/** Everything that is known of a series, as Markdown; `picture` is an address of its thumbnail. */
export function seriesTooltip(series: ListedSeries, picture?: string): string {
  const lines = [
    `**${plainMarkdown(seriesLabel(series))}**`,
    ...(picture === undefined ? [] : [`![middle slice](${picture})`]),
    ...series.problems.map(({ message }) => `$(warning) ${plainMarkdown(message)}`),
    [
      `plane: ${series.orientation}`,
      `weighting: ${series.contrast}`,
      `${sizeOf(series)} (columns × rows × slices)`,
      spacingOf(series),
      `id: ${series.id}`,
    ]
      .map(plainMarkdown)
      .join("  \n"),
  ];
  return lines.join("\n\n");
}

/** What a study holds, in a few words. */
export function studySummary(series: readonly ListedSeries[]): string {
  const weightings = [...new Set(series.map(({ contrast }) => contrast))].filter((one) => one !== "unknown");
  return [countText(series.length, "series", "series"), ...weightings].join(" · ");
}

/** A line for a cell that loads a series; `only`: the path holds no other, so that its id need not be said. */
export function loadSeriesCall(path: string, id: string, only: boolean): string {
  const options = only ? "" : `, { series: ${JSON.stringify(id)} }`;
  return `const scan = await loadSeries(${JSON.stringify(path)}${options});`;
}
