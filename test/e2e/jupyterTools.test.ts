/** Jupyter's own programs run our kernel, and notebooks come out as those of `spinebook run`. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { copyDemo } from "../support/demoNotebook.js";
import { spinebook } from "../support/cli.js";
import { findJupyter } from "../support/jupyterPrograms.js";

interface Output {
  readonly output_type: string;
  readonly name?: string;
  readonly text?: string | readonly string[];
  readonly data?: Readonly<Record<string, unknown>>;
  readonly ename?: string;
  readonly evalue?: string;
}

interface NotebookFile {
  readonly cells: readonly {
    readonly cell_type: string;
    readonly execution_count?: number;
    readonly outputs?: readonly Output[];
  }[];
}

const found = findJupyter();
/** How `nbconvert` is started, or why it cannot be. */
const nbconvert = found.nbconvert ?? [];
const skip = process.env.CI === undefined && found.problem;

describe("Jupyter's programs", { skip, timeout: 900_000 }, () => {
  let folder: string;
  let environment: Record<string, string>;

  before(async () => {
    assert.ok(found.problem === false, String(found.problem));
    folder = await mkdtemp(join(tmpdir(), "spinebook-jupyter-"));
    environment = {
      HOME: folder,
      JUPYTER_DATA_DIR: join(folder, "data"),
      JUPYTER_RUNTIME_DIR: join(folder, "runtime"),
      JUPYTER_CONFIG_DIR: join(folder, "config"),
    };
    const { code, stdout, stderr } = spinebook(["jupyter", "install"], { env: environment });
    assert.equal(code, 0, stderr);
    assert.equal(stdout.trim(), join(folder, "data", "kernels", "spinebook"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  /** Runs a program with the environment of the test; its stdout, or the test fails with what it said. */
  function runProgram([program, ...args]: readonly string[], status = 0): { stdout: string; stderr: string } {
    const run = spawnSync(program!, args, {
      cwd: folder,
      env: { ...process.env, ...environment },
      encoding: "utf8",
      timeout: 400_000,
      maxBuffer: 2 ** 26,
    });
    assert.equal(run.status, status, `${run.stdout}\n${run.stderr}`);
    return run;
  }

  /** Runs a notebook by nbconvert and by our own command. */
  async function bothWays(
    path: string,
    options: readonly string[] = [],
  ): Promise<[NotebookFile, NotebookFile]> {
    const [theirs, ours] = [join(folder, "theirs.ipynb"), join(folder, "ours.ipynb")];
    const choice = ["--ExecutePreprocessor.kernel_name=spinebook", "--ExecutePreprocessor.timeout=300"];
    runProgram([
      ...nbconvert,
      "--to",
      "notebook",
      "--execute",
      ...choice,
      ...options,
      path,
      "--output",
      theirs,
    ]);
    const { stderr } = spinebook(["run", path, "-o", ours, ...options], { seconds: 400 });
    assert.ok(existsSync(ours), stderr);
    const [their, our] = await Promise.all([theirs, ours].map((file) => readFile(file, "utf8")));
    return [JSON.parse(their!) as NotebookFile, JSON.parse(our!) as NotebookFile];
  }

  it("lists the kernel", () => {
    const { stdout } = runProgram([found.jupyter!, "kernelspec", "list", "--json"]);
    const { kernelspecs } = JSON.parse(stdout) as {
      kernelspecs: Record<string, { spec: { language: string } }>;
    };
    assert.equal(kernelspecs["spinebook"]!.spec.language, "typescript");
  });

  it("nbconvert gives the outputs of `spinebook run`: text, errors, updates, clearing", async () => {
    const path = join(folder, "small.ipynb");
    await writeFile(path, JSON.stringify(notebookOf(SMALL_CELLS)));
    const [theirs, ours] = await bothWays(path, ["--allow-errors"]);
    assert.deepEqual(outputsOf(theirs), outputsOf(ours));
    const kinds = outputsOf(theirs).map((outputs) => outputs.map(({ type }) => type));
    assert.deepEqual(kinds[0], ["stream", "stream", "stream", "execute_result"]);
    assert.deepEqual(kinds.at(-2), ["error"]);
  });

  it("nbconvert gives the outputs of `spinebook run`: the demo notebook", async () => {
    const path = join(folder, "demo.ipynb");
    copyDemo(path);
    const [theirs, ours] = await bothWays(path);
    assert.deepEqual(outputsOf(theirs), outputsOf(ours));
    assert.ok(outputsOf(theirs).flat().length > 0);
  });

  it("nbconvert stops where a kernel ends, with the reason", async () => {
    const path = join(folder, "dies.ipynb");
    await writeFile(path, JSON.stringify(notebookOf(["process.exit(3)", "1"])));
    const command = [
      ...nbconvert,
      "--to",
      "notebook",
      "--execute",
      path,
      "--output",
      join(folder, "out.ipynb"),
    ];
    assert.match(runProgram(command, 1).stderr, /KernelDied: The kernel ended with exit code 3/);
  });

  it("jupyter run prints what a script prints", async () => {
    const path = join(folder, "script.ts");
    await writeFile(path, "const discs: number = 5;\nconsole.log(`${discs} discs`);\ndiscs + 1");
    const { stdout } = runProgram([found.jupyter!, "run", "--kernel", "spinebook", path]);
    assert.equal(stdout.trim(), "5 discs\n6");
  });

  it("is uninstalled", () => {
    const { code, stdout } = spinebook(["jupyter", "uninstall"], { env: environment });
    assert.equal(code, 0);
    assert.ok(!existsSync(stdout.trim()));
    assert.equal(spinebook(["jupyter", "uninstall"], { env: environment }).code, 1);
  });
});

const SMALL_CELLS = [
  'console.log("one"); console.error("two"); console.log("three"); ({ level: "L4-L5", grade: 3 })',
  "const squares = [1, 2, 3].map((n) => n ** 2);\nsquares",
  'display("waits", { id: "later" });',
  'display("has come", { id: "later", update: true });',
  "for (let i = 0; i < 200; i++) console.log(i);",
  "await new Promise((resolve) => setTimeout(resolve, 50)); squares.length",
  'new Map([["Wirbelsäule", "🦴"]])',
  "function fails() {\n  throw new RangeError('too far');\n}\nfails();",
  "squares.push(16)",
];

function notebookOf(sources: readonly string[]): object {
  return {
    cells: sources.map((source, i) => ({
      cell_type: "code",
      id: `cell-${i}`,
      metadata: {},
      execution_count: null,
      outputs: [],
      source,
    })),
    metadata: {
      kernelspec: { name: "spinebook", display_name: "Spinebook (TypeScript)", language: "typescript" },
      language_info: { name: "typescript" },
    },
    nbformat: 4,
    nbformat_minor: 5,
  };
}

interface ShownOutput {
  readonly type: string;
  readonly count: number | undefined;
  readonly content: unknown;
}

/** Per code cell what it shows, without what differs from run to run: times and the names of temporary folders. */
function outputsOf({ cells }: NotebookFile): ShownOutput[][] {
  return cells
    .filter(({ cell_type: type }) => type === "code")
    .map(({ outputs = [], execution_count: count }) =>
      outputs.map(({ output_type: type, name, text, data, ename, evalue }) => ({
        type,
        count,
        content: settled({ name, text, data, ename, evalue }),
      })),
    );
}

/** Joins the lines that nbformat splits texts into, and puts a mark for what differs from run to run. */
function settled(value: unknown): unknown {
  if (Array.isArray(value))
    return value.length > 0 && value.every((line) => typeof line === "string")
      ? settled(value.join(""))
      : value.map(settled);
  if (typeof value === "string") return steady(value);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, key === "seconds" ? "TIME" : settled(part)]),
  );
}

function steady(text: string): string {
  return text
    .replace(/spinebook-[a-z]+-\w{6}/g, "FOLDER")
    .replace(/\b\d+(\.\d+)?\s?(ms|s|seconds)\b/g, "TIME");
}
