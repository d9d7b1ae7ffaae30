import type { Feature } from "../features.js";
import type { GradeReport } from "../report.js";
import { heatFacts } from "./facts.js";
import type { HeatFacts } from "./facts.js";
import { loadHotspotShares } from "./measured.js";
import type { HotspotShares, MeasuredHeat } from "./measured.js";
import { HEAT_REGIONS } from "./regions.js";
import type { HeatRegion, RegionShares } from "./regions.js";
import type { Hotspot } from "./types.js";

/** What regions are called in sentences. */
const NAMES: Readonly<Record<HeatRegion, string>> = {
  endplates: "the endplates",
  disc: "the disc",
  upperBody: "the body above",
  lowerBody: "the body below",
  canal: "the canal",
  elsewhere: "the tissue elsewhere",
};

/** A feature's name within a sentence. */
function nameOf({ key, name }: Feature): string {
  if (key === "pfirrmann") return "the Pfirrmann grade";
  return key === "modic" ? "the Modic type" : name.toLowerCase();
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;

/** "a", "a and b", "a, b and c". */
function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)!}`;
}

/** Shares with both bodies as one, in per cent. */
function shownShares({ disc, endplates, upperBody, lowerBody, canal, elsewhere }: RegionShares): string {
  const parts = { disc, endplates, bodies: upperBody + lowerBody, canal, elsewhere };
  const texts = Object.entries(parts).map(([name, share]) => `${name} ${Math.round(100 * share)}`);
  return `${texts.join(", ")} %`;
}

/** A share of a score: beyond the whole, where the rest of the picture speaks against it, it is "all". */
function scoreShare(share: number): string {
  if (share >= 1) return "all";
  return share <= 0 ? "none" : percent(share);
}

/** Where the heat of one disc and feature lies and what of the score it explains, as a line. */
export function heatLine({ shares, explained }: HeatFacts): string {
  const worth =
    explained === undefined
      ? "the picture hardly changes the score"
      : `its hottest tenth makes ${scoreShare(explained)} of the score`;
  return `Of the heat: ${shownShares(shares)}; ${worth}.`;
}

/** The same for the small print under a picture. */
function briefLine({ shares, explained }: HeatFacts): string {
  const worth = explained === undefined ? "score: not told" : `score: ${scoreShare(explained)}`;
  return `${shownShares(shares)}; ${worth}`;
}

/** Regions in which heat is denser than even heat, beyond chance, the densest first. */
export function denseRegions({ regions }: Pick<MeasuredHeat, "regions">): HeatRegion[] {
  return HEAT_REGIONS.filter((region) => regions[region].ratio.low > 1).sort(
    (a, b) => regions[b].ratio.value - regions[a].ratio.value,
  );
}

/** Whether the place of the heat was shown to matter: its hottest tenth makes more of the score than random pixels of the same regions. */
export function isPlaceShown({ deletion }: Pick<MeasuredHeat, "deletion">): boolean {
  return deletion !== null && deletion.beyond.low > 0;
}

/** What was measured on real discs of a feature's heat, as sentences. */
export function measuredHeatText(feature: Feature, measured: MeasuredHeat | undefined): string {
  const name = nameOf(feature);
  if (measured === undefined)
    return `Where heat for ${name} lies was not measured on enough real discs with these weights and this method.`;
  const { regions, deletion, discs, patients } = measured;
  const dense = denseRegions(measured).map(
    (region) => `${NAMES[region]} (${regions[region].ratio.value.toFixed(1)} times)`,
  );
  const where =
    dense.length === 0
      ? `heat for ${name} was in no region denser than even heat`
      : `heat for ${name} was denser than even heat in ${listed(dense)}`;
  const worth =
    deletion === null
      ? "what it explains of the score could not be told"
      : `blurring its hottest tenth took ${percent(deletion.hottest.value)} of the score, random pixels of the same regions ${percent(deletion.random.value)}`;
  const rule = isPlaceShown(measured)
    ? ""
    : " It was not shown that the place within a region matters: do not read a place from it.";
  return `On ${discs} real discs of ${patients} patients ${where}; ${worth}.${rule}`;
}

/** What a line of {@link heatLine} means, beside what was measured of the feature: for a tooltip. */
export function heatNote(
  { feature, method }: Pick<Hotspot, "feature" | "method">,
  facts: HeatFacts,
  shares: HotspotShares | undefined,
): string {
  const measured = shares?.method === method ? shares.features[feature.key] : undefined;
  return [
    `Even heat, the same everywhere: ${shownShares(facts.even)}.`,
    "Share of the score: what blurring the hottest tenth of the pixels takes from it, of what blurring the whole picture takes.",
    measuredHeatText(feature, measured),
  ].join(" ");
}

/** What is told of a hotspot beside its picture. */
export interface HeatText {
  /** Where its heat lies, and what it explains of the score. */
  readonly line: string;
  /** The same in fewer words. */
  readonly brief: string;
  /** What the line means, and what was measured on real discs. */
  readonly note: string;
}

/**
 * What to tell of each hotspot, in their order; undefined for one without heat.
 * @param models folder with the weights that the report was made with
 */
export async function heatTexts(
  report: GradeReport,
  models: string,
  hotspots: readonly Hotspot[],
): Promise<(HeatText | undefined)[]> {
  const shares = await loadHotspotShares(models);
  const facts = await heatFacts(report, models, hotspots);
  return facts.map(
    (own, h) =>
      own && { line: heatLine(own), brief: briefLine(own), note: heatNote(hotspots[h]!, own, shares) },
  );
}
