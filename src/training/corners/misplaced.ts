import { refineCorners } from "../../detection/index.js";
import type { BodyOutline } from "../../detection/index.js";
import { Random } from "../../numbers/index.js";
import type { Predictor } from "../../engine/index.js";
import type { CorneredSlice } from "./samples.js";

/** A corner by its number (0 to 3) in the outline of a slice's body. */
export interface CornerOfSlice {
  readonly slice: CorneredSlice;
  readonly body: number;
  readonly corner: number;
}

/** A corner that is off by more than this (mm) is misplaced. */
export const MISPLACED = 1;
/** Spread (mm) of the first estimates that the network is given. */
const ESTIMATE = 1.5;

/** Corners that a network misplaces: where a dark rim beside a dark disc, a node or a spur hides the true one. */
export async function misplacedCorners(
  predictor: Predictor,
  slices: readonly CorneredSlice[],
  seed: number,
): Promise<CornerOfSlice[]> {
  const random = new Random(seed);
  const found: CornerOfSlice[] = [];
  for (const slice of slices) {
    const estimates = slice.bodies.map(
      (outline) =>
        outline.map(([back, down]) => [
          back + ESTIMATE * random.normal(),
          down + ESTIMATE * random.normal(),
        ]) as unknown as BodyOutline,
    );
    const refined = await refineCorners(predictor, slice.picture, estimates);
    refined.forEach(({ corners }, body) => {
      corners.forEach(([back, down], corner) => {
        const [wantedBack, wantedDown] = slice.bodies[body]![corner]!;
        if (Math.hypot(back - wantedBack, down - wantedDown) > MISPLACED) found.push({ slice, body, corner });
      });
    });
  }
  return found;
}
