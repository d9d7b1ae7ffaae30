import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { main } from "../../../src/cli/index.js";
import { writePhantomStudies } from "../../../src/phantom/index.js";
import { writeTestNotebook } from "../../support/notebooks.js";

interface Told {
  readonly rows: readonly {
    readonly at: string;
    readonly state: string;
    readonly file?: string;
    readonly message?: string;
    readonly warnings?: readonly string[];
  }[];
  readonly earlier: number;
  readonly old: readonly string[];
}

async function reportEach(args: string[], signal = new AbortController().signal) {
  const [out, log]: [string[], string[]] = [[], []];
  const code = await main(["report", ...args, "--json"], {
    packageRoot: process.cwd(),
    out: (line) => out.push(line),
    log: (line) => log.push(line),
    signal,
  });
  return { code, log, told: out[0] === undefined ? undefined : (JSON.parse(out[0]) as Told) };
}

function cell(id: string, source: string, tags: string[] = []): object {
  return { cell_type: "code", id, metadata: { tags }, execution_count: null, outputs: [], source };
}

describe("spinebook report --each", () => {
  let folder: string;
  const notebook = (name: string, cells: object[]): Promise<string> => writeTestNotebook(folder, name, cells);
  const manifest = async (name: string, text: string): Promise<string> => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "spinebook-each-"));
  });
  after(() => rm(folder, { recursive: true }));

  it("makes a report of each row on one kernel, none of which sees a variable of another; then only what has changed", async () => {
    const path = await notebook("n.ipynb", [
      cell("a", "let who: string;\nlet age = 0;", ["parameters"]),
      cell("b", "const seen = typeof last;\nvar last = who;\n[process.pid, seen, who, age].join(' ')"),
      cell("c", "if (who === 'bad') throw new RangeError('not this one');"),
      cell("d", "if (who === 'named') console.log('PatientName: Doe^Jane');"),
      cell(
        "e",
        "if (who === 'global') globalThis.kept = who; if (who !== 'global' && 'kept' in globalThis) throw 1;",
      ),
      cell("f", "console.log('- aged ' + age);", ["warnings"]),
    ]);
    const text = "who,age,note\none,41,x\nbad,42,y\nnamed,43,z\nglobal,44,u\nfive,,v\n";
    const list = await manifest("m.csv", text);
    const reports = join(folder, "reports");
    const args = [path, "--each", list, "-o", reports, "--workers", "1"];
    const first = await reportEach(args);
    assert.equal(first.code, 1, first.log.join("\n"));
    assert.deepEqual(
      first.told!.rows.map(({ state }) => state),
      ["made", "failed", "withheld", "made", "made"],
    );
    const [one, bad, named, global, five] = first.told!.rows;
    assert.equal(bad!.message, "Cell 4 threw: RangeError: not this one");
    assert.match(named!.message!, /^Cell 5's output holds what looks like a patient name/);
    assert.deepEqual(five!.warnings, ["aged 0"]);
    const shown = async (file: string): Promise<string[]> =>
      /(\d+) (undefined|string) (\w+) (\d+)/.exec(await readFile(join(reports, file), "utf8"))!.slice(1);
    const [pid, seen] = await shown(one!.file!);
    assert.equal(seen, "undefined");
    assert.deepEqual(await shown(global!.file!), [pid, "undefined", "global", "44"]);
    // That kernel kept something that cannot be taken back: the next row has another one.
    const [fresh, ...rest] = await shown(five!.file!);
    assert.deepEqual(rest, ["undefined", "five", "0"]);
    assert.notEqual(fresh, pid);
    const index = await readFile(join(reports, "index.html"), "utf8");
    assert.match(index, new RegExp(`<a href="${one!.file}"`));
    assert.ok(!(await readdir(reports)).includes(named!.file!) && !index.includes("Doe"));
    assert.ok(first.log.some((line) => line.includes("note")));

    const made = (await stat(join(reports, one!.file!))).mtimeMs;
    await manifest("m.csv", text.replace("bad,42", "good,42").replace("named", "unnamed"));
    const second = await reportEach(args);
    assert.deepEqual([second.code, second.told!.earlier], [0, 3]);
    assert.equal((await stat(join(reports, one!.file!))).mtimeMs, made);
    assert.deepEqual(
      second.log.filter((line) => line.includes("no row")),
      [],
    );
    const third = await reportEach([...args, "--again"]);
    assert.deepEqual([third.code, third.told!.earlier], [0, 0]);
    assert.notEqual((await stat(join(reports, one!.file!))).mtimeMs, made);
  });

  it("tells reports that no row has any more, and no file's name in what failed", async () => {
    const path = await notebook("old.ipynb", [
      cell("a", "let path: string;", ["parameters"]),
      cell("b", "console.log('- ' + path + ' is small');", ["warnings"]),
      cell(
        "c",
        "if (path.includes('Mueller')) throw new RangeError(path.split(/[\\\\/]/).at(-1) + ' is cut');",
      ),
    ]);
    for (const name of ["Mueller_Hans.png", "Roe_Jane.png", "Doe_John.png"]) await manifest(name, "");
    const list = await manifest("old.csv", "path\nRoe_Jane.png\nMueller_Hans.png\nDoe_John.png\n");
    const reports = join(folder, "old");
    const first = await reportEach([path, "--each", list, "-o", reports, "--workers", "1"]);
    const index = await readFile(join(reports, "index.html"), "utf8");
    assert.match(index, /Cell 4 threw: RangeError: the file in column path is cut/);
    assert.doesNotMatch(index + JSON.stringify(first.told) + first.log.join("\n"), /Mueller|Roe_|Doe_/);
    const gone = first.told!.rows[2]!.file!;
    await manifest("old.csv", "path\nRoe_Jane.png\nMueller_Hans.png\n");
    const second = await reportEach([path, "--each", list, "-o", reports, "--workers", "1"]);
    assert.deepEqual(second.told!.old, [gone]);
    assert.ok(second.log.some((line) => line.includes("no row has any more") && line.includes(gone)));
    assert.ok((await readdir(reports)).includes(gone));
  });

  it("stops at Ctrl+C, keeps what it has, and goes on there", async () => {
    const path = await notebook("slow.ipynb", [
      cell("a", "let wait = 0;", ["parameters"]),
      cell("b", "if (wait > 1) await new Promise(() => {});\nwait"),
    ]);
    const list = await manifest("slow.csv", "wait\n1\n2\n");
    const reports = join(folder, "slow");
    const args = [path, "--each", list, "-o", reports, "--workers", "1"];
    const stop = new AbortController();
    const running = reportEach(args, stop.signal);
    while (!(await readdir(reports).catch(() => [])).some((name) => name.startsWith("report-")))
      await new Promise((go) => setTimeout(go, 20));
    stop.abort();
    const { code, told, log } = await running;
    assert.equal(code, 1);
    assert.deepEqual(
      told!.rows.map(({ state }) => state),
      ["made", "waiting"],
    );
    assert.ok(log.some((line) => line.startsWith("Stopped.")));
    await manifest("slow.csv", "wait\n1\n0\n");
    const again = await reportEach(args);
    assert.deepEqual([again.code, again.told!.earlier], [0, 1]);
  });

  it("refuses what cannot be used before anything is written", async () => {
    const path = await notebook("needs.ipynb", [cell("a", "let who: string;", ["parameters"])]);
    const list = await manifest("needs.csv", "other\n1\n");
    const reports = join(folder, "none");
    const cases: [args: string[], code: number, says: RegExp][] = [
      [[path, "--each", list, "-o", reports], 1, /no column "who", which needs\.ipynb cannot run without/],
      [["--each", list, "-o", reports], 1, /no column that tells the path/],
      [["--each", list], 2, /Say with -o which folder/],
      [["--each", path, "-o", reports], 2, /Give --each a \.csv/],
      [["--each", list, "-o", reports, "--workers", "0"], 2, /whole number of at least 1/],
      [["--each", join(folder, "absent.csv"), "-o", reports], 1, /no file absent\.csv/],
    ];
    for (const [args, code, says] of cases) {
      const result = await reportEach(args);
      assert.equal(result.code, code, args.join(" "));
      assert.match(result.log[0]!, says);
    }
    assert.ok(!(await readdir(folder)).includes("none"));
  });

  it("makes patients' reports as single runs do", async () => {
    await writePhantomStudies(join(folder, "Lovelace^Jane"), { seed: 11, studies: 2 });
    const studies = (await readdir(join(folder, "Lovelace^Jane"))).map(
      (name) => `Lovelace^Jane/${name}/dicom`,
    );
    const list = await manifest(
      "patients.csv",
      ["path,study", ...studies.map((path, i) => `${path},S${i}`)].join("\n"),
    );
    const reports = join(folder, "patients");
    const { code, told, log } = await reportEach(["--each", list, "-o", reports, "--workers", "1"]);
    assert.equal(code, 0, log.join("\n"));
    const target = join(folder, "single.html");
    await reportEach(["--patient", join(folder, studies[1]!), "-o", target]);
    const timeless = async (file: string): Promise<string> =>
      (await readFile(file, "utf8")).replace(/<dt>date<\/dt><dd>[^<]*/, "");
    const html = await timeless(join(reports, told!.rows[1]!.file!));
    assert.equal(html, await timeless(target));
    const index = await readFile(join(reports, "index.html"), "utf8");
    assert.ok(!/Lovelace/.test(html + index) && !index.includes(folder));
    assert.match(index, /<td>S1<\/td>/);
  });
});
