import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { describe, it } from "node:test";
import { completeReply, hoverText, plainText } from "../../src/kernel/jupyter/completion.js";
import { ConnectionError, parseConnection, readConnection } from "../../src/kernel/jupyter/connection.js";
import { commonCells, openCells, spliceOf } from "../../src/kernel/jupyter/notebookSync.js";
import {
  calleeEnd,
  toCodePoints,
  toOffset,
  toPosition,
  toUnits,
  wordStart,
} from "../../src/kernel/jupyter/textPositions.js";
import { commFromJupyter, commToJupyter, executeReply, toIopub } from "../../src/kernel/jupyter/translate.js";
import {
  decodeMessage,
  encodeMessage,
  newHeader,
  signatureOf,
  WireError,
  type JupyterMessage,
} from "../../src/kernel/jupyter/wire.js";

const KEY = "a0436f6c-1916-498b-8eb9-e81ab9368e84";

function message(
  content: Record<string, unknown> = { code: "1 + 1", text: "Wirbelsäule 🦴" },
): JupyterMessage {
  return {
    identities: [Buffer.from([0, 1, 255])],
    header: newHeader("execute_request", "session"),
    parentHeader: {},
    metadata: { cellId: "c" },
    content,
    buffers: [Buffer.from([7, 8])],
  };
}

describe("Jupyter's wire format", () => {
  it("a message survives, signed or not", () => {
    for (const key of [KEY, ""]) {
      const sent = message();
      assert.deepEqual(decodeMessage(encodeMessage(sent, key), key), sent);
    }
  });

  it("the signature is the HMAC of the four parts, in hexadecimal", () => {
    const frames = encodeMessage(message(), KEY);
    assert.equal(frames[1]!.toString(), "<IDS|MSG>");
    const expected = createHmac("sha256", KEY)
      .update(Buffer.concat(frames.slice(3, 7)))
      .digest("hex");
    assert.equal(frames[2]!.toString(), expected);
    assert.equal(signatureOf(frames), expected);
    assert.equal(signatureOf(encodeMessage(message(), "")), "");
  });

  it("the header is that of protocol 5.4", () => {
    const header = newHeader("status", "s");
    assert.equal(header.version, "5.4");
    assert.equal(header.username, "");
    assert.match(header.msg_id, /^[0-9a-f]{8}-[0-9a-f-]{27}$/);
    assert.equal(new Date(header.date).toISOString(), header.date);
    assert.notEqual(newHeader("status", "s").msg_id, header.msg_id);
  });

  it("what is signed wrongly, changed or no message is refused", () => {
    const frames = encodeMessage(message(), KEY);
    const with_ = (at: number, frame: string): Buffer[] =>
      frames.map((old, i) => (i === at ? Buffer.from(frame) : old));
    const refused: readonly (readonly [Buffer[], RegExp])[] = [
      [encodeMessage(message(), "another key"), /wrong signature/],
      [encodeMessage(message(), ""), /wrong signature/],
      [with_(6, '{"code":"evil()"}'), /wrong signature/],
      [with_(2, "é".repeat(32)), /wrong signature/],
      [with_(1, "<IDS|MSH>"), /delimiter/],
      [frames.slice(0, 5), /too few parts/],
      [[], /delimiter/],
    ];
    for (const [wrong, says] of refused)
      assert.throws(
        () => decodeMessage(wrong, KEY),
        (error) => error instanceof WireError && says.test(error.message),
      );
    const unsigned = encodeMessage(message(), "");
    const broken = (at: number, text: string): Buffer[] =>
      unsigned.map((old, i) => (i === at ? Buffer.from(text) : old));
    assert.throws(() => decodeMessage(broken(6, "{"), ""), /no JSON/);
    assert.throws(() => decodeMessage(broken(6, "[]"), ""), /no object/);
    assert.throws(() => decodeMessage(broken(3, "{}"), ""), /header/);
  });
});

