import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { JsonObject } from "../../../src/kernel/jupyter/wire.js";
import { JupyterClient } from "../../support/jupyterClient.js";

describe("Jupyter's requests", { timeout: 300_000 }, () => {
  let client: JupyterClient;
  before(async () => {
    client = await JupyterClient.start();
  });
  after(() => client.close());

  it("the first completion after the start has its answer", async () => {
    const { reply } = await client.request("shell", "complete_request", { code: "Math.sq", cursor_pos: 7 });
    assert.ok((reply["matches"] as string[]).includes("sqrt"), JSON.stringify(reply));
  });

  it("the language's version is told from the first answer on", async () => {
    const fresh = await JupyterClient.start();
    const [reply] = fresh.repliesOf("kernel_info_reply");
    assert.match(String((reply!.content["language_info"] as JsonObject)["version"]), /^\d+\.\d+/);
    await fresh.close();
  });

  it("tracebacks name the number that Jupyter shows, also after runs that do not count", async () => {
    await client.execute("1", { silent: true });
    await client.execute("1", { store_history: false });
    for (const code of ["throw new Error('n')", "let = = 1", "null.x"]) {
      const { reply } = await client.execute(code);
      const traceback = (reply["traceback"] as string[]).join("\n");
      assert.ok(traceback.includes(`Cell [${Number(reply["execution_count"])}]`), traceback);
      await client.execute("1", { silent: true });
    }
  });

  it("a function of a silent run keeps its own lines", async () => {
    await client.execute("\n\nfunction quiet() { throw new Error('quiet') }", { silent: true });
    await client.execute("'another text'", { silent: true });
    const { reply } = await client.execute("quiet()");
    assert.match((reply["traceback"] as string[]).join("\n"), /line 3:[^]*throw new Error\('quiet'\)/);
  });

  it("user_expressions are answered, each by itself", async () => {
    const { reply, iopub } = await client.execute("const half = 21;", {
      user_expressions: {
        double: "half * 2",
        later: "await Promise.resolve([1])",
        table: "[{ a: 1 }];",
        nothing: "undefined",
        wrong: "nowhere",
        broken: "1 +",
        hostile: "({ get [Symbol.toStringTag]() { throw 1 } })",
      },
    });
    const values = reply["user_expressions"] as Record<string, JsonObject>;
    const text = (name: string): unknown => (values[name]!["data"] as JsonObject)["text/plain"];
    assert.equal(values["double"]!["status"], "ok");
    assert.deepEqual(["double", "later", "nothing"].map(text), ["42", "[ 1 ]", "undefined"]);
    assert.match(String((values["table"]!["data"] as JsonObject)["text/html"]), /<table>/);
    assert.deepEqual([values["wrong"]!["status"], values["wrong"]!["ename"]], ["error", "ReferenceError"]);
    assert.deepEqual([values["broken"]!["status"], values["broken"]!["ename"]], ["error", "SyntaxError"]);
    assert.equal(values["hostile"]!["status"], "ok");
    const types = iopub.map(({ header }) => header.msg_type);
    assert.deepEqual(
      types.filter((type) => type === "execute_result" || type === "error"),
      [],
    );
  });

  it("and not behind a cell that fails", async () => {
    const { reply } = await client.execute("throw 1", { user_expressions: { a: "1" } });
    assert.deepEqual([reply["status"], reply["user_expressions"]], ["error", {}]);
  });
});
