import assert from "node:assert/strict";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import dicomParser from "dicom-parser";
import { findIdentity, type Identity } from "../../src/imaging/index.js";
import { element } from "../../src/imaging/dicom/writing/elements.js";
import { spinebook } from "../support/cli.js";
import { withElements } from "../support/dicomElements.js";
import { makeThinStudies } from "../support/studies.js";

const PLANTED: readonly Identity[] = [
  { form: "name", kind: "patient name", value: "QUIXWORTH^ZELDA" },
  { form: "name", kind: "physician's name", value: "Brambleton^Ignatius" },
  { form: "id", kind: "patient id", value: "KH-4711-0815" },
  { form: "id", kind: "accession number", value: "ACC998877" },
  { form: "id", kind: "private value", value: "privateer99" },
  { form: "date", kind: "birth date", value: "19570403" },
  { form: "date", kind: "study date", value: "20190817" },
];

const ELEMENTS: readonly (readonly [tag: number, vr: string, value: string])[] = [
  [0x00080020, "DA", "20190817"],
  [0x00080050, "SH", "ACC998877"],
  [0x00080090, "PN", "Brambleton^Ignatius"],
  [0x0008103e, "LO", "T2 sagittal Zelda Quixworth 3.4.1957"],
  [0x00081030, "LO", "Spine of Quixworth, Zelda"],
  [0x00100010, "PN", "QUIXWORTH^ZELDA"],
  [0x00100020, "LO", "KH-4711-0815"],
  [0x00100030, "DA", "19570403"],
  [0x00104000, "LT", "referred by Ignatius Brambleton"],
  [0x00290010, "LO", "QUIXWORTH"],
  [0x00291001, "LO", "privateer99"],
];

/** Names as files declare them, in bytes seen as Latin-1, and as people write them into names of files. */
const SCRIPTS: readonly { terms: string; name: string; file: string }[] = [
  {
    terms: "\\ISO 2022 IR 87",
    name: "Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B",
    file: "やまだ_たろう",
  },
  { terms: "GB18030", name: "Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab", file: "王小东" },
  { terms: "\\ISO 2022 IR 149", name: "\x1b$)C\xb1\xe8^\x1b$)C\xc8\xf1\xc1\xdf", file: "김희중" },
  { terms: "ISO_IR 144", name: "\xb8\xd2\xd0\xdd\xde\xd2^\xbf\xd5\xe2\xe0", file: "Иванов_Петр" },
  { terms: "ISO_IR 126", name: "\xc4\xe9\xef\xed\xf5\xf3\xe9\xef\xf2", file: "Διονύσιος" },
  { terms: "ISO_IR 127", name: "\xe2\xc8\xc7\xe6\xea^\xe4\xe6\xd2\xc7\xd1", file: "قباني_لنزار" },
  { terms: "ISO_IR 138", name: "\xf9\xf8\xe5\xef^\xe3\xe1\xe5\xf8\xe4", file: "שרון_דבורה" },
  { terms: "ISO_IR 166", name: "\xca\xc1\xaa\xd2\xc2^\xe3\xa8\xb4\xd5", file: "สมชาย_ใจดี" },
  { terms: "ISO_IR 100", name: "Lef\xe8vre^J\xe9r\xf4me", file: "Lefèvre_Jerome" },
];

let root: string;
let study: string;
/** The UIDs of the study: they lead to it in any archive that holds it. */
let uids: readonly Identity[];

/** Folder and files carry the name; the files say that a person stands behind them. */
async function plant(): Promise<void> {
  makeThinStudies(join(root, "plain"), 31);
  const from = join(root, "plain", "study-001", "dicom");
  study = join(root, "Quixworth Zelda 1957-04-03");
  await mkdir(study);
  const found = new Set<string>();
  for (const [i, name] of (await readdir(from)).sort().entries()) {
    const plants = [...ELEMENTS, [0x00120062, "CS", "NO"] as const].map(([tag, vr, value]) => [
      tag,
      element(tag, vr, value),
    ]);
    const file = withElements(
      await readFile(join(from, name)),
      Object.fromEntries(plants) as Record<number, Uint8Array>,
    );
    const set = dicomParser.parseDicom(file);
    for (const tag of ["x00080018", "x0020000d", "x0020000e", "x00200052"]) found.add(set.string(tag)!);
    await writeFile(join(study, `QUIXWORTH_ZELDA_${i}.dcm`), file);
  }
  uids = [...found].map((value) => ({ form: "uid", kind: "UID", value }));
  await rm(join(root, "plain"), { recursive: true });
}

