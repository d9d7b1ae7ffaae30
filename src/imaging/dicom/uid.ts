import { createHash } from "node:crypto";

/** A valid UID under 2.25 (a UUID as an integer, PS3.5 annex B.2) that depends only on `seed`. */
export function uidFromSeed(seed: string): string {
  const bytes = createHash("sha256").update(seed).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80; // UUID version 8: made by a rule of our own
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return `2.25.${BigInt(`0x${bytes.toString("hex")}`).toString()}`;
}
