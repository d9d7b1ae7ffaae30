import type { MessagePort } from "node:worker_threads";
import type { CommMessage, Identity } from "../protocol/index.js";
import type { CompiledCell, CompiledModule } from "./compile/index.js";

/** What the parent tells the kernel at its start, as JSON in the first argument. */
export interface KernelSettings {
  /** Package name -> path of an ES module, used where the notebook's folder has no such package. */
  readonly fallbackPackages: Readonly<Record<string, string>>;
  /** The limit of the JavaScript heap in MB, for information: Node was started with it. */
  readonly memoryLimit: number;
}

/** One run of a cell as the main thread gets it. */
export interface RunOrder {
  readonly parent: string;
  readonly cellId: string;
  readonly executionCount: number;
  readonly allowInput: boolean;
  readonly cell: CompiledCell;
}

interface CompileOrder {
  readonly type: "compile";
  readonly id: number;
  readonly name: string;
  readonly text: string;
}

/** A thread was started; `port` is the supervisor's end of the channel to it. */
interface ThreadOrder {
  readonly type: "thread";
  readonly port: MessagePort;
}

/** A thread that a cell has started from a TypeScript file -> supervisor. */
export type FromThread =
  | CompileOrder
  | ThreadOrder
  /** The first element of `signal` is 1 when the main thread has been told. */
  | { readonly type: "identities"; readonly identities: readonly Identity[]; readonly signal: Int32Array };

/** Supervisor -> such a thread: what a file was compiled to, or why it was not. */
export interface ToThread {
  readonly id: number;
  readonly module?: CompiledModule;
  readonly problem?: string;
}

/** Supervisor -> main thread. */
export type ToMain =
  | { readonly type: "run"; readonly order: RunOrder }
  /** `id` rises; a repeated id is answered but acted on once. */
  | { readonly type: "interrupt"; readonly id: number }
  | ({ readonly type: "compiled" } & ToThread)
  /** A thread of a cell's has read them. */
  | { readonly type: "identities"; readonly identities: readonly Identity[] }
  /** The answer to a kernel request of that type is sent as an event whose parent is `id`. */
  | { readonly type: "variables" | "quiet"; readonly id: string }
  /** Answered likewise. */
  | { readonly type: "reset"; readonly id: string }
  | { readonly type: "comm"; readonly parent: string; readonly message: CommMessage }
  | { readonly type: "exit" };

/** Main thread -> supervisor. */
export type FromMain =
  | {
      readonly type: "stream";
      readonly parent: string;
      readonly cellId: string;
      readonly name: "stdout" | "stderr";
      readonly text: string;
    }
  /** A kernel event, already as JSON: what user code displays is serialised where it was made. */
  | { readonly type: "event"; readonly json: string }
  | { readonly type: "done"; readonly parent: string; readonly status: "ok" | "error" | "interrupted" }
  | { readonly type: "interrupted"; readonly id: number }
  | CompileOrder
  | ThreadOrder
  /** The user is asked; the answer comes as `{ value }` over `port`, then the first element of `signal` is 1. */
  | {
      readonly type: "ask";
      readonly parent: string;
      readonly cellId: string;
      readonly prompt: string;
      readonly password: boolean;
      readonly port: MessagePort;
      readonly signal: Int32Array;
    }
  /** The process is about to end: send what waits, then set the first element of `signal` to 1. */
  | { readonly type: "flush"; readonly signal: Int32Array };
