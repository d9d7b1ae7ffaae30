import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { changeMessage, heapLimit, kernelEnvironment } from "../../src/extension/views/settings.js";
import { findSources, holdsDicom, sourceKey } from "../../src/extension/views/sources.js";
import { statusText, statusTooltip } from "../../src/extension/views/statusText.js";
import {
  groupByStudy,
  loadSeriesCall,
  parseSeries,
  seriesLabel,
  seriesSummary,
  seriesTooltip,
  studySummary,
  type ListedSeries,
} from "../../src/extension/views/studyList.js";
import { countText, plainMarkdown, sizeText } from "../../src/extension/views/texts.js";
import {
  sortVariables,
  variableIcon,
  variableSummary,
  variableTooltip,
} from "../../src/extension/views/variableList.js";

const series: ListedSeries = {
  id: "e83eca61e068",
  study: "35608dd30f8e",
  description: "T2 sag",
  contrast: "T2",
  orientation: "sagittal",
  columns: 384,
  rows: 400,
  slices: 15,
  spacing: [0.703125, 0.703125, 4.4],
  problems: [],
};

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "spinebook-views-"));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A file that begins as DICOM does. */
function dicom(): Buffer {
  return Buffer.concat([Buffer.alloc(128), Buffer.from("DICM")]);
}

test("sizes are told with three digits at most", () => {
  const cases: readonly (readonly [number, string])[] = [
    [0, "0 B"],
    [312, "312 B"],
    [999, "999 B"],
    [1000, "1 kB"],
    [4230, "4.2 kB"],
    [99_960, "100 kB"],
    [999_600, "1 MB"],
    [182_000_000, "182 MB"],
    [4_294_967_296, "4.3 GB"],
    [5e15, "5000 TB"],
    [NaN, ""],
    [-1, ""],
  ];
  for (const [bytes, text] of cases) assert.equal(sizeText(bytes), text);
  assert.equal(countText(1, "slice"), "1 slice");
  assert.equal(countText(2, "series", "series"), "2 series");
});

test("text in a tooltip is no Markdown", () => {
  assert.equal(plainMarkdown("a_b [x](y)\n# $(eye) <b>"), "a\\_b \\[x\\]\\(y\\) \\# \\$\\(eye\\) \\<b\\>");
});

test("the command's list is understood, and anything else refused in a sentence", () => {
  assert.deepEqual(parseSeries(JSON.stringify({ series: [series] })), [series]);
  for (const wrong of ["", "{", "null", "[]", '{"series":[{}]}', '{"series":[null]}', '{"series":4}'])
    assert.throws(() => parseSeries(wrong), /do not fit each other/);
});

test("series are grouped by study, in the order in which they were told", () => {
  const [a, b, c, d] = ["one", "two", "one", undefined].map((study, index) => {
    const one: { study?: string } & ListedSeries = { ...series, id: String(index) };
    if (study === undefined) delete one.study;
    else one.study = study;
    return one;
  });
  assert.deepEqual(groupByStudy([a!, b!, c!, d!]), [[a, c], [b], [d]]);
  assert.deepEqual(groupByStudy([]), []);
  assert.equal(studySummary([series]), "1 series · T2");
  assert.equal(
    studySummary([series, { ...series, contrast: "T1" }, { ...series, contrast: "unknown" }]),
    "3 series · T2 · T1",
  );
});

test("a series is told by its protocol words, its plane and weighting only where those do not say them", () => {
  assert.equal(seriesLabel(series), "T2 sag");
  assert.equal(seriesSummary(series), "sagittal · 384 × 400 × 15 · 0.7 × 0.7 × 4.4 mm");
  const nameless = { ...series, description: "" };
  assert.equal(seriesLabel(nameless), "T2 sagittal");
  assert.equal(seriesSummary(nameless), "384 × 400 × 15 · 0.7 × 0.7 × 4.4 mm");
  const unknown = { ...nameless, contrast: "unknown", orientation: "unknown" };
  assert.equal(seriesLabel(unknown), "Series e83eca61e068");
  const tooltip = seriesTooltip({ ...series, problems: [{ message: "Slices_are missing." }] }, "data:x");
  assert.match(
    tooltip,
    /^\*\*T2 sag\*\*\n\n!\[middle slice\]\(data:x\)\n\n\$\(warning\) Slices\\_are missing\\\.\n\n/,
  );
  assert.match(tooltip, /id: e83eca61e068$/);
  assert.ok(!seriesTooltip(series).includes("!["), "without a picture there is none");
});

test("the copied call names the series where the path holds several, and is valid on Windows too", () => {
  assert.equal(loadSeriesCall("/data/a", "x1", true), 'const scan = await loadSeries("/data/a");');
  assert.equal(
    loadSeriesCall('C:\\spine "2"', "x1", false),
    'const scan = await loadSeries("C:\\\\spine \\"2\\"", { series: "x1" });',
  );
});

test("studies are found by their files, and not in folders that hold none", async () => {
  await inFolder(async (folder) => {
    assert.equal(await holdsDicom(folder), false);
    assert.deepEqual(await findSources(join(folder, "none")), []);
    await mkdir(join(folder, "study-10", "series", "1"), { recursive: true });
    await mkdir(join(folder, "study-9"));
    await mkdir(join(folder, "empty"));
    await mkdir(join(folder, ".hidden"));
    await mkdir(join(folder, "node_modules"));
    await writeFile(join(folder, "study-10", "series", "1", "1.2.840.7"), dicom());
    await writeFile(join(folder, "study-9", "IM0001"), dicom());
    await writeFile(join(folder, "empty", "README"), "not DICOM");
    await writeFile(join(folder, ".hidden", "a.dcm"), dicom());
    await writeFile(join(folder, "node_modules", "a.dcm"), dicom());
    await writeFile(join(folder, "volume.nii.gz"), "");
    assert.equal(await holdsDicom(folder), true);
    assert.deepEqual(
      (await findSources(folder)).map(({ label }) => label),
      ["study-9", "study-10", "volume.nii.gz"],
    );
    await writeFile(join(folder, "a.dcm"), "");
    const [own, ...rest] = await findSources(folder);
    assert.equal(own!.path, folder, "a folder with DICOM directly in it is a study itself");
    assert.deepEqual(
      rest.map(({ label }) => label),
      ["volume.nii.gz"],
    );
    await assert.rejects(findSources(folder, AbortSignal.abort()), /abort/i);
  });
});

