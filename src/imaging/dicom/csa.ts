/**
 * Siemens CSA header (0029,xx10), as nibabel's documentation describes it: named values in two layouts, the newer one
 * marked `SV10`. Numbers in it are little endian whatever the file's order is.
 */

const NAME_BYTES = 64;
const TAG_BYTES = 84;
/** More tags or items than any header has; what claims more is not one. */
const MOST = 1000;

/** The values of the element `name`, without padding; none where the header does not hold it or is not readable. */
export function csaValues(bytes: Uint8Array, name: string): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const latin = (from: number, length: number) =>
    Buffer.from(bytes.buffer, bytes.byteOffset + from, length)
      .toString("latin1")
      .split("\0", 1)[0]!
      .trim();
  if (bytes.length < 16) return [];
  const isNew = latin(0, 4) === "SV10";
  let at = isNew ? 8 : 0;
  const tags = view.getUint32(at, true);
  at += 8;
  let firstItems = 0;
  for (let tag = 0; tag < Math.min(tags, MOST) && at + TAG_BYTES <= bytes.length; tag++) {
    const wanted = latin(at, NAME_BYTES) === name;
    const items = view.getInt32(at + 76, true);
    if (tag === 0) firstItems = items;
    at += TAG_BYTES;
    const values: string[] = [];
    for (let item = 0; item < Math.min(items, MOST) && at + 16 <= bytes.length; item++) {
      // The older layout counts an item's bytes from the first element's number of items.
      const length = isNew ? view.getInt32(at + 4, true) : view.getInt32(at, true) - firstItems;
      at += 16;
      if (length < 0 || at + length > bytes.length) return [];
      if (wanted) values.push(latin(at, length));
      at += Math.ceil(length / 4) * 4;
    }
    if (wanted) return values.filter((value) => value !== "");
  }
  return [];
}