/** Fails where an output holds anything that was planted. */
function holdsNothing(output: Uint8Array | string, what: string, also: readonly Identity[] = uids): void {
  const hits = findIdentity(output, [...PLANTED, ...also]);
  assert.deepEqual(hits, [], `${what} holds identity`);
}

/** Runs the command and looks through what it prints. */
function runs(args: readonly string[], expected = 0, env: Record<string, string> = {}): string {
  const { code, stdout, stderr } = spinebook(args, { env, seconds: 300 });
  assert.equal(code, expected, stderr);
  holdsNothing(stdout, `stdout of ${args[0]!}`);
  holdsNothing(stderr, `stderr of ${args[0]!}`);
  return stdout;
}

/** Looks through every file below a folder, and through their names. */
async function folderHoldsNothing(folder: string, also?: readonly Identity[]): Promise<number> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile());
  holdsNothing(names.map(({ name }) => name).join("\n"), "a file's name", also);
  for (const { parentPath, name } of files) holdsNothing(await readFile(join(parentPath, name)), name, also);
  return files.length;
}

async function outputFolder(name: string): Promise<string> {
  const folder = join(root, name);
  await mkdir(folder);
  return folder;
}

describe("planted identity reaches no output", () => {
  before(async () => {
    root = await mkdtemp(join(tmpdir(), "spinebook-privacy-"));
    await plant();
  });
  after(() => rm(root, { recursive: true }));

  it("the scanner finds all of it in the study itself", async () => {
    const [name] = await readdir(study);
    const file = await readFile(join(study, name!));
    const kinds = new Set(findIdentity(file, [...PLANTED, ...uids]).map(({ kind }) => kind));
    assert.deepEqual([...kinds].sort(), [...PLANTED.map(({ kind }) => kind), "UID"].sort());
    assert.ok(findIdentity(study, PLANTED).length > 0);
  });

  it("read: list, JSON, NIfTI, thumbnails", async () => {
    const out = await outputFolder("read");
    runs(["read", study]);
    const args = ["--nifti", join(out, "scan.nii.gz"), "--thumbnails", join(out, "small")];
    const json = JSON.parse(runs(["read", study, "--json", ...args])) as { series: unknown[] };
    assert.equal(json.series.length, 1);
    assert.equal(await folderHoldsNothing(out), 2);
  });

  it("detect: list and JSON", () => {
    assert.match(runs(["detect", study]), /L5-S1/);
    runs(["detect", study, "--json"]);
  });

  it("grade: list, JSON, CSV, and DICOM documents that hold UIDs of the images and nothing else", async () => {
    const out = await outputFolder("grade");
    assert.match(runs(["grade", study, "--csv", join(out, "grades.csv")]), /Pfirrmann/);
    runs(["grade", study, "--json"]);
    await folderHoldsNothing(out);
    runs(["grade", study, "--sr", join(out, "report.dcm"), "--sc", join(out, "sheet.dcm")]);
    assert.equal(await folderHoldsNothing(out, []), 3);
    // They refer to the images, as DICOM documents must.
    assert.ok(findIdentity(await readFile(join(out, "report.dcm")), uids).length > 0);
  });

  it("grade --cohort: what is said, what others may watch, Parquet, shards, all tables but that of places", async () => {
    const out = await outputFolder("cohort");
    const tables = [
      "studies",
      "series",
      "detections",
      "readings",
      "attempts",
      "failures",
      "models",
      "readers",
      "anomalies",
    ];
    const printAll = (file: string): void => {
      for (const table of tables) runs(["cohort", file, "--sql", `SELECT * FROM ${table}`, "--json"]);
    };
    // A second study cannot be read, and nothing but its file's name tells whose it is.
    const broken = join(study, "more", "QUIXWORTH_ZELDA.dcm");
    await mkdir(join(study, "more"));
    await writeFile(broken, Buffer.concat([Buffer.alloc(128), Buffer.from("DICMnothing of use")]));
    const own = join(root, "own.duckdb");
    const summary = JSON.parse(runs(["grade", study, "--cohort", own, "--json"])) as Record<string, number>;
    assert.deepEqual([summary.graded, summary.failed], [1, 1]);
    printAll(own);
    runs(["cohort", own, "--parquet", join(out, "parquet")]);
    const again = join(root, "again.duckdb");
    runs(["cohort", again, "--import-parquet", join(out, "parquet")]);
    printAll(again);
    assert.deepEqual(JSON.parse(runs(["cohort", again, "--sql", "SELECT * FROM locations", "--json"])), []);
    runs(["grade", study, "--cohort", join(out, "shards"), "--shard", "1/1"]);
    const gathered = join(root, "gathered.duckdb");
    runs(["cohort", gathered, "--gather", join(out, "shards")]);
    printAll(gathered);
    holdsNothing(await readFile(join(root, ".own.duckdb.batch.json")), "the batch's state");
    // The store of a part, which only a run of the same part reads, knows where the images lie.
    await rm(join(out, "shards", ".part-1-of-1.duckdb"));
    assert.ok((await folderHoldsNothing(out)) > 8);
    await rm(join(study, "more"), { recursive: true });
  });

  it("deidentify: the copies, and the documents made from them", async () => {
    const out = await outputFolder("deidentified");
    const copies = join(out, "copies");
    runs(["deidentify", study, copies, "--json"]);
    assert.equal(await folderHoldsNothing(out), (await readdir(study)).length);
    runs(["grade", copies, "--sr", join(out, "report.dcm"), "--sc", join(out, "sheet.dcm")]);
    await folderHoldsNothing(out);
  });

  it("run and report: outputs, errors, the notebook and its pages", async () => {
    const out = await outputFolder("notebook");
    const cells = [
      'import { loadSeries, detect, grade, hotspots } from "spinebook";\nconst scan = await loadSeries(process.env.STUDY!);\nscan',
      "const graded = await grade(await detect(scan));\ngraded",
      "console.log(scan, graded.table());\nawait hotspots(graded)",
    ];
    const notebook = {
      cells: cells.map((source, i) => ({
        cell_type: "code",
        id: `cell-${i}`,
        metadata: {},
        execution_count: null,
        outputs: [],
        source,
      })),
      metadata: { kernelspec: { name: "spinebook", display_name: "Spinebook", language: "typescript" } },
      nbformat: 4,
      nbformat_minor: 5,
    };
    const source = join(out, "scan.ipynb");
    await writeFile(source, JSON.stringify(notebook));
    const done = join(out, "done.ipynb");
    runs(["run", source, "-o", done, "--html", join(out, "done.html")], 0, { STUDY: study });
    runs(["report", done, "-o", join(out, "report.html")]);
    runs(["report", done, "--check", "--json"]);
    assert.equal(await folderHoldsNothing(out), 4);
  });

  it("errors: names of files in any script, declared in the character set of their time", async () => {
    for (const { terms, name, file } of SCRIPTS) {
      const folder = join(root, `${file} 1957-04-03`);
      await mkdir(folder);
      const from = (await readdir(study)).sort();
      for (const [i, source] of from.slice(0, 3).entries()) {
        const image = withElements(await readFile(join(study, source)), {
          0x00080005: element(0x00080005, "CS", terms),
          0x00100010: element(0x00100010, "PN", Buffer.from(name, "latin1")),
          0x00280030: element(0x00280030, "DS", ""),
        });
        await writeFile(join(folder, `${file}_${i}.dcm`), i < 2 ? image : image.subarray(0, -4000));
      }
      for (const args of [["read"], ["read", "--json"], ["grade"], ["deidentify", `${folder} copies`]]) {
        const [command, ...more] = args as [string, ...string[]];
        const { stdout, stderr } = spinebook([command, folder, ...more], { seconds: 300 });
        for (const part of file.split(/[_ ]/))
          assert.ok(!`${stdout}${stderr}`.includes(part), `${command} names ${part} (${terms})`);
        holdsNothing(stdout + stderr, `${command} of ${terms}`);
      }
      const { stdout } = spinebook(["read", folder, "--json"], { seconds: 300 });
      assert.match(stdout, /\[identity removed\]_\d\.dcm has no valid PixelSpacing/, terms);
    }
  });

  it("errors: a truncated slice, a slice that is missing, a study without a sagittal series", async () => {
    const broken = join(root, "Zelda Quixworth, broken");
    await cp(study, broken, { recursive: true });
    const names = (await readdir(broken)).sort();
    const size = (await readFile(join(broken, names[2]!))).length;
    await truncate(join(broken, names[2]!), size - 5000);
    await rm(join(broken, names[4]!));
    const listed = JSON.parse(runs(["read", broken, "--json"])) as {
      series: { problems: { code: string; message: string }[] }[];
    };
    const truncated = listed.series[0]!.problems.find(({ code }) => code === "truncated");
    assert.match(truncated!.message, /^\[identity removed\]_\d+\.dcm /);
    for (const command of ["detect", "grade"]) runs([command, broken], 1);
    const single = join(study, (await readdir(study))[0]!);
    runs(["grade", single], 1);
    runs(["read", single, "--series", "none", "--nifti", join(root, "x.nii")], 2);
    runs(["deidentify", broken, join(root, "broken-copies")], 1);
  });
});
