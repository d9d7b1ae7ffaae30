import type { Body, PhantomDisc } from "./frames.js";
import type { EndplateNode } from "./labels.js";

/** How much of a body's front-to-back size is left at `lateral` mm from its middle (kidney-shaped cross-section). */
export function crossSection(lateral: number, halfBreadth: number): number {
  const t = Math.abs(lateral) / halfBreadth;
  return t >= 1 ? 0 : (1 - t ** 2.6) ** 0.45;
}

/** Outline of a body in one sagittal slice; u is mm backward and v mm downward from the body's middle. */
export interface BodySection {
  /** Half of the front-to-back size, and how far backward its middle lies. */
  readonly half: number;
  readonly shift: number;
  /** Half height between the endplates' rims at u. */
  readonly tall: (u: number) => number;
  /** Distance in mm below the upper and above the lower endplate, without nodes; negative in the disc. */
  readonly belowUpper: (u: number, v: number) => number;
  readonly aboveLower: (u: number, v: number) => number;
  /** Signed distance from the outline without nodes, positive inside. */
  readonly distance: (u: number, v: number) => number;
  /** The same with these depths taken away at the upper and lower endplate. */
  readonly distanceLess: (u: number, v: number, upper: number, lower: number) => number;
}

/** Section of a body at `lateral` mm from its middle; undefined where the slice misses it. */
export function bodySection(body: Body, lateral: number): BodySection | undefined {
  const section = crossSection(lateral, body.halfBreadth);
  if (section <= 0.15) return undefined;
  const half = (body.width / 2) * section;
  // The back wall stays in place near the middle; the front recedes sideways.
  const shift = (body.width / 2 - half) * (Math.abs(lateral) < 10 ? 1 : 0.4);
  const slope = (body.posteriorHeight - body.anteriorHeight) / (2 * body.width);
  const mean = (body.anteriorHeight + body.posteriorHeight) / 4;
  const { hollow, waist, corner } = body;
  const tall = (u: number): number => mean + slope * u;
  const hollowAt = (u: number): number => {
    const t = (u - shift) / half;
    return hollow * Math.max(0, 1 - t * t);
  };
  const distanceLess = (u: number, v: number, upper: number, lower: number): number => {
    const c = u - shift;
    const height = tall(u);
    const dip = hollowAt(u);
    const t = v / height;
    const dv = Math.min(v + height - dip - upper, height - v - dip - lower);
    const du = half - waist * Math.max(0, 1 - t * t) - Math.abs(c);
    if (dv >= corner || du >= corner) return Math.min(dv, du);
    return corner - Math.sqrt((corner - dv) ** 2 + (corner - du) ** 2);
  };
  return {
    half,
    shift,
    tall,
    belowUpper: (u, v) => v + tall(u) - hollowAt(u),
    aboveLower: (u, v) => tall(u) - v - hollowAt(u),
    distance: (u, v) => distanceLess(u, v, 0, 0),
    distanceLess,
  };
}

/** Nodes reach this far to either side of the body's middle, mm. */
const NODE_REACH = 9;

/** Depth in mm of an endplate node at u of a slice; 0 where there is none. */
export function nodeDepth(node: EndplateNode | undefined, body: Body, u: number, lateral: number): number {
  if (node === undefined || Math.abs(lateral) >= NODE_REACH) return 0;
  const t = (u - (node.position * body.width) / 2) / node.halfWidth;
  return Math.abs(t) < 1 ? node.depth * Math.sqrt(1 - t * t) : 0;
}

/** How deep changed marrow reaches at u, of its depth at the middle. */
export function marrowReach(u: number, half: number): number {
  return 1 - 0.5 * (u / half) ** 2;
}

/** Outline of a disc in one sagittal slice, in the disc's frame. */
export interface DiscSection {
  readonly half: number;
  readonly shift: number;
  /** How far the disc reaches beyond the body line: all round, and at the herniation. */
  readonly bulge: number;
  readonly hernia: number;
  /** Signed distance from the outline without herniation. */
  readonly plain: (u: number, v: number) => number;
  /** Signed distance from the herniated part; negative everywhere when there is none. */
  readonly herniated: (u: number, v: number) => number;
}

/** Half breadth in mm of a herniation. */
const HERNIA_REACH = 8;

/** Section of a disc at `lateral` mm from its middle; undefined where the slice misses it. */
export function discSection(disc: PhantomDisc, lateral: number): DiscSection | undefined {
  const section = crossSection(lateral, disc.halfBreadth);
  if (section <= 0.15) return undefined;
  const { condition } = disc;
  const half = (disc.width / 2) * section;
  const shift = (disc.width / 2 - half) * (Math.abs(lateral) < 10 ? 1 : 0.4);
  const bulge = condition === undefined ? -0.5 : 0.4 + condition.bulge;
  const hernia =
    condition !== undefined && Math.abs(lateral) < HERNIA_REACH
      ? condition.herniation * Math.sqrt(1 - (lateral / HERNIA_REACH) ** 2)
      : 0;
  const heightAt = (u: number): number => {
    const t = Math.min(1, Math.max(0, (u + disc.width / 2) / disc.width));
    const straight = (disc.anteriorHeight * (1 - t) + disc.posteriorHeight * t) / 2;
    return straight + 0.9 * Math.max(0, 1 - ((u - shift) / half) ** 2);
  };
  return {
    half,
    shift,
    bulge,
    hernia,
    plain: (u, v) =>
      Math.min(heightAt(u) - Math.abs(v), half + bulge - Math.abs(u - shift) - 0.25 * Math.abs(v)),
    herniated: (u, v) => {
      const c = u - shift;
      if (hernia <= 0 || c < 0) return -1;
      const dome = 3.2 - Math.sqrt(((c - half - hernia + 3.2) * 0.9) ** 2 + (v * 0.8) ** 2);
      return Math.max(dome, Math.min(half + hernia - 2 - c, 2.4 - Math.abs(v)));
    },
  };
}
