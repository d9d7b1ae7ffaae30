import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { zipSync } from "fflate";
import { encodePng, findIdentity, type Identity } from "../../src/imaging/index.js";
import { hideIdentity } from "../../src/imaging/privacy/messages.js";

const NAME: Identity = { form: "name", kind: "patient name", value: "QUIXWORTH^ZELDA^MAE" };
const BIRTH: Identity = { form: "date", kind: "birth date", value: "19570403" };
const ID: Identity = { form: "id", kind: "patient id", value: "KH-4711-0815" };
const UID: Identity = { form: "uid", kind: "UID", value: "1.2.840.113619.2.5.99" };
const EVERYTHING = [NAME, BIRTH, ID, UID];

/** Kinds that are found. */
function kinds(output: Uint8Array | string, identities: readonly Identity[] = EVERYTHING): string[] {
  return findIdentity(output, identities).map(({ kind }) => kind);
}

test("names are found in any order, case and company", () => {
  for (const text of [
    "QUIXWORTH^ZELDA^MAE",
    "zelda quixworth",
    "Quixworth, Zelda",
    "scans/drquixworthscan7.dcm",
    "Zelda_T2.nii.gz",
    "(zelda)",
    "Mae Zelda",
  ])
    assert.deepEqual(kinds(text), ["patient name"], text);
  for (const text of ["Mae is a month of no meaning", "grizeldas", "quix worth", ""])
    assert.deepEqual(kinds(text), [], text);
});

test("names with accents are found with and without them", () => {
  const name: Identity = { form: "name", kind: "patient name", value: "Größchen^Åse" };
  for (const text of [
    "GRÖßCHEN",
    "groesschen",
    "Gr%C3%B6%C3%9Fchen",
    "Gr&ouml;&szlig;chen",
    "Gr\\u00f6\\u00dfchen",
  ])
    assert.deepEqual(kinds(text, [name]), ["patient name"], text);
  assert.deepEqual(kinds(Buffer.from("Größchen", "latin1"), [name]), ["patient name"]);
  assert.deepEqual(kinds(Buffer.from("Größchen", "utf16le"), [name]), ["patient name"]);
});

test("letters that a keyboard lacks are also looked for as the two that stand for them", () => {
  const written: Record<string, string[]> = {
    "SØGÅRD^BJØRN": ["søgård", "sogard", "soegaard", "Bjørn", "bjorn", "BJOERN"],
    "MÜLLER^JÄGER": ["müller", "muller", "mueller", "jager", "jaeger"],
    "ŁÓDŹKI^ÆGIR": ["lodzki", "łódźki", "aegir"],
  };
  for (const [value, texts] of Object.entries(written))
    for (const text of texts)
      assert.deepEqual(kinds(text, [{ form: "name", kind: "patient name", value }]), ["patient name"], text);
});

test("short names are found only beside another part", () => {
  const name: Identity = { form: "name", kind: "patient name", value: "LI^BO" };
  assert.deepEqual(kinds("Bo Li", [name]), ["patient name"]);
  assert.deepEqual(kinds("li_bo.dcm", [name]), ["patient name"]);
  assert.deepEqual(kinds("a list of bones; Li", [name]), []);
});

test("a short family name is found beside an initial, and in no word", () => {
  const found = (text: string) => findIdentity(text, [{ form: "name", kind: "name", value: "Doe^J" }]).length;
  for (const text of ["Doe_J_0.dcm", "J. Doe", "DOE, J", "doe-j"]) assert.equal(found(text), 1, text);
  for (const text of ["doej", "jdoe", "does j", "Doe", "J", "doe jane"]) assert.equal(found(text), 0, text);
});

test("dates are found as people and programs write them", () => {
  for (const text of [
    "19570403",
    "1957-04-03",
    "3.4.1957",
    "03/04/1957",
    "4/3/1957",
    "03041957",
    "3 April 1957",
    "April 3rd, 1957",
    "3. Apr. 1957",
    "1957/4/3T00:00",
  ])
    assert.deepEqual(kinds(text), ["birth date"], text);
  for (const text of ["119570403", "1957-04-04", "1957.0403", "3.4.19571"])
    assert.deepEqual(kinds(text), [], text);
});

test("ids and UIDs are found whole, ids also with other separators", () => {
  for (const text of ["KH-4711-0815", "kh47110815", "KH 4711/0815", "x=KH_4711_0815;"])
    assert.deepEqual(kinds(text), ["patient id"], text);
  assert.deepEqual(kinds("KH-4711-08156"), []);
  assert.deepEqual(kinds("uid 1.2.840.113619.2.5.99."), ["UID"]);
  for (const text of ["1.2.840.113619.2.5.991", "31.2.840.113619.2.5.99"]) assert.deepEqual(kinds(text), []);
  assert.deepEqual(
    kinds("a 7 b", [{ form: "id", kind: "id", value: "7" }]),
    [],
    "too short to tell from chance",
  );
});

