/**
 * Messages between a front end (VS Code's extension, the headless runner) and the kernel process. Their meanings are
 * those of Jupyter's messaging protocol; the transport here is a pipe of the child process, and Jupyter's own sockets by
 * way of the bridge in `src/kernel/jupyter`.
 */

/** Mime type -> value: text for text types and base64 pictures, JSON for types that end in `json`. */
export type MimeBundle = Readonly<Record<string, unknown>>;

/** Front end -> kernel. `id` is unique per request; every event that a request causes carries it as `parent`. */
export type KernelRequest =
  | {
      readonly type: "execute_request";
      readonly id: string;
      readonly cellId: string;
      readonly code: string;
      /** Whether the front end can answer an `input_request`; yes where it is absent. */
      readonly allowInput?: boolean;
      /** The number by which tracebacks call the cell; one more than the last where it is absent. */
      readonly executionCount?: number;
    }
  | { readonly type: "interrupt_request"; readonly id: string }
  | { readonly type: "kernel_info_request"; readonly id: string }
  /** `id` is that of the `execute_request`; `null`: the user gave no answer. */
  | { readonly type: "input_reply"; readonly id: string; readonly value: string | null }
  | { readonly type: "is_complete_request"; readonly id: string; readonly code: string }
  | { readonly type: "variables_request"; readonly id: string }
  /** Answered when timers, files and sockets of cells can call nothing back any more, or after 2 s. */
  | { readonly type: "quiet_request"; readonly id: string }
  /** A message of Jupyter's widget protocol from the front end; `data` is for the cell code that registered the target. */
  | { readonly type: "comm_message"; readonly id: string; readonly message: CommMessage }
  /** Forgets the cells so far, as a fresh kernel would; packages and what they keep, such as models, stay loaded. */
  | { readonly type: "reset_request"; readonly id: string }
  | { readonly type: "shutdown_request"; readonly id: string };

/** One message of a comm, Jupyter's two-way channel between a display and the kernel. */
export interface CommMessage {
  readonly action: "open" | "message" | "close";
  readonly commId: string;
  /** Only with `open`: who is to answer. */
  readonly target?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What a notebook renderer and the extension pass to each other: a comm's messages, in both directions. */
export interface RendererMessage {
  readonly type: "comm_message";
  readonly message: CommMessage;
}

/** A variable that cells declared, for a list of variables. */
export interface VariableInfo {
  readonly name: string;
  /** Such as `number`, `Float32Array`, `Study`, `function`. */
  readonly type: string;
  /** Sizes along each axis, such as `[3, 512]`; absent for what has none. */
  readonly shape?: readonly number[];
  /** Bytes, estimated; absent where unknown. */
  readonly bytes?: number;
  /** One short line. */
  readonly preview: string;
}

/** How an identity that cells have read is recognised in texts. */
export interface IdentityPattern {
  /** Such as `patient name`. */
  readonly kind: string;
  /** The source of a regular expression for all usual spellings, for the flags `i` and `u`. */
  readonly source: string;
}

/** Where a text holds what the cells know to be a patient's identity; the identity itself is never told. */
export interface IdentityFinding {
  /** Position among the texts asked about. */
  readonly text: number;
  /** Such as `patient name`. */
  readonly kind: string;
}

/** What a result rests on; content hashes and versions, never paths. */
export interface ProvenanceEntry {
  readonly kind: "data" | "model" | "seed" | "runtime";
  /** Such as `series`, a model's name, or `onnxruntime`. */
  readonly name: string;
  /** A sha256 in hexadecimal, a seed, or what the runtime computes on, such as `cpu`. */
  readonly value: string;
}

/** A query that a cell has run, with the columns of its result. */
export interface QueryColumns {
  readonly text: string;
  /** `type` is TypeScript's, such as `number | null`. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

interface FromCell {
  /** The id of the request that ran the cell. */
  readonly parent: string;
  /** The cell whose code wrote this, also from a timer or a promise that fires later. */
  readonly cellId: string;
}

/** Kernel -> front end. */
export type KernelEvent =
  | {
      readonly type: "kernel_info_reply";
      readonly parent: string;
      readonly version: string;
      readonly node: string;
      readonly typescript: string;
      /** The process' id, for a debugger or a signal. */
      readonly pid: number;
      /** The limit of the JavaScript heap in MB. */
      readonly memoryLimit: number;
      /** The memory that the process holds (its resident set), in bytes; absent where the kernel does not tell. */
      readonly memory?: number;
    }
  | { readonly type: "status"; readonly parent: string; readonly state: "busy" | "idle" }
  | ({ readonly type: "stream"; readonly name: "stdout" | "stderr"; readonly text: string } & FromCell)
  | ({
      readonly type: "display_data";
      readonly data: MimeBundle;
      readonly metadata: MimeBundle;
      readonly displayId?: string;
    } & FromCell)
  | ({
      readonly type: "update_display_data";
      readonly data: MimeBundle;
      readonly metadata: MimeBundle;
      readonly displayId: string;
    } & FromCell)
  | ({
      readonly type: "execute_result";
      readonly data: MimeBundle;
      readonly metadata: MimeBundle;
      readonly executionCount: number;
    } & FromCell)
  | ({
      readonly type: "error";
      readonly ename: string;
      readonly evalue: string;
      readonly traceback: readonly string[];
    } & FromCell)
  | ({ readonly type: "input_request"; readonly prompt: string; readonly password: boolean } & FromCell)
  | ({ readonly type: "clear_output"; readonly wait: boolean } & FromCell)
  | {
      readonly type: "execute_reply";
      readonly parent: string;
      readonly status: "ok" | "error" | "interrupted";
      readonly executionCount: number;
      readonly milliseconds: number;
    }
  /** Cells whose results rest on definitions that have been run anew, or differently, since; always the whole list. */
  | { readonly type: "stale_cells"; readonly parent: string; readonly cells: readonly string[] }
  | ({ readonly type: "provenance"; readonly entry: ProvenanceEntry } & FromCell)
  | {
      readonly type: "is_complete_reply";
      readonly parent: string;
      readonly status: "complete" | "incomplete" | "invalid";
      /** What the next line starts with where the code is incomplete. */
      readonly indent: string;
    }
  | {
      readonly type: "variables_reply";
      readonly parent: string;
      readonly variables: readonly VariableInfo[];
    }
  /** What the cells have read tells who a patient is; told before anything that shows it. To be logged nowhere. */
  | {
      readonly type: "identities";
      readonly parent: string;
      readonly patterns: readonly IdentityPattern[];
    }
  /** For completion; it is no output. */
  | { readonly type: "query"; readonly parent: string; readonly query: QueryColumns }
  | { readonly type: "comm_message"; readonly parent: string; readonly message: CommMessage }
  | { readonly type: "quiet_reply"; readonly parent: string }
  | { readonly type: "interrupt_reply"; readonly parent: string }
  /** `clean`: nothing of the cells is left that later ones could see; where it is not, only a fresh kernel helps. */
  | { readonly type: "reset_reply"; readonly parent: string; readonly clean: boolean }
  | { readonly type: "shutdown_reply"; readonly parent: string };
