import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Answer, Request } from "./child.js";

/** Time after which a case is ended; more than the limit, since a machine may be busy and a process has to start. */
const PATIENCE_SECONDS = 20;

/** Runs cases in a child process, which is started anew after a case that ended it. */
export class Runner {
  private child: ChildProcess | undefined;

  /** Lets the child end by itself, so that it removes its files. */
  close(): void {
    this.child?.disconnect();
    this.child = undefined;
  }

  /** Ends the child at once; the next case has a new one. */
  kill(): void {
    this.child?.removeAllListeners();
    this.child?.kill("SIGKILL");
    this.child = undefined;
  }

  /** The answer to one case; the sentence of a crash or hang in place of it. */
  run(request: Request): Promise<Answer | string> {
    return new Promise((resolve) => {
      const child = (this.child ??= fork(fileURLToPath(new URL("./child.js", import.meta.url)), [], {
        execArgv: ["--max-old-space-size=1024"],
        stdio: ["ignore", "ignore", "pipe", "ipc"],
      }));
      let errors = "";
      const onErrors = (chunk: Buffer) => (errors = `${errors}${chunk.toString()}`.slice(-2000));
      child.stderr!.on("data", onErrors);
      const end = (result: Answer | string) => {
        clearTimeout(timer);
        child.removeAllListeners();
        child.stderr!.removeAllListeners("data");
        if (typeof result === "string") this.kill();
        resolve(result);
      };
      const timer = setTimeout(() => {
        end(`hangs: no answer within ${PATIENCE_SECONDS} s`);
      }, PATIENCE_SECONDS * 1000);
      child.once("message", (answer: Answer) => {
        end(answer);
      });
      child.once("exit", (code, signal) => {
        const last = errors.trim().split("\n").slice(-4).join(" ");
        end(`crashes the process (${signal ?? `exit ${code ?? ""}`}): ${last}`);
      });
      child.send(request);
    });
  }
}
