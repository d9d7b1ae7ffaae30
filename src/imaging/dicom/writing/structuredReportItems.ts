import { element, sequence } from "./elements.js";
import type { Code } from "./structuredReportCodes.js";

/** One node of a structured report's tree as elements by ascending tag, behind its relationship to its parent. */
export type ContentItem = readonly Uint8Array[];

/** How a content item relates to its parent (PS3.3 table C.17.3-8). */
export type Relationship =
  | "CONTAINS"
  | "HAS OBS CONTEXT"
  | "HAS CONCEPT MOD"
  | "HAS ACQ CONTEXT"
  | "SELECTED FROM"
  | "HAS PROPERTIES"
  | "INFERRED FROM";

/** A reference to an image, and to one frame of it (from 1) where it has several. */
export interface ImageReference {
  readonly sopClass: string;
  readonly sopInstance: string;
  readonly frame?: number;
}

/** The elements of a coded concept. */
export function codeElements({ value, scheme, meaning }: Code): Uint8Array[] {
  return [
    element(0x00080100, "SH", value),
    element(0x00080102, "SH", scheme),
    element(0x00080104, "LO", meaning),
  ];
}

function relationshipTo(parent: Relationship | undefined): Uint8Array[] {
  return parent === undefined ? [] : [element(0x0040a010, "CS", parent)];
}

/** Relationship, value type and concept name: how every item starts. */
function start(parent: Relationship | undefined, type: string, name: Code | undefined): Uint8Array[] {
  return [
    ...relationshipTo(parent),
    element(0x0040a040, "CS", type),
    ...(name === undefined ? [] : [sequence(0x0040a043, [codeElements(name)])]),
  ];
}

function children(items: readonly ContentItem[]): Uint8Array[] {
  return items.length === 0 ? [] : [sequence(0x0040a730, items)];
}

/**
 * A heading with items below it.
 * @param template identifier of the template of PS3.16 that it follows, such as "1500"
 */
export function container(
  parent: Relationship | undefined,
  name: Code,
  items: readonly ContentItem[],
  template?: string,
): ContentItem {
  const follows =
    template === undefined
      ? []
      : [sequence(0x0040a504, [[element(0x00080105, "CS", "DCMR"), element(0x0040db00, "CS", template)]])];
  return [
    ...start(parent, "CONTAINER", name),
    element(0x0040a050, "CS", "SEPARATE"),
    ...follows,
    ...children(items),
  ];
}

/** A coded answer. */
export function code(
  parent: Relationship,
  name: Code,
  value: Code,
  items: readonly ContentItem[] = [],
): ContentItem {
  return [...start(parent, "CODE", name), sequence(0x0040a168, [codeElements(value)]), ...children(items)];
}

export function text(parent: Relationship, name: Code, value: string): ContentItem {
  return [...start(parent, "TEXT", name), element(0x0040a160, "UT", value)];
}

export function uidReference(parent: Relationship, name: Code, uid: string): ContentItem {
  return [...start(parent, "UIDREF", name), element(0x0040a124, "UI", uid)];
}

/** A measured number. The decimal string keeps 6 digits; the whole value stands beside it as a floating point number. */
export function number(parent: Relationship, name: Code, value: number, unit: Code): ContentItem {
  const measured = [
    sequence(0x004008ea, [codeElements(unit)]),
    element(0x0040a161, "FD", value),
    element(0x0040a30a, "DS", String(Number(value.toPrecision(6)))),
  ];
  return [...start(parent, "NUM", name), sequence(0x0040a300, [measured])];
}

/** The elements of a reference to an image. */
export function referenceElements({ sopClass, sopInstance, frame }: ImageReference): Uint8Array[] {
  return [
    element(0x00081150, "UI", sopClass),
    element(0x00081155, "UI", sopInstance),
    ...(frame === undefined ? [] : [element(0x00081160, "IS", String(frame))]),
  ];
}

/** Elements of ascending tag: the reference (0008) stands before the relationship (0040). */
export function image(parent: Relationship, reference: ImageReference, name?: Code): ContentItem {
  return [sequence(0x00081199, [referenceElements(reference)]), ...start(parent, "IMAGE", name)];
}

/** A closed outline in an image. @param points column and row, where 0, 0 is the corner of the first pixel, not its middle */
export function region2d(
  parent: Relationship,
  name: Code,
  points: readonly (readonly [number, number])[],
  selectedFrom: ImageReference,
): ContentItem {
  return [
    ...start(parent, "SCOORD", name),
    sequence(0x0040a730, [image("SELECTED FROM", selectedFrom)]),
    element(0x00700022, "FL", closed(points).flat()),
    element(0x00700023, "CS", "POLYLINE"),
  ];
}

/** A closed planar outline in patient space, LPS mm. */
export function region3d(
  parent: Relationship,
  name: Code,
  points: readonly (readonly [number, number, number])[],
  frameOfReference: string,
): ContentItem {
  return [
    ...start(parent, "SCOORD3D", name),
    element(0x00700022, "FL", closed(points).flat()),
    element(0x00700023, "CS", "POLYGON"),
    element(0x30060024, "UI", frameOfReference),
  ];
}

/** DICOM asks for the first point again at the end of a closed line. */
function closed<T>(points: readonly T[]): readonly T[] {
  return points.length === 0 ? points : [...points, points[0]!];
}
