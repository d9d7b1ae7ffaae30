import type { Random } from "./random.js";

/** What a case led to. */
export interface Verdict {
  /** What a person would be misled, harmed or left alone by; none where all is well. */
  readonly fault?: string;
  /** How it ended, for the count at the end: "read", or the code of the error. */
  readonly outcome: string;
}

/** One input, made from a seed. */
export interface Case {
  /** What was done to make it, for a person. */
  readonly what: string;
  /** The input as a file, for `--keep`. */
  readonly bytes: Uint8Array;
  readonly extension: string;
  /** Gives the input to the product; `scratch` is a folder for files. A throw is a fault. */
  readonly check: (scratch: string) => Verdict | Promise<Verdict>;
}

/** A kind of inputs. */
export interface Kind {
  /** The word by which `--kind` picks it. */
  readonly name: string;
  /** Makes a case from random numbers and, where `needsData`, the published DICOM files below `data`. */
  readonly make: (random: Random, data: string) => Case | Promise<Case>;
  readonly needsData: boolean;
}
