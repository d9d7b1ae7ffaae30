import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDicomFile } from "../../src/imaging/dicom/dataset.js";
import { identitiesOf } from "../../src/imaging/dicom/identity.js";
import { subjectOf } from "../../src/imaging/dicom/subject.js";
import { dicomFile, element, inTagOrder, sequence } from "../../src/imaging/dicom/writing/elements.js";
import { hideIdentity } from "../../src/imaging/privacy/messages.js";

const META = { sopClass: "1.2.840.10008.5.1.4.1.1.4", sopInstance: "1.2.3" };
const IMPLICIT = "1.2.840.10008.1.2";

function dataSetOf(elements: readonly Uint8Array[], transferSyntax?: string) {
  const meta = transferSyntax === undefined ? META : { ...META, transferSyntax };
  const image = [element(0x00080060, "CS", "MR"), element(0x00280010, "US", 4)];
  return parseDicomFile(dicomFile(meta, inTagOrder([...image, ...elements])), "It")!.dataSet;
}

function identitiesIn(elements: readonly Uint8Array[], transferSyntax?: string) {
  return identitiesOf(dataSetOf(elements, transferSyntax));
}

const valuesIn = (...given: Parameters<typeof identitiesIn>) =>
  identitiesIn(...given).map(({ value }) => value);

/** An element in implicit VR little endian. */
function implicit(tag: number, value: string | Uint8Array): Uint8Array {
  const bytes = Buffer.from(value);
  const head = Buffer.alloc(8);
  head.writeUInt16LE(tag >>> 16, 0);
  head.writeUInt16LE(tag & 0xffff, 2);
  head.writeUInt32LE(bytes.length, 4);
  return Buffer.concat([head, bytes]);
}

const item = (...elements: readonly Uint8Array[]) => implicit(0xfffee000, Buffer.concat(elements));

test("who a file names is found in every element that may say it", () => {
  const texts: readonly (readonly [tag: number, vr: string, value: string])[] = [
    [0x00080050, "SH", "ACC-998877"],
    [0x00080090, "PN", "Brambleton^Ignatius"],
    [0x0008009c, "PN", "Consult^Ant"],
    [0x00100010, "PN", "Quixworth^Zelda"],
    [0x00100020, "LO", "KH-4711"],
    [0x00100021, "LO", "Kantonsspital"],
    [0x00100030, "DA", "19570403"],
    [0x00101000, "LO", "OLD-1\\OLD-22"],
    [0x00101001, "PN", "Other^Zelda"],
    [0x00101005, "PN", "Birthname^Zelda"],
    [0x00101040, "LO", "Elm Street 12"],
    [0x00101060, "PN", "Mother^Hers"],
    [0x00101090, "LO", "MRN-5555"],
    [0x00102154, "SH", "+41791112233"],
    [0x00102297, "PN", "Guardian^Her"],
    [0x00380010, "LO", "ADM-31415"],
    [0x00401104, "LO", "x"],
  ];
  const found = valuesIn(texts.map(([tag, vr, value]) => element(tag, vr, value)));
  for (const value of texts.flatMap(([, , text]) => text.split("\\")))
    assert.ok(found.includes(value), value);
});

test("nested items are looked into at any depth: public, private, unknown, implicit", () => {
  const named = [element(0x00100020, "LO", "NEST-1234")];
  const deep = sequence(0x00081140, [[sequence(0x00101002, [named])]]);
  assert.deepEqual(valuesIn([deep]), ["NEST-1234"]);
  assert.deepEqual(valuesIn([sequence(0x00291010, [named])]), ["NEST-1234"]);
  // As UN: of known length, its items implicit (PS3.5 section 6.2.2), or explicit as some writers leave them.
  const implied = item(implicit(0x00100010, "Quix^Zelda"), implicit(0x00100020, "UNKN-999"));
  for (const tag of [0x00291010, 0x00101002])
    assert.deepEqual(valuesIn([element(tag, "UN", implied)]), ["Quix^Zelda", "UNKN-999"]);
  assert.deepEqual(valuesIn([element(0x00291010, "UN", item(...named))]), ["NEST-1234"]);
  assert.deepEqual(valuesIn([element(0x00291010, "OB", item(...named))]), ["NEST-1234"]);
  // Bytes that begin like an item and are none do no harm.
  assert.deepEqual(valuesIn([element(0x00291010, "UN", Buffer.from("feff00e0ffff000001020304", "hex"))]), []);
});

