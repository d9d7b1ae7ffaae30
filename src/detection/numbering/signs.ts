import { middleValue } from "../../numbers/index.js";
import { bodyRegions, bodyShape, frameBetween, neighbourBody } from "../bodies.js";
import type { BodyShape, MapPoint } from "../bodies.js";
import { discProbability } from "../discCandidates.js";
import type { DiscCandidate } from "../discCandidates.js";
import { connectedRegions, orientedBox } from "../regions.js";
import type { OrientedBox } from "../regions.js";
import { TISSUE } from "../tissue.js";
import { probability } from "../tissueMap.js";
import type { TissueMap } from "../tissueMap.js";
import { conusLevel } from "./conus.js";
import type { SignPicture } from "./picture.js";
import { sacralSigns } from "./sacrum.js";

/**
 * What a sagittal picture shows of how many lumbar vertebrae there are and of a transitional one, about the disc that is taken for the
 * lumbosacral one ("own"): squaring of the body above, the disc below (O'Driscoll et al., Skeletal Radiol 25:225, 1996), a low and short
 * own disc, the turn of the sacrum, how tall the sacral bodies are, where discs become low toward T12, and where the cord ends.
 */
export const SIGNS = [
  "lowestShare",
  "lowestShareAbove",
  "lowestShareBelow",
  "lengthBelow",
  "heightBelow",
  "length",
  "height",
  "turn",
  "turnAbove",
  "spacing",
  "sacrumAbove",
  "sacrumTwoAbove",
  "sacrumBelow",
  "wedge",
  "taper",
  "aspect",
  "wedgeAbove",
  "height3",
  "height4",
  "height5",
  "length3",
  "length4",
  "length5",
  "sacralHeight",
  "sacralCleft",
  "sacralLength",
  "conus",
] as const;

/** A value for each of {@link SIGNS}, in their order; NaN where the picture does not show it. */
export type SignValues = readonly number[];

/** Where (mm) below the own disc another one may lie, and how far to the side. */
const BELOW = [13, 50] as const;
const BESIDE = 25;
/** Shares are kept from 0 and 1 by this. */
const LEAST_SHARE = 0.02;

const within = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
const logRatio = (value: number, over: number, limit = 2.5): number =>
  Math.log(within(value / over, 1 / limit, limit));

function logit(share: number): number {
  const p = within(share, LEAST_SHARE, 1 - LEAST_SHARE);
  return Math.log(p / (1 - p));
}

const centreOf = ({ box }: Pick<DiscCandidate, "box">): MapPoint => [box.centreRow, box.centreColumn];
const distance = (a: MapPoint, b: MapPoint): number => Math.hypot(a[0] - b[0], a[1] - b[1]);
const degrees = (radians: number): number => (180 * radians) / Math.PI;

/** The region of disc next below a disc, as a box with its share of "lowest disc". */
function discBelow(
  map: TissueMap,
  { box }: DiscCandidate,
): { readonly box: OrientedBox; readonly lowest: number } | undefined {
  const { down, back } = frameBetween([box.angle]);
  const places = connectedRegions(
    map.rows * map.columns,
    map.columns,
    (i) => discProbability(map, i) > 0.5,
    10,
  )
    .map((region) => {
      const [r, c] = [region.centreRow - box.centreRow, region.centreColumn - box.centreColumn];
      return { region, along: r * down[0] + c * down[1], side: r * back[0] + c * back[1] };
    })
    .filter(({ along, side }) => along > BELOW[0] && along < BELOW[1] && Math.abs(side) < BESIDE)
    .sort((a, b) => a.along - b.along);
  const region = places[0]?.region;
  if (region === undefined) return undefined;
  let [any, lowest] = [0, 0];
  for (const i of region.pixels) {
    any += discProbability(map, i);
    lowest += probability(map, TISSUE.lowestDisc, i);
  }
  return { box: orientedBox(region, map.columns), lowest: lowest / any };
}

/** Share of sacrum in what is bone between two places, over a band 16 mm wide. */
function sacrumBetween(map: TissueMap, from: MapPoint, to: MapPoint): number {
  const length = Math.max(1, distance(from, to));
  const aside = [(from[1] - to[1]) / length, (to[0] - from[0]) / length] as const;
  let [sacrum, body] = [0.5, 0.5];
  for (let k = 3; k <= 17; k++)
    for (let offset = -8; offset <= 8; offset += 4) {
      const t = k / 20;
      const row = Math.round(from[0] * (1 - t) + to[0] * t + offset * aside[0]);
      const column = Math.round(from[1] * (1 - t) + to[1] * t + offset * aside[1]);
      if (row < 0 || column < 0 || row >= map.rows || column >= map.columns) continue;
      sacrum += probability(map, TISSUE.sacrum, row * map.columns + column);
      body += probability(map, TISSUE.body, row * map.columns + column);
    }
  return sacrum / (sacrum + body);
}

