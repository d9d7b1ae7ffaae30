/** A point of a mask: [row, column] in pixels. */
export type MaskPoint = readonly [number, number];

/** Corners of a body: anterior superior, posterior superior, posterior inferior, anterior inferior. */
export type MaskCorners = readonly [MaskPoint, MaskPoint, MaskPoint, MaskPoint];

const cross = (o: MaskPoint, a: MaskPoint, b: MaskPoint): number =>
  (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);

/** Convex hull (Andrew's monotone chain), without collinear points. */
export function convexHull(points: readonly MaskPoint[]): MaskPoint[] {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const half = (ordered: readonly MaskPoint[]): MaskPoint[] => {
    const chain: MaskPoint[] = [];
    for (const point of ordered) {
      while (chain.length > 1 && cross(chain.at(-2)!, chain.at(-1)!, point) <= 0) chain.pop();
      chain.push(point);
    }
    return chain.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.reverse())];
}

/** Where the lines through a–b and c–d meet beyond b and c; undefined where they do not. */
function meetBeyond(a: MaskPoint, b: MaskPoint, c: MaskPoint, d: MaskPoint): MaskPoint | undefined {
  const [r, s] = [
    [b[0] - a[0], b[1] - a[1]],
    [d[0] - c[0], d[1] - c[1]],
  ] as const;
  const determinant = r[0] * s[1] - r[1] * s[0];
  if (Math.abs(determinant) < 1e-9) return undefined;
  const t = ((c[0] - a[0]) * s[1] - (c[1] - a[1]) * s[0]) / determinant;
  const u = ((c[0] - a[0]) * r[1] - (c[1] - a[1]) * r[0]) / determinant;
  return t >= 1 && u <= 0 ? [a[0] + t * r[0], a[1] + t * r[1]] : undefined;
}

/**
 * The quadrilateral about a convex polygon: edges are dropped one by one, each time the one whose neighbours, prolonged until
 * they meet, add the least area (Aggarwal's greedy circumscription). Undefined where fewer than four edges remain possible.
 */
export function circumscribedQuadrilateral(hull: readonly MaskPoint[]): MaskPoint[] | undefined {
  let polygon = [...hull];
  while (polygon.length > 4) {
    const n = polygon.length;
    let best: { index: number; area: number; point: MaskPoint } | undefined;
    for (let i = 0; i < n; i++) {
      const [a, b, c, d] = [polygon[i]!, polygon[(i + 1) % n]!, polygon[(i + 2) % n]!, polygon[(i + 3) % n]!];
      const point = meetBeyond(a, b, c, d);
      if (point === undefined) continue;
      const area = Math.abs(cross(b, point, c)) / 2;
      if (best === undefined || area < best.area) best = { index: i, area, point };
    }
    if (best === undefined) return undefined;
    const [first, second] = [(best.index + 1) % n, (best.index + 2) % n];
    polygon = polygon.flatMap((vertex, i) => (i === first ? [best.point] : i === second ? [] : [vertex]));
  }
  return polygon.length === 4 ? polygon : undefined;
}

/**
 * Corners of a vertebral body from its mask in one slice, by a fixed procedure: the outline of its pixels, their convex hull
 * (which bridges hollow endplates and the waist), and the quadrilateral about the hull. A side of that quadrilateral is a
 * tangent to both rims of an endplate, so rounded rims do not pull the corners inward.
 * @param pixels indices, row x columns + column
 * @returns corners in pixels (a pixel's centre is a whole number), or undefined where no quadrilateral fits
 */
export function maskCorners(pixels: readonly number[], columns: number): MaskCorners | undefined {
  if (pixels.length < 20) return undefined;
  // A pixel is a square: its four edges' middles are its outline.
  const outline = pixels.flatMap((i): MaskPoint[] => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    return [
      [row - 0.5, column],
      [row + 0.5, column],
      [row, column - 0.5],
      [row, column + 0.5],
    ];
  });
  const corners = circumscribedQuadrilateral(convexHull(outline));
  return corners === undefined ? undefined : inAnatomicalOrder(corners);
}

/** Orders four corners of an upright body whose front is to the left. */
function inAnatomicalOrder(corners: readonly MaskPoint[]): MaskCorners {
  const middle = [0, 1].map((axis) => corners.reduce((sum, corner) => sum + corner[axis as 0 | 1], 0) / 4);
  const byAngle = [...corners].sort(
    (a, b) =>
      Math.atan2(a[0] - middle[0]!, a[1] - middle[1]!) - Math.atan2(b[0] - middle[0]!, b[1] - middle[1]!),
  );
  // By rising angle from the left going up (rows grow downward): start with the corner nearest the upper left diagonal.
  const score = ([row, column]: MaskPoint): number => row - middle[0]! + (column - middle[1]!);
  const start = byAngle.reduce((best, corner, i) => (score(corner) < score(byAngle[best]!) ? i : best), 0);
  const at = (k: number): MaskPoint => byAngle[(start + k) % 4]!;
  return [at(0), at(1), at(2), at(3)];
}
