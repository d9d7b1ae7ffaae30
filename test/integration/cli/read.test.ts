import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { main } from "../../../src/cli/index.js";
import { indexReporter } from "../../../src/cli/commands/read/progress.js";
import { thumbnail, THUMBNAIL_SIDE } from "../../../src/cli/commands/read/thumbnails.js";
import { encodePng, readPng } from "../../../src/imaging/index.js";

interface Listed {
  readonly id: string;
  readonly study?: string;
  readonly slices: number;
  readonly thumbnail?: string;
}

async function spinebook(...args: string[]): Promise<{ code: number; out: string[]; log: string[] }> {
  const [out, log]: [string[], string[]] = [[], []];
  const code = await main(args, {
    packageRoot: process.cwd(),
    out: (line) => out.push(line),
    log: (line) => log.push(line),
    signal: new AbortController().signal,
  });
  return { code, out, log };
}

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "spinebook-read-"));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test("read writes the series that --series names, and thumbnails without identity in their names", async () => {
  await inFolder(async (folder) => {
    const studies = join(folder, "studies");
    assert.equal((await spinebook("phantom", studies, "--seed", "3", "--studies", "2")).code, 0);
    const thumbnails = join(folder, "new", "thumbnails");
    const listed = await spinebook("read", studies, "--json", "--thumbnails", thumbnails);
    assert.equal(listed.code, 0, listed.log.join("\n"));
    const { series } = JSON.parse(listed.out[0]!) as { series: Listed[] };
    assert.equal(series.length, 2);
    assert.equal(new Set(series.map(({ study }) => study)).size, 2, "each study has a hash of its own");
    for (const { study } of series) assert.match(study!, /^[0-9a-f]{12}$/);
    assert.deepEqual((await readdir(thumbnails)).sort(), series.map(({ id }) => `${id}.png`).sort());
    for (const one of series) {
      assert.equal(one.thumbnail, join(thumbnails, `${one.id}.png`));
      const { columns, rows, voxels } = readPng(await readFile(one.thumbnail), 1);
      assert.equal(Math.max(columns, rows), THUMBNAIL_SIDE);
      assert.ok(new Set(voxels).size > 50, "the picture has grey levels");
    }

    for (const { id, slices } of series) {
      const out = join(folder, `${id}.nii`);
      assert.equal((await spinebook("read", studies, "--nifti", out, "--series", id)).code, 0);
      // NIfTI-1: dim[3] is a 16-bit number at byte 46; the volume's planes may be turned, so any axis will do.
      const header = await readFile(out);
      const sizes = [42, 44, 46].map((at) => header.readInt16LE(at));
      assert.ok(sizes.includes(slices), `${sizes.join(" x ")} holds ${slices} slices`);
    }

    const unknown = await spinebook("read", studies, "--nifti", join(folder, "x.nii"), "--series", "none");
    assert.equal(unknown.code, 2);
    for (const { id } of series) assert.ok(unknown.log[0]!.includes(id), unknown.log[0]);
    assert.match(unknown.log[0]!, /There is no series "none"/);
    assert.ok(!(await readdir(folder)).includes("x.nii"));
    const alone = await spinebook("read", studies, "--series", series[0]!.id);
    assert.match(alone.log[0]!, /give --nifti/);
  });
});

test("a series whose pixels cannot be read has no thumbnail, and the list says so", async () => {
  await inFolder(async (folder) => {
    const png = join(folder, "slice.png");
    const whole = encodePng(
      Uint8Array.from({ length: 4096 }, (_, i) => (i * 7919) % 251),
      64,
      64,
    );
    whole.fill(255, 48, whole.length - 16);
    await writeFile(png, whole);
    const { code, out, log } = await spinebook(
      "read",
      png,
      "--spacing",
      "1",
      "--json",
      "--thumbnails",
      folder,
    );
    assert.equal(code, 0, log.join("\n"));
    assert.equal((JSON.parse(out[0]!) as { series: Listed[] }).series[0]!.thumbnail, undefined);
    assert.match(log[0]!, /has no thumbnail/);
    assert.deepEqual(await readdir(folder), ["slice.png"]);
  });
});

test("a thumbnail has square millimetres, the middle slice and the grey levels of a display", () => {
  const [columns, rows, slices] = [200, 100, 3];
  const voxels = new Int16Array(columns * rows * slices);
  // The middle slice is a ramp from left to right; the others are dark.
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) voxels[(rows + row) * columns + column] = column * 10;
  const affine = [1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 4, 0, 0, 0, 0, 1];
  const volume = { columns, rows, slices, spacing: [1, 2, 4], affine, geometry: "patient" } as const;
  const { pixels, width, height } = thumbnail({ ...volume, voxels });
  assert.deepEqual([width, height], [128, 128], "200 x 1 mm by 100 x 2 mm is square");
  assert.ok(pixels[0]! < 5 && pixels[width - 1]! > 250, "the window reaches from black to white");
  assert.deepEqual(pixels.subarray(0, width), pixels.subarray(64 * width, 65 * width));

  const fractional = thumbnail({ ...volume, voxels: Float32Array.from(voxels, (value) => value / 1000) });
  assert.ok(fractional.pixels.every((grey, i) => Math.abs(grey - pixels[i]!) <= 1));
  const empty = thumbnail({ ...volume, voxels: new Float32Array(voxels.length).fill(NaN) });
  assert.ok(empty.pixels.every((grey) => grey === 0));
});

test("read tells each second how far the indexing is, and nothing when it is quick", () => {
  const lines: string[] = [];
  let time = 0;
  const report = indexReporter(
    (line) => lines.push(line),
    () => time,
  );
  for (; time <= 2500; time += 50) report({ done: time * 4, total: 12_000, skipped: 3 });
  report({ done: 12_000, total: 12_000, skipped: 1_234 });
  assert.deepEqual(lines, [
    "4,000 of 12,000 files are indexed.",
    "8,000 of 12,000 files are indexed.",
    "12,000 files are indexed; 1,234 of them hold no image.",
  ]);
  indexReporter((line) => lines.push(line))({ done: 5, total: 5, skipped: 0 });
  assert.equal(lines.length, 3);
});

test("read tells which series would be graded and why; detect and grade take the one that --series names", async () => {
  await inFolder(async (folder) => {
    const made = await spinebook("phantom", folder, "--seed", "5", "--contrasts", "T1,T2");
    assert.equal(made.code, 0, made.log.join("\n"));
    const listed = await spinebook("read", folder, "--json");
    const { series, choice } = JSON.parse(listed.out[0]!) as {
      series: (Listed & { contrast: string })[];
      choice: { t2: string; t1: string; reasons: string[] };
    };
    const byId = new Map(series.map((one) => [one.id, one.contrast]));
    assert.deepEqual([byId.get(choice.t2), byId.get(choice.t1)], ["T2", "T1"]);
    assert.match(choice.reasons.join(" "), /is its T1 partner/);
    const text = (await spinebook("read", folder)).out.join("\n");
    assert.ok(text.includes(`To grade: ${choice.t2}, with T1: ${choice.t1}`), text);
    const named = await spinebook("detect", folder, "--json", "--series", choice.t1);
    assert.equal(named.code, 0, named.log.join("\n"));
    const { series: title } = JSON.parse(named.out[0]!) as { series: string };
    assert.match(title, /T1/);
    const unknown = await spinebook("grade", folder, "--series", "nothing");
    assert.equal(unknown.code, 1);
    assert.match(unknown.log.join(" "), /There is no series "nothing" here/);
  });
});
