import type { Slice } from "./slice.js";

/** Slices at one place, and where that is in mm along the normal. */
export interface Place {
  readonly at: number;
  readonly slices: readonly Slice[];
}

/** Slices closer than this along the normal, in mm, lie at one place. */
const SAME_PLACE = 0.05;

/** Order where positions are equal or missing: the acquisition's own numbers, then the frame, then the name. */
export function byAcquisition(a: Slice, b: Slice): number {
  return (
    time(a) - time(b) ||
    a.frame.order - b.frame.order ||
    a.frame.index - b.frame.index ||
    (a.path < b.path ? -1 : 1)
  );
}

/** The number in the first key, the temporal position. */
function time(slice: Slice): number {
  return Number(slice.frame.repeatKeys[0]) || 0;
}

/** The slices by place, in order along the normal; `along` gives mm. */
export function placesOf(slices: readonly Slice[], along: (slice: Slice) => number): Place[] {
  const sorted = slices.map((slice) => ({ slice, at: along(slice) })).sort((a, b) => a.at - b.at);
  const places: { at: number; slices: Slice[] }[] = [];
  for (const { slice, at } of sorted) {
    const last = places.at(-1);
    if (last !== undefined && at - last.at <= SAME_PLACE) last.slices.push(slice);
    else places.push({ at, slices: [slice] });
  }
  return places;
}

/** What two copies of one image have in common; images that differ in it were only given one UID. */
function imageKey({ file, frame, path }: Slice): string {
  const place = (frame.position ?? [frame.location ?? NaN]).map((value) => value.toFixed(2));
  const isTold = frame.position !== undefined || frame.location !== undefined || frame.order !== 0;
  // Nobody can call it a copy where neither place nor number is known.
  return [
    isTold ? "" : path,
    file.instanceUid,
    frame.index,
    place.join(),
    frame.order,
    ...frame.repeatKeys,
  ].join("|");
}

/**
 * Slices without copies of the same image (same SOP instance, frame, place and number), the first of each; how many copies
 * went, and how many of the images that stay share their UID with another one.
 */
export function withoutCopies(slices: readonly Slice[]): {
  slices: Slice[];
  copies: number;
  sharing: number;
} {
  const seen = new Set<string>();
  const kept = slices.filter((slice) => {
    if (slice.file.instanceUid === "") return true;
    const key = imageKey(slice);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  const uses = new Map<string, number>();
  const uidOf = ({ file, frame }: Slice) => `${file.instanceUid} ${frame.index}`;
  for (const slice of kept) uses.set(uidOf(slice), (uses.get(uidOf(slice)) ?? 0) + 1);
  const sharing = kept.filter((slice) => slice.file.instanceUid !== "" && uses.get(uidOf(slice))! > 1).length;
  return { slices: kept, copies: slices.length - kept.length, sharing };
}

/** The slices by what `key` gives, in the order of their first. */
export function groupedBy(slices: readonly Slice[], key: (slice: Slice) => string): Map<string, Slice[]> {
  const groups = new Map<string, Slice[]>();
  for (const slice of slices) {
    const group = groups.get(key(slice));
    if (group) group.push(slice);
    else groups.set(key(slice), [slice]);
  }
  return groups;
}

/**
 * Splits slices of one plane that lie several times at a place into volumes with one slice at each. What the header
 * says of time, kind of image, diffusion, echo and acquisition tells them apart where one volume comes out whole;
 * else the first acquired at every place form the first volume, the second ones the second, and so on.
 */
export function splitRepeats(
  slices: readonly Slice[],
  along: (slice: Slice) => number,
  firstKey = 0,
): Slice[][] {
  const places = placesOf(slices, along);
  if (places.length === slices.length) return [places.map((place) => place.slices[0]!)];
  const keys = slices[0]!.frame.repeatKeys.length;
  for (let key = firstKey; key < keys; key++) {
    const groups = groupedBy(slices, ({ frame }) => frame.repeatKeys[key]!);
    if (groups.size < 2) continue;
    const isWhole = (group: readonly Slice[]) => placesOf(group, along).length === places.length;
    if ([...groups.values()].some(isWhole))
      return [...groups.values()].flatMap((group) => splitRepeats(group, along, key + 1));
  }
  const sorted = places.map((place) => [...place.slices].sort(byAcquisition));
  const most = Math.max(...sorted.map(({ length }) => length));
  return Array.from({ length: most }, (_, repeat) => sorted.flatMap((list) => list[repeat] ?? []));
}
