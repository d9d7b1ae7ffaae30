import process from "node:process";
import { Object, Reflect } from "./primordials.js";

type Listener = (...values: never[]) => void;

/**
 * Listens to events of the process, and goes on doing so whatever a cell removes: without the kernel's listeners the next
 * error of a timer would end the process. A cell's own listeners can be removed as ever.
 */
export function keepListeners(listeners: Readonly<Record<string, Listener>>): void {
  const { includes } = Object.getPrototypeOf([]) as unknown[];
  const attach = (): void => {
    for (const event in listeners) {
      const listener = listeners[event] as (...values: unknown[]) => void;
      const present = Reflect.apply(rawListeners, process, [event]) as unknown[];
      if (!(Reflect.apply(includes, present, [listener]) as boolean))
        Reflect.apply(on, process, [event, listener]);
    }
  };
  const { on, rawListeners } = process;
  attach();
  for (const name of ["removeAllListeners", "removeListener", "off"] as const) {
    const original = process[name] as (...values: unknown[]) => unknown;
    const value = (...values: unknown[]): unknown => {
      const result = Reflect.apply(original, process, values) as unknown;
      attach();
      return result;
    };
    Object.defineProperty(process, name, { value, configurable: true, writable: true });
  }
}
