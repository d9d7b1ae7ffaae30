import { createHash, createHmac } from "node:crypto";

/** A valid UID under 2.25 (a UUID as an integer, PS3.5 annex B.2) that depends only on `seed`. */
export function uidFromSeed(seed: string): string {
  const bytes = createHash("sha256").update(seed).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80; // UUID version 8: made by a rule of our own
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return `2.25.${BigInt(`0x${bytes.toString("hex")}`).toString()}`;
}

/**
 * The UID that stands in for `uid` wherever it is replaced with the same secret: an HMAC, so that nobody without the secret
 * can tell which UID it was, not even by trying. UIDs of the standard itself (1.2.840.10008) name no person and stay.
 */
export function replacedUid(uid: string, secret: Uint8Array): string {
  if (uid === "" || uid.startsWith("1.2.840.10008.")) return uid;
  return uidFromSeed(`replaced ${createHmac("sha256", secret).update(`uid ${uid}`).digest("hex")}`);
}
