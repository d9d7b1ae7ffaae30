import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { deflateSync, gzipSync } from "node:zlib";
import {
  ImagingError,
  readSeries,
  toSagittal,
  writeMetaImage,
  writeNifti,
  writeNrrd,
} from "../../../src/imaging/index.js";
import { slanted } from "../../imaging/support.js";

const CASES = 2000;
const SEED = 20240612;

/** Park and Miller's generator: plain, and good enough to damage files. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => Math.floor(((state = (state * 48271) % 2147483647) / 2147483647) * below);
}

/** Good files of every format and encoding, small; four raw files are to lie beside them. */
function goodFiles(): readonly (readonly [name: string, bytes: Uint8Array])[] {
  const [short, float] = [slanted(Int16Array), slanted(Float32Array)];
  const voxels = Buffer.from(short.voxels.buffer);
  const meta = Buffer.from(writeMetaImage(short));
  const metaHeader = meta.toString("latin1", 0, meta.length - voxels.length);
  const nrrdHeader = Buffer.from(writeNrrd(short)).toString("latin1").split("\n\n")[0]!;
  const nrrd = (encoding: string, data: string) =>
    Buffer.from(`${nrrdHeader.replace("raw", encoding)}${data}`);
  return [
    ["a.nii", writeNifti(short)],
    ["b.nii", writeNifti(float)],
    ["c.nii.gz", gzipSync(writeNifti(short))],
    ["a.mha", meta],
    ["b.mha", Buffer.concat([Buffer.from(metaHeader.replace("CompressedData = False", "CompressedData = True")), deflateSync(voxels)])],
    ["a.mhd", Buffer.from(metaHeader.replace("LOCAL", "s%d.raw 1 4 1"))],
    ["a.nrrd", writeNrrd(float)],
    ["b.nrrd", nrrd("text", `\n\n${[...short.voxels].join(" ")}`)],
    ["c.nrrd", nrrd("hex", `\n\n${voxels.toString("hex")}`)],
    ["a.nhdr", nrrd("raw", "\ndata file: LIST\ns1.raw\ns2.raw\ns3.raw\ns4.raw\n")],
  ]; // prettier-ignore
}

/** A copy cut short, with bytes or digits changed, put in or left out; mostly where the header is. */
function damaged(file: Uint8Array, random: (below: number) => number): Uint8Array {
  const bytes = Buffer.from(file);
  const at = () => random(random(5) > 0 ? Math.min(bytes.length, 400) : bytes.length);
  const place = at();
  const part = (from: number, to?: number) => bytes.subarray(from, to);
  switch (random(5)) {
    case 0:
      return part(0, random(bytes.length));
    case 1:
      for (let i = random(4); i >= 0; i--) bytes[at()] = random(256);
      return bytes;
    case 2: {
      const digit = bytes.findIndex((byte, i) => i >= place && byte >= 0x30 && byte <= 0x39);
      if (digit >= 0) bytes[digit] = 0x30 + random(10);
      return bytes;
    }
    case 3:
      return Buffer.concat([part(0, place), Buffer.from("99999999".slice(random(8))), part(place)]);
    default:
      return Buffer.concat([part(0, place), part(place + random(30))]);
  }
}

test(`damaged NIfTI, MetaImage and NRRD give a volume or one clear error, at once (seed ${SEED})`, async () => {
  const folder = await mkdtemp(join(tmpdir(), "damaged-"));
  const random = generator(SEED);
  const files = goodFiles();
  const outcomes = new Map<string, number>();
  try {
    const voxels = Buffer.from(slanted(Int16Array).voxels.buffer);
    for (let i = 0; i < 4; i++)
      await writeFile(join(folder, `s${i + 1}.raw`), voxels.subarray(84 * i, 84 * (i + 1)));
    for (let number = 0; number < CASES; number++) {
      const [name, bytes] = files[random(files.length)]!;
      await writeFile(join(folder, name), damaged(bytes, random));
      let outcome = "volume";
      try {
        const [series] = await readSeries(join(folder, name));
        const volume = await series!.load();
        assert.equal(volume.voxels.length, volume.columns * volume.rows * volume.slices);
        assert.ok(volume.affine.every(Number.isFinite) && volume.spacing.every((size) => size > 0));
        if (volume.geometry === "patient" && series!.orientation === "sagittal") toSagittal(volume);
      } catch (thrown) {
        if (!(thrown instanceof ImagingError)) throw new Error(`case ${number}, ${name}`, { cause: thrown });
        assert.match(thrown.message, /^\S[^\n]*\.$/);
        outcome = thrown.code;
      }
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  // The damage must be neither so small that all is read nor so large that only one refusal is ever met.
  assert.ok(
    outcomes.get("volume")! > CASES / 10 && outcomes.get("volume")! < CASES / 1.5,
    JSON.stringify([...outcomes]),
  );
  for (const code of [
    "truncated",
    "malformed",
    "no-spacing",
    "unsupported-pixels",
    "unsupported-file",
    "no-files",
  ])
    assert.ok(outcomes.has(code), `${code} in ${JSON.stringify([...outcomes])}`);
});
