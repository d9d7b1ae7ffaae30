import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import {
  chooseSagittal,
  chooseStudy,
  ImagingError,
  readSeries,
  writeDicomSeries,
  type Series,
} from "../../src/imaging/index.js";
import { guessContrast } from "../../src/imaging/dicom/describe.js";
import { sharedData } from "../support/data.js";
import { slanted } from "./support.js";

/** Slices from right to left, columns to posterior, rows to the feet, about the patient's middle. */
function sagittal(id: string, changes: Partial<Series> = {}): Series {
  const { columns = 320, rows = 320, slices = 15, spacing = [0.8, 0.8, 4.4] as const } = changes;
  const [x, y, z] = spacing;
  const origin = [(-(slices - 1) / 2) * z, (-columns / 2) * x, (rows / 2) * y] as const;
  return {
    id,
    study: "study",
    description: "",
    modality: "MR",
    contrast: "unknown",
    orientation: "sagittal",
    rows,
    columns,
    slices,
    spacing,
    geometry: "patient",
    affine: [0, 0, z, origin[0], x, 0, 0, origin[1], 0, -y, 0, origin[2], 0, 0, 0, 1],
    problems: [],
    load: () => Promise.reject(new Error("choosing needs no voxels")),
    ...changes,
  };
}

/** Every order of a list of up to a few. */
function orders<T>(list: readonly T[]): T[][] {
  return list.length < 2
    ? [[...list]]
    : list.flatMap((one, i) => orders(list.toSpliced(i, 1)).map((rest) => [one, ...rest]));
}

const codeOf = (work: () => unknown) => {
  try {
    work();
  } catch (thrown) {
    assert.ok(thrown instanceof ImagingError);
    assert.match(thrown.message, /^[A-Z].*\.$/);
    return thrown.code;
  }
  return "none";
};

const t2 = sagittal("t2", { contrast: "T2", description: "T2 tse sag" });
const t1 = sagittal("t1", { contrast: "T1", description: "T1 tse sag" });
const stir = sagittal("stir", { contrast: "STIR", slices: 19 });
const axial = sagittal("axial", { contrast: "T2", orientation: "axial", slices: 30 });
const localizer = sagittal("loc", { contrast: "unknown", slices: 2, spacing: [1.2, 1.2, 20] });

test("of T1, T2, STIR, axial and localizer the sagittal T2 and its T1 are taken, whatever their order", () => {
  for (const series of orders([t2, t1, stir, axial, localizer])) {
    const choice = chooseStudy(series);
    assert.equal(choice.t2, t2);
    assert.equal(choice.t1, t1);
    assert.equal(chooseSagittal(series), t2);
    assert.equal(choice.reasons[0]!.startsWith("3 of 5 series are sagittal stacks; left out: "), true);
    assert.match(choice.reasons[0]!, /1 axial/);
    assert.match(choice.reasons[0]!, /1 sagittal with fewer than 3 slices/);
    assert.match(choice.reasons[1]!, /^"t2" \(T2 tse sag\) is taken as T2 before .*its header makes it T2/);
    assert.match(choice.reasons[2]!, /^"t1" .* is its T1 partner: it is of the same study, .* share 100 %/);
    assert.equal(choice.reasons.length, 3);
  }
});

