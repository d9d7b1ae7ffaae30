import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import dicomParser, { type DataSet } from "dicom-parser";
import {
  deidentify,
  deidentifyFolder,
  findIdentity,
  readSeries,
  writeDicomSeries,
  type DeidentifiedFile,
  type DeidentifyOptions,
  type Identity,
  type Series,
} from "../../../src/imaging/index.js";
import { shiftDate } from "../../../src/imaging/privacy/deidentify/treatment.js";
import { element, sequence } from "../../../src/imaging/dicom/writing/elements.js";
import { sharedData } from "../../support/data.js";
import { placeOf, withElements } from "../../support/dicomElements.js";
import { spinebook } from "../../support/cli.js";
import { asOrdinaryUser } from "../../support/ordinaryUser.js";
import { codeOf, slanted } from "../../imaging/support.js";

const OPTIONS: DeidentifyOptions = { secret: Buffer.from("a secret of enough bytes"), dates: "remove" };

const PLANTED: readonly Identity[] = [
  { form: "name", kind: "patient name", value: "QUIXWORTH^ZELDA" },
  { form: "name", kind: "physician", value: "Brambleton^Ignatius" },
  { form: "id", kind: "patient id", value: "KH-4711-0815" },
  { form: "id", kind: "private value", value: "privateer99" },
  { form: "date", kind: "birth date", value: "19570403" },
  { form: "date", kind: "study date", value: "20190817" },
];

let root = "";
let plain: Uint8Array;

before(async () => {
  root = await mkdtemp(join(tmpdir(), "deidentify-"));
  const folder = join(root, "plain");
  await writeDicomSeries(folder, slanted(Int16Array), {
    studySeed: "one",
    seriesDescription: "T2 sagittal for Zelda Quixworth",
    patientId: "x",
    manufacturer: "SIEMENS of Brambleton",
  });
  plain = await readFile(join(folder, (await readdir(folder)).sort()[0]!));
});
after(() => rm(root, { recursive: true }));

/** The plain file with identity in elements of every kind. */
function planted(): Uint8Array {
  const texts: Record<number, string> = {
    0x00080020: "DA 20190817",
    0x00080050: "SH KH-4711-0815",
    0x00080090: "PN Brambleton^Ignatius",
    0x00081010: "SH QUIXWORTH ROOM",
    0x00100010: "PN QUIXWORTH^ZELDA",
    0x00100020: "LO KH-4711-0815",
    0x00100030: "DA 19570403",
    0x00104000: "LT Zelda Quixworth came by herself",
    0x00180015: "CS QUIXWORTH zelda",
    0x00180085: "SH Zelda",
    0x00204000: "LT born 3.4.1957",
  };
  const plants = Object.entries(texts).map(([tag, text]): [number, Uint8Array] => [
    Number(tag),
    element(Number(tag), text.slice(0, 2), text.slice(3)),
  ]);
  const items = [
    [element(0x00080050, "SH", "KH-4711-0815"), element(0x00321060, "LO", "for Zelda Quixworth")],
  ];
  return withElements(plain, {
    ...Object.fromEntries(plants),
    0x00290010: element(0x00290010, "LO", "QUIXWORTH PRIVATE"),
    0x00291001: element(0x00291001, "LO", "privateer99 Zelda"),
    0x00400275: sequence(0x00400275, items),
  });
}

async function copied(file: Uint8Array, options = OPTIONS): Promise<DeidentifiedFile> {
  const copy = await deidentify(file, options);
  if (typeof copy === "string") return assert.fail(`left out: ${copy}`);
  return copy;
}

const parsed = (file: Uint8Array): DataSet => dicomParser.parseDicom(file);

test("nothing that was planted is in the copy, and the pixels are", async () => {
  const file = planted();
  const found = new Set(findIdentity(file, PLANTED).map(({ kind }) => kind));
  assert.equal(found.size, PLANTED.length, `planted, but not found: ${[...found].join()}`);
  const copy = await copied(file);
  assert.deepEqual(findIdentity(copy.bytes, PLANTED), []);
  const [before, now] = [parsed(file), parsed(copy.bytes)];
  const pixels = (set: DataSet) => {
    const { dataOffset, length } = set.elements.x7fe00010!;
    return Buffer.from(set.byteArray.subarray(dataOffset, dataOffset + length));
  };
  assert.deepEqual(pixels(now), pixels(before));
  assert.equal(now.string("x00200032"), before.string("x00200032"));
  assert.equal(now.string("x0008103e"), "T2 sagittal");
  assert.equal(now.string("x00080070"), "SIEMENS");
});

