import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { after, before, describe, it } from "node:test";
import type { JsonObject, JupyterMessage } from "../../src/kernel/jupyter/wire.js";
import { JupyterClient, outputsOf, sleep } from "../support/jupyterClient.js";

/** The text of one stream among iopub messages. */
function textOf(iopub: readonly JupyterMessage[], name = "stdout"): string {
  return outputsOf(iopub)
    .flatMap(({ type, content }) =>
      type === "stream" && content["name"] === name ? [String(content["text"])] : [],
    )
    .join("");
}

const typesOf = (iopub: readonly JupyterMessage[]): string[] => iopub.map(({ header }) => header.msg_type);

const isText = (text: string) => (message: JupyterMessage) => String(message.content["text"]).includes(text);

describe("the kernel on Jupyter's protocol", { timeout: 300_000 }, () => {
  let client: JupyterClient;
  before(async () => {
    client = await JupyterClient.start();
  });
  after(() => client.close());

  it("says what it is", async () => {
    const { reply } = await client.request("control", "kernel_info_request");
    assert.equal(reply["status"], "ok");
    assert.equal(reply["implementation"], "spinebook");
    assert.equal(reply["protocol_version"], "5.4");
    const language = reply["language_info"] as JsonObject;
    assert.equal(language["name"], "typescript");
    assert.equal(language["mimetype"], "text/typescript");
    assert.match(String(language["version"]), /^5\./);
    assert.match(String(reply["banner"]), /Research use only/);
  });

  it("runs a cell: streams, result, busy and idle, the request's header", async () => {
    const { reply, iopub } = await client.execute(
      'console.log("out"); console.error("err"); const seven: number = 7; seven',
    );
    assert.equal(reply["status"], "ok");
    assert.deepEqual(typesOf(iopub).slice(0, 2), ["status", "execute_input"]);
    assert.equal(iopub.at(-1)!.content["execution_state"], "idle");
    assert.equal(textOf(iopub), "out\n");
    assert.equal(textOf(iopub, "stderr"), "err\n");
    const result = outputsOf(iopub).find(({ type }) => type === "execute_result")!.content;
    assert.equal((result["data"] as JsonObject)["text/plain"], "7");
    assert.equal(result["execution_count"], reply["execution_count"]);
  });

  it("shows and updates a display", async () => {
    const code = 'display("first", { id: "bar" }); display("second", { id: "bar" });';
    const { iopub } = await client.execute(code);
    const [shown, updated] = outputsOf(iopub);
    assert.equal(shown!.type, "display_data");
    assert.deepEqual(shown!.content["transient"], { display_id: "bar" });
    assert.equal(updated!.type, "update_display_data");
    assert.deepEqual(updated!.content["transient"], { display_id: "bar" });
  });

  it("counts what Jupyter counts", async () => {
    const count = async (content: JsonObject = {}): Promise<number> =>
      Number((await client.execute("1", content)).reply["execution_count"]);
    const first = await count();
    await count({ store_history: false });
    await count({ silent: true });
    const { iopub, reply } = await client.execute("2");
    assert.equal(reply["execution_count"], first + 1);
    assert.equal(
      iopub.find(({ header }) => header.msg_type === "execute_input")!.content["execution_count"],
      first + 1,
    );
    const silent = await client.execute('console.log("hush"); 3', { silent: true });
    assert.deepEqual(typesOf(silent.iopub), ["status", "status"]);
  });

  it("tells an error, and aborts the cells that wait", async () => {
    const ids = ['await new Promise((r) => setTimeout(r, 100)); throw new TypeError("no")', "1", "2"].map(
      (code) => client.send("shell", "execute_request", { code }),
    );
    const failed = await client.replyTo(ids[0]!);
    assert.equal(failed["status"], "error");
    assert.equal(failed["ename"], "TypeError");
    assert.equal(failed["evalue"], "no");
    assert.ok(Array.isArray(failed["traceback"]));
    const output = outputsOf(await client.idle(ids[0]!)).find(({ type }) => type === "error")!.content;
    assert.equal(output["ename"], "TypeError");
    for (const id of ids.slice(1)) assert.equal((await client.replyTo(id))["status"], "aborted");
    const lenient = ["throw 1", "1"].map((code) =>
      client.send("shell", "execute_request", { code, stop_on_error: false }),
    );
    assert.equal((await client.replyTo(lenient[1]!))["status"], "ok");
  });

  it("a timer's late output carries its cell's header", async () => {
    const id = client.send("shell", "execute_request", {
      code: 'setTimeout(() => console.log("later"), 300);',
    });
    await client.idle(id);
    await client.execute("1");
    const late = await client.published("stream", isText("later"));
    assert.equal(late.parentHeader.msg_id, id);
  });

  it("asks for input", async () => {
    client.onInput = (request) => {
      assert.equal(request.content["prompt"], "How many? ");
      assert.equal(request.content["password"], false);
      client.send("stdin", "input_reply", { status: "ok", value: "five" });
    };
    const { iopub } = await client.execute('prompt("How many? ")', { allow_stdin: true });
    const result = outputsOf(iopub).find(({ type }) => type === "execute_result");
    assert.match(String((result?.content["data"] as JsonObject | undefined)?.["text/plain"]), /five/);
    client.onInput = undefined;
    const refused = await client.execute('prompt("How many? ")', { allow_stdin: false });
    assert.equal(refused.reply["status"], "error");
  });

  it("tells whether code is complete", async () => {
    const status = async (code: string): Promise<unknown> =>
      (await client.request("shell", "is_complete_request", { code })).reply["status"];
    assert.equal(await status("const a = 1"), "complete");
    assert.equal(await status("function f() {"), "incomplete");
    assert.equal(await status("const = 1"), "invalid");
  });

  for (const [how, interrupt] of [
    ["a message", () => client.request("control", "interrupt_request")],
    ["SIGINT", () => client.bridge.kill("SIGINT")],
  ] as const)
    it(
      `${how} interrupts an endless loop and keeps the variables`,
      { skip: how === "SIGINT" && process.platform === "win32" },
      async () => {
        await client.execute("const kept = 42");
        const id = client.send("shell", "execute_request", { code: 'console.log("in"); while (true) {}' });
        await client.published("stream", (message) => message.parentHeader.msg_id === id);
        const begin = Date.now();
        await interrupt();
        const reply = await client.replyTo(id);
        assert.equal(reply["status"], "error");
        assert.ok(Date.now() - begin < 2000);
        assert.ok(outputsOf(await client.idle(id)).some(({ type }) => type === "error"));
        const { iopub } = await client.execute("kept");
        assert.match(JSON.stringify(outputsOf(iopub)), /"42"/);
      },
    );

  it("completes and explains names of earlier cells, positions in code points", async () => {
    await client.execute("/** Degrees. */\nconst lordosisAngle = 42.5; const curve = { apex: 'L3' };");
    const code = '"🦴"; lordos';
    const { reply } = await client.request("shell", "complete_request", { code, cursor_pos: 11 });
    assert.equal(reply["status"], "ok");
    assert.ok((reply["matches"] as string[]).includes("lordosisAngle"), JSON.stringify(reply));
    assert.deepEqual([reply["cursor_start"], reply["cursor_end"]], [5, 11]);
    const member = await client.request("shell", "complete_request", { code: "curve.", cursor_pos: 6 });
    assert.deepEqual(member.reply["matches"], ["apex"]);
    const inspected = await client.request("shell", "inspect_request", {
      code: "lordosisAngle",
      cursor_pos: 13,
    });
    assert.equal(inspected.reply["found"], true);
    assert.match(String((inspected.reply["data"] as JsonObject)["text/plain"]), /const lordosisAngle: 42\.5/);
    const none = await client.request("shell", "inspect_request", { code: "  ", cursor_pos: 1 });
    assert.equal(none.reply["found"], false);
  });

  it("has no history and no debugger, and says so", async () => {
    const history = await client.request("shell", "history_request", { hist_access_type: "tail" });
    assert.deepEqual(history.reply, { status: "ok", history: [] });
    const debug = await client.request("control", "debug_request", { type: "request", seq: 1 });
    assert.equal(debug.reply["status"], "error");
  });

  it("passes comm messages both ways", async () => {
    const { reply } = await client.execute(
      'comms.onOpen("echo", (comm, opening) => { comm.onMessage((data) => comm.send({ got: data })); comm.send({ opened: opening }); });',
    );
    assert.equal(reply["status"], "ok", JSON.stringify(reply));
    const id = client.send("shell", "comm_open", { comm_id: "c1", target_name: "echo", data: { a: 1 } });
    const opened = await client.published("comm_msg", ({ content }) => content["comm_id"] === "c1");
    assert.deepEqual(opened.content["data"], { opened: { a: 1 } });
    await client.idle(id);
    const { reply: info } = await client.request("shell", "comm_info_request", { target_name: "echo" });
    assert.deepEqual(info["comms"], { c1: { target_name: "echo" } });
    client.send("shell", "comm_msg", { comm_id: "c1", data: { b: 2 } });
    await client.published("comm_msg", ({ content }) => JSON.stringify(content).includes('"got":{"b":2}'));
    client.send("shell", "comm_open", { comm_id: "c2", target_name: "nobody", data: {} });
    await client.published("comm_close", ({ content }) => content["comm_id"] === "c2");
  });

  it("outlives the kernel", async () => {
    const ids = ["const lost = 1; process.exit(3)", "2"].map((code) =>
      client.send("shell", "execute_request", { code }),
    );
    const died = await client.replyTo(ids[0]!);
    assert.equal(died["status"], "error");
    assert.equal(died["ename"], "KernelDied");
    assert.match(String(died["evalue"]), /exit code 3/);
    assert.ok(outputsOf(await client.idle(ids[0]!)).some(({ content }) => content["ename"] === "KernelDied"));
    assert.equal((await client.replyTo(ids[1]!))["status"], "aborted");
    const fresh = await client.execute("typeof lost");
    assert.equal(fresh.reply["status"], "ok");
    assert.equal(fresh.reply["execution_count"], 1);
    assert.equal(textOf(fresh.iopub, "stderr"), "The kernel was started anew; variables are gone.\n");
    assert.match(JSON.stringify(outputsOf(fresh.iopub)), /undefined/);
    assert.equal(textOf((await client.execute("1")).iopub, "stderr"), "");
  });

  it("says that a kernel has died between cells", async () => {
    await client.execute("setTimeout(() => process.exit(4), 50);");
    const note = await client.published("stream", isText("exit code 4"));
    assert.equal(note.content["name"], "stderr");
    assert.equal((await client.execute("1")).reply["status"], "ok");
  });

  it("ignores messages that are signed wrongly, or are none", async () => {
    const id = client.send(
      "shell",
      "execute_request",
      { code: 'console.log("intruder")' },
      {},
      "another key",
    );
    await client.execute("1");
    assert.ok(!client.iopub.some(({ parentHeader }) => parentHeader.msg_id === id));
    assert.match(client.log, /wrong signature/);
  });

  it("echoes heartbeats, also while a cell runs", async () => {
    assert.equal(await client.beat("ping"), "ping");
    const id = client.send("shell", "execute_request", {
      code: "const end = Date.now() + 500; while (Date.now() < end);",
    });
    await client.published("execute_input", ({ parentHeader }) => parentHeader.msg_id === id);
    const begin = Date.now();
    assert.equal(await client.beat("busy"), "busy");
    assert.ok(Date.now() - begin < 250);
    await client.idle(id);
  });

  it("a flood of messages arrives whole and in order", async () => {
    const { iopub } = await client.execute("for (let i = 0; i < 3000; i++) { display(String(i)); }");
    const shown = outputsOf(iopub).map(({ content }) => (content["data"] as JsonObject)["text/plain"]);
    assert.equal(shown.length, 3000);
    assert.match(String(shown.at(-1)), /2999/);
  });
});

