/** The kernel's events as Jupyter's messages, and the bridge's own answers. Pure. */
import pkg from "../../../package.json" with { type: "json" };
import type { CommMessage, KernelEvent } from "../../protocol/index.js";
import { isJsonObject, PROTOCOL_VERSION, type JsonObject } from "./wire.js";

/** A message's type and content; its header and parent are added where it is sent. */
export interface Outgoing {
  readonly type: string;
  readonly content: JsonObject;
}

/** What went wrong in a cell, as Jupyter tells it. */
export interface CellError {
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

/**
 * The iopub message for an event of a cell; `undefined` for events that Jupyter has no word for, and for replies.
 * @param executionCount The count that Jupyter is told for the cell.
 */
export function toIopub(event: KernelEvent, executionCount: number): Outgoing | undefined {
  switch (event.type) {
    case "stream":
      return stream(event.name, event.text);
    case "display_data":
    case "update_display_data": {
      const transient = event.displayId === undefined ? {} : { display_id: event.displayId };
      return { type: event.type, content: { data: event.data, metadata: event.metadata, transient } };
    }
    case "execute_result":
      return {
        type: "execute_result",
        content: { execution_count: executionCount, data: event.data, metadata: event.metadata },
      };
    case "error":
      return errorOutput(event);
    case "clear_output":
      return { type: "clear_output", content: { wait: event.wait } };
    case "comm_message":
      return commToJupyter(event.message);
    default:
      return undefined;
  }
}

/** Text of a cell. */
export function stream(name: "stdout" | "stderr", text: string): Outgoing {
  return { type: "stream", content: { name, text } };
}

/** An error as a cell's output. */
export function errorOutput({ ename, evalue, traceback }: CellError): Outgoing {
  return { type: "error", content: { ename, evalue, traceback } };
}

/** Tells front ends whether the kernel works on the parent request. */
export function status(state: "starting" | "busy" | "idle"): Outgoing {
  return { type: "status", content: { execution_state: state } };
}

/** Tells all front ends which code runs. */
export function executeInput(code: string, executionCount: number): Outgoing {
  return { type: "execute_input", content: { code, execution_count: executionCount } };
}

/** The content of an `execute_reply`; without an error the cell ended well, and `values` answer its expressions. */
export function executeReply(
  executionCount: number,
  error: CellError | undefined,
  values: JsonObject = {},
): JsonObject {
  if (!error) return { status: "ok", execution_count: executionCount, payload: [], user_expressions: values };
  return { ...failure(error), execution_count: executionCount, user_expressions: {} };
}

/** What one of a request's `user_expressions` gave, by the events of its evaluation. */
export function expressionValue(
  events: readonly KernelEvent[],
  ended: "ok" | "error" | "interrupted" | "died",
): JsonObject {
  const error = events.find((event) => event.type === "error");
  if (error) return failure(error);
  if (ended === "died") return failure(sentenceError("KernelDied", "The kernel ended."));
  if (ended === "interrupted") return failure(sentenceError("Interrupted", "The expression was stopped."));
  const result = events.find((event) => event.type === "execute_result");
  const data = result?.data ?? { "text/plain": "undefined" };
  return { status: "ok", data, metadata: result?.metadata ?? {} };
}

/** The content of any reply that says why a request failed. */
export function failure({ ename, evalue, traceback }: CellError): JsonObject {
  return { status: "error", ename, evalue, traceback };
}

/** The error whose whole text is one sentence of the kernel's. */
export function sentenceError(ename: string, evalue: string): CellError {
  return { ename, evalue, traceback: [`${ename}: ${evalue}`] };
}

/** The content of a `kernel_info_reply`. */
export function kernelInfo(typescript: string): JsonObject {
  return {
    status: "ok",
    protocol_version: PROTOCOL_VERSION,
    implementation: "spinebook",
    implementation_version: pkg.version,
    language_info: {
      name: "typescript",
      version: typescript,
      mimetype: "text/typescript",
      file_extension: ".ts",
      pygments_lexer: "typescript",
      codemirror_mode: { name: "javascript", typescript: true },
      nbconvert_exporter: "script",
    },
    banner: `Spinebook ${pkg.version}: TypeScript ${typescript} on Node ${process.versions.node}. Research use only. Not a medical device.`,
    help_links: [
      { text: "TypeScript", url: "https://www.typescriptlang.org/docs/" },
      { text: "Node.js", url: "https://nodejs.org/docs/latest/api/" },
    ],
    supported_features: [],
    debugger: false,
  };
}

const COMM_ACTIONS: Readonly<Record<string, CommMessage["action"]>> = {
  comm_open: "open",
  comm_msg: "message",
  comm_close: "close",
};

/** A front end's comm message for the kernel; `undefined` for what is none. */
export function commFromJupyter(type: string, content: JsonObject): CommMessage | undefined {
  const action = COMM_ACTIONS[type];
  const { comm_id: commId, target_name: target, data } = content;
  if (action === undefined || typeof commId !== "string") return undefined;
  return {
    action,
    commId,
    ...(action === "open" && typeof target === "string" ? { target } : {}),
    data: isJsonObject(data) ? data : {},
  };
}

/** A comm message of the kernel's for front ends. */
export function commToJupyter({ action, commId, target, data }: CommMessage): Outgoing {
  const content = { comm_id: commId, data };
  if (action === "open") return { type: "comm_open", content: { ...content, target_name: target ?? "" } };
  return { type: action === "message" ? "comm_msg" : "comm_close", content };
}
