import type { ProvenanceEntry, QueryColumns } from "./messages.js";

/**
 * What the kernel offers packages that cells import, under `globalThis[Symbol.for("spinebook.kernel")]`; absent where a
 * package runs outside of the kernel.
 */
export interface KernelHooks {
  /** Notes in the notebook's provenance what the present cell's results rest on. */
  record(entry: ProvenanceEntry): void;
  /** From now on no output may show these: they are replaced where a cell writes them. */
  guard(identities: readonly Identity[]): void;
  /** Tells the editor which columns the result of a query has. */
  describeQuery(query: QueryColumns): void;
  /** Answers the channels that displays open under this name, from now on; an earlier answerer of it is replaced. */
  onComm(target: string, answer: (comm: DisplayComm, data: Readonly<Record<string, unknown>>) => void): void;
}

/** The kernel's end of a channel that a display has opened; data are JSON. */
export interface DisplayComm {
  send(data: Readonly<Record<string, unknown>>): void;
  onMessage(handler: (data: Readonly<Record<string, unknown>>) => void): void;
  close(): void;
}

/** Something that tells who a patient is. */
export interface Identity {
  /** `name`: as DICOM writes it, `FAMILY^GIVEN^MIDDLE`; `date`: `YYYYMMDD`; `id`: any other identifier. */
  readonly form: "name" | "date" | "id";
  /** What people call it, such as `patient name`. */
  readonly kind: string;
  readonly value: string;
}

/** The kernel's hooks, where there is a kernel. */
export function kernelHooks(): KernelHooks | undefined {
  return (globalThis as Record<symbol, unknown>)[Symbol.for("spinebook.kernel")] as KernelHooks | undefined;
}
