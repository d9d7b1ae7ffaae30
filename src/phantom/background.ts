import type { Anatomy } from "./frames.js";
import { textureAt } from "./appearance.js";
import type { Appearance } from "./appearance.js";
import { noiseAt, PHANTOM_TISSUE } from "./canvas.js";
import type { Canvas } from "./canvas.js";
import type { Profile } from "./profile.js";

const AIR = 0.01;

/** Signal between the skin of the back and the dural sac. */
function behind(
  look: Appearance,
  row: number,
  column: number,
  fromSac: number,
  toFascia: number,
  lateral: number,
): number {
  if (toFascia < 0) return look.fat * textureAt(look, row, column, 0, 0.05);
  if (toFascia < 1.6) return look.cortex * 1.3;
  const streak = noiseAt(look.fine, row >> 2, column) * 0.6 + noiseAt(look.coarse, row >> 1, column * 2 + 60);
  const fatShare = Math.min(
    1,
    Math.max(0, 0.12 + 0.22 * streak + (lateral < 5 ? 0.25 : 0) + (fromSac < 4 ? 0.45 : 0)),
  );
  const patch = look.patches === 0 ? 1 : textureAt(look, row, column, 0, 0);
  return (look.muscle + (look.fat * 0.85 - look.muscle) * fatShare) * patch;
}

/** Signal in front of the spine: ligament, fat, a great vessel, bowel, abdominal wall. */
function before(
  look: Appearance,
  row: number,
  column: number,
  distance: number,
  toSkin: number,
  vessel: number,
): number {
  if (distance < 1.4) return look.cortex * 1.4;
  const fromVessel = Math.abs(distance - VESSEL_DISTANCE);
  if (fromVessel < vessel) return fromVessel > vessel - 1.2 ? look.muscle * 1.5 : look.vessel;
  if (toSkin < -16) return AIR;
  if (toSkin < 0) return look.fat;
  const blob = noiseAt(look.coarse, row + 33, column + 11) + 0.06 * noiseAt(look.fine, row, column);
  const fat = look.fat * (0.75 + 0.08 * blob);
  if (distance < 22) return fat;
  const bowel = Math.min(1, Math.max(0, (blob - 0.25) * 1.1));
  const dark = Math.min(1, Math.max(0, (-blob - 0.5) * 1.1));
  return fat + (look.bowel - fat) * bowel + (look.muscle - fat) * dark;
}

/** Where the middle of the great vessels lies in front of the spine, and their radius, mm. */
const VESSEL_DISTANCE = 11.5;
const VESSEL_RADIUS = 7.5;

/** Half of what a slice cuts of the vessel; below the fork of the aorta (near L4) it leaves to the side. */
function vesselHalf(x: number, side: number, belowFork: number): number {
  const middle = side + Math.sign(side) * 0.45 * Math.max(0, belowFork);
  return Math.sqrt(Math.max(0, VESSEL_RADIUS ** 2 - (x - middle) ** 2));
}

/** Signal inside the sac: CSF, the cord down to the conus, the roots of the cauda equina behind. */
function insideSac(
  look: Appearance,
  profile: Profile,
  pixel: number,
  row: number,
  column: number,
  depth: number,
  sac: number,
  lateral: number,
): number {
  const position = depth / Math.max(1, sac);
  const aboveConus = (profile.conus - row) * pixel;
  if (aboveConus > 0) {
    const half = Math.min(3.6, 1.2 + aboveConus * 0.12) / Math.max(1, sac);
    if (Math.abs(position - 0.52) < half && lateral < 5.5)
      return look.cord * (1 + 0.04 * noiseAt(look.fine, row, column));
  }
  const roots = Math.max(
    0,
    noiseAt(look.fine, row >> 4, column + (row >> 5)) * 0.5 + (position - 0.45) * 1.6,
  );
  const share = aboveConus > 20 ? 0.15 * roots : Math.min(0.75, roots);
  return look.csf + (look.root - look.csf) * share;
}

/**
 * Fills a slice with everything but bone and discs: skin, fat, muscle, vessels, bowel, and the canal.
 * @param x lateral position of the slice in mm
 */
export function paintBackground(
  canvas: Canvas,
  anatomy: Anatomy,
  profile: Profile,
  look: Appearance,
  x: number,
  vesselSide: number,
): void {
  const { rows, columns, pixel, signal, tissue } = canvas;
  for (let row = 0; row < rows; row++) {
    const lateral = Math.abs(x - profile.lateral[row]!);
    const [front, wall, fascia] = [profile.front[row]!, profile.wall[row]!, profile.fascia[row]!];
    const width = 10.5;
    const narrow = lateral < width ? Math.sqrt(1 - (lateral / width) ** 2) : 0;
    const sac = (profile.sacBack[row]! - profile.sacFront[row]!) * narrow;
    const middle = (profile.sacBack[row]! + profile.sacFront[row]!) / 2;
    const [sacFront, sacBack] = [middle - sac / 2, middle + sac / 2];
    const vessel = vesselHalf(x, vesselSide, (row - profile.lowerL1) * pixel - 85);
    const epidural = lateral < 7 ? profile.epidural[row]! * (1 - lateral / 9) : 0;
    for (let column = 0; column < columns; column++) {
      const back = column * pixel;
      const i = row * columns + column;
      if (back < front)
        signal[i] = before(look, row, column, front - back, back - profile.skin[row]!, vessel);
      else if (back > fascia + anatomy.subcutaneousFat) signal[i] = AIR;
      else if (sac > 1 && back >= sacFront && back <= sacBack) {
        signal[i] = insideSac(look, profile, pixel, row, column, back - sacFront, sac, lateral);
        tissue[i] = PHANTOM_TISSUE.canal;
      } else if (back < wall + 1.2)
        signal[i] = lateral > 15 ? look.muscle * textureAt(look, row, column, 0.15, 0) : look.cortex * 1.5;
      else if (back < sacFront || (lateral >= 9 && back < wall + 13)) signal[i] = look.fat * 0.8;
      else if (back < sacBack + epidural) signal[i] = look.fat * 0.9;
      // The yellow ligament.
      else if (back < sacBack + epidural + (epidural > 1 ? 2.4 : 1.1)) signal[i] = look.cortex * 1.5;
      else signal[i] = behind(look, row, column, back - sacBack - epidural, fascia - back, lateral);
    }
  }
}
