import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { openCohort } from "../../../src/api/index.js";
import { main } from "../../../src/cli/index.js";
import { planOf } from "../../../src/cli/commands/reportNotebook.js";
import { writePhantomStudies } from "../../../src/phantom/index.js";
import { writeTestNotebook } from "../../support/notebooks.js";

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
  const notebook = (name: string, cells: object[]): Promise<string> => writeTestNotebook(folder, name, cells);
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

describe("spinebook report of a patient and of a cohort", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "spinebook-report-of-"));
  });
  after(() => rm(folder, { recursive: true }));

  it("refuses what does not go together, before anything runs", async () => {
    const cases: [args: string[], says: RegExp][] = [
      [["--patient", "a", "--cohort", "b", "-o", "c.html"], /leave --patient or --cohort out/],
      [["--patient", "a"], /Say with -o where the report goes/],
      [["--previous", "a", "-o", "c.html"], /go with --patient/],
      [["--cohort", "a", "--spacing", "1", "-o", "c.html"], /go with --patient/],
      [["--patient", "a", "--spacing=-1", "-o", "c.html"], /no length/],
      [["--patient", "a", "--check", "-o", "c.html"], /--check/],
      [["a.ipynb", "--patient", "a", "-o", "c.html"], /one argument too many/],
    ];
    for (const [args, says] of cases) {
      const { code, out, log } = await report(...args);
      assert.deepEqual([code, out], [2, []], args.join(" "));
      assert.match(log[0]!, says);
    }
  });

  it("gives the notebooks absolute paths", () => {
    const { parameters, form } = planOf({ patient: "a", previous: "b", spacing: 0.5 });
    assert.deepEqual(parameters, {
      study: join(process.cwd(), "a"),
      previous: join(process.cwd(), "b"),
      spacing: 0.5,
    });
    assert.equal(form, "paper");
    assert.deepEqual(planOf({ cohort: "c" }).parameters, { cohort: join(process.cwd(), "c") });
  });

  it("makes no database where there is none", async () => {
    const { code, log } = await report(
      "--cohort",
      join(folder, "absent.duckdb"),
      "-o",
      join(folder, "c.html"),
    );
    assert.equal(code, 1);
    assert.match(log[0]!, /absent\.duckdb is not there/);
    assert.deepEqual(await readdir(folder), []);
  });

  it("writes a study's report without code and without its path", async () => {
    const [study] = await writePhantomStudies(join(folder, "Lovelace^Jane"), { seed: 11, studies: 1 });
    const target = join(folder, "patient.html");
    const { code, out, log } = await report("--patient", join(study!, "dicom"), "-o", target);
    assert.deepEqual([code, out], [0, [target]], log.join("\n"));
    const html = await readFile(target, "utf8");
    assert.match(
      html,
      /Research use only[\s\S]*The discs[\s\S]*Central canal stenosis[\s\S]*pfirrmann [0-9a-f]{64}/,
    );
    assert.ok(!html.includes("Lovelace") && !html.includes("patientReport(") && !html.includes(folder));
    assert.ok(!/<script|https?:\/\//.test(html));
  });

  it("writes nothing where a study cannot be read", async () => {
    const [path, target] = [join(folder, "notes.txt"), join(folder, "none.html")];
    await writeFile(path, "no images here");
    const { code, out, log } = await report("--patient", path, "-o", target);
    assert.deepEqual([code, out], [1, []]);
    assert.match(log.at(-1)!, /No report was written/);
    assert.ok(!(await readdir(folder)).includes("none.html"));
  });

  it("writes a cohort's report", async () => {
    const path = join(folder, "cohort.duckdb");
    const cohort = await openCohort(path);
    const reading = (study: string, rater: string, pfirrmann: number) => ({
      ...{ study, series: "s", level: "L4-L5", rater, model: rater === "model" ? "hash" : "", reading: 1 },
      grades: { pfirrmann },
    });
    await cohort.add({
      studies: ["a", "b"].map((study) => ({
        study,
        patient: study,
        dataset: "mine",
        age: 50,
        sex: "F" as const,
      })),
      series: [],
      readings: [
        reading("a", "one", 2),
        reading("b", "one", 4),
        reading("a", "model", 2),
        reading("b", "model", 5),
      ],
      anomalies: [{ file: "f.csv", line: 3, code: "odd-value", message: "An odd value.", isLeftOut: true }],
    });
    await cohort.close();
    const target = join(folder, "cohort.html");
    const { code, out, log } = await report("--cohort", path, "-o", target, "--json");
    assert.equal(code, 0, log.join("\n"));
    assert.deepEqual(JSON.parse(out[0]!), { report: target, outOfOrder: null });
    const html = await readFile(target, "utf8");
    for (const words of [
      "odd-value",
      "one and model",
      "No disc was read by two raters",
      "CLAIM",
      "TRIPOD+AI",
      "No study failed",
    ])
      assert.ok(html.includes(words), words);
    assert.match(html, /<td>one and model<\/td><td>2<\/td>/);
    assert.ok(!html.includes("openCohort("));
  });
});
