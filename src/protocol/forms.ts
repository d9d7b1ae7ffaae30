/**
 * The forms of messages that reach a process from outside. Requests are small and few: they are checked whole. Events carry a
 * cell's outputs, megabytes of them, many a second: only the envelope is looked at, by which they are passed on.
 *
 * Schemas are made when they are first asked for: a renderer's bundle, which asks for none, is without them.
 */
import * as v from "valibot";
import type { CommMessage, KernelEvent, KernelRequest } from "./messages.js";

type Schema<T> = v.GenericSchema<unknown, T>;

const commForm = (): Schema<CommMessage> =>
  v.object({
    action: v.picklist(["open", "message", "close"]),
    commId: v.string(),
    target: v.optional(v.string()),
    data: v.custom<CommMessage["data"]>(
      (value) => typeof value === "object" && value !== null && !Array.isArray(value),
    ),
  });

const requestForm = (): Schema<KernelRequest> =>
  v.variant("type", [
    v.object({
      id: v.string(),
      type: v.literal("execute_request"),
      cellId: v.string(),
      code: v.string(),
      allowInput: v.optional(v.boolean()),
      executionCount: v.optional(v.number()),
    }),
    v.object({
      id: v.string(),
      type: v.picklist([
        "interrupt_request",
        "kernel_info_request",
        "variables_request",
        "quiet_request",
        "reset_request",
        "shutdown_request",
      ]),
    }),
    v.object({ id: v.string(), type: v.literal("input_reply"), value: v.nullable(v.string()) }),
    v.object({ id: v.string(), type: v.literal("is_complete_request"), code: v.string() }),
    v.object({ id: v.string(), type: v.literal("comm_message"), message: commForm() }),
  ]);

let comms: Schema<CommMessage> | undefined;
let requests: Schema<KernelRequest> | undefined;

/** The comm message that a display sent, without anything else; `undefined` for what is none. */
export function commMessage(value: unknown): CommMessage | undefined {
  const { success, output } = v.safeParse((comms ??= commForm()), value);
  return success ? output : undefined;
}

/** The request that a front end sent; `undefined` for what is none, such as one of a later release. */
export function kernelRequest(value: unknown): KernelRequest | undefined {
  return v.is((requests ??= requestForm()), value) ? (value as KernelRequest) : undefined;
}

/** The event that a kernel sent, by its envelope alone; `undefined` for what is none. */
export function kernelEvent(value: unknown): KernelEvent | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { type, parent, cellId }: Partial<Record<"type" | "parent" | "cellId", unknown>> = value;
  const isEvent =
    typeof type === "string" &&
    typeof parent === "string" &&
    (cellId === undefined || typeof cellId === "string");
  return isEvent ? (value as KernelEvent) : undefined;
}
