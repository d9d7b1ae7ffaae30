import process from "node:process";
import { Readable } from "node:stream";
import { MessageChannel, receiveMessageOnPort, type MessagePort } from "node:worker_threads";
import { presentRun } from "./context.js";
import type { FromMain } from "../link.js";
import { Atomics, Error, Int32Array, Object, Promise, setTimeout, SharedArrayBuffer } from "./primordials.js";
import type { Run } from "./run.js";

/** How long the main thread sleeps between looks at whether it has been interrupted, in milliseconds. */
const NAP_MILLISECONDS = 50;
/** How long a reader gets to stop reading after a line, before it is asked for the next one. */
const LINGER_MILLISECONDS = 20;

interface Answer {
  readonly value: string | null;
}

/** Asks the user by way of the supervisor. */
export class Asker {
  constructor(private readonly post: (message: FromMain) => void) {}

  /**
   * Asks and blocks the main thread until the answer is there; an interrupt ends the wait.
   * @returns the answer; `null` when the user gave none
   * @throws Error where the front end cannot ask
   */
  askNow(run: Run | undefined, prompt: string, password: boolean): string | null {
    const { port1, port2 } = new MessageChannel();
    const signal = new Int32Array(new SharedArrayBuffer(4));
    this.send(run, prompt, password, port2, signal);
    while (Atomics.load(signal, 0) === 0) Atomics.wait(signal, 0, 0, NAP_MILLISECONDS);
    const message = receiveMessageOnPort(port1)?.message as Answer | undefined;
    port1.close();
    return message?.value ?? null;
  }

  /** Asks; the main thread goes on. @throws Error where the front end cannot ask */
  ask(run: Run | undefined, prompt: string): Promise<string | null> {
    const { port1, port2 } = new MessageChannel();
    this.send(run, prompt, false, port2, new Int32Array(new SharedArrayBuffer(4)));
    return new Promise((resolve) => {
      port1.once("message", ({ value }: Answer) => {
        port1.close();
        resolve(value);
      });
    });
  }

  private send(
    run: Run | undefined,
    prompt: string,
    password: boolean,
    port: MessagePort,
    signal: Int32Array,
  ): void {
    if (run?.allowInput !== true)
      throw new Error("This run cannot ask for input; make it a parameter of the notebook.");
    const { parent, cellId } = run;
    this.post({ type: "ask", parent, cellId, prompt, password, port, signal });
  }
}

/**
 * `process.stdin` of cells: each line that is read is asked for. `readline` and `for await (const line of …)` work on it;
 * what cannot be asked ends the input with an error.
 */
export class AskedInput extends Readable {
  private wanted = false;
  private asking = false;

  constructor(
    private readonly asker: Asker,
    /** Told where a line cannot be asked for. */
    private readonly onRefusal: (run: Run | undefined, error: unknown) => void,
  ) {
    super({ encoding: "utf8" });
    this.on("resume", () => {
      this.askSoon();
    });
  }

  override _read(): void {
    this.wanted = true;
    this.askSoon();
  }

  /** A reader that has its line often pauses at once: it is not asked for another one. */
  private askSoon(): void {
    const run = presentRun();
    setTimeout(() => {
      if (!this.wanted || this.asking || this.isPaused()) return;
      this.wanted = false;
      this.asking = true;
      const heard = (line: string | null): void => {
        this.asking = false;
        this.push(line === null ? "\n" : `${line}\n`);
      };
      const refused = (error: unknown): void => {
        this.asking = false;
        this.onRefusal(run, error);
      };
      try {
        this.asker.ask(run, "").then(heard, refused);
      } catch (error) {
        refused(error);
      }
    }, LINGER_MILLISECONDS);
  }
}

/** Puts {@link AskedInput} where cells and packages look for the standard input. */
export function replaceStandardInput(
  asker: Asker,
  onRefusal: (run: Run | undefined, error: unknown) => void,
): void {
  const input = new AskedInput(asker, onRefusal);
  Object.defineProperty(input, "isTTY", { value: false });
  Object.defineProperty(process, "stdin", { value: input, configurable: true, writable: true });
}
