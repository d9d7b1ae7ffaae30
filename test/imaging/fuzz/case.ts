import { extname } from "node:path";
import { mutate, type Mutation } from "./mutate.js";
import { randomOf } from "./random.js";
import { readSubject, subjectNames } from "./subject.js";

/** A broken file and the good one it was made from. */
export interface Case {
  readonly subject: string;
  readonly extension: string;
  readonly mutation: Mutation;
}

/** Makes case `number` of the run with `seed`: the same file each time, from the files below `folder`. */
export function makeCase(folder: string, seed: number, number: number): Case {
  const random = randomOf(Math.imul(seed, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b));
  const name = random.pick(subjectNames(folder));
  const extension = extname(name) === ".nii" ? ".nii" : ".dcm";
  return { subject: name, extension, mutation: mutate(readSubject(folder, name), random) };
}