test("an implicit data set is looked into likewise, private sequences too", () => {
  const inner = item(implicit(0x00100020, "PRIV-777"));
  const file = dicomFile({ ...META, transferSyntax: IMPLICIT }, [
    implicit(0x00080060, "MR"),
    implicit(0x00100010, "Quixworth^Zelda "),
    implicit(0x00101002, item(implicit(0x00100020, "OTHER-88"))),
    implicit(0x00290010, "MAKER "),
    implicit(0x00291010, inner),
  ]);
  const values = identitiesOf(parseDicomFile(file, "It")!.dataSet).map(({ value }) => value);
  assert.deepEqual(values, ["Quixworth^Zelda", "OTHER-88", "PRIV-777"]);
});

test("persons in private elements are names, and comments hold numbers that may be identifiers", () => {
  assert.deepEqual(identitiesIn([element(0x00291012, "PN", "Private^Person")]), [
    { form: "name", kind: "name of a person", value: "Private^Person" },
  ]);
  const comment = "see film 20011234 of the other hospital, and what doctor said about the 4th of May";
  assert.deepEqual(valuesIn([element(0x00104000, "LT", comment)]), ["20011234"]);
  assert.deepEqual(valuesIn([element(0x00104000, "LT", "film A-1")]), ["film A-1"]);
});

test("PatientIdentityRemoved is not believed, pseudonyms of our own are no identity", () => {
  const flag = element(0x00120062, "CS", "YES");
  assert.deepEqual(valuesIn([flag, element(0x00100010, "PN", "Quixworth^Zelda")]), ["Quixworth^Zelda"]);
  const own = ["SB-0123456789ab", "phantom-3-1"].map((value) => element(0x00100020, "LO", value));
  for (const id of own) assert.deepEqual(valuesIn([flag, id]), []);
});

test("groups of a name are names of their own, an item's own character set is used", () => {
  const bytes = (text: string) => Buffer.from(text, "latin1");
  const korean = [
    element(0x00080005, "CS", "\\ISO 2022 IR 149"),
    element(0x00100010, "PN", bytes("Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7")),
  ];
  assert.deepEqual(valuesIn(korean), ["Hong^Gildong", "洪^吉洞"]);
  const nested = sequence(0x00081140, [
    [element(0x00080005, "CS", "ISO_IR 144"), element(0x00100010, "PN", bytes("\xb8\xd2\xd0\xdd"))],
  ]);
  const found = valuesIn([element(0x00080005, "CS", "ISO_IR 126"), nested]);
  assert.ok(found.includes("Иван"), found.join());
});

test("the patient of a cohort is told by the id and who gave it", () => {
  const patient = (...elements: readonly Uint8Array[]) => subjectOf(dataSetOf(elements)).patient;
  const id = element(0x00100020, "LO", "4711");
  const issued = (issuer: string) => patient(id, element(0x00100021, "LO", issuer));
  assert.notEqual(issued("KSB"), issued("USZ"));
  assert.equal(issued("KSB"), issued("KSB"));
  assert.equal(patient(id), patient(id, element(0x00100021, "LO", "")));
});

