import type { Random } from "./random.js";
import type { ElementPlace, Subject } from "./subject.js";

/** A broken copy of a good file. */
export interface Mutation {
  readonly what: string;
  readonly bytes: Buffer;
  /** Whether some of the pixels are gone, so that a picture without a word would be a lie. */
  readonly pixelsMissing: boolean;
}

type Mutate = (subject: Subject, random: Random) => Mutation | undefined;

/** A place in the file; mostly in its header, where each byte means something. */
function place({ bytes, pixels }: Subject, random: Random): number {
  return random.below(4) > 0 ? random.below(Math.max(1, pixels.start)) : random.below(bytes.length);
}

const flipBytes: Mutate = (subject, random) => {
  const bytes = Buffer.from(subject.bytes);
  const count = 1 + random.below(16);
  for (let i = 0; i < count; i++) bytes[place(subject, random)]! ^= 1 + random.below(255);
  return { what: `flip ${count} bytes`, bytes, pixelsMissing: false };
};

const truncate: Mutate = (subject, random) => {
  const length = random.below(2) > 0 ? random.below(subject.bytes.length) : place(subject, random);
  return {
    what: `cut to ${length} of ${subject.bytes.length} bytes`,
    bytes: Buffer.from(subject.bytes.subarray(0, length)),
    pixelsMissing: length < subject.pixels.end,
  };
};

const swapTags: Mutate = (subject, random) => {
  if (subject.elements.length < 2) return undefined;
  const bytes = Buffer.from(subject.bytes);
  const [one, other] = [random.pick(subject.elements), random.pick(subject.elements)];
  subject.bytes.copy(bytes, one.start, other.start, other.start + 4);
  subject.bytes.copy(bytes, other.start, one.start, one.start + 4);
  return { what: `swap the tags ${one.tag} and ${other.tag}`, bytes, pixelsMissing: false };
};

const swapElements: Mutate = (subject, random) => {
  if (subject.elements.length < 2) return undefined;
  const [one, other] = [random.pick(subject.elements), random.pick(subject.elements)];
  const [first, second] = one.start <= other.start ? [one, other] : [other, one];
  if (first.end > second.start) return undefined;
  const part = (start: number, end?: number) => subject.bytes.subarray(start, end);
  const bytes = Buffer.concat([
    part(0, first.start),
    part(second.start, second.end),
    part(first.end, second.start),
    part(first.start, first.end),
    part(second.end),
  ]);
  return { what: `swap the elements ${first.tag} and ${second.tag}`, bytes, pixelsMissing: false };
};

function newLength(place: ElementPlace, old: number, random: Random): number {
  const largest = 2 ** (8 * place.lengthBytes) - 1;
  const length = random.pick([
    0,
    old - 2,
    old + 2,
    Math.floor(old / 2),
    old * 2,
    largest,
    largest - 1,
    0x7fff,
    random.below(largest),
  ]);
  return Math.min(largest, Math.max(0, length));
}

const changeLength: Mutate = (subject, random) => {
  if (subject.elements.length === 0) return undefined;
  const bytes = Buffer.from(subject.bytes);
  const pixelData = subject.elements.find(({ tag }) => tag === "x7fe00010");
  const element = pixelData && random.below(8) === 0 ? pixelData : random.pick(subject.elements);
  const big = subject.name.includes("big") || subject.name.includes("expb");
  const field = bytes.subarray(element.lengthAt, element.lengthAt + element.lengthBytes);
  const old = big ? field.readUIntBE(0, field.length) : field.readUIntLE(0, field.length);
  const length = newLength(element, old, random);
  if (big) field.writeUIntBE(length, 0, field.length);
  else field.writeUIntLE(length, 0, field.length);
  const { needed } = subject.pixels;
  return {
    what: `state ${length} instead of ${old} bytes for ${element.tag}`,
    bytes,
    pixelsMissing: element === pixelData && needed !== undefined && length < needed,
  };
};

const shift: Mutate = (subject, random) => {
  const at = place(subject, random);
  const count = 1 + random.below(64);
  const before = subject.bytes.subarray(0, at);
  if (random.below(2) > 0)
    return {
      what: `insert ${count} bytes at ${at}`,
      bytes: Buffer.concat([before, Buffer.alloc(count, random.below(256)), subject.bytes.subarray(at)]),
      pixelsMissing: false,
    };
  return {
    what: `remove ${count} bytes at ${at}`,
    bytes: Buffer.concat([before, subject.bytes.subarray(at + count)]),
    pixelsMissing: false,
  };
};

const KINDS: readonly Mutate[] = [
  flipBytes,
  flipBytes,
  truncate,
  swapTags,
  swapElements,
  changeLength,
  shift,
];

/** A random mutation of `subject`. */
export function mutate(subject: Subject, random: Random): Mutation {
  for (;;) {
    const mutation = random.pick(KINDS)(subject, random);
    if (mutation !== undefined) return mutation;
  }
}