/** Log ratios of a body's sides: front over back height, lower over upper length, height over length; NaN without a body. */
function bodySigns(shape: BodyShape | undefined): { wedge: number; taper: number; aspect: number } {
  if (shape === undefined) return { wedge: NaN, taper: NaN, aspect: NaN };
  const [frontTop, backTop, backBottom, frontBottom] = shape.corners;
  const [front, back] = [distance(frontTop, frontBottom), distance(backTop, backBottom)];
  const [upper, lower] = [distance(frontTop, backTop), distance(frontBottom, backBottom)];
  return {
    wedge: logRatio(front, back, 1.6),
    taper: logRatio(lower, upper, 1.6),
    aspect: logRatio(front + back, upper + lower),
  };
}

/**
 * Reads the signs.
 * @param chain discs from the top down
 * @param at index in the chain of the disc that is taken for the lumbosacral one
 */
export function readSigns(picture: SignPicture, chain: readonly DiscCandidate[], at: number): SignValues {
  const { map } = picture;
  const own = chain[at]!;
  const [above, twoAbove] = [chain[at - 1], chain[at - 2]];
  const below = discBelow(map, own);
  const bodies = bodyRegions(map, TISSUE.body);
  const bodyAbove = (disc: DiscCandidate | undefined, next: DiscCandidate | undefined) => {
    const region = disc && neighbourBody(bodies, disc, -1);
    if (disc === undefined || region === undefined) return undefined;
    return bodyShape(map, region, TISSUE.body, frameBetween([disc.box.angle, (next ?? disc).box.angle]));
  };
  const [first, second] = [bodySigns(bodyAbove(own, above)), bodySigns(bodyAbove(above, twoAbove))];
  const { down } = frameBetween([own.box.angle]);
  const underOwn: MapPoint = [own.box.centreRow + 25 * down[0], own.box.centreColumn + 25 * down[1]];
  const three = [own, above, twoAbove].filter((disc) => disc !== undefined);
  const usualHeight = middleValue(three.map(({ box }) => box.breadth))!;
  const usualLength = middleValue(three.map(({ box }) => box.length))!;
  const heightsAbove = middleValue(chain.slice(Math.max(0, at - 3), at).map(({ box }) => box.breadth));
  const upper = (k: number, side: "breadth" | "length"): number => {
    const disc = chain[at - k];
    return disc === undefined
      ? NaN
      : logRatio(disc.box[side], side === "length" ? usualLength : usualHeight, 3);
  };
  const values: Readonly<Record<(typeof SIGNS)[number], number>> = {
    lowestShare: logit(own.lowest),
    lowestShareAbove: logit(above?.lowest ?? 0),
    lowestShareBelow: logit(below?.lowest ?? 0),
    lengthBelow: within((below?.box.length ?? 0) / own.box.length, 0, 1.5),
    heightBelow: within((below?.box.breadth ?? 0) / own.box.breadth, 0, 1.5),
    length: above === undefined ? NaN : logRatio(own.box.length, above.box.length),
    height: heightsAbove === undefined ? NaN : logRatio(own.box.breadth, heightsAbove, 4),
    turn: above === undefined ? NaN : degrees(own.box.angle - above.box.angle),
    turnAbove: above && twoAbove ? degrees(above.box.angle - twoAbove.box.angle) : NaN,
    spacing:
      above && twoAbove
        ? logRatio(distance(centreOf(own), centreOf(above)), distance(centreOf(above), centreOf(twoAbove)))
        : NaN,
    sacrumAbove: above === undefined ? NaN : sacrumBetween(map, centreOf(above), centreOf(own)),
    sacrumTwoAbove: above && twoAbove ? sacrumBetween(map, centreOf(twoAbove), centreOf(above)) : NaN,
    sacrumBelow: sacrumBetween(map, centreOf(own), underOwn),
    ...first,
    wedgeAbove: second.wedge,
    height3: upper(3, "breadth"),
    height4: upper(4, "breadth"),
    height5: upper(5, "breadth"),
    length3: upper(3, "length"),
    length4: upper(4, "length"),
    length5: upper(5, "length"),
    ...sacralSigns(picture, own, above === undefined ? undefined : distance(centreOf(own), centreOf(above))),
    conus: conusLevel(picture, chain.slice(0, at + 1)),
  };
  return SIGNS.map((name) => values[name]);
}