test("a copy says what was done to it, and holds only what is on the list", async () => {
  const set = parsed((await copied(planted())).bytes);
  assert.equal(set.string("x00120062"), "YES");
  assert.equal(set.string("x00280303"), "REMOVED");
  const codes = set.elements.x00120064!.items!.map((item) => item.dataSet!.string("x00080100"));
  assert.deepEqual(codes, ["113100", "113105"]);
  assert.deepEqual(
    Object.keys(set.elements).filter((tag) => Number.parseInt(tag.slice(1, 5), 16) % 2 === 1),
    [],
  );
  for (const tag of ["x00081010", "x00104000", "x00180015", "x00180085", "x00204000", "x00400275"])
    assert.equal(set.elements[tag], undefined, tag);
  for (const tag of ["x00080020", "x00080050", "x00100030"]) assert.equal(set.elements[tag]!.length, 0, tag);
});

test("ids are the same for the same secret and person, and tell nothing without the secret", async () => {
  const one = await copied(planted());
  const two = await copied(
    withElements(planted(), { 0x00100010: element(0x00100010, "PN", "Other^Spelling") }),
  );
  const other = await copied(planted(), { ...OPTIONS, secret: Buffer.from("another secret of bytes") });
  const set = parsed(one.bytes);
  assert.equal(set.string("x00100020"), one.patient);
  assert.equal(set.string("x00200010"), one.study);
  assert.equal(two.patient, one.patient, "the id tells a patient, whatever the spelling of the name");
  assert.notEqual(other.patient, one.patient);
  for (const tag of ["x00080018", "x0020000d", "x0020000e", "x00200052"]) {
    assert.match(set.string(tag)!, /^2\.25\.\d+$/);
    assert.notEqual(set.string(tag), parsed(planted()).string(tag));
    assert.equal(parsed(two.bytes).string(tag), set.string(tag));
    assert.notEqual(parsed(other.bytes).string(tag), set.string(tag));
  }
  assert.equal(set.string("x00080018"), set.string("x00020003"), "meta group and data set agree");
  await assert.rejects(deidentify(planted(), { ...OPTIONS, secret: Buffer.from("short") }), /too short/);
});

test("dates are shifted by the same number of days for all of a patient's files", async () => {
  const options: DeidentifyOptions = { ...OPTIONS, dates: "shift" };
  const dateOf = async (day: string) => {
    const file = withElements(planted(), { 0x00080020: element(0x00080020, "DA", day) });
    const set = parsed((await copied(file, options)).bytes);
    assert.equal(set.string("x00280303"), "MODIFIED");
    const text = set.string("x00080020")!;
    return Date.parse(`${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`) / 864e5;
  };
  assert.equal((await dateOf("20190902")) - (await dateOf("20190817")), 16);
  const days = Date.parse("2019-08-17") / 864e5 - (await dateOf("20190817"));
  assert.ok(days >= 1 && days <= 365, String(days));
  assert.equal(shiftDate("20200301", -1), "20200229");
  assert.equal(shiftDate("Zelda", -1), "");
});

test("bits beside the stored ones are cleared, the stored ones kept", async () => {
  const file = Buffer.from(plain);
  const twelve = withElements(file, {
    0x00280101: element(0x00280101, "US", 12),
    0x00280102: element(0x00280102, "US", 11),
    0x00280103: element(0x00280103, "US", 0),
  });
  const place = placeOf(twelve, 0x7fe00010);
  const view = Buffer.from(twelve);
  for (let at = place.start + 12; at < place.end; at += 2) view.writeUInt16LE(0xf123, at);
  const pixelsOf = (set: DataSet) => set.uint16("x7fe00010", 0);
  assert.equal(pixelsOf(parsed((await copied(view)).bytes)), 0x123);
  for (let at = place.start + 12; at < place.end; at += 2) view.writeUInt16LE(0x0fff, at);
  const signed = withElements(view, { 0x00280103: element(0x00280103, "US", 1) });
  assert.equal(pixelsOf(parsed((await copied(signed)).bytes)), 0xffff, "a negative number keeps its sign");
});

