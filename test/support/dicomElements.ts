import dicomParser from "dicom-parser";

/** Position of an element of a file in explicit little endian. */
export function placeOf(file: Uint8Array, tag: number): { start: number; end: number } {
  const set = dicomParser.parseDicom(file);
  const found = set.elements[`x${tag.toString(16).padStart(8, "0")}`];
  const header = found !== undefined && ["OB", "OW", "SQ", "UT", "UN"].includes(found.vr ?? "") ? 12 : 8;
  if (found) return { start: found.dataOffset - header, end: found.dataOffset + found.length };
  const next = Object.values(set.elements)
    .filter(({ tag: other }) => Number.parseInt(other.slice(1), 16) > tag)
    .sort((a, b) => a.dataOffset - b.dataOffset)[0]!;
  const place = placeOf(file, Number.parseInt(next.tag.slice(1), 16));
  return { start: place.start, end: place.start };
}

/** A file with elements put in the place of those it has, or where they belong. */
export function withElements(file: Uint8Array, elements: Readonly<Record<number, Uint8Array>>): Uint8Array {
  return Object.entries(elements).reduce<Uint8Array>((whole, [tag, bytes]) => {
    const { start, end } = placeOf(whole, Number(tag));
    return Buffer.concat([whole.subarray(0, start), bytes, whole.subarray(end)]);
  }, file);
}
