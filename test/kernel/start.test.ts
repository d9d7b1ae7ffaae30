import assert from "node:assert/strict";
import { describe, it, mock } from "node:test";
import { KernelClient, type KernelChannel } from "../../src/protocol/client.js";
import type { KernelEvent, KernelRequest } from "../../src/protocol/messages.js";

/** A kernel that answers, or dies, when the test says so. */
class SlowKernel implements KernelChannel {
  readonly sent: KernelRequest[] = [];
  private event: (event: KernelEvent) => void = () => undefined;
  private death: (reason: string) => void = () => undefined;

  send(request: KernelRequest): void {
    this.sent.push(request);
  }
  onEvent(listener: (event: KernelEvent) => void): void {
    this.event = listener;
  }
  onDeath(listener: (reason: string) => void): void {
    this.death = listener;
  }
  answer(): void {
    const versions = { version: "1.0.0", node: "22.0.0", typescript: "5.9.0", pid: 1, memoryLimit: 100 };
    this.event({ type: "kernel_info_reply", parent: this.sent[0]!.id, ...versions });
  }
  die(): void {
    this.death("The kernel was stopped.");
  }
}

describe("a kernel that takes long to start", () => {
  it("is waited for while it lives, with a word now and then", async () => {
    mock.timers.enable({ apis: ["setInterval", "Date"] });
    const kernel = new SlowKernel();
    const client = new KernelClient(kernel, () => undefined);
    const said: number[] = [];
    const info = client.started((seconds) => said.push(seconds));
    mock.timers.tick(15 * 60_000);
    assert.equal(said.length, 60);
    assert.equal(said.at(-1), 900);
    kernel.answer();
    assert.equal((await info)?.version, "1.0.0");
    mock.timers.tick(60_000);
    assert.equal(said.length, 60);
    mock.timers.reset();
  });

  it("is not waited for when it has died, nor when the user gives up", async () => {
    const dead = new SlowKernel();
    const ended = new KernelClient(dead, () => undefined).started(() => undefined);
    dead.die();
    assert.equal(await ended, undefined);
    const stop = new AbortController();
    const client = new KernelClient(new SlowKernel(), () => undefined);
    const given = client.started(() => undefined, stop.signal);
    stop.abort();
    assert.equal(await given, undefined);
    assert.equal(await client.started(() => undefined, stop.signal), undefined);
  });
});
