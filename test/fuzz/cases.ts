import type { Case, Kind } from "./kind.js";
import { charsets } from "./kinds/charsets.js";
import { deidentified } from "./kinds/deidentified.js";
import { files } from "./kinds/files.js";
import { html } from "./kinds/html.js";
import { offsets } from "./kinds/offsets.js";
import { packed } from "./kinds/packed.js";
import { values } from "./kinds/values.js";
import { randomOf } from "./random.js";

/** All kinds; to add one, add it behind the others and tell in README.md. */
export const KINDS: readonly Kind[] = [files, charsets, offsets, packed, deidentified, html, values];

/** The kind that the case of a number is of: they take turns. */
export function kindOf(number: number): Kind {
  return KINDS[number % KINDS.length]!;
}

/** The first `count` numbers from `first` on whose kind is among `kinds`. */
export function numbersOf(kinds: readonly Kind[], first: number, count: number): number[] {
  const numbers: number[] = [];
  if (kinds.length === 0) return numbers;
  for (let number = first; numbers.length < count; number++)
    if (kinds.includes(kindOf(number))) numbers.push(number);
  return numbers;
}

/** Makes case `number` of the run with `seed`: the same each time, from the same DICOM files below `data`. */
export async function makeCase(data: string, seed: number, number: number): Promise<Case> {
  const random = randomOf(Math.imul(seed, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b));
  return kindOf(number).make(random, data);
}