describe("the connection file", () => {
  const file = {
    transport: "tcp",
    ip: "127.0.0.1",
    key: KEY,
    signature_scheme: "hmac-sha256",
    shell_port: 1,
    control_port: 2,
    stdin_port: 3,
    iopub_port: 4,
    hb_port: 65535,
  };
  const parse = (change: object) => parseConnection(JSON.stringify({ ...file, ...change }));

  it("gives addresses for ZeroMQ", () => {
    const { addresses, key } = parse({});
    assert.equal(key, KEY);
    assert.equal(addresses.shell, "tcp://127.0.0.1:1");
    assert.equal(addresses.heartbeat, "tcp://127.0.0.1:65535");
    assert.equal(parse({ ip: "::1" }).addresses.iopub, "tcp://[::1]:4");
    assert.equal(parse({ transport: "ipc", ip: "/tmp/k" }).addresses.stdin, "ipc:///tmp/k-3");
    assert.equal(parse({ key: "", signature_scheme: "" }).key, "");
  });

  it("is refused with a sentence", () => {
    const wrong: readonly (readonly [object, RegExp])[] = [
      [{ transport: "udp" }, /"transport" must be one of tcp, ipc/],
      [{ ip: 7 }, /"ip"/],
      [{ key: 7 }, /"key"/],
      [{ signature_scheme: "hmac-md5" }, /hmac-md5/],
      [{ ip: "" }, /"ip" must be an address to listen at/],
      [{ ip: undefined }, /"ip" is missing/],
      [{ hb_port: 0 }, /"hb_port" must be a whole number from 1 to 65535/],
      [{ shell_port: "1" }, /"shell_port"/],
    ];
    for (const [change, says] of wrong)
      assert.throws(
        () => parse(change),
        (error) => error instanceof ConnectionError && says.test(error.message),
      );
    assert.throws(() => parseConnection("{"), /no JSON/);
    assert.throws(() => parseConnection("[]"), /"ip" is missing/);
    assert.throws(() => parseConnection("7"), /it must be an object/);
    assert.equal(parse({ later: true }).key, KEY, "a field of a later version is left aside");
    assert.throws(() => readConnection("nowhere/connection.json"), /cannot be read/);
  });
});

describe("the kernel's events in Jupyter's words", () => {
  const from = { parent: "p", cellId: "c" };

  it("outputs", () => {
    const data = { "text/plain": "1" };
    assert.deepEqual(toIopub({ type: "stream", name: "stderr", text: "t", ...from }, 1), {
      type: "stream",
      content: { name: "stderr", text: "t" },
    });
    assert.deepEqual(toIopub({ type: "display_data", data, metadata: {}, ...from }, 1)?.content, {
      data,
      metadata: {},
      transient: {},
    });
    assert.deepEqual(
      toIopub({ type: "update_display_data", data, metadata: {}, displayId: "d", ...from }, 1)?.content[
        "transient"
      ],
      { display_id: "d" },
    );
    assert.deepEqual(
      toIopub({ type: "execute_result", data, metadata: {}, executionCount: 9, ...from }, 4)?.content,
      { data, metadata: {}, execution_count: 4 },
    );
    assert.deepEqual(toIopub({ type: "clear_output", wait: true, ...from }, 1)?.content, { wait: true });
    assert.equal(toIopub({ type: "stale_cells", parent: "p", cells: [] }, 1), undefined);
    assert.equal(toIopub({ type: "status", parent: "p", state: "busy" }, 1), undefined);
  });

  it("replies", () => {
    assert.equal(executeReply(3, undefined)["status"], "ok");
    const failed = executeReply(3, { ename: "E", evalue: "v", traceback: ["t"] });
    assert.deepEqual(
      [failed["status"], failed["ename"], failed["evalue"], failed["traceback"], failed["execution_count"]],
      ["error", "E", "v", ["t"], 3],
    );
  });

  it("comm messages, both ways", () => {
    const open = { action: "open", commId: "i", target: "t", data: { a: 1 } } as const;
    const { type, content } = commToJupyter(open);
    assert.equal(type, "comm_open");
    assert.deepEqual(commFromJupyter(type, content), open);
    const said = commToJupyter({ action: "message", commId: "i", data: {} });
    assert.equal(said.type, "comm_msg");
    assert.deepEqual(commFromJupyter(said.type, said.content), { action: "message", commId: "i", data: {} });
    assert.equal(commFromJupyter("comm_close", {}), undefined);
    assert.equal(commFromJupyter("comm_info", { comm_id: "i" }), undefined);
  });
});

