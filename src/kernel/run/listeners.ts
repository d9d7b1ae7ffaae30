import process from "node:process";
import { shielded } from "./intrinsics.js";
import { Object } from "./primordials.js";

type Listener = (...values: never[]) => void;

/**
 * Listens to events of the process, and goes on doing so whatever a cell removes: without the kernel's listeners the next
 * error of a timer would end the process. A cell's own listeners can be removed as ever.
 */
export function keepListeners(listeners: Readonly<Record<string, Listener>>): void {
  const kept = Object.entries(listeners);
  const on = process.on.bind(process) as (event: string, listener: Listener) => void;
  const present = process.rawListeners.bind(process) as (event: string) => unknown[];
  const attach = (): void => {
    for (const [event, listener] of kept) if (!present(event).includes(listener)) on(event, listener);
  };
  attach();
  for (const name of ["removeAllListeners", "removeListener", "off"] as const) {
    const original = process[name].bind(process) as (...values: unknown[]) => unknown;
    const value = (...values: unknown[]): unknown => {
      const result = original(...values);
      shielded(attach);
      return result;
    };
    Object.defineProperty(process, name, { value, configurable: true, writable: true });
  }
}
