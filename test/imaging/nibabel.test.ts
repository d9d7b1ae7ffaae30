import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import {
  fromPatient,
  readSeries,
  toPatient,
  writeNifti,
  type Affine,
  type Vec3,
} from "../../src/imaging/index.js";
import { close } from "./support.js";
import { volumesInManyPositions } from "./volumes.js";

/** Debian's own interpreter is asked too: another python3 may come first in the path. */
const python = ["python3", "/usr/bin/python3"].find(
  (command) => spawnSync(command, ["-c", "import nibabel"], { timeout: 60_000 }).status === 0,
);
const options = { skip: python ? false : "nibabel is not installed" };

/** What nibabel finds in a file. */
interface Found {
  readonly file: string;
  readonly shape: readonly number[];
  /** RAS, by row. */
  readonly affine: Affine;
  readonly qform: Affine | null;
  readonly sform: Affine | null;
  /** The first volume, first axis fastest, rescaled. */
  readonly values: readonly number[];
}

const describe = `
import json, os, sys
import numpy as np
import nibabel as nib

def found(path):
    image = nib.load(path)
    data = np.asanyarray(image.dataobj, dtype=np.float64)
    first = data if data.ndim < 4 else data[..., 0]
    form = lambda matrix: None if matrix is None else matrix.ravel().tolist()
    return dict(file=os.path.basename(path), shape=list(first.shape), affine=form(image.affine),
        qform=form(image.get_qform(coded=True)[0]), sform=form(image.get_sform(coded=True)[0]),
        values=first.ravel(order="F").tolist())
`;

/** Writes images of every kind into a folder and says what nibabel itself reads in them. */
const make = `${describe}
folder, seed = sys.argv[1], int(sys.argv[2])
random = np.random.default_rng(seed)
kinds = [(nib.Nifti1Image, ".nii"), (nib.Nifti1Image, ".nii.gz"), (nib.Nifti2Image, ".nii"), (nib.Nifti2Image, ".nii.gz"),
    (nib.Nifti1Pair, ".img"), (nib.Nifti1Pair, ".img.gz"), (nib.Nifti2Pair, ".img")]
types = [np.uint8, np.int8, np.int16, np.uint16, np.int32, np.uint32, np.int64, np.uint64, np.float32, np.float64]
result = []
for kind, (Image, ending) in enumerate(kinds):
    for number, type in enumerate(types):
        for endian in "<>":
            shape = (5, 6, 4) if number % 3 else (5, 6, 4, 2)
            data = (random.normal(60, 20, shape) if np.issubdtype(type, np.floating) else random.integers(0, 127, shape)).astype(type)
            rotation = np.linalg.qr(random.normal(size=(3, 3)))[0]
            affine = np.eye(4)
            affine[:3, :3] = rotation * random.uniform(0.3, 5, 3)
            affine[:3, 3] = random.uniform(-300, 300, 3)
            header = Image.header_class(endianness=endian)
            header.set_data_dtype(type)
            image = Image(data, None, header)
            forms = (kind + number) % 4
            image.set_sform(affine if forms in (0, 2) else None, code=1 if forms in (0, 2) else 0)
            image.set_qform(affine if forms in (1, 2) else None, code=1 if forms in (1, 2) else 0)
            path = os.path.join(folder, f"{kind}-{np.dtype(type).name}-{'little' if endian == '<' else 'big'}{ending}")
            nib.save(image, path)
            result.append(found(path))
# Broken numbers kept as whole ones, with a slope and an intercept that nibabel computes.
for type in [np.uint8, np.int16, np.uint16]:
    image = nib.Nifti1Image(random.normal(10, 3, (5, 6, 4)), np.diag([-1, -2, 3, 1]))
    image.set_data_dtype(type)
    path = os.path.join(folder, f"scaled-{np.dtype(type).name}.nii.gz")
    nib.save(image, path)
    result.append(found(path))
json.dump(result, sys.stdout)
`;

const read = `${describe}
json.dump([found(path) for path in sys.argv[1:]], sys.stdout)
`;

