import { readFileSync } from "node:fs";
import * as v from "valibot";
import { checkedJson, wholeNumber } from "../../text/index.js";

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

const PORT = wholeNumber(1, 65535);

/** https://jupyter-client.readthedocs.io/en/stable/kernels.html#connection-files */
const CONNECTION_FILE = v.object({
  transport: v.optional(v.picklist(["tcp", "ipc"])),
  ip: v.pipe(v.string(), v.minLength(1, "an address to listen at")),
  key: v.optional(v.string()),
  signature_scheme: v.optional(v.unknown()),
  shell_port: PORT,
  control_port: PORT,
  stdin_port: PORT,
  iopub_port: PORT,
  hb_port: PORT,
});

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
  const { value: file, problem } = checkedJson(text, CONNECTION_FILE);
  if (problem !== undefined)
    throw new ConnectionError(`The connection file is not as Jupyter writes it: ${problem}.`);
  const { transport = "tcp", ip, key = "", signature_scheme: scheme = "hmac-sha256" } = file;
  if (key !== "" && scheme !== "hmac-sha256")
    throw new ConnectionError(
      `The signature scheme ${JSON.stringify(scheme)} is not known; only "hmac-sha256" is.`,
    );
  const address = (port: number): string =>
    transport === "tcp" ? `tcp://${ip.includes(":") ? `[${ip}]` : ip}:${port}` : `ipc://${ip}-${port}`;
  return {
    key,
    addresses: {
      shell: address(file.shell_port),
      control: address(file.control_port),
      stdin: address(file.stdin_port),
      iopub: address(file.iopub_port),
      heartbeat: address(file.hb_port),
    },
  };
}