test("of two T2 the one with more slices is taken, of equals the finer one, and the reason says so", () => {
  const more = sagittal("more", { contrast: "T2", slices: 19 });
  const fine = sagittal("fine", { contrast: "T2", spacing: [0.5, 0.5, 4.4], rows: 512, columns: 512 });
  // A hundredth of a millimetre in a header decides nothing; the id does, so that the choice is stable.
  const same = sagittal("same", { contrast: "T2", spacing: [0.801, 0.801, 4.4] });
  for (const [best, other, why] of [
    [more, t2, /it has more slices \(19, the other 15\)/],
    [more, fine, /it has more slices/],
    [fine, t2, /its pixels are smaller \(0.5 mm, the other's 0.8 mm\)/],
    [same, t2, /alike/],
  ] as const)
    for (const series of orders([best, other, axial])) {
      const choice = chooseStudy(series);
      assert.equal(choice.t2, best);
      assert.ok(
        choice.reasons.some((reason) => why.test(reason)),
        choice.reasons.join(" "),
      );
    }
});

test("geometry goes before contrast, and contrast before words", () => {
  const coarse = sagittal("coarse", { contrast: "T2", slices: 9, spacing: [1.2, 1.2, 12] });
  assert.equal(chooseStudy([coarse, stir]).t2, stir);
  assert.match(chooseStudy([coarse, stir]).reasons[0]!, /12 mm apart/);
  const scout = sagittal("scout", { contrast: "T2", slices: 25, description: "T2 haste localizer" });
  assert.equal(chooseStudy([scout, t2]).t2, t2);
  assert.match(chooseStudy([scout, t2]).reasons[0]!, /header calls it "localizer"/);
  assert.equal(chooseStudy([scout, stir]).t2, scout);
  const cervical = sagittal("neck", { contrast: "T2", slices: 25, description: "T2 cervical sag" });
  assert.equal(chooseStudy([cervical, t2]).t2, t2);
  // A cube of small voxels may be cut sagittally, but one that was taken so goes before it.
  const cube = sagittal("cube", {
    contrast: "T2",
    orientation: "coronal",
    slices: 120,
    spacing: [0.9, 0.9, 0.9],
  });
  assert.equal(chooseStudy([cube, t2]).t2, t2);
  assert.equal(chooseStudy([cube, t1]).t2, cube);
});

test("as coarse as a localizer are slices more than 8 mm apart and pixels above 1.5 mm, not those of a quick T2", () => {
  const T2 = (spacing: readonly [number, number, number]) => sagittal("quick", { contrast: "T2", spacing });
  for (const spacing of [
    [0.8, 0.8, 7.9],
    [1.07, 1.07, 4.8],
    [1.4, 1.4, 4],
    [1.5, 1.2, 8],
  ] as const)
    // prettier-ignore
    assert.equal(chooseStudy([T2(spacing), t1]).t2.id, "quick", spacing.join(" "));
  for (const spacing of [
    [0.8, 0.8, 8.1],
    [1.6, 0.8, 4],
    [0.8, 1.6, 4],
  ] as const)
    // prettier-ignore
    assert.equal(chooseStudy([T2(spacing), t1]).t2, t1, spacing.join(" "));
});

test("a T2 goes before a series of unknown weighting, that before suppressed T2, STIR, then PD, then T1", () => {
  const contrasts = ["T2", "unknown", "T2FS", "STIR", "PD", "T1"] as const;
  // Ids and slices speak for the opposite order.
  const all = contrasts.map((contrast, i) => sagittal("fedcba"[i]!, { contrast, slices: 15 + i }));
  for (const [i, better] of all.entries())
    for (const worse of all.slice(i + 1))
      assert.equal(chooseSagittal([worse, better]), better, `${better.contrast}, ${worse.contrast}`);
});

test("blank headers: geometry alone chooses, and the reasons say that the weighting is not known", () => {
  const blank = { modality: "", description: "", contrast: "unknown" } as const;
  const one = sagittal("a", { ...blank, slices: 15 });
  const other = sagittal("b", { ...blank, slices: 17 });
  const axialOne = sagittal("c", { ...blank, orientation: "axial" });
  const choice = chooseStudy([one, other, axialOne]);
  assert.equal(choice.t2, other);
  assert.equal(choice.t1, undefined);
  assert.ok(choice.reasons.some((reason) => /^Neither times nor words .* tell a T2; "b"/.test(reason)));
  assert.ok(choice.reasons.some((reason) => /no sagittal T1 series; 1 of unknown weighting/.test(reason)));
  const named = chooseStudy([one, other, axialOne], { t2: "a", t1: "b" });
  assert.deepEqual([named.t2, named.t1], [one, other]);
});

test("only T1: it is taken in place of the T2, and the reasons say so", () => {
  const choice = chooseStudy([t1, axial]);
  assert.equal(choice.t2, t1);
  assert.equal(choice.t1, undefined);
  assert.ok(choice.reasons.some((reason) => reason.startsWith('There is no T2; "t1"')));
});

test("the T1 partner is of the same study and shows the same place", () => {
  const foreign = { ...t1, id: "foreign", study: "another" };
  const shifted = (mm: number) => ({
    ...t1,
    id: `up${mm}`,
    affine: t1.affine.map((value, i) => (i === 11 ? value + mm : value)),
  });
  assert.equal(chooseStudy([t2, foreign]).t1, undefined);
  assert.match(
    chooseStudy([t2, foreign]).reasons.join(" "),
    /"foreign".* not its T1 partner: .* another study/,
  );
  // The stack is 256 mm high: a chest's T1 shares nothing, a neighbouring station a fifth, a shift of 60 mm most.
  for (const [mm, fits] of [
    [300, false],
    [200, false],
    [60, true],
  ] as const) {
    const choice = chooseStudy([t2, shifted(mm)]);
    assert.equal(choice.t1 !== undefined, fits, `${mm} mm`);
    const share = Number(/share (?:only )?(\d+) %/.exec(choice.reasons.join(" "))?.[1]);
    assert.ok(Math.abs(share - Math.max(0, 100 * (1 - mm / 256))) < 9, `${mm} mm: ${share} %`);
  }
  assert.equal(chooseStudy([t2, shifted(300), t1]).t1, t1);
  const contrastMedium = { ...t1, id: "gd", slices: 19, description: "T1 post gd" };
  assert.equal(chooseStudy([t2, contrastMedium, t1]).t1, t1);
  // Half the field of view about the same centre lies in the other wholly.
  const small = sagittal("small", { contrast: "T1", rows: 160, columns: 160 });
  assert.equal(chooseStudy([t2, small]).t1, small);
  const smallT2 = { ...small, id: "small-t2", contrast: "T2" } as const;
  assert.equal(chooseStudy([smallT2, t1]).t1, t1);
  const { study, ...unknown } = t1;
  assert.equal(study, t2.study);
  assert.match(chooseStudy([t2, unknown]).reasons.at(-1)!, /that it is of the same study is not known/);
});

test("a series that is named is taken, with what is against it; a wrong id is refused with those that are there", () => {
  const choice = chooseStudy([t2, t1, stir, axial], { t2: "stir", t1: "axial" });
  assert.equal(choice.t2, stir);
  assert.equal(choice.t1, axial);
  assert.ok(choice.reasons.includes('"stir" is taken as T2 because it was named.'));
  assert.ok(choice.reasons.includes('"axial" is not sagittal but axial.'));
  assert.equal(
    codeOf(() => chooseStudy([t2, t1], { t2: "nowhere" })),
    "no-files",
  );
  assert.throws(
    () => chooseStudy([t2, t1], { t1: "nowhere" }),
    /"t2" \(sagittal, T2\), "t1" \(sagittal, T1\)/,
  );
  assert.equal(
    codeOf(() => chooseStudy([t2, t1], { t2: "t2", t1: "t2" })),
    "no-files",
  );
});

test("without a series that will do the refusal says why", () => {
  assert.equal(
    codeOf(() => chooseStudy([])),
    "no-files",
  );
  assert.equal(
    codeOf(() => chooseStudy([axial])),
    "no-sagittal",
  );
  assert.equal(
    codeOf(() => chooseStudy([localizer])),
    "too-few-slices",
  );
  const ct = sagittal("ct", { modality: "CT", problems: [{ code: "not-mr", message: "It is CT." }] });
  assert.equal(
    codeOf(() => chooseStudy([ct])),
    "not-mr",
  );
});

test("a written DICOM study: series are chosen by the times and places in their headers", async () => {
  const folder = await mkdtemp(join(tmpdir(), "study-"));
  const volume = slanted(Int16Array);
  const axialVolume = { ...volume, affine: [0.6, 0, 0, 0, 0, 0.7, 0, 0, 0, 0, 4, 0, 0, 0, 0, 1] };
  const common = { studySeed: "choose", patientId: "P-1", seriesDescription: "" };
  try {
    const t1Times = { repetitionTime: 600, echoTime: 12 };
    const t2Times = { repetitionTime: 3500, echoTime: 110 };
    await writeDicomSeries(folder, volume, { ...common, ...t1Times, seriesNumber: 1 });
    await writeDicomSeries(folder, volume, { ...common, ...t2Times, seriesNumber: 2 });
    await writeDicomSeries(folder, axialVolume, { ...common, ...t2Times, seriesNumber: 3 });
    const series = await readSeries(folder);
    assert.equal(series.length, 3);
    const choice = chooseStudy(series);
    assert.deepEqual([choice.t2.contrast, choice.t2.orientation], ["T2", "sagittal"]);
    assert.equal(choice.t1?.contrast, "T1");
    assert.match(choice.reasons.at(-1)!, /it is of the same study, and the two stacks share 100 %/);
  } finally {
    await rm(folder, { recursive: true });
  }
});

const overview = sharedData("spider", "overview.csv");
test(
  "the times of real lumbar protocols tell T1 from T2 (SPIDER)",
  { skip: overview === undefined && "no SPIDER overview" },
  () => {
    const [head, ...lines] = readFileSync(overview!, "utf8").trim().split("\n");
    // Lists stand in quotes; nothing else holds a comma.
    const cells = (line: string) => line.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/);
    const at = (key: string) => cells(head!).indexOf(key);
    let [right, total, unknown] = [0, 0, 0];
    for (const line of lines) {
      const row = cells(line);
      const truth = /_(t1|t2)/i.exec(row[at("new_file_name")]!)?.[1]?.toUpperCase();
      const found = guessContrast({
        echoTime: Number(row[at("EchoTime")]),
        repetitionTime: Number(row[at("RepetitionTime")]),
        scanningSequence: row[at("ScanningSequence")]!,
        description: "",
      });
      if (truth === undefined) continue;
      total++;
      if (found === truth) right++;
      if (found === "unknown") unknown++;
    }
    assert.ok(total > 300 && right / total > 0.99, `${right} of ${total}, ${unknown} unknown`);
  },
);
