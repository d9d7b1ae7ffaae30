import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { keyOf, readMade, reportFile, writeMade } from "../../src/cli/commands/each/made.js";
import { countText, overviewPage } from "../../src/cli/commands/each/page.js";
import { notebookColumns, patientColumns, planEach } from "../../src/cli/commands/each/tasks.js";
import { withoutNames } from "../../src/cli/commands/each/withoutNames.js";
import { mixedRemark, readSource } from "../../src/cohort/index.js";

describe("the rows of report --each", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "spinebook-each-"));
    writeFileSync(join(folder, "a.png"), "");
    writeFileSync(join(folder, "b.png"), "");
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });
  const table = async (text: string) => {
    writeFileSync(join(folder, "m.csv"), text);
    return readSource(join(folder, "m.csv"));
  };

  it("gives a patient's report its paths from the manifest's folder, and its spacing", async () => {
    const rows = await table("File Path,study,spacing,previous\na.png,S1,0.5,b.png\nb.png,S2,,\n");
    const { tasks, remarks } = planEach(rows, patientColumns(rows), ["study"]);
    assert.deepEqual(
      tasks.map(({ at, parameters }) => [at, parameters]),
      [
        ["line 2", { study: join(folder, "a.png"), previous: join(folder, "b.png"), spacing: 0.5 }],
        ["line 3", { study: join(folder, "b.png") }],
      ],
    );
    assert.match(remarks.join(), /no parameter for.*: study\.$/);
  });

  it("gives a notebook the columns that are called as its parameters", async () => {
    const rows = await table("path,grade,id,isOld,other\na.png,3,007,true,x\nb.png,,008,false,y\n");
    const declared = ["path", "grade", "id", "isOld"].map((name) => ({ name, isNeeded: name === "path" }));
    const { tasks } = planEach(rows, notebookColumns(rows, declared, "n.ipynb"), ["path"]);
    assert.deepEqual(
      tasks.map(({ parameters }) => parameters),
      [
        { path: join(folder, "a.png"), grade: 3, id: "007", isOld: true },
        { path: join(folder, "b.png"), id: "008", isOld: false },
      ],
    );
  });

  it("says what is wrong before anything starts", async () => {
    const declared = [{ name: "grade", isNeeded: true }];
    const noPath = await table("study\nS1\n");
    assert.throws(() => patientColumns(noPath), /no column that tells the path.*Nothing was started/);
    assert.throws(() => notebookColumns(noPath, declared, "n.ipynb"), /no column "grade", which n\.ipynb/);
    assert.throws(() => notebookColumns(noPath, [], "n.ipynb"), /tag the cell/);
    assert.throws(
      () => notebookColumns(noPath, [{ name: "other", isNeeded: false }], "n.ipynb"),
      /called as a parameter of n\.ipynb: other/,
    );
    const twice = await table("path,spacing\na.png,x\n,1\na.png,x\n");
    assert.throws(
      () => planEach(twice, patientColumns(twice), ["study"]),
      /Line 2: the spacing is a length.*line 3: no path is told.*line 4: it asks for the same report as line 2/,
    );
  });

  it("tells the columns found where one is missing, and a column that one odd value makes text", async () => {
    const rows = await table("file id,age,flag,who\na,51,true,1\nb,52,false,2\nc,abc,ja,3\n");
    assert.throws(
      () => patientColumns(rows),
      /Its columns are: file id, age, flag, who\. Nothing was started/,
    );
    const declared = ["age", "flag", "who"].map((name) => ({ name, isNeeded: true }));
    const { tasks, remarks } = planEach(rows, notebookColumns(rows, declared, "n.ipynb"), []);
    assert.deepEqual(tasks[0]!.parameters, { age: "51", flag: "true", who: 1 });
    assert.deepEqual(remarks.slice(0, 2), [
      'Column "age" is text in all rows ("1", not 1): 2 of its 3 values are numbers, line 4 ("abc") is not.',
      'Column "flag" is text in all rows ("true", not true): 2 of its 3 values are true or false, line 4 ("ja") is not.',
    ]);
    const named = await table('age\n51\n"Doe, Jane"\n');
    assert.match(mixedRemark(named, "age")!, /1 of its 2 values are numbers, line 3 is not/);
  });

  it("leaves names and paths of a row's files out of what is told of it", async () => {
    const study = join(folder, "Doe_Jane");
    mkdirSync(study);
    writeFileSync(join(study, "Jane1961.dcm"), "");
    const task = {
      inputs: [
        { column: "path", told: "pics/Mueller_Hans.png", path: join(folder, "pics/Mueller_Hans.png") },
        { column: "previous path", told: "Doe_Jane", path: study },
      ],
      parameters: { image: "Roe.nii.gz", name: "Smith", note: "good", path: "pics/Mueller_Hans.png" },
    };
    const texts = [
      ["Mueller_Hans.png cannot be decoded as PNG.", "the file in column path cannot be decoded as PNG."],
      [`ENOENT: '${task.inputs[0]!.path}'`, "ENOENT: 'the file in column path'"],
      ["series mueller_hans", "series (a file)"],
      [
        "Doe_Jane/Jane1961.dcm is cut",
        "the file in column previous path/a file of column previous path is cut",
      ],
      ["Roe.nii.gz of Smith is good", "the value in column image of the value in column name is good"],
    ] as const;
    const clean = await withoutNames(task);
    for (const [text, expected] of texts) assert.equal(clean(text), expected);
  });

  it("tells a file that is not there by its row; the others go on", async () => {
    const rows = await table("path\na.png\nabsent.png\n");
    const { tasks } = planEach(rows, patientColumns(rows), ["study"]);
    assert.deepEqual(
      tasks.map(({ problem }) => problem),
      [undefined, 'The file or folder that column "path" names is not there.'],
    );
  });

  it("names a report by its parameters, and knows when what it is made from has changed", async () => {
    const study = join(folder, "study");
    mkdirSync(study);
    writeFileSync(join(study, "1.dcm"), "a");
    const task = {
      row: 0,
      at: "line 2",
      parameters: { study },
      inputs: [{ column: "path", told: "study", path: study }],
    };
    assert.match(reportFile(task, "salt"), /^report-[0-9a-f]{10}\.html$/);
    assert.equal(reportFile({ ...task, row: 5 }, "salt"), reportFile(task, "salt"));
    assert.notEqual(reportFile(task, "other"), reportFile(task, "salt"));
    const key = await keyOf(task, "notebook", "salt");
    assert.equal(await keyOf(task, "notebook", "salt"), key);
    assert.notEqual(await keyOf(task, "changed", "salt"), key);
    writeFileSync(join(study, "2.dcm"), "b");
    assert.notEqual(await keyOf(task, "notebook", "salt"), key);
  });

  it("never overwrites an index.html of something else, and says when its own list is damaged", async () => {
    const reports = join(folder, "reports");
    mkdirSync(reports);
    const made = await readMade(reports);
    assert.deepEqual(made.reports, []);
    await writeMade(reports, made);
    assert.deepEqual(await readMade(reports), made);
    writeFileSync(join(reports, ".reports.json"), "{");
    await assert.rejects(readMade(reports), /damaged.*Delete it/);
    rmSync(join(reports, ".reports.json"));
    writeFileSync(join(reports, "index.html"), "mine");
    await assert.rejects(readMade(reports), /index\.html that is not of such reports/);
  });

  it("shows what tells nobody who a person is", async () => {
    const rows = await table(
      "path,study,name,note,day,sex\na.png,S<1>,Jane Doe,see Doe^Jane,2024-05-01,F\nb.png,S2,John Roe,-,2024-05-02,M\n",
    );
    const { tasks } = planEach(rows, patientColumns(rows), ["study"]);
    const report = { file: "report-1.html", key: "k", seconds: 1.25, hidden: ["sex"] };
    const html = overviewPage(
      "Reports",
      rows,
      tasks,
      new Map([
        [0, { ...report, state: "made" as const, warnings: ["Look <here>."] }],
        [1, { ...report, state: "failed" as const, message: "Cell 2 threw: x", warnings: [] }],
      ]),
    );
    assert.ok(!/Doe|Roe|2024|a\.png|<here>/.test(html));
    assert.match(html, /S&lt;1&gt;<\/td><td>\(not shown\)<\/td><td><a href="report-1\.html"/);
    assert.match(html, /2 rows: 1 report, 1 failed/);
    assert.match(html, /Look &lt;here&gt;\.[^]*Cell 2 threw: x/);
    assert.ok(!/<script|https?:\/\//.test(html));
    assert.equal(countText(3, []), "3 rows: 0 reports, 3 not made yet");
  });
});