describe("the bridge's start and end", { timeout: 120_000 }, () => {
  it("shutdown is answered, and ends the process", async () => {
    const client = await JupyterClient.start();
    client.send("shell", "execute_request", { code: "while (true) {}" });
    await sleep(200);
    const { reply, iopub } = await client.request("control", "shutdown_request", { restart: true });
    assert.deepEqual(reply, { status: "ok", restart: true });
    assert.ok(typesOf(iopub).includes("shutdown_reply"));
    assert.equal(await client.exited, 0);
    await client.close();
  });

  it(
    "works over ipc, without a key, and ends on SIGTERM",
    { skip: process.platform === "win32" },
    async () => {
      const client = await JupyterClient.start({ transport: "ipc", key: "" });
      const { reply } = await client.execute("1 + 1", {}, { cellId: "mine" });
      assert.equal(reply["status"], "ok");
      client.bridge.kill("SIGTERM");
      assert.equal(await client.exited, 0);
      await client.close();
    },
  );

  it("completes what the package and the kernel give", async () => {
    const settings = {
      fallbackPackages: { spinebook: resolve("dist/api.js") },
      packageTypes: { spinebook: resolve("dist/types/api/index.d.ts") },
    };
    const client = await JupyterClient.start({ settings });
    assert.equal((await client.execute('import * as spine from "spinebook";')).reply["status"], "ok");
    const matches = async (code: string): Promise<unknown> =>
      (await client.request("shell", "complete_request", { code, cursor_pos: code.length })).reply["matches"];
    assert.deepEqual(await matches("spine.loadSer"), ["loadSeries"]);
    assert.deepEqual(await matches("comms."), ["onOpen", "open"]);
    await client.close();
  });

  it("without a language process completion is empty", async () => {
    const settings = { fallbackPackages: {}, languagePath: join(resolve("."), "nowhere.js") };
    const client = await JupyterClient.start({ settings });
    const { reply } = await client.request("shell", "complete_request", { code: "cons", cursor_pos: 4 });
    assert.equal(reply["status"], "ok");
    assert.deepEqual(reply["matches"], []);
    await client.close();
  });

  it("a kernel that cannot be started is told of at each cell", async () => {
    const settings = { fallbackPackages: {}, kernelPath: join(resolve("."), "nowhere.js") };
    const client = await JupyterClient.start({ settings });
    assert.ok(!existsSync(settings.kernelPath));
    for (let i = 0; i < 2; i++) assert.equal((await client.execute("1")).reply["ename"], "KernelDied");
    await client.close();
  });

  it(
    "Ctrl+C in a terminal, which all its processes get, leaves the kernel and its state",
    { skip: process.platform === "win32" },
    async () => {
      const client = await JupyterClient.start({ detached: true });
      await client.execute("const kept = 5");
      const id = client.send("shell", "execute_request", { code: 'console.log("in"); while (true) {}' });
      await client.published("stream", isText("in"));
      process.kill(-client.bridge.pid!, "SIGINT");
      assert.equal((await client.replyTo(id))["status"], "error");
      const { reply, iopub } = await client.execute("kept");
      assert.equal(reply["status"], "ok");
      assert.match(JSON.stringify(outputsOf(iopub)), /"5"/);
      await client.close();
    },
  );

  it(
    "ends with the process that Jupyter names as its parent",
    { skip: process.platform === "win32" },
    async () => {
      const parent = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
      const client = await JupyterClient.start({ env: { JPY_PARENT_PID: String(parent.pid) } });
      assert.equal((await client.execute("1")).reply["status"], "ok");
      parent.kill();
      assert.equal(await client.exited, 0);
      await client.close();
    },
  );

  it("a connection file that is none is refused with a sentence", () => {
    const run = spawnSync(process.execPath, [resolve("dist/kernel/jupyter.js"), "nowhere.json"], {
      encoding: "utf8",
    });
    assert.equal(run.status, 1);
    assert.match(run.stderr, /^spinebook: The connection file nowhere\.json cannot be read[^\n]*\n$/);
  });
});
