import { readFileSync } from "node:fs";
import { isJsonObject } from "./wire.js";

/** The sockets of a Jupyter kernel. */
export const CHANNELS = ["shell", "control", "stdin", "iopub", "heartbeat"] as const;
export type ChannelName = (typeof CHANNELS)[number];

/** Where a kernel is to listen, and the key that its messages are signed with. */
export interface Connection {
  /** Addresses for ZeroMQ. */
  readonly addresses: Readonly<Record<ChannelName, string>>;
  /** Empty: messages are not signed. */
  readonly key: string;
}

/** A connection file that cannot be used. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
}

/**
 * Reads the connection file that Jupyter names when it starts a kernel.
 * @throws ConnectionError
 */
export function readConnection(path: string): Connection {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    throw new ConnectionError(
      `The connection file ${path} cannot be read; Jupyter writes it before it starts a kernel.`,
    );
  }
  try {
    return parseConnection(text);
  } catch (error) {
    if (error instanceof ConnectionError) throw new ConnectionError(`${path}: ${error.message}`);
    throw error;
  }
}

/**
 * Checks the text of a connection file.
 * @throws ConnectionError
 */
export function parseConnection(text: string): Connection {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    throw new ConnectionError("The connection file is no JSON.");
  }
  if (!isJsonObject(file)) throw new ConnectionError("The connection file holds no object.");
  const { transport = "tcp", ip, key = "", signature_scheme: scheme = "hmac-sha256" } = file;
  if (transport !== "tcp" && transport !== "ipc")
    throw new ConnectionError(
      `The transport ${JSON.stringify(transport)} is not known; it may be "tcp" or "ipc".`,
    );
  if (typeof ip !== "string" || ip === "")
    throw new ConnectionError('The connection file names no address ("ip") to listen at.');
  if (typeof key !== "string") throw new ConnectionError('The connection file\'s "key" is no text.');
  if (key !== "" && scheme !== "hmac-sha256")
    throw new ConnectionError(
      `The signature scheme ${JSON.stringify(scheme)} is not known; only "hmac-sha256" is.`,
    );
  const address = (field: string): string => {
    const port = file[field];
    if (typeof port !== "number" || !Number.isInteger(port) || port < 1 || port > 65535)
      throw new ConnectionError(`The connection file's "${field}" is no port from 1 to 65535.`);
    return transport === "tcp" ? `tcp://${ip.includes(":") ? `[${ip}]` : ip}:${port}` : `ipc://${ip}-${port}`;
  };
  return {
    key,
    addresses: {
      shell: address("shell_port"),
      control: address("control_port"),
      stdin: address("stdin_port"),
      iopub: address("iopub_port"),
      heartbeat: address("hb_port"),
    },
  };
}
