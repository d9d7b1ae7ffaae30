/** Nothing leaves the machine: every command, a notebook and the language server under strace (Debian's), which sees each call. */
import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, describe, test } from "node:test";
import { COMMANDS } from "../../src/cli/commands/index.js";
import { notebookText, cell } from "../host/support.js";
import { JupyterClient } from "../support/jupyterClient.js";
import { startRedis, type Redis } from "../support/redis.js";
import { makeThinStudies } from "../support/studies.js";
import { hasStrace, readSystemCalls, straceOf, traceNode, type TracedRun } from "../support/systemCalls.js";

const skip =
  hasStrace || (process.platform === "linux" && process.env.CI !== undefined) ? false : "no strace";

const scratch = realpathSync(mkdtempSync(join(tmpdir(), "spinebook-offline-")));
const folder = join(scratch, "work");
let runs = 0;
let redis: Redis | undefined;

interface Traced {
  /** A script in the working folder, in place of the command. */
  readonly program?: string;
  readonly args: readonly string[];
  /** The exit code that is expected; 0 unless it says otherwise. */
  readonly code?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Each command at least once; what they read is made before. */
const CASES: Readonly<Record<string, readonly Traced[]>> = {
  about: [{ args: ["about"] }],
  read: [
    { args: ["read", "study", "--json"] },
    { args: ["read", "study", "--nifti", "volume.nii.gz", "--thumbnails", "thumbnails"] },
  ],
  detect: [{ args: ["detect", "study"] }],
  grade: [
    { args: ["grade", "study", "--json"] },
    { args: ["grade", "volume.nii.gz", "--csv", "grades.csv", "--sr", "grades.dcm", "--sc", "sheet.dcm"] },
    // A network that is to run on a graphics card, which may not be there.
    { args: ["grade", "study", "--json"], env: { SPINEBOOK_DEVICE: "webgpu" } },
    { args: ["grade", "studies", "--cohort", "cohort.duckdb", "--workers", "2"] },
  ],
  cohort: [
    { args: ["cohort", "cohort.duckdb", "--sql", "SELECT * FROM discs", "--json"] },
    { args: ["cohort", "cohort.duckdb", "--import-csv", "reader.csv", "--parquet", "tables"] },
    // Functions of extensions that DuckDB would fetch, and a table that lies elsewhere.
    ...["SELECT * FROM read_xlsx('a.xlsx')", "SELECT * FROM 'https://example.invalid/a.parquet'"].map(
      (sql) => ({ args: ["cohort", "cohort.duckdb", "--sql", sql], code: 1 }),
    ),
  ],
  // The worker beside the batch that gives it work, until that is done.
  worker: [{ program: "queue.mjs", args: ["REDIS"] }],
  deidentify: [{ args: ["deidentify", "study", "copy"] }],
  phantom: [{ args: ["phantom", "phantoms", "--seed", "3"] }],
  train: [{ args: ["train", "tiny.json", "--output", "tiny.safetensors", "--checkpoint", "tiny.part"] }],
  evaluate: [{ args: ["evaluate", "grades", "phantoms", "--phantoms", "1"] }],
  bench: [{ args: ["bench", "--repeats", "1"] }],
  jupyter: [{ args: ["jupyter", "install", "--prefix", "jupyter"] }],
  run: [{ args: ["run", "analysis.ipynb", "-o", "done.ipynb", "--html", "done.html"] }],
  report: [{ args: ["report", "done.ipynb", "-o", "report.html"] }],
};

const QUEUE = `import { spawn } from "node:child_process";
const start = (...args) => spawn(process.execPath, [${JSON.stringify(resolve("bin/spinebook.js"))}, ...args, "--queue", process.argv[2]], { stdio: "inherit" });
const worker = start("worker", "studies", "--cohort", "shards", "--workers", "1");
const stopped = new Promise((end) => worker.once("exit", end));
const code = await new Promise((end) => start("grade", "studies", "--cohort", "shards").once("exit", end));
worker.kill("SIGINT");
await stopped;
process.exitCode = code;
`;

const ANALYSIS = [
  'import { loadSeries, detect, grade, hotspots, openCohort, about } from "spinebook";\nconst scan = await loadSeries("study");\nscan',
  "const graded = await grade(await detect(scan));\ngraded",
  "await hotspots(graded)",
  'const cohort = await openCohort("own.duckdb");\nconst rows = await cohort.sql("SELECT 1 AS one");\nawait cohort.close();\nrows',
  'display({ [Symbol.for("Jupyter.display")]: () => ({ "application/vnd.plotly.v1+json": { data: [{ type: "scattergeo", lon: [1], lat: [2] }], layout: {} } }) })',
  // A cell's own use of the runtime, on this thread and on another one.
  `const { createRequire } = await import("node:module");
const { Worker } = await import("node:worker_threads");
const from = JSON.stringify((await about()).folders.package + "/package.json");
const source = \`require("node:module").createRequire(\${from})("onnxruntime-node").InferenceSession.create(Buffer.alloc(4)).catch(() => 0)\`;
await new Promise((ended) => new Worker(source, { eval: true }).once("exit", ended));
typeof createRequire(JSON.parse(from))("onnxruntime-node").InferenceSession`,
].map(cell);

function trace(args: readonly string[], env: Readonly<Record<string, string>> = {}): TracedRun {
  return traceNode({
    args,
    folder,
    scratch: join(scratch, `run-${String(++runs)}`),
    env,
  });
}

/** The one thing that is kept, and that `about` tells: the compiler's own compiled code. */
const CODE_CACHE = /[\\/]home[\\/]\.cache[\\/]spinebook[\\/]code[\\/]typescript-[0-9a-f]{16}\.bin$/;

function assertQuiet(run: TracedRun, name: string): void {
  assert.deepEqual(run.findings, [], `${name} reached outside: ${JSON.stringify(run.findings)}`);
  const left = run.left.filter((path) => !CODE_CACHE.test(path));
  assert.deepEqual(left, [], `${name} left files behind`);
}

test("each command stands in this test", () => {
  assert.deepEqual(Object.keys(CASES).sort(), COMMANDS.map(({ name }) => name).sort());
});

describe("under strace", { skip }, () => {
  before(async () => {
    makeThinStudies(join(folder, "made"), 11, 2);
    cpSync(join(folder, "made", "study-001", "dicom"), join(folder, "study"), { recursive: true });
    cpSync(join(folder, "made"), join(folder, "studies"), { recursive: true });
    mkdirSync(join(folder, "shards"));
    writeFileSync(join(folder, "reader.csv"), "patient,level,pfirrmann,rater\np1,L4-L5,3,A\n");
    writeFileSync(join(folder, "analysis.ipynb"), notebookText(ANALYSIS));
    const small = { size: 32, width: 0.125, epochs: 1, batchSize: 2, augmentations: 1, validationShare: 0.5 };
    const recipe = { kind: "niemeyer", seed: 1, spider: false, phantoms: 4, ...small };
    writeFileSync(join(folder, "tiny.json"), JSON.stringify(recipe));
    writeFileSync(join(folder, "queue.mjs"), QUEUE);
    redis = await startRedis(join(scratch, "redis"));
  });
  after(async () => {
    await redis?.stop();
    rmSync(scratch, { recursive: true, force: true });
  });

  for (const [name, cases] of Object.entries(CASES))
    test(`spinebook ${name} reaches nothing outside and leaves nothing behind`, () => {
      for (const { program = resolve("bin/spinebook.js"), args, code = 0, env } of cases) {
        const given = args.map((arg) => (arg === "REDIS" ? redis!.url : arg));
        const run = trace([program, ...given], env);
        assert.equal(run.code, code, `${args.join(" ")}: ${run.stderr}`);
        assertQuiet(run, args.join(" "));
      }
    });

  test("a script that imports spinebook, and its worker thread", () => {
    const api = JSON.stringify(resolve("dist/api.js"));
    const work = `const { loadSeries, detect } = await import(${api}); const spine = await detect(await loadSeries("study")); console.log(spine.vertebrae.length > 0);`;
    writeFileSync(join(folder, "own.mjs"), `${work}\n`);
    writeFileSync(
      join(folder, "threaded.mjs"),
      `import ${api};\nimport { Worker } from "node:worker_threads";\nnew Worker(new URL("./own.mjs", import.meta.url));\n`,
    );
    // The thread cannot change the process' environment, so it must not load the runtime either.
    writeFileSync(
      join(folder, "alone.mjs"),
      'import { Worker } from "node:worker_threads";\nnew Worker(new URL("./own.mjs", import.meta.url)).on("error", (error) => console.log(error.message));\n',
    );
    for (const [file, says] of [
      ["own.mjs", /^true\n$/],
      ["threaded.mjs", /^true\n$/],
      ["alone.mjs", /ORT_DISABLE_TELEMETRY=1/],
    ] as const) {
      const run = trace([file]);
      assert.match(run.stdout, says, run.stderr);
      assertQuiet(run, file);
    }
  });

  test("the language server, at a cell whose packages are not there", () => {
    writeFileSync(join(folder, "language.mjs"), languageSession());
    const run = trace(["language.mjs"]);
    assert.match(run.stdout, /"id":2/, run.stderr);
    // Also of a notebook in the root of the disk.
    assert.match(run.stdout, /"label":"grade"/, run.stderr);
    assertQuiet(run, "the language server");
  });

  test("the kernel of Jupyter, whose cell detects", async () => {
    const log = join(scratch, "jupyter.log");
    const client = await JupyterClient.start({
      launcher: straceOf(log),
      settings: { fallbackPackages: { spinebook: resolve("dist/api.js") } },
      env: { CI: "", UV_USE_IO_URING: "0" },
    });
    const path = JSON.stringify(join(folder, "study"));
    const { reply } = await client.execute(
      `import { loadSeries, detect } from "spinebook"; await detect(await loadSeries(${path}))`,
    );
    assert.equal(reply["status"], "ok", JSON.stringify(reply));
    // The end of strace itself would leave the kernel running.
    await client.request("control", "shutdown_request", { restart: false });
    await client.exited;
    await client.close();
    const findings = readSystemCalls(readFileSync(log, "utf8"), client.folder, [
      client.folder,
      "/dev",
      "/proc",
      "/sys",
    ]);
    assert.deepEqual(findings, []);
  });
});

/** What an editor sends: a notebook with a cell, a question for completions, once that is answered the end. */
function languageSession(): string {
  const text = 'import lodash from "lodash";\nimport { grade } from "spinebook";\nlodash;\ngrad';
  const uri = "vscode-notebook-cell:/n.ipynb#c1";
  const cells = [{ kind: 2, document: uri }];
  const notebook = { uri: "file:///n.ipynb", notebookType: "jupyter-notebook", version: 1, cells };
  const before = [
    { id: 1, method: "initialize", params: { processId: null, rootUri: null, capabilities: {} } },
    { method: "initialized", params: {} },
    {
      method: "notebookDocument/didOpen",
      params: {
        notebookDocument: notebook,
        cellTextDocuments: [{ uri, languageId: "typescript", version: 1, text }],
      },
    },
    {
      id: 2,
      method: "textDocument/completion",
      params: { textDocument: { uri }, position: { line: 3, character: 4 } },
    },
  ];
  const after = [{ id: 3, method: "shutdown", params: null }, { method: "exit" }];
  const frames = (messages: readonly object[]): string =>
    messages
      .map((message) => JSON.stringify({ jsonrpc: "2.0", ...message }))
      .map((body) => `Content-Length: ${String(Buffer.byteLength(body))}\r\n\r\n${body}`)
      .join("");
  return `import { spawn } from "node:child_process";
const server = spawn(process.execPath, [${JSON.stringify(resolve("dist/kernel/language.js"))}, "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
let said = "";
server.stdout.on("data", (text) => {
  const answered = said.includes('"id":2');
  said += text;
  if (!answered && said.includes('"id":2')) server.stdin.write(${JSON.stringify(frames(after))});
});
server.on("exit", () => console.log(said));
server.stdin.write(${JSON.stringify(frames(before))});
`;
}

test("the reading of system calls finds what a program would do", () => {
  const log = [
    '7 connect(19<socket:[1]>, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("127.0.0.53")}, 16) = 0',
    '7 connect(19<socket:[1]>, {sa_family=AF_INET, sin_port=htons(6379), sin_addr=inet_addr("127.0.0.1")}, 16) = 0',
    '7 connect(19, {sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "2001:db8::1", &sin6_addr), sin6_scope_id=0}, 28 <unfinished ...>',
    '7 bind(19, {sa_family=AF_INET6, sin6_port=htons(0), inet_pton(AF_INET6, "::", &sin6_addr), sin6_scope_id=0}, 28) = 0',
    '7 connect(19, {sa_family=AF_INET6, sin6_port=htons(80), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "::1", &sin6_addr), sin6_scope_id=0}, 28) = 0',
    '7 sendto(20, "x", 1, 0, {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("192.0.2.1")}, 16) = 1',
    '7 connect(21, {sa_family=AF_UNIX, sun_path="/run/systemd/resolve/io.systemd.Resolve"}, 42) = 0',
    '7 connect(21, {sa_family=AF_UNIX, sun_path="/tmp/.X11-unix/X0"}, 42) = 0',
    '7 openat(AT_FDCWD</data>, "/var/u/.cache/deviceid", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 18</var/u/.cache/deviceid>',
    '7 openat(22</var/u>, "id.tmp", O_WRONLY|O_CREAT|O_EXCL, 0600 <unfinished ...>',
    '7 openat(AT_FDCWD</data>, "out.json", O_WRONLY|O_CREAT, 0666) = 18</data/out.json>',
    '7 openat(AT_FDCWD</data>, "/etc/passwd", O_RDONLY|O_CLOEXEC) = 18</etc/passwd>',
    '7 openat(AT_FDCWD</data>, "/srv/x", O_WRONLY|O_CREAT, 0666) = -1 EACCES (Permission denied)',
    '7 mkdir("/var/u/.cache", 0700) = 0',
    '7 rename("a.part", "/srv/a") = 0',
  ].join("\n");
  assert.deepEqual(
    readSystemCalls(log, "/data", ["/data"]).map(({ what }) => what),
    [
      "127.0.0.53 port 53",
      "2001:db8::1 port 443",
      ":: port 0",
      "192.0.2.1 port 443",
      "/run/systemd/resolve/io.systemd.Resolve",
      "/var/u/.cache/deviceid",
      "/var/u/id.tmp",
      "/var/u/.cache",
      "/srv/a",
    ],
  );
});
