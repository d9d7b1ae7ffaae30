/** Where the letters of a picture's sides stand, in the viewer and in stills. */

/** A text's place in the picture, in CSS pixels or units of a still. */
export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Steps by which a letter goes aside. */
const ASIDE = [0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5].map((step) => 18 * step);

/** The place nearest to the middle of its edge at which a letter lies on no text; the middle where there is none. */
export function freePlace(
  [x, y]: readonly [number, number],
  along: "x" | "y",
  taken: readonly Box[],
): readonly [number, number] {
  const places = ASIDE.map((by) => (along === "x" ? ([x + by, y] as const) : ([x, y + by] as const)));
  const isFree = ([left, top]: readonly [number, number]): boolean =>
    taken.every(
      (box) => left + 9 < box.left || left - 9 > box.right || top + 9 < box.top || top - 9 > box.bottom,
    );
  return places.find(isFree) ?? [x, y];
}
