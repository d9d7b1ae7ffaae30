/** A folder may hold the studies of several patients: none of them is taken in silence. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { findStudies, loadSeries, type Scan } from "../../src/api/index.js";
import {
  chooseStudy,
  examinations,
  ImagingError,
  readSeries,
  writeDicomSeries,
  writeNifti,
  type Volume,
} from "../../src/imaging/index.js";
import { slanted } from "./support.js";

const T1 = { repetitionTime: 600, echoTime: 12 };
const T2 = { repetitionTime: 3500, echoTime: 110 };
const axial = (volume: Volume): Volume => ({
  ...volume,
  affine: [0.6, 0, 0, 0, 0, 0.7, 0, 0, 0, 0, 4, 0, 0, 0, 0, 1],
});

interface Written {
  readonly seed: string;
  readonly times: typeof T1;
  readonly isAxial?: boolean;
  readonly number?: number;
}

async function inFolder(written: readonly Written[], use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "studies-"));
  try {
    for (const [i, { seed, times, isAxial = false, number = i + 1 }] of written.entries()) {
      const volume = slanted(Int16Array);
      await writeDicomSeries(join(folder, seed, String(number)), isAxial ? axial(volume) : volume, {
        studySeed: seed,
        patientId: `P-${seed}`,
        seriesDescription: "",
        seriesNumber: number,
        ...times,
      });
    }
    await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const failure = async (work: Promise<unknown>): Promise<ImagingError> => {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(thrown instanceof ImagingError, String(thrown));
  return thrown;
};

test("of three studies with a sagittal T2 none is taken; the sentence lists them and says what to do", async () => {
  const three = ["a", "b", "c"].map((seed) => ({ seed, times: T2 }));
  await inFolder(three, async (folder) => {
    const series = await readSeries(folder);
    const error = await failure(loadSeries(folder));
    assert.equal(error.code, "several-studies");
    assert.match(error.message, /^There are 3 studies here/);
    for (const { study } of series) assert.ok(error.message.includes(study!), error.message);
    for (const way of ["--study", "--all", "--cohort", "findStudies", "gradeCohort"])
      assert.ok(error.message.includes(way), way);
  });
});

test("each of several studies is loaded by its id, with a T1 of its own", async () => {
  const both = ["a", "b"].flatMap((seed) => [
    { seed, times: T2 },
    { seed, times: T1 },
  ]);
  await inFolder(both, async (folder) => {
    const series = await readSeries(folder);
    const found = await findStudies(folder);
    assert.deepEqual(found.map(({ id }) => id).sort(), [...new Set(series.map(({ study }) => study))].sort());
    for (const { id, load } of found) {
      const choice = chooseStudy(series, { study: id });
      assert.deepEqual([choice.t2.study, choice.t1?.study], [id, id]);
      assert.ok((await load()).hasT1);
      const paths = (scan: Scan): string[] => scan.sources.map(({ path }) => path);
      assert.deepEqual(paths(await loadSeries(folder, { study: id })), paths(await load()));
    }
    assert.match((await failure(loadSeries(folder, { study: "none" }))).message, /choose one of/);
  });
});

test("the only study with a sagittal T2 is taken, and it is said of how many", async () => {
  const written = [
    { seed: "t1-only", times: T1 },
    { seed: "axial", times: T2, isAxial: true },
    { seed: "wanted", times: T2 },
  ];
  await inFolder(written, async (folder) => {
    const scan = await loadSeries(folder);
    assert.equal(scan.studies, 3);
    assert.match(scan.reasons[0]!, /^Of 3 studies here one can be graded, and is taken: "[0-9a-f]{12}"/);
    const series = await readSeries(folder);
    const { t2, t1 } = chooseStudy(series);
    assert.equal(t2.orientation, "sagittal");
    // The T1 of somebody else is no partner.
    assert.equal(t1, undefined);
  });
});

test("a series that is named needs no study; one study says nothing of others", async () => {
  await inFolder(
    [
      { seed: "a", times: T2 },
      { seed: "b", times: T2 },
    ],
    async (folder) => {
      const [first] = await readSeries(folder);
      assert.equal((await loadSeries(folder, { series: first!.id })).studies, 1);
    },
  );
  await inFolder(
    [
      { seed: "a", times: T2 },
      { seed: "a", times: T1 },
    ],
    async (folder) => {
      const scan = await loadSeries(folder);
      assert.equal(scan.studies, 1);
      assert.doesNotMatch(scan.reasons.join(" "), /studies/);
    },
  );
});

test("image files that say nothing of a study are each one for itself", async () => {
  const folder = await mkdtemp(join(tmpdir(), "studies-"));
  try {
    const volume = slanted(Int16Array);
    await writeFile(join(folder, "one.nii"), writeNifti(volume));
    await writeFile(
      join(folder, "two.nii.gz"),
      gzipSync(writeNifti({ ...volume, voxels: volume.voxels.map((value) => value + 1) })),
    );
    assert.equal((await failure(loadSeries(folder))).code, "several-studies");
    assert.equal((await loadSeries(join(folder, "one.nii"))).studies, 1);
    const found = await findStudies(folder);
    assert.equal(found.length, 2);
    const [one, two] = await Promise.all(found.map(({ load }) => load()));
    assert.notDeepEqual(one!.volume.voxels, two!.volume.voxels);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("DICOM without a study's UID is told apart by who was examined and when", async () => {
  await inFolder(
    [
      { seed: "a", times: T2 },
      { seed: "b", times: T2 },
      { seed: "b", times: T1 },
    ],
    async (folder) => {
      const series = (await readSeries(folder)).map((one) => {
        const { study, ...rest } = one;
        return { ...rest, subject: () => ({ patient: `patient of ${study!}`, day: 1 }) };
      });
      assert.deepEqual(
        examinations(series)
          .map((one) => one.series.length)
          .sort(),
        [1, 2],
      );
      assert.throws(() => chooseStudy(series), { code: "several-studies" });
    },
  );
});