test("what may show a name, and what is no MR or CT image, is left out", async () => {
  const change = (tag: number, vr: string, value: string) =>
    deidentify(withElements(plain, { [tag]: element(tag, vr, value) }), OPTIONS);
  assert.equal(await change(0x00280301, "CS", "YES"), "burned-in");
  assert.equal(await change(0x00080008, "CS", "DERIVED\\SECONDARY\\SCREEN SAVE"), "burned-in");
  assert.equal(await change(0x00080064, "CS", "WSD"), "burned-in");
  assert.equal(await change(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.7"), "other-class");
  assert.equal(await change(0x00080060, "CS", "US"), "other-class");
  assert.equal(await deidentify(Buffer.from("Zelda"), OPTIONS), "not-dicom");
  // A name that a pixel's bytes spell, as a comment in a compressed image would.
  const place = placeOf(planted(), 0x7fe00010);
  const speaking = Buffer.from(planted());
  speaking.write("QUIXWORTH^ZELDA", place.start + 12, "latin1");
  assert.equal(await deidentify(speaking, OPTIONS), "identity-left");
});

/** The elements of the copy of the plain file with these elements in it. */
async function copyWith(elements: Readonly<Record<number, Uint8Array>>, options = OPTIONS): Promise<DataSet> {
  return parsed((await copied(withElements(plain, elements), options)).bytes);
}

test("codes are defined terms: a name in one is dropped, or becomes a code that tells images apart", async () => {
  const set = await copyWith({
    0x00080008: element(0x00080008, "CS", "ORIGINAL\\PRIMARY\\M_SE\\BRAMBLETON\\TE2"),
    0x00180015: element(0x00180015, "CS", "DR BRAMBLETON"),
    0x00180020: element(0x00180020, "CS", "BRAMBLETON"),
    0x00180021: element(0x00180021, "CS", "SK\\BRAMBLETON"),
    0x00180022: element(0x00180022, "CS", "BRAMBLETON"),
    0x00180085: element(0x00180085, "SH", "ZQ"),
    0x00181312: element(0x00181312, "CS", "ZELDA"),
    0x00185100: element(0x00185100, "CS", "ZELDA"),
  });
  assert.match(set.string("x00080008")!, /^ORIGINAL\\PRIMARY\\M_SE\\X[0-9A-F]{6}\\TE2$/);
  assert.equal(set.elements.x00180015, undefined);
  assert.equal(set.elements.x00180085, undefined);
  assert.equal(set.elements.x00181312, undefined);
  // Elements that must be there stay, empty or with a term that says nothing.
  assert.equal(set.string("x00180020"), "RM");
  assert.equal(set.string("x00180021"), "SK");
  for (const tag of ["x00180022", "x00185100"]) assert.equal(set.elements[tag]!.length, 0, tag);
  for (const part of ["LSPINE", "L-SPINE", "SPINE"])
    assert.equal((await copyWith({ 0x00180015: element(0x00180015, "CS", part) })).string("x00180015"), part);
});

test("numbers are counts and measures: a telephone number is none", async () => {
  const set = await copyWith({
    0x00180080: element(0x00180080, "DS", "3500\\0791234567"),
    0x00180081: element(0x00180081, "DS", "0791234567"),
    0x00180091: element(0x00180091, "IS", "0791234567"),
    0x00181310: element(0x00181310, "US", Buffer.from("Zelda Quixworth!")),
    0x00189082: element(0x00189082, "FD", Buffer.from("DrZelda!")),
    0x00200011: element(0x00200011, "IS", "0791234567"),
    0x00200012: element(0x00200012, "IS", "1233445"),
    0x00200013: element(0x00200013, "IS", "+41791234"),
  });
  assert.equal(set.string("x00180080"), "3500", "no more values than the element has");
  for (const tag of ["x00180081", "x00180091"]) assert.equal(set.elements[tag]!.length, 0, tag);
  assert.equal(set.elements.x00181310!.length, 8);
  assert.equal(set.elements.x00189082, undefined);
  for (const tag of ["x00200011", "x00200012", "x00200013"]) assert.match(set.string(tag)!, /^\d{5}$/, tag);
  const same = await copyWith({ 0x00200011: element(0x00200011, "IS", "0791234567") });
  assert.equal(same.string("x00200011"), set.string("x00200011"), "images of one series stay together");
  // An id that stands as a number of the series.
  const id = await copyWith({
    0x00100020: element(0x00100020, "LO", "47110"),
    0x00200011: element(0x00200011, "IS", "47110"),
  });
  assert.notEqual(id.string("x00200011"), "47110");
});

test("what a reader makes good is copied made good", async () => {
  const set = await copyWith({
    0x00180050: element(0x00180050, "DS", "3,5"),
    0x00280030: element(0x00280030, "DS", "0.5,0.25"),
  });
  assert.equal(set.string("x00180050"), "3.5");
  assert.equal(set.string("x00280030"), "0.5\\0.25");
});

test("a text or a number where a UID should be does not pass", async () => {
  for (const uid of ["1.2.840.10008.0791234567", "1.2.840.10008.ZELDA", "Zelda"]) {
    const set = await copyWith({
      0x00080018: element(0x00080018, "UI", uid),
      0x0020000d: element(0x0020000d, "UI", uid),
      0x00200052: element(0x00200052, "UI", uid),
    });
    for (const tag of ["x00080018", "x0020000d", "x00200052"]) assert.match(set.string(tag)!, /^2\.25\.\d+$/);
    assert.equal(set.string("x00020003"), set.string("x00080018"));
  }
  const atlas = "1.2.840.10008.1.4.1.1";
  const kept = await copyWith({ 0x00200052: element(0x00200052, "UI", atlas) });
  assert.equal(kept.string("x00200052"), atlas);
});

test("times of day hold nothing but the time", async () => {
  const at = async (time: string) =>
    (await copyWith({ 0x00080030: element(0x00080030, "TM", time) }, { ...OPTIONS, dates: "shift" })).string(
      "x00080030",
    );
  assert.equal(await at("101530.791234"), "101530");
  assert.equal(await at("0791234567"), "07");
  assert.equal(await at("Zelda"), undefined);
});

test("PatientIdentityRemoved is not believed", async () => {
  const speaking = Buffer.from(planted());
  speaking.write("QUIXWORTH^ZELDA", placeOf(speaking, 0x7fe00010).start + 12, "latin1");
  const flagged = withElements(speaking, { 0x00120062: element(0x00120062, "CS", "YES") });
  assert.equal(await deidentify(flagged, OPTIONS), "identity-left");
});

test("a person whose name is a protocol's word has copies without the word", async () => {
  const set = await copyWith({
    0x0008103e: element(0x0008103e, "LO", "T2 SPACE sagittal"),
    0x00100010: element(0x00100010, "PN", "Space^Kevin"),
  });
  assert.equal(set.string("x0008103e"), "T2 sagittal");
});

test("one id of two issuers are two patients, two names under one id are told", async () => {
  const file = (instance: string, name: string, issuer: string) =>
    withElements(plain, {
      0x00080018: element(0x00080018, "UI", `1.2.3.${instance}`),
      0x00100010: element(0x00100010, "PN", name),
      0x00100020: element(0x00100020, "LO", "4711"),
      0x00100021: element(0x00100021, "LO", issuer),
    });
  const patientOf = async (...given: Parameters<typeof file>) => (await copied(file(...given))).patient;
  assert.notEqual(await patientOf("1", "Doe^Jane", "KSB"), await patientOf("1", "Roe^Rita", "USZ"));
  assert.equal(await patientOf("1", "Doe^Jane", "KSB"), await patientOf("2", "DOE^JANE", "KSB"));
  const folderOf = async (name: string, ...files: readonly Uint8Array[]) => {
    const from = join(root, name);
    await mkdir(from);
    for (const [i, bytes] of files.entries()) await writeFile(join(from, `${i}.dcm`), bytes);
    return deidentifyFolder(from, `${from}-copies`, OPTIONS);
  };
  const mixed = await folderOf("mixed", file("1", "Doe^Jane", "KSB"), file("2", "Roe^Rita", "KSB"));
  assert.deepEqual([mixed.patients, mixed.severalNames], [1, 1]);
  const spelt = await folderOf("spelt", file("1", "Müller^Jane", "KSB"), file("2", "JANE MULLER", "KSB"));
  assert.deepEqual([spelt.patients, spelt.severalNames], [1, undefined]);
  const born = (instance: string, date: string) =>
    withElements(file(instance, "Doe^Jane", "KSB"), { 0x00100030: element(0x00100030, "DA", date) });
  const births = await folderOf("births", born("1", "19500101"), born("2", "19800101"), born("3", ""));
  assert.deepEqual([births.patients, births.severalNames, births.severalBirthDates], [1, undefined, 1]);
  const same = await folderOf("same birth", born("1", "19500101"), born("2", "1950.01.01"));
  assert.deepEqual([same.patients, same.severalBirthDates], [1, undefined]);
});

test("an id or a name that many people's files hold joins none of them", async () => {
  const patientOf = async (id: string, name: string, study: string) =>
    (
      await copied(
        withElements(plain, {
          0x00100010: element(0x00100010, "PN", name),
          0x00100020: element(0x00100020, "LO", id),
          0x0020000d: element(0x0020000d, "UI", `1.2.3.${study}`),
        }),
      )
    ).patient;
  for (const id of ["0", "000-000", "ANON", "anonymous", "N/A", "?", "unknown", ""]) {
    assert.notEqual(await patientOf(id, "ANON", "1"), await patientOf(id, "ANON", "2"), id);
    assert.equal(await patientOf(id, "Doe^Jane", "1"), await patientOf(id, "Doe^Jane", "2"), id);
    assert.notEqual(await patientOf(id, "Doe^Jane", "1"), await patientOf(id, "Roe^Rita", "1"), id);
  }
  for (const id of ["4711", "ANON7", "X1", "90"])
    assert.equal(await patientOf(id, "ANON", "1"), await patientOf(id, "ANON", "2"), id);
});

test("a folder's copies lie under pseudonyms, whatever the files were called", async () => {
  const [from, to] = [join(root, "Zelda Quixworth"), join(root, "copies")];
  await mkdir(join(from, "19570403"), { recursive: true });
  await writeFile(join(from, "19570403", "quixworth.dcm"), planted());
  await writeFile(join(from, "again.dcm"), planted());
  await writeFile(join(from, "letter.txt"), "Dear Zelda");
  const other = withElements(planted(), { 0x00180050: element(0x00180050, "DS", "9") });
  await writeFile(join(from, "third.dcm"), other);
  const result = await deidentifyFolder(from, to, OPTIONS);
  assert.deepEqual(result, {
    written: 2,
    patients: 1,
    studies: 1,
    series: 1,
    leftOut: { "not-dicom": 1, "same-uid": 1 },
    notDicom: [{ kind: "other", count: 1 }],
  });
  const names = await readdir(to, { recursive: true });
  assert.deepEqual(findIdentity(names.join("\n"), PLANTED), []);
  assert.equal(names.filter((name) => name.endsWith(".dcm")).length, 1);
  assert.equal(await codeOf(deidentifyFolder(from, join(from, "inside"), OPTIONS)), "no-files");
  assert.equal(await codeOf(deidentifyFolder(join(root, "absent"), to, OPTIONS)), "no-files");
});

/** Paths of bytes, to which no text leads, exist on Linux alone. */
const oddNames = { skip: process.platform !== "linux" };
test("files and folders whose names are not UTF-8 have copies", oddNames, async () => {
  const from = join(root, "odd");
  const odd = (...parts: readonly string[]) => Buffer.from([from, ...parts].join("/"), "latin1");
  await mkdir(odd("Übung"), { recursive: true });
  const image = (number: number) =>
    withElements(planted(), { 0x00080018: element(0x00080018, "UI", `1.2.3.${number}`) });
  await writeFile(odd("Übung", "1.dcm"), image(1));
  await writeFile(odd("Müller.dcm"), image(2));
  await writeFile(join(from, "plain.dcm"), image(3));
  const { written, leftOut } = await deidentifyFolder(from, join(root, "odd copies"), OPTIONS);
  assert.deepEqual({ written, leftOut }, { written: 3, leftOut: {} });
});

const denied = { skip: process.platform === "win32" };
test("what may not be read is left out and counted, the rest has copies", denied, () =>
  asOrdinaryUser(async () => {
    const here = await mkdtemp(join(tmpdir(), "deidentify-denied-"));
    const from = join(here, "from");
    for (const folder of ["closed", "open"]) {
      await mkdir(join(from, folder), { recursive: true });
      await writeFile(join(from, folder, "1.dcm"), planted());
    }
    await writeFile(join(from, "open", "secret.dcm"), planted());
    await chmod(join(from, "open", "secret.dcm"), 0);
    await chmod(join(from, "closed"), 0);
    try {
      const { written, leftOut } = await deidentifyFolder(from, join(here, "to"), OPTIONS);
      assert.deepEqual(
        { written, leftOut },
        { written: 1, leftOut: { unreadable: 1, "unreadable-folder": 1 } },
      );
    } finally {
      await chmod(join(from, "closed"), 0o700);
      await rm(here, { recursive: true });
    }
  }),
);

test("the command tells what it left out by kind, and its exit code that an image is among that", async () => {
  const from = join(root, "command");
  const to = join(root, "command copies");
  await mkdir(from);
  await writeFile(join(from, "1.dcm"), planted());
  await writeFile(join(from, "letter.zip"), "PK\x03\x04");
  const whole = spinebook(["deidentify", from, to]);
  assert.equal(whole.code, 0, whole.stderr);
  assert.match(whole.stderr, /Left out 1: no DICOM \(1 zip archive\)\./);
  await writeFile(join(from, "2.dcm"), planted().subarray(0, -20));
  const partly = spinebook(["deidentify", from, to]);
  assert.equal(partly.code, 1);
  assert.match(partly.stderr, /Left out 1: cannot be read\./);
});

test("dciodvfy finds the same errors in a copy as in the image", async (t) => {
  const errors = async (name: string, bytes: Uint8Array): Promise<string[] | undefined> => {
    const path = join(root, name);
    await writeFile(path, bytes);
    const { error, stdout, stderr } = spawnSync("dciodvfy", [path], { encoding: "utf8" });
    if (error) return undefined;
    return `${stdout}\n${stderr}`.split("\n").filter((line) => line.startsWith("Error"));
  };
  const before = await errors("image.dcm", plain);
  if (before === undefined) {
    t.skip("dciodvfy is not installed");
    return;
  }
  const after = (await errors("copy.dcm", (await copied(plain)).bytes))!;
  assert.deepEqual(
    after.filter((line) => !before.includes(line)),
    [],
  );
});

/** The series of a file; none where it holds no readable image. */
async function loaded(path: string): Promise<Series[]> {
  return readSeries(path).catch(() => []);
}

for (const set of ["pydicom_mr", "nema_wg04", "dcm_qa_enh"])
  test(`copies of ${set} read as the files do, in every transfer syntax`, async (t) => {
    const data = sharedData("dicom", set);
    if (data === undefined) {
      assert.ok(!process.env.CI, "the conformance data must be there");
      t.skip("the conformance data is not at hand");
      return;
    }
    let compared = 0;
    for (const entry of await readdir(data, { withFileTypes: true, recursive: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      const copy = await deidentify(await readFile(path), OPTIONS);
      if (typeof copy === "string") continue;
      const target = join(root, `${set}-${compared}.dcm`);
      await writeFile(target, copy.bytes);
      const [before, now] = [await loaded(path), await loaded(target)];
      assert.equal(now.length, before.length, entry.name);
      for (const [i, series] of before.entries()) {
        const problems = (one: Series) => one.problems.map(({ code }) => code).sort();
        assert.deepEqual(problems(now[i]!), problems(series), entry.name);
        const volume = await series.load().catch(() => undefined);
        const again = await now[i]!.load().catch(() => undefined);
        assert.equal(again === undefined, volume === undefined, entry.name);
        if (volume === undefined || again === undefined) continue;
        assert.deepEqual(again.affine, volume.affine, entry.name);
        assert.ok(Buffer.compare(bytesOf(again.voxels), bytesOf(volume.voxels)) === 0, entry.name);
        compared++;
      }
    }
    assert.ok(compared >= 3, `only ${compared} were compared`);
  });

function bytesOf(voxels: Int16Array | Float32Array): Uint8Array {
  return new Uint8Array(voxels.buffer, voxels.byteOffset, voxels.byteLength);
}
