import { Buffer } from "node:buffer";
import console from "node:console";
import process from "node:process";
import { StringDecoder } from "node:string_decoder";
import { presentRun } from "./context.js";
import { shielded } from "./intrinsics.js";
import type { Output } from "./output.js";
import { ArrayBuffer, Map, Object, Reflect, TypeError, Uint8Array } from "./primordials.js";
import { attempt, inspected } from "./safely.js";
import type { Run } from "./run.js";

type Name = "stdout" | "stderr";
/** How often cells have written. */
let writes = 0;

type Write = (chunk: unknown, encoding?: unknown, callback?: unknown) => boolean;

/**
 * Sends `process.stdout` and `process.stderr`, and with them `console`, to the cell that writes. Bytes of a character that
 * is split between two writes wait for the rest, for each cell and stream by itself.
 */
export function captureStreams(output: Output): void {
  const nextTick = process.nextTick.bind(process);
  for (const name of ["stdout", "stderr"] as const) {
    const decoders = new Decoders();
    const write: Write = (chunk, encoding, callback) => {
      const text = (run: Run): string =>
        typeof chunk === "string" && isPlain(encoding)
          ? chunk
          : decoders.decode(run, bytesOf(chunk, encoding));
      writes += 1;
      shielded(() => {
        const run = presentRun();
        if (run !== undefined) output.text(run, name, text(run));
      });
      const done = typeof encoding === "function" ? encoding : callback;
      if (typeof done === "function") nextTick(done);
      return true;
    };
    process[name].write = write;
    output.onFinish((run) => {
      const rest = decoders.end(run);
      if (rest !== "") output.text(run, name, rest);
    });
  }
}

/** Whether a string is meant as it stands: where no encoding is named, or an unknown one, or the text's own. */
function isPlain(encoding: unknown): boolean {
  return typeof encoding !== "string" || !Buffer.isEncoding(encoding) || /^utf-?8$/i.test(encoding);
}

/** @throws TypeError for what no stream takes, as Node's own streams do. */
function bytesOf(chunk: unknown, encoding: unknown): Uint8Array {
  if (typeof chunk === "string") return Buffer.from(chunk, encoding as BufferEncoding);
  if (ArrayBuffer.isView(chunk)) return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  throw new TypeError(
    `The "chunk" argument must be of type string or an instance of Buffer or Uint8Array. Received ${inspected(chunk, { depth: 0 })}`,
  );
}

/** One decoder for each run that has written a part of a character. */
class Decoders {
  private readonly open = new Map<Run, StringDecoder>();

  decode(run: Run, bytes: Uint8Array): string {
    const decoder = this.open.get(run) ?? new StringDecoder("utf8");
    this.open.set(run, decoder);
    return decoder.write(bytes);
  }

  /** What is left of a character whose rest never came. */
  end(run: Run): string {
    const rest = this.open.get(run)?.end() ?? "";
    this.open.delete(run);
    return rest;
  }
}

const CONSOLE_METHODS: readonly (readonly [string, Name])[] = [
  ["log", "stdout"],
  ["info", "stdout"],
  ["debug", "stdout"],
  ["dir", "stdout"],
  ["dirxml", "stdout"],
  ["table", "stdout"],
  ["group", "stdout"],
  ["groupCollapsed", "stdout"],
  ["error", "stderr"],
  ["warn", "stderr"],
  ["trace", "stderr"],
  ["assert", "stderr"],
];

/** Lets `console` write whatever it is given: values that throw when Node looks at them are written as far as that goes. */
export function quietConsole(): void {
  const methods = console as unknown as Record<string, (...values: unknown[]) => void>;
  for (const [name, stream] of CONSOLE_METHODS) {
    const original = methods[name]!;
    const safe = (...values: unknown[]): void => {
      const before = writes;
      attempt(
        () => {
          Reflect.apply(original, console, values);
        },
        () => {
          if (writes === before) process[stream].write(`${lineOf(values)}\n`);
        },
      );
    };
    Object.defineProperty(safe, "name", { value: name });
    Object.defineProperty(console, name, {
      value: safe,
      configurable: true,
      writable: true,
      enumerable: true,
    });
  }
}

function lineOf(values: readonly unknown[]): string {
  return shielded(() =>
    values.map((value) => (typeof value === "string" ? value : inspected(value))).join(" "),
  );
}
