import { move } from "./frames.js";
import type { Body, PhantomDisc, PlanePoint } from "./frames.js";
import type { Random } from "../numbers/index.js";

const SACRAL_HEIGHT = [29, 24, 20, 17, 15];
const SACRAL_WIDTH = [31, 22, 16, 12, 9];
/** Degrees that each sacral body is turned against the one above it: the sacrum is hollow in front. */
const SACRAL_TURN = [-8, -4, 8, 20, 25];

/**
 * Draws the sacrum below `origin`.
 * @param first number of its first body: 2 where S1 is lumbarised
 * @param corner radius of the bodies' corners, mm
 */
export function drawSacrum(
  random: Random,
  size: number,
  origin: PlanePoint,
  slope: number,
  { first, corner }: { readonly first: number; readonly corner: number },
): { sacrum: Body[]; remnants: PhantomDisc[] } {
  const sacrum: Body[] = [];
  const remnants: PhantomDisc[] = [];
  let top = origin;
  let angle = slope;
  SACRAL_HEIGHT.slice(first - 1).forEach((height, i) => {
    angle += ((SACRAL_TURN[i]! + random.boundedNormal(0, 2)) * Math.PI) / 180;
    const tall = height * size;
    // The first body takes the last disc's breadth, whatever its number.
    const width = (SACRAL_WIDTH[i]! + 2 * (first - 1)) * size * (i === 0 && first > 1 ? 0.85 : 1);
    sacrum.push({
      level: `S${i + first}`,
      centre: move(top, angle, i === 0 ? 0 : -1, tall / 2),
      angle,
      lateral: 0,
      roll: 0,
      width,
      anteriorHeight: tall,
      posteriorHeight: tall * 0.9,
      halfBreadth: (40 - 6 * i) * size,
      hollow: 0.3,
      waist: 0.3,
      corner,
      isSacral: true,
      osteophytes: [0, 0],
      haemangioma: undefined,
    });
    const bottom = move(top, angle, 0, tall);
    const gap = i === 0 ? random.between(1.8, 4) : random.between(0.9, 1.6);
    const isLast = i + first === 5;
    const remnant = {
      level: `S${i + first}-S${i + first + 1}`,
      centre: move(bottom, angle, 0, gap / 2),
      angle,
      lateral: 0,
      roll: 0,
      width: width * random.between(0.6, 0.8),
      anteriorHeight: gap,
      posteriorHeight: gap,
      halfBreadth: 18,
      condition: undefined,
      isFused: false,
    };
    if (!isLast) remnants.push(remnant);
    top = move(bottom, angle, 0, gap);
  });
  return { sacrum, remnants };
}