/** A name as its file declares it, and names of files in which it stands. */
const WRITTEN: readonly (readonly [terms: string, name: Uint8Array, files: readonly string[]])[] = [
  [
    "\\ISO 2022 IR 87",
    Buffer.from(
      "Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B",
      "latin1",
    ),
    [
      "やまだ_たろう0.dcm",
      "たろう やまだ.dcm",
      "山田太郎1.dcm",
      "山田　太郎.dcm",
      "MRI山田.dcm",
      "ヤマダタロウ.dcm",
      "ﾔﾏﾀﾞ_ﾀﾛｳ.dcm",
      "やまだ".normalize("NFD") + ".dcm",
      "YAMADA Tarou.dcm",
      "ＹＡＭＡＤＡ.dcm",
      "tarou_yamada",
    ],
  ],
  [
    "GB18030",
    Buffer.from("Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab", "latin1"),
    ["王小东.dcm", "王_小东", "小东王", "患者小东检查.dcm", "xiaodong.dcm", "Wang Xiao-Dong"],
  ],
  [
    "\\ISO 2022 IR 149",
    Buffer.from(
      "Kim^Huijung=\x1b$)C\xd1\xd1^\x1b$)C\xfd\xf3\xf1\xe9=\x1b$)C\xb1\xe8^\x1b$)C\xc8\xf1\xc1\xdf",
      "latin1",
    ),
    ["김희중.dcm", "김희중".normalize("NFD"), "김 희중", "희중_김", "金憘中"],
  ],
  [
    "ISO_IR 144",
    Buffer.from("\xbb\xee\xda\x63\x65\xdc\xd1\x79\x70\xd3^\xb8\xd2\xd0\xdd", "latin1"),
    ["Люкceмбypг_Иван0.dcm", "ИВАН.dcm", "иван-люкceмбypг"],
  ],
  [
    "ISO_IR 126",
    Buffer.from("\xc4\xe9\xef\xed\xf5\xf3\xe9\xef\xf2^\xca\xf9\xf3\xf4\xe1\xf2", "latin1"),
    ["Διονύσιος.dcm", "ΔΙΟΝΥΣΙΟΣ_ΚΩΣΤΑΣ", "κωστας"],
  ],
  [
    "ISO_IR 127",
    Buffer.from("\xe2\xc8\xc7\xe6\xea^\xe4\xe6\xd2\xc7\xd1", "latin1"),
    ["قباني_لنزار", "لنزار.dcm"],
  ],
  ["ISO_IR 138", Buffer.from("\xf9\xf8\xe5\xef^\xe3\xe1\xe5\xf8\xe4", "latin1"), ["שרון_דבורה.dcm", "דבורה"]],
  [
    "ISO_IR 166",
    Buffer.from("\xca\xc1\xaa\xd2\xc2^\xe3\xa8\xb4\xd5", "latin1"),
    ["สมชาย_ใจดี.dcm", "นายสมชายใจดี.dcm"],
  ],
  [
    "ISO_IR 100",
    Buffer.from("Lef\xe8vre-Dup\xe9r\xe9^J\xe9r\xf4me", "latin1"),
    ["lefevre_duperé.dcm", "Lefèvre Dupéré".normalize("NFD"), "JEROME.dcm", "LefevreDupere", "ＪＥＲＯＭＥ"],
  ],
  ["ISO_IR 101", Buffer.from("Dvo\xf8\xe1k^Ji\xf8\xed", "latin1"), ["dvorak.dcm", "Jiří_Dvořák", "JIRI"]],
];

test("no file's name in any script passes into a message, however it is written", () => {
  for (const [terms, name, files] of WRITTEN) {
    const known = identitiesIn([element(0x00080005, "CS", terms), element(0x00100010, "PN", name)]);
    for (const file of files) {
      const shown = hideIdentity(`${file.replace(/\.dcm$/, "")} has no spacing.`, known);
      assert.match(shown, /^.{0,3}\[identity removed\].{0,2} has no spacing\.$/u, `${file}: ${shown}`);
    }
    for (const other of ["slice 12 of 19 is missing.", "患者检查 MRI 画像 영상.", "Снимок 7, Εικόνα 3."])
      assert.equal(hideIdentity(other, known), other);
  }
});

test("a declaration that is wrong or missing lets no name pass", () => {
  const cases: readonly (readonly [terms: string | undefined, name: Uint8Array, file: string])[] = [
    ["ISO_IR 100", Buffer.from("山田^太郎"), "山田太郎"],
    ["ISO_IR 192", Buffer.from("M\xfcllermann^J\xf6rg", "latin1"), "Müllermann"],
    [undefined, Buffer.from("\xcd\xf5^\xd0\xa1\xb6\xab", "latin1"), "王小东"],
    ["ISO_IR 13", Buffer.from("\x8eR\x93c^\x91\xbe\x98Y", "latin1"), "山田太郎"],
    [undefined, Buffer.from("\xc8\xe2\xe0\xed\xee\xe2", "latin1"), "Иванов"],
    ["ISO 2022 IR 149", Buffer.from("\xb1\xe8^\xc8\xf1\xc1\xdf", "latin1"), "김희중"],
  ];
  for (const [terms, name, file] of cases) {
    const sets = terms === undefined ? [] : [element(0x00080005, "CS", terms)];
    const known = identitiesIn([...sets, element(0x00100010, "PN", name)]);
    assert.equal(hideIdentity(`${file} 1`, known), "[identity removed] 1", `${terms ?? "none"}: ${file}`);
  }
});