function ask(program: string, ...words: string[]): Found[] {
  const run = spawnSync(python!, ["-c", program, ...words], {
    encoding: "utf8",
    timeout: 120_000,
    maxBuffer: 2 ** 28,
  });
  assert.equal(run.status, 0, run.stderr);
  return JSON.parse(run.stdout) as Found[];
}

/** nibabel's RAS in LPS: x and y change sign. */
const lps = (ras: Affine) => ras.map((value, i) => (i < 8 ? -value : value));

function sameAffine(actual: Affine, expected: Affine, tolerance: number): void {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, i) => {
    close(value, expected[i]!, tolerance);
  });
}

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "nibabel-"));
});
after(() => rm(folder, { recursive: true }));

test(
  "what nibabel writes is read as nibabel reads it: versions, pairs, types, byte orders, forms",
  options,
  async () => {
    const seed = 20240611;
    const images = ask(make, folder, String(seed));
    assert.equal(images.length, 7 * 10 * 2 + 3);
    const [placed, unplaced, turned] = [new Set<string>(), new Set<string>(), new Set<string>()];
    for (const { file, shape, affine, qform, sform, values } of images) {
      const [series] = await readSeries(join(folder, file));
      const volume = await series!.load();
      const sizes = [volume.columns, volume.rows, volume.slices];
      assert.deepEqual([...sizes].sort(), [...shape].sort(), file);
      // Nothing larger than 127 is lost in a float32 but the digits that it does not have.
      const tolerance = /float64|scaled/.test(file) ? 2e-5 : 0;
      const isPlaced = qform !== null || sform !== null;
      const stored = isPlaced ? lps(affine) : volume.affine;
      volume.voxels.forEach((value, i) => {
        const index = [
          i % sizes[0]!,
          Math.floor(i / sizes[0]!) % sizes[1]!,
          Math.floor(i / sizes[0]! / sizes[1]!),
        ];
        // Slices lie across the widest spacing, whichever axis of the file that is; the place of a voxel stays.
        const [c, r, s] = fromPatient({ affine: stored }, toPatient(volume, index as unknown as Vec3))!;
        const at = Math.round(c) + shape[0]! * (Math.round(r) + shape[1]! * Math.round(s));
        close(value, values[at]!, tolerance);
      });
      if (qform === null && sform === null) {
        // nibabel makes up a place about the middle; here the file says none.
        assert.equal(volume.geometry, "image", file);
        unplaced.add(file);
      } else {
        assert.equal(volume.geometry, "patient", file);
        const [widest, next] = [...volume.spacing].sort((a, b) => b - a) as [number, number];
        assert.ok(widest <= 1.1 * next || volume.spacing[2] === widest, file);
        if (shape.every((size, axis) => size === sizes[axis])) sameAffine(volume.affine, lps(affine), 1e-4);
        else turned.add(file);
        placed.add(file);
      }
    }
    assert.ok(placed.size > 100 && unplaced.size > 30 && turned.size > 30 && turned.size < placed.size);
  },
);

test("what is written here nibabel reads as it was, by the sform and by the qform", options, async () => {
  const volumes = volumesInManyPositions();
  const paths = await Promise.all(
    volumes.map(async ({ volume }, i) => {
      const path = join(folder, `ours-${i}.nii${i % 2 ? ".gz" : ""}`);
      const bytes = writeNifti(volume);
      await writeFile(path, i % 2 ? gzipSync(bytes) : bytes);
      return path;
    }),
  );
  for (const [i, { shape, affine, qform, sform, values }] of ask(read, ...paths).entries()) {
    const { name, volume } = volumes[i]!;
    assert.deepEqual(shape, [volume.columns, volume.rows, volume.slices], name);
    assert.deepEqual(values, [...volume.voxels], name);
    if (volume.geometry === "image") assert.deepEqual([qform, sform], [null, null], name);
    else
      for (const form of [affine, sform!, qform!])
        sameAffine(lps(form), volume.affine, form === qform ? 2e-3 : 1e-4);
  }
});