test("what is kept of a path is found again until a file changes, and its key tells no path", async () => {
  await inFolder(async (folder) => {
    const study = join(folder, "DOE_JANE");
    await mkdir(join(study, "1"), { recursive: true });
    const file = join(study, "1", "a.dcm");
    await writeFile(file, dicom());
    if (process.platform !== "win32") await symlink(folder, join(study, "again"));
    const first = await sourceKey(study);
    assert.deepEqual(await sourceKey(study), first);
    assert.match(`${first.path}-${first.state}`, /^[0-9a-f]{16}-[0-9a-f]{16}$/);
    await utimes(file, 1, 1);
    const touched = await sourceKey(study);
    assert.equal(touched.path, first.path);
    assert.notEqual(touched.state, first.state);
    await writeFile(join(study, "b.dcm"), "");
    assert.notEqual((await sourceKey(study)).state, touched.state);
    assert.notEqual((await sourceKey(file)).path, first.path);
    await assert.rejects(sourceKey(join(folder, "none")), /ENOENT/);
  });
});

test("variables are sorted by name or by size, and told in one line", () => {
  const variables = [
    { name: "x10", type: "number", bytes: 8, preview: "1" },
    { name: "f", type: "function", preview: "[Function: f]" },
    { name: "X2", type: "Float32Array", shape: [512], bytes: 2048, preview: "Float32Array(512) [0]" },
    { name: "a", type: "number", bytes: 8, preview: "2" },
  ];
  const names = (order: "name" | "size"): string[] => sortVariables(variables, order).map(({ name }) => name);
  assert.deepEqual(names("name"), ["a", "f", "X2", "x10"]);
  assert.deepEqual(names("size"), ["X2", "a", "x10", "f"]);
  assert.equal(variables[0]!.name, "x10", "the list itself is left as it was");
  assert.equal(variableSummary(variables[2]!), "Float32Array [512] · 2 kB · Float32Array(512) [0]");
  assert.equal(variableSummary(variables[1]!), "function · [Function: f]");
  assert.deepEqual(variables.map(variableIcon), [
    "symbol-number",
    "symbol-method",
    "symbol-array",
    "symbol-number",
  ]);
  assert.match(variableTooltip(variables[2]!), /^\*\*X2\*\*: Float32Array \\\[512\\\]\n\nabout 2 kB\n\n/);
});

test("the status bar tells state, memory beside its limit, and the backend once it is known", () => {
  const silent = {
    type: "kernel_info_reply",
    parent: "",
    version: "0.1.0",
    node: "22.0.0",
    typescript: "5.9.3",
    pid: 1,
    memoryLimit: 4096,
  } as const;
  const info = { ...silent, memory: 182_000_000 };
  assert.equal(
    statusText({ state: "idle", info, backend: "onnxruntime cpu" }),
    "$(circle-filled) Spinebook: idle  ·  182 MB / 4.3 GB  ·  onnxruntime cpu",
  );
  assert.equal(
    statusText({ state: "running", info: silent, backend: undefined }),
    "$(sync~spin) Spinebook: running",
  );
  assert.equal(statusText({ state: "ended", info, backend: "onnxruntime cpu" }), "$(error) Spinebook: ended");
  assert.match(
    statusTooltip({ state: "not started", info: undefined, backend: undefined }),
    /first cell that runs/,
  );
  assert.match(statusTooltip({ state: "idle", info, backend: "onnxruntime cpu" }), /onnxruntime on the CPU/);
  assert.match(statusTooltip({ state: "idle", info, backend: undefined }), /no network has run yet/);
});

test("settings reach the kernel as environment and limit; what is automatic is left out", () => {
  const automatic = { modelsFolder: " ", memoryLimit: 0, threads: 0, engine: "", allowIdentity: false };
  assert.deepEqual(kernelEnvironment(automatic), { SPINEBOOK_ALLOW_IDENTITY: "0" });
  assert.equal(heapLimit(automatic), undefined);
  const own = {
    modelsFolder: "/models",
    memoryLimit: 2000.4,
    threads: 4,
    engine: "tfjs",
    allowIdentity: true,
  };
  assert.deepEqual(kernelEnvironment(own), {
    SPINEBOOK_MODELS: "/models",
    SPINEBOOK_THREADS: "4",
    SPINEBOOK_ENGINE: "tfjs",
    SPINEBOOK_ALLOW_IDENTITY: "1",
  });
  assert.equal(heapLimit(own), 2000);
  assert.equal(heapLimit({ ...own, memoryLimit: 1 }), 128, "a heap too small for the kernel itself is none");
  assert.equal(heapLimit({ ...own, memoryLimit: NaN }), undefined);
  assert.equal(
    changeMessage(["threads"], 1),
    'The change of "spinebook.threads" takes effect at the next restart of the kernel.',
  );
  assert.match(
    changeMessage(["threads", "memoryLimit"], 2),
    /"spinebook.memoryLimit" takes effect at the next restart of a kernel/,
  );
});
