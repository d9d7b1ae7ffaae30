import type { KernelHooks } from "../../protocol/index.js";
import type { Comms } from "./comms.js";
import { presentRun } from "./context.js";
import type { Displays } from "../display/displays.js";
import type { IdentityGuard } from "./guard.js";
import type { Asker } from "./input.js";
import type { Output } from "./output.js";
import { shielded } from "./intrinsics.js";
import { definePageGlobals } from "./pageGlobals.js";
import { globals, JSON, Object, Symbol } from "./primordials.js";
import { textOf } from "./safely.js";

/** What the globals of cells work with. */
export interface GlobalTools {
  readonly require: NodeJS.Require;
  readonly displays: Displays;
  readonly asker: Asker;
  readonly comms: Comms;
  readonly guard: IdentityGuard;
  readonly output: Output;
}

/** Gives cells their globals, which `globals.d.ts` describes; a cell may declare any of them anew. */
export function defineCellGlobals({ require, displays, asker, comms, guard, output }: GlobalTools): void {
  defineGlobal("require", require);
  defineGlobal("display", displays.asGlobal());
  defineGlobal("progress", (items: unknown, label?: unknown) => displays.progress(items, label));
  defineGlobal("comms", comms.asGlobal());
  defineGlobal("prompt", (question?: unknown, options?: unknown): string | null => {
    const password =
      typeof options === "object" && (options as { password?: unknown } | null)?.password === true;
    const answer = asker.askNow(presentRun(), question === undefined ? "" : textOf(question), password);
    return answer === "" && typeof options === "string" ? options : answer;
  });
  Object.defineProperty(globals, "interruptSignal", {
    configurable: true,
    get: () => presentRun()?.abort.signal,
  });
  definePageGlobals();
  const hooks: KernelHooks = {
    record: (entry) => {
      shielded(() => {
        const run = presentRun();
        if (run) output.event(run, { type: "provenance", parent: run.parent, cellId: run.cellId, entry });
      });
    },
    guard: (identities) => {
      shielded(() => {
        // Before anything that the cell may show of them, and before it may end the process.
        const patterns = guard.add(identities);
        if (patterns.length > 0)
          output.plain({ type: "identities", parent: presentRun()?.parent ?? "", patterns });
      });
    },
    describeQuery: (query) => {
      shielded(() => {
        // One that holds an identity is not told: it would not be the text of the cell without it.
        if (JSON.stringify(guard.cleanValue(query)) === JSON.stringify(query))
          output.plain({ type: "query", parent: presentRun()?.parent ?? "", query });
      });
    },
    onComm: (target, answer) => {
      comms.answer(target, answer);
    },
  };
  Object.defineProperty(globals, Symbol.for("spinebook.kernel"), { value: hooks });
}

/** A global for cells that a cell may declare anew. */
function defineGlobal(name: string, value: unknown): void {
  Object.defineProperty(globals, name, { value, configurable: true, writable: true, enumerable: false });
}

/** Makes `name` a plain global, so that strict code may assign it; an earlier value stays until then. */
export function declareGlobal(name: string): void {
  const known = Object.getOwnPropertyDescriptor(globals, name);
  if (known?.writable === true || known?.configurable === false) return;
  Object.defineProperty(globals, name, {
    // A constant's value stays until the new one is there; a getter of Node's does not.
    value: known?.value as unknown,
    configurable: true,
    writable: true,
    enumerable: true,
  });
}
