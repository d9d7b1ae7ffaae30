import type { DiscCandidate } from "./discCandidates.js";
import { connectedRegions, regionOf } from "./regions.js";
import type { Region } from "./regions.js";
import { TISSUE } from "./tissue.js";
import { probability } from "./tissueMap.js";
import type { TissueMap } from "./tissueMap.js";

/** (row, column) in pixels of the map. */
export type MapPoint = readonly [number, number];

/** A body in one slice of the map, 1 mm a pixel. */
export interface BodyShape {
  readonly confidence: number;
  readonly centre: MapPoint;
  /** Anterior superior, posterior superior, posterior inferior, anterior inferior. */
  readonly corners: readonly [MapPoint, MapPoint, MapPoint, MapPoint];
}

/** A body of 20 x 20 mm is half of the smallest lumbar body. */
const SMALLEST_BODY = 250;
/** How far (mm) a body's centre lies from the disc beside it, at most. */
const REACH = 40;

/** Regions of one tissue large enough to be a body. */
export function bodyRegions(map: TissueMap, tissue: number): Region[] {
  return connectedRegions(
    map.rows * map.columns,
    map.columns,
    (i) => probability(map, tissue, i) > 0.5,
    SMALLEST_BODY,
  );
}

/** Unit vectors (row, column) along a body: from head to feet, and from front to back. */
export interface BodyFrame {
  readonly down: MapPoint;
  readonly back: MapPoint;
}

/** The frame half-way between the discs that bound a body. */
export function frameBetween(angles: readonly number[]): BodyFrame {
  const angle = angles.reduce((sum, value) => sum + value, 0) / angles.length;
  return { back: [Math.sin(angle), Math.cos(angle)], down: [Math.cos(angle), -Math.sin(angle)] };
}

/**
 * Corners as the pixels that lie farthest along the diagonals of the body's frame, with each pixel's position weighted
 * by how near it comes to the extreme: sub-pixel and not thrown by one pixel.
 */
export function bodyShape(map: TissueMap, region: Region, tissue: number, frame: BodyFrame): BodyShape {
  const { columns } = map;
  const corner = (downward: number, backward: number): MapPoint => {
    // Bodies are about 4 : 3; weighting the short direction more keeps a slanted endplate from moving the corner.
    const [dr, dc] = [
      downward * 1.2 * frame.down[0] + backward * frame.back[0],
      downward * 1.2 * frame.down[1] + backward * frame.back[1],
    ];
    let best = -Infinity;
    for (const i of region.pixels) best = Math.max(best, dr * Math.floor(i / columns) + dc * (i % columns));
    let [sum, rows, cols] = [0, 0, 0];
    for (const i of region.pixels) {
      const [r, c] = [Math.floor(i / columns), i % columns];
      const weight = Math.exp(dr * r + dc * c - best);
      if (weight < 0.05) continue;
      sum += weight;
      rows += weight * r;
      cols += weight * c;
    }
    // The outermost pixels' centres lie about half a pixel inside the border.
    return [
      rows / sum + 0.5 * (downward * frame.down[0] + backward * frame.back[0]),
      cols / sum + 0.5 * (downward * frame.down[1] + backward * frame.back[1]),
    ];
  };
  const confidence =
    region.pixels.reduce((sum, i) => sum + probability(map, tissue, i), 0) / region.pixels.length;
  return {
    confidence,
    centre: [region.centreRow, region.centreColumn],
    corners: [corner(-1, -1), corner(-1, 1), corner(1, 1), corner(1, -1)],
  };
}

/** The body region that lies directly above (-1) or below (+1) a disc, if one does. */
export function neighbourBody(
  regions: readonly Region[],
  disc: DiscCandidate,
  side: -1 | 1,
): Region | undefined {
  const { down } = frameBetween([disc.box.angle]);
  let nearest: Region | undefined;
  let shortest = REACH;
  for (const region of regions) {
    const [dr, dc] = [region.centreRow - disc.box.centreRow, region.centreColumn - disc.box.centreColumn];
    const distance = side * (dr * down[0] + dc * down[1]);
    const sideways = Math.abs(dc * down[0] - dr * down[1]);
    if (distance > 4 && sideways < 16 && distance < shortest) [nearest, shortest] = [region, distance];
  }
  return nearest;
}

/** Height of S1 (mm) where L5, which it resembles, was not found. */
const USUAL_HEIGHT = 28;

/**
 * S1 below the lumbosacral disc. The sacral bodies are fused and mostly one region: then S1 is its upper part, as tall as
 * L5, and its lower corners are an estimate.
 * @param l5Height mm, 1 mm a pixel of the map
 */
export function firstSacralBody(
  map: TissueMap,
  disc: DiscCandidate,
  l5Height = USUAL_HEIGHT,
): Region | undefined {
  const { down, back } = frameBetween([disc.box.angle]);
  const along = (i: number, [row, column]: MapPoint): number =>
    (Math.floor(i / map.columns) - disc.box.centreRow) * row +
    ((i % map.columns) - disc.box.centreColumn) * column;
  const reach = disc.box.breadth / 2 + l5Height;
  // S1 is no wider than the disc above it; what goes further is fat or bowel in front.
  const isS1 = (i: number): boolean =>
    along(i, down) > 0 && along(i, down) < reach && Math.abs(along(i, back)) < disc.box.length / 2 + 2;
  const upperParts = bodyRegions(map, TISSUE.sacrum)
    .map((region) => region.pixels.filter(isS1))
    .filter((pixels) => pixels.length >= SMALLEST_BODY)
    .map((pixels) => regionOf(pixels, map.columns))
    .filter((region) => neighbourBody([region], disc, 1) !== undefined);
  return upperParts.sort((a, b) => b.pixels.length - a.pixels.length)[0];
}
