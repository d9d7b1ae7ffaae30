import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";

/** A port of this machine that nothing listens on. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((listening) => probe.listen(0, "127.0.0.1", listening));
  const { port } = probe.address() as AddressInfo;
  await new Promise((closed) => probe.close(closed));
  return port;
}

/** A queue's server of a test's own, on this machine alone. */
export interface Redis {
  readonly port: number;
  readonly url: string;
  /** Kills it and waits for its end. */
  stop(): Promise<void>;
}

/** Starts redis-server with its data in a folder, which it keeps when it is killed only if `keep`. */
export async function startRedis(
  data: string,
  { port, keep = false }: { port?: number; keep?: boolean } = {},
): Promise<Redis> {
  mkdirSync(data, { recursive: true });
  const listens = port ?? (await freePort());
  const args = ["--port", String(listens), "--bind", "127.0.0.1", "--dir", data, "--save", ""];
  const started = spawn("redis-server", [...args, "--appendonly", keep ? "yes" : "no"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  await new Promise<void>((ready, failed) => {
    started.stdout.on("data", (text: Buffer) => {
      if (text.includes("Ready to accept connections")) ready();
    });
    started.once("error", failed);
    started.once("exit", () => {
      failed(new Error("redis-server ended"));
    });
  });
  started.removeAllListeners("exit");
  return {
    port: listens,
    url: `redis://127.0.0.1:${String(listens)}`,
    stop: async () => {
      const end = once(started, "exit");
      started.kill("SIGKILL");
      if (started.exitCode === null && started.signalCode === null) await end;
    },
  };
}
