import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { main } from "../../src/cli/index.js";

interface Outcome {
  readonly code: number;
  readonly out: string[];
  readonly log: string[];
}

async function report(...args: string[]): Promise<Outcome> {
  const [out, log]: [string[], string[]] = [[], []];
  const code = await main(["report", ...args], {
    packageRoot: process.cwd(),
    out: (line) => out.push(line),
    // Without a build there are no interactive displays; the report says so, and is written.
    log: (line) => line.includes("still pictures only") || log.push(line),
    signal: new AbortController().signal,
  });
  return { code, out, log };
}

function cell(source: string, count: number | null, text?: string): object {
  const outputs = text === undefined ? [] : [{ output_type: "stream", name: "stdout", text }];
  return {
    cell_type: "code",
    id: `c${source.length}`,
    metadata: {},
    execution_count: count,
    outputs,
    source,
  };
}

describe("spinebook report", () => {
  let folder: string;
  const notebook = async (name: string, cells: object[]): Promise<string> => {
    const path = join(folder, name);
    const metadata = { language_info: { name: "typescript" } };
    await writeFile(path, JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 }));
    return path;
  };
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "spinebook-report-"));
  });
  after(() => rm(folder, { recursive: true }));

  it("writes the outputs that are there, beside the notebook, and executes nothing", async () => {
    const path = await notebook("plain.ipynb", [cell("throw new Error()", 1, "as it stands")]);
    const stored = await readFile(path, "utf8");
    const written = join(folder, "plain.html");
    assert.deepEqual(await report(path), { code: 0, out: [written], log: [] });
    assert.match(await readFile(written, "utf8"), /<title>plain<\/title>[\s\S]*as it stands/);
    assert.equal(await readFile(path, "utf8"), stored);
  });

  it("tells that cells were run out of order, in the report and on stderr", async () => {
    const path = await notebook("order.ipynb", [cell("1", 2, "a"), cell("22", 1, "b")]);
    const target = join(folder, "elsewhere.html");
    const { code, out, log } = await report(path, "-o", target, "--json");
    assert.equal(code, 0);
    const told = JSON.parse(out[0]!) as { report: string; outOfOrder: string };
    assert.equal(told.report, target);
    assert.match(told.outOfOrder, /out of order: cell 2 before cell 1/);
    assert.match(log[0]!, /^Warning: The cells were run out of order/);
    assert.match(await readFile(target, "utf8"), /<strong>Out of order\.<\/strong>/);
  });

  it("is refused where the notebook looks like it tells who a patient is; the name is never told", async () => {
    const path = await notebook("named.ipynb", [cell("show()", 1, "PatientName: Doe^Jane")]);
    const { code, out, log } = await report(path);
    assert.equal(code, 1);
    assert.deepEqual(out, []);
    assert.equal(log.length, 1);
    assert.match(log[0]!, /^spinebook report: Cell 1's output holds what looks like a patient name/);
    assert.ok(!log.join("").includes("Doe"));
    assert.ok(!(await readdir(folder)).includes("named.html"));
    assert.equal((await report(path, "--allow-identity")).code, 0);
    assert.ok((await readdir(folder)).includes("named.html"));
  });

  it("--check writes nothing and names cells and kinds", async () => {
    const path = await notebook("check.ipynb", [cell("1", 2), cell("22", 1, "PatientName: Doe^Jane")]);
    const { code, out } = await report(path, "--check", "--json");
    assert.equal(code, 0);
    const told = JSON.parse(out[0]!) as { identity: object[]; outOfOrder: string };
    assert.deepEqual(told.identity[0], {
      cell: 2,
      part: "output",
      kind: "patient name",
      sentence: "Cell 2's output holds what looks like a patient name.",
    });
    assert.match(told.outOfOrder, /out of order/);
    assert.ok(!out[0]!.includes("Doe"));
    const lines = (await report(path, "--check")).out;
    assert.match(lines[0]!, /^Cell 2's output .*\n.*out of order/);
    const good = await notebook("good.ipynb", [cell("1", 1, "fine")]);
    assert.deepEqual((await report(good, "--check")).out, [
      "Nothing looks like a patient's identity; the cells are in order.",
    ]);
    assert.ok(!(await readdir(folder)).includes("check.html"));
    assert.equal((await report(path, "--check", "-o", "x.html")).code, 2);
    assert.equal((await report(path, "--check", "--allow-identity")).code, 2);
  });

  it("says in one sentence what it cannot read", async () => {
    const { code, log } = await report(join(folder, "absent.ipynb"));
    assert.equal(code, 1);
    assert.equal(log.length, 1);
    assert.match(log[0]!, /absent\.ipynb/);
  });
});