test("what is packed is looked into, and the way there is told", () => {
  const secret = "Patient: Zelda Quixworth";
  const where = (output: Uint8Array | string) => findIdentity(output, [NAME]).map((hit) => hit.where);
  assert.deepEqual(where(gzipSync(secret)), ["gzip"]);
  assert.deepEqual(where(deflateSync(secret)), ["zlib"]);
  const base64 = Buffer.from(`some text before it, ${secret}`).toString("base64");
  assert.deepEqual(where(`<img src="data:text/plain;base64,${base64}">`), ["base64"]);
  assert.deepEqual(where(JSON.stringify({ data: base64.replace(/(.{24})/g, "$1\n") })), ["base64"]);
  assert.deepEqual(where("data:text/html,Z%65lda%20Q%75ixworth"), ["without escapes"]);
  const zip = zipSync({ "a/b.txt": Buffer.from(secret), "quixworth.txt": new Uint8Array(3) });
  assert.deepEqual([...new Set(where(zip))].sort(), ["", "zip entry", "zip entry's name"]);
  assert.deepEqual(where(gzipSync(zipSync({ "x.txt": Buffer.from(base64) }))), ["gzip > zip entry > base64"]);
});

/** A PNG with one more chunk before its end. */
function withChunk(type: string, data: Uint8Array): Uint8Array {
  const png = Buffer.from(encodePng(new Uint8Array(16), 4, 4));
  const head = Buffer.alloc(8);
  head.writeUInt32BE(data.length);
  head.write(type, 4, "latin1");
  // The checksum is not looked at.
  const end = png.length - 12;
  return Buffer.concat([png.subarray(0, end), head, data, Buffer.alloc(4), png.subarray(end)]);
}

test("text chunks of a PNG are looked into, packed ones too", () => {
  assert.deepEqual(findIdentity(encodePng(new Uint8Array(16), 4, 4), EVERYTHING), []);
  assert.ok(kinds(withChunk("tEXt", Buffer.from("Comment\0zelda quixworth"))).includes("patient name"));
  const packed = Buffer.concat([Buffer.from("Comment\0\0"), deflateSync("zelda quixworth")]);
  assert.deepEqual(findIdentity(withChunk("zTXt", packed), [NAME]), [
    { kind: "patient name", where: "PNG zTXt" },
  ]);
});

test("a deflated DICOM data set is looked into", () => {
  const uid = Buffer.from("1.2.840.10008.1.2.1.99");
  const element = Buffer.concat([Buffer.from([2, 0, 16, 0]), Buffer.from("UI"), Buffer.from([22, 0]), uid]);
  const length = Buffer.from([2, 0, 0, 0, 0x55, 0x4c, 4, 0, element.length, 0, 0, 0]);
  const file = Buffer.concat([
    Buffer.alloc(128),
    Buffer.from("DICM"),
    length,
    element,
    deflateRawSync(Buffer.from("\x10\0\x10\0PN\x10\0QUIXWORTH^ZELDA ")),
  ]);
  assert.deepEqual(findIdentity(file, [NAME]), [{ kind: "patient name", where: "deflated data set" }]);
});

test("hits do not tell the identity, and noise has none", () => {
  const hits = findIdentity("QUIXWORTH^ZELDA born 3.4.1957", EVERYTHING);
  assert.deepEqual(hits, [
    { kind: "patient name", where: "" },
    { kind: "birth date", where: "" },
  ]);
  let state = 12345;
  const noise = Uint8Array.from(
    { length: 2 ** 20 },
    () => (state = (state * 1103515245 + 12345) >>> 0) >>> 24,
  );
  assert.deepEqual(findIdentity(noise, EVERYTHING), []);
  assert.deepEqual(findIdentity(Buffer.from(noise).toString("base64"), EVERYTHING), []);
});

test("messages are shown without identities, and otherwise as they were", () => {
  const hidden = "[identity removed]";
  assert.equal(
    hideIdentity("QUIXWORTH_Zelda_0001.dcm is truncated; copy it again.", EVERYTHING),
    `${hidden}_0001.dcm is truncated; copy it again.`,
  );
  assert.equal(hideIdentity("scan of 3.4.1957, zelda.dcm", EVERYTHING), `scan of ${hidden}, ${hidden}.dcm`);
  const name: Identity = { form: "name", kind: "patient name", value: "Größchen^Åse" };
  assert.equal(hideIdentity("Ä GRÖSSCHEN ß größchen.", [name]), `Ä ${hidden} ß ${hidden}.`);
  assert.equal(hideIdentity("ß 𝔊 slice 12 of 19.", EVERYTHING), "ß 𝔊 slice 12 of 19.");
});

test("names of random bytes cost no expression for each of their pairs", () => {
  // What a broken file's name of a kilobyte can be read as: many parts, whose pairs are many more.
  const part = (i: number) =>
    String.fromCodePoint(0x430 + (i % 30), 0x430 + ((i * 7) % 30), 0x430 + ((i * 11) % 30));
  const names = Array.from({ length: 400 }, (_, n) =>
    Array.from({ length: 8 }, (_, i) => part(8 * n + i)).join("^"),
  );
  const identities = names.map((value): Identity => ({ form: "name", kind: "name", value }));
  const text = "image.dcm ends before its pixel data (7FE0,0010) does; copy or export it again.";
  const made: string[] = [];
  const { RegExp: Plain } = globalThis;
  globalThis.RegExp = new Proxy(Plain, {
    construct: (target, args: [string, string]) => {
      made.push(args[0]);
      return new target(...args);
    },
  });
  try {
    assert.equal(
      hideIdentity(`${part(1)}.dcm and ${text}`, identities),
      `[identity removed].dcm and ${text}`,
    );
  } finally {
    globalThis.RegExp = Plain;
  }
  assert.ok(made.length < 500, `${made.length} expressions`);
});
