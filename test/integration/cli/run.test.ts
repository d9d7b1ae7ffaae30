import assert from "node:assert/strict";
import { access, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { pathToFileURL } from "node:url";
import { main } from "../../../src/cli/index.js";
import { progressReporter } from "../../../src/cli/commands/run/progress.js";
import { codeCell, readNotebook, writeNotebook } from "../../../src/notebook/index.js";

async function spinebook(...args: string[]): Promise<{ code: number; out: string; log: string }> {
  const [out, log]: [string[], string[]] = [[], []];
  const code = await main(args, {
    packageRoot: process.cwd(),
    out: (line) => out.push(line),
    log: (line) => log.push(line),
    signal: new AbortController().signal,
  });
  return { code, out: out.join("\n"), log: log.join("\n") };
}

/** Gives the path of a notebook of these cells, in a folder that is gone afterwards. */
async function withNotebook(
  sources: readonly string[],
  use: (path: string, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "spinebook-cli-run-"));
  try {
    const path = join(folder, "a.ipynb");
    const cells = sources.map((source) => codeCell(source));
    await writeNotebook(path, { nbformat: 4, nbformat_minor: 5, metadata: {}, cells });
    await use(path, folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test("options that cannot be used are refused before anything runs", async () => {
  const cases: [args: string[], says: RegExp][] = [
    [["--timeout", "soon"], /"soon" cannot be used with --timeout; give a time in seconds above 0/],
    [["--timeout", "0"], /--timeout/],
    [["--verify", "--tolerance=-1"], /--tolerance; give a number from 0/],
    [["--tolerance", "1e-6"], /--tolerance goes with --verify/],
    [["--verify", "-o", "b.ipynb"], /leave -o out/],
    [["--verify", "-p", "a=1"], /leave -p out/],
  ];
  for (const [args, says] of cases) {
    const { code, out, log } = await spinebook("run", "a.ipynb", ...args);
    assert.deepEqual([code, out], [2, ""], args.join(" "));
    assert.match(log, says);
  }
});

test("on a terminal one line is rewritten and cleared, elsewhere each cell that is done gives a line", () => {
  const [lines, written]: [string[], string[]] = [[], []];
  const log = (line: string): void => void lines.push(line);
  const write = (text: string): void => void written.push(text);
  const done = { state: "done", cell: 2, of: 3, status: "ok", milliseconds: 1500 } as const;

  const piped = progressReporter({ write }, log);
  piped.onProgress({ state: "running", cell: 2, of: 3 });
  piped.onProgress(done);
  piped.end();
  assert.deepEqual([lines, written], [["cell 2 of 3: ok, 1.50 s"], []]);

  const terminal = progressReporter({ isTTY: true, write }, log);
  terminal.onProgress({ state: "running", cell: 2, of: 3 });
  terminal.onProgress(done);
  terminal.end();
  terminal.end();
  assert.equal(lines.length, 1);
  assert.deepEqual(written, ["\r\u001b[2Kcell 2 of 3: running, 0 s", "\r\u001b[2K"]);
});

test("paths may start with ~ or be file: addresses, also where something is written", async () => {
  await withNotebook(["40 + 2"], async (path, folder) => {
    const home = process.env["HOME"];
    process.env["HOME"] = folder;
    try {
      const report = pathToFileURL(join(folder, "report.html")).href;
      const ran = await spinebook("run", pathToFileURL(path).href, "-o", "~/b.ipynb", `--html=${report}`);
      assert.equal(ran.code, 0, ran.log);
      assert.equal(ran.out, [join(folder, "b.ipynb"), join(folder, "report.html")].join("\n"));
      const reported = await spinebook("report", "~/b.ipynb", "-o", "~/again.html");
      assert.deepEqual([reported.code, reported.out], [0, join(folder, "again.html")], reported.log);
      const files = await readdir(folder);
      assert.deepEqual(files.sort(), ["a.ipynb", "again.html", "b.ipynb", "report.html"]);
    } finally {
      process.env["HOME"] = home;
    }
  });
});

test("what is written does not go to stdout", async () => {
  for (const args of [
    ["run", "a.ipynb", "-o", "-"],
    ["run", "a.ipynb", "--html", "-"],
    ["report", "a.ipynb", "-o", "-"],
    ["grade", "a.nii", "--csv", "-"],
  ]) {
    const { code, out, log } = await spinebook(...args);
    assert.deepEqual([code, out], [2, ""]);
    assert.match(log, /takes the name of a file and "-" is none/);
  }
});

test("the cells that fail a run are named, not one that may throw", async () => {
  await withNotebook(['throw new Error("expected")', 'throw new TypeError("real")'], async (path) => {
    const notebook = await readNotebook(path);
    const [first, ...others] = notebook.cells;
    const cells = [{ ...first!, metadata: { tags: ["raises-exception"] } }, ...others];
    await writeNotebook(path, { ...notebook, cells });
    for (const options of [[], ["--allow-errors"]]) {
      const { code, log } = await spinebook("run", path, ...options);
      assert.equal(code, 1);
      assert.match(log, /Cell 2 threw: TypeError: real/);
      assert.doesNotMatch(log, /expected/);
    }
  });
});

test("a cell over its time fails the run with a sentence", async () => {
  await withNotebook(["while (true) {}"], async (path) => {
    const { code, log } = await spinebook("run", path, "--timeout", "0.5");
    assert.equal(code, 1);
    assert.match(log, /Cell 1 was stopped: The cell took longer than 0\.5 s \(--timeout\)\./);
  });
});

test("a notebook with an identity is written in place, but not as a report; phantoms may", async () => {
  await withNotebook(["/* PatientID: 4711 */ 40 + 2"], async (path, folder) => {
    const html = join(folder, "report.html");
    const refused = await spinebook("run", path, "--html", html);
    assert.deepEqual([refused.code, refused.out], [1, ""]);
    assert.match(refused.log, /Cell 1's source holds what looks like a patient identifier; remove it/);
    assert.ok(!refused.log.includes("4711"));
    assert.match(JSON.stringify((await readNotebook(path)).cells), /"42"/);
    await assert.rejects(access(html));
    assert.equal((await spinebook("run", path, "--html", html, "--allow-identity")).code, 0);
    assert.match(await readFile(html, "utf8"), /42/);
  });
});

test("check tells what a run would be refused for, and runs and writes nothing", async () => {
  const sources = [
    "/* PatientID: 4711 */ await import('node:fs').then((fs) => fs.writeFileSync('ran.txt', ''))",
  ];
  await withNotebook(sources, async (path, folder) => {
    const before = await readFile(path, "utf8");
    const html = join(folder, "new", "a.html");
    const found = await spinebook("run", path, "--check", "-o", join(folder, "b.ipynb"), "--html", html);
    assert.deepEqual(
      [found.code, found.out],
      [1, "Cell 1's source holds what looks like a patient identifier."],
    );
    const json = JSON.parse((await spinebook("run", path, "--check", "--json")).out) as {
      ok: boolean;
      identity: { cell: number }[];
    };
    assert.deepEqual([json.ok, json.identity.map(({ cell }) => cell)], [false, [1]]);
    assert.equal(await readFile(path, "utf8"), before);
    assert.deepEqual(await readdir(folder), ["a.ipynb"]);
    assert.equal((await spinebook("run", path, "--check", "--verify")).code, 2);
  });
  await withNotebook(["1"], async (path) => {
    const clean = await spinebook("run", path, "--check");
    assert.deepEqual([clean.code, clean.log], [0, ""]);
    const named = await spinebook("run", path, "--check", "-p", 'who={"PatientName": "Doe"}');
    assert.equal(named.code, 1, "parameters stand in the notebook that would be written");
  });
});

test("a place that cannot be written is told before the first cell runs, also for the report", async () => {
  const sources = ["await import('node:fs').then((fs) => fs.writeFileSync('ran.txt', ''))"];
  await withNotebook(sources, async (path, folder) => {
    await writeFile(join(folder, "file"), "");
    for (const [option, goal] of [
      ["-o", join(folder, "file", "b.ipynb")],
      ["-o", folder],
      ["--html", join(folder, "file", "deeper", "b.html")],
      ["--html", folder],
    ] as const) {
      const { code, out, log } = await spinebook("run", path, option, goal);
      assert.deepEqual([code, out], [1, ""]);
      assert.ok(log.includes(goal), log);
    }
    assert.equal(
      (await spinebook("run", path, "-o", join(folder, "x"), "--html", join(folder, "x"))).code,
      2,
    );
    assert.deepEqual((await readdir(folder)).sort(), ["a.ipynb", "file"]);
  });
});

test("a report whose folder goes away while the cells run is kept, and the notebook is written", async () => {
  await withNotebook(
    [
      "const fs = await import('node:fs'); fs.rmSync('out', { recursive: true }); fs.writeFileSync('out', '');",
    ],
    async (path, folder) => {
      await mkdir(join(folder, "out"));
      const { code, log } = await spinebook("run", path, "--html", join(folder, "out", "b.html"));
      assert.equal(code, 1);
      const [kept] = /\S*b\.recovered-\w+\.html/.exec(log)!;
      try {
        assert.match(await readFile(kept, "utf8"), /<\/html>/);
        assert.equal((await stat(kept)).mode & 0o777, 0o600);
        assert.match(JSON.stringify((await readNotebook(path)).metadata), /"complete":true/);
      } finally {
        await rm(kept);
      }
    },
  );
});

test("verify tells the cells that differ, one line for each, and prints them as JSON", async () => {
  await withNotebook(
    ["1", 'import { readFileSync } from "node:fs"; readFileSync("a.txt", "utf8")'],
    async (path, folder) => {
      await writeFile(join(folder, "a.txt"), "one");
      assert.equal((await spinebook("run", path)).code, 0);
      const same = await spinebook("run", path, "--verify");
      assert.deepEqual([same.code, same.out], [0, "The 2 cells compared give their stored outputs again."]);

      await writeFile(join(folder, "a.txt"), "two");
      const other = await spinebook("run", path, "--verify");
      assert.equal(other.code, 1);
      assert.match(
        other.out,
        /^Cell 2, output 1 \(text\/\S+\): stored .*one.* \| now .*two.*\n1 cell differs/,
      );
      const { code, out } = await spinebook("run", path, "--verify", "--json");
      const result = JSON.parse(out) as { ok: boolean; differences: { cell: number }[]; compared: number };
      assert.deepEqual([code, result.ok, result.compared], [1, false, 2]);
      assert.deepEqual(
        result.differences.map(({ cell }) => cell),
        [2],
      );
    },
  );
});

test("verify of a notebook that was never run fails", async () => {
  await withNotebook(["1"], async (path) => {
    const { code, log } = await spinebook("run", path, "--verify");
    assert.equal(code, 1);
    assert.match(log, /was never run/);
  });
});
