/**
 * Jupyter's wire protocol: messages <-> the frames of a ZeroMQ multipart message. Pure but for the ids and dates of new
 * headers. See https://jupyter-client.readthedocs.io/en/stable/messaging.html#the-wire-protocol
 */
import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import * as v from "valibot";

/** The version of Jupyter's messaging protocol that the bridge speaks. */
export const PROTOCOL_VERSION = "5.4";

const DELIMITER = Buffer.from("<IDS|MSG>");

/** A JSON object whose keys are for its reader to check. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Who says what when; a reply repeats the request's header as its parent header. */
export interface Header {
  readonly msg_id: string;
  readonly msg_type: string;
  readonly session: string;
  readonly username: string;
  /** ISO 8601. */
  readonly date: string;
  readonly version: string;
}

/** The fields that a reply and a reader rest on; clients leave others out. */
const HEADER = v.object({ msg_id: v.string(), msg_type: v.string() });

/** A message of Jupyter's protocol. */
export interface JupyterMessage {
  /** Routing prefix: a reply goes to whom it names; on the iopub socket it is the topic. */
  readonly identities: readonly Buffer[];
  readonly header: Header;
  /** The header of the request that caused this message; empty when none did. */
  readonly parentHeader: Header | Readonly<Record<string, never>>;
  readonly metadata: JsonObject;
  readonly content: JsonObject;
  /** Binary parts, not covered by the signature. */
  readonly buffers: readonly Buffer[];
}

/** A multipart message that is no message of Jupyter's, or is not signed with the session's key. */
export class WireError extends Error {
  override readonly name = "WireError";
}

/** Whether a JSON value is an object with keys. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A header for a new message. */
export function newHeader(type: string, session: string): Header {
  return {
    msg_id: randomUUID(),
    msg_type: type,
    session,
    username: "",
    date: new Date().toISOString(),
    version: PROTOCOL_VERSION,
  };
}

/** The message as frames, signed with the key; an empty key means unsigned. */
export function encodeMessage(message: JupyterMessage, key: string): Buffer[] {
  const parts = [message.header, message.parentHeader, message.metadata, message.content].map((part) =>
    Buffer.from(JSON.stringify(part)),
  );
  return [...message.identities, DELIMITER, Buffer.from(sign(parts, key)), ...parts, ...message.buffers];
}

/**
 * The message that the frames hold.
 * @throws WireError when they hold none, or their signature is not that of the key.
 */
export function decodeMessage(frames: readonly Buffer[], key: string): JupyterMessage {
  const at = frames.findIndex((frame) => frame.equals(DELIMITER));
  if (at < 0) throw new WireError("A multipart message without Jupyter's delimiter was ignored.");
  const signature = frames[at + 1];
  const parts = frames.slice(at + 2, at + 6);
  if (signature === undefined || parts.length < 4)
    throw new WireError("A Jupyter message with too few parts was ignored.");
  if (!isSigned(parts, signature, key))
    throw new WireError("A Jupyter message with a wrong signature was ignored.");
  const [header, parentHeader, metadata, content] = parts.map(parseObject);
  if (!isHeader(header)) throw new WireError("A Jupyter message without a proper header was ignored.");
  return {
    identities: frames.slice(0, at),
    header,
    parentHeader: isHeader(parentHeader) ? parentHeader : {},
    metadata: metadata!,
    content: content!,
    buffers: frames.slice(at + 6),
  };
}

/** The signature among a message's frames; every message has its own, so that a second one with it is a replay. */
export function signatureOf(frames: readonly Buffer[]): string {
  const at = frames.findIndex((frame) => frame.equals(DELIMITER));
  return frames[at + 1]?.toString("latin1") ?? "";
}

function sign(parts: readonly Buffer[], key: string): string {
  if (key === "") return "";
  const hmac = createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest("hex");
}

/** Compares in constant time: how long a refusal takes tells nothing of the right signature. */
function isSigned(parts: readonly Buffer[], signature: Buffer, key: string): boolean {
  if (key === "") return true;
  const right = Buffer.from(sign(parts, key));
  return right.length === signature.length && timingSafeEqual(right, signature);
}

function parseObject(part: Buffer): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(part.toString("utf8"));
  } catch {
    throw new WireError("A Jupyter message that is no JSON was ignored.");
  }
  if (!isJsonObject(value))
    throw new WireError("A Jupyter message with a part that is no object was ignored.");
  return value;
}

function isHeader(value: JsonObject | undefined): value is JsonObject & Header {
  return v.is(HEADER, value);
}
