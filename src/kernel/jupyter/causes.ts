import type { KernelEvent } from "../../protocol/index.js";
import type { Request } from "./outlet.js";
import type { CellError } from "./translate.js";

/** How many requests are remembered, so that what they cause later (timers, promises) is sent with their header. */
const REMEMBERED_REQUESTS = 1000;

/** A request that causes events, perhaps long after its reply. */
export interface Cause {
  readonly request: Request;
  /** Its outputs are shown to nobody. */
  readonly silent: boolean;
  /** The number Jupyter shows beside the cell. */
  readonly executionCount: number;
  /** Takes its events in place of front ends, where it is a question of the bridge's own. */
  readonly heard?: KernelEvent[];
  /** The last error that it published. */
  error?: CellError;
}

/** The latest requests by their ids. */
export class Causes {
  private readonly byId = new Map<string, Cause>();

  get(id: string): Cause | undefined {
    return this.byId.get(id);
  }

  /** Remembers one, and forgets the oldest where there are too many. */
  add(cause: Cause, id = cause.request.message.header.msg_id): Cause {
    this.byId.set(id, cause);
    if (this.byId.size > REMEMBERED_REQUESTS) this.byId.delete(this.byId.keys().next().value!);
    return cause;
  }
}
