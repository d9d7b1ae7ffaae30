/**
 * Messages between a front end (VS Code's extension, the headless runner) and the kernel process. Their meanings are
 * those of Jupyter's messaging protocol; the transport here is the child process' IPC channel.
 */

/** Mime type -> value: text for text types and base64 pictures, JSON for types that end in `json`. */
export type MimeBundle = Readonly<Record<string, unknown>>;

/** Front end -> kernel. `id` is unique per request; every event that a request causes carries it as `parent`. */
export type KernelRequest =
  | { readonly type: "execute_request"; readonly id: string; readonly cellId: string; readonly code: string }
  | { readonly type: "interrupt_request"; readonly id: string }
  | { readonly type: "kernel_info_request"; readonly id: string }
  | { readonly type: "input_reply"; readonly id: string; readonly value: string }
  | { readonly type: "shutdown_request"; readonly id: string };

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
  | { readonly type: "interrupt_reply"; readonly parent: string }
  | { readonly type: "shutdown_reply"; readonly parent: string };