describe("positions", () => {
  it("code points and UTF-16 units", () => {
    const text = "a🦴b";
    assert.deepEqual(
      [0, 1, 2, 3, 9].map((at) => toUnits(text, at)),
      [0, 1, 3, 4, 4],
    );
    assert.deepEqual(
      [0, 1, 3, 4].map((at) => toCodePoints(text, at)),
      [0, 1, 2, 3],
    );
  });

  it("lines and offsets", () => {
    const text = "ab\n\ncd";
    for (const offset of [0, 2, 3, 4, 6]) assert.equal(toOffset(text, toPosition(text, offset)), offset);
    assert.deepEqual(toPosition(text, 5), { line: 2, character: 1 });
    assert.equal(toOffset(text, { line: 7, character: 0 }), 6);
  });

  it("words and calls", () => {
    assert.equal(wordStart("a.größe", 7), 2);
    assert.equal(wordStart("a.", 2), 2);
    assert.equal(calleeEnd("grade(scan, f(1), ", 18), 5);
    assert.equal(calleeEnd("grade(scan)", 11), undefined);
    assert.equal(calleeEnd("(1", 2), undefined);
  });
});

describe("completion in Jupyter's words", () => {
  it("takes what continues the word, and gives one range", () => {
    const reply = completeReply("const a = 🦴.le", 15, [
      { label: "length", kind: 10, detail: "(property) length: number" },
      { label: "at", kind: 2 },
      { label: "Left", kind: 7, sortText: "0" },
    ]);
    assert.deepEqual(reply["matches"], ["Left", "length"]);
    assert.deepEqual([reply["cursor_start"], reply["cursor_end"]], [12, 14]);
    assert.deepEqual((reply["metadata"] as Record<string, unknown>)["_jupyter_types_experimental"], [
      { start: 12, end: 14, text: "Left", type: "class" },
      { start: 12, end: 14, text: "length", type: "property", signature: "(property) length: number" },
    ]);
  });

  it("an item that replaces more sets the range for all", () => {
    const edit = (start: number, newText: string) => ({
      range: { start: { line: 0, character: start }, end: { line: 0, character: 3 } },
      newText,
    });
    const reply = completeReply("a.b", 3, [
      { label: "bee", textEdit: edit(2, "bee") },
      { label: "b-c", filterText: ".b-c", textEdit: edit(1, '["b-c"]') },
    ]);
    assert.deepEqual(reply["matches"], ['["b-c"]', ".bee"]);
    assert.equal(reply["cursor_start"], 1);
    assert.deepEqual(completeReply("x", 1, [])["matches"], []);
  });

  it("hovers become text", () => {
    assert.equal(hoverText({ language: "ts", value: "let a" }), "```ts\nlet a\n```");
    assert.equal(hoverText(["a", { language: "ts", value: "b" }]), "a\n\n```ts\nb\n```");
    assert.equal(
      plainText("```ts\nconst a: 1\n```\n\nAn **angle** in *degrees*, see [Cobb](https://x.org)."),
      "const a: 1\n\nAn angle in degrees, see Cobb.",
    );
  });

  it("the notebook of the language process is changed from the first different cell on", () => {
    const cell = (text: string) => ({ uri: `cell:${text}`, text });
    assert.equal(commonCells(["a", "b"].map(cell), ["a", "b", "c"]), 2);
    assert.equal(commonCells(["a", "b"].map(cell), ["a"]), 1);
    assert.equal(commonCells(["a", "b"].map(cell), ["b"]), 0);
    const { structure } = spliceOf("n", 2, ["a", "b"].map(cell), 1, ["c"].map(cell)).change.cells!;
    assert.deepEqual(structure!.array, {
      start: 1,
      deleteCount: 1,
      cells: [{ kind: 2, document: "cell:c" }],
    });
    assert.deepEqual(structure!.didClose, [{ uri: "cell:b" }]);
    assert.equal(openCells("n", 1, ["a"].map(cell)).cellTextDocuments[0]!.languageId, "typescript");
  });
});
