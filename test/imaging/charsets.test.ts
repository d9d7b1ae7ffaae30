import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeText, readings } from "../../src/imaging/dicom/charsets.js";
import { bytes, NAMES, UNDECLARED_NAMES } from "./charsetNames.js";

for (const [terms, written, text] of NAMES)
  test(`${terms || "no character set"} reads ${text}`, () => {
    assert.equal(decodeText(bytes(written), terms.split("\\")), text);
  });

test("what is declared wrongly, or not at all, is read as what its bytes make sense as", () => {
  const read = (written: Uint8Array, terms: string) => readings(written, terms.split("\\"));
  assert.ok(read(Buffer.from("Müller^Jörg"), "ISO_IR 100").includes("Müller^Jörg"), "UTF-8 as Latin-1");
  assert.ok(read(bytes("M\xfcller"), "ISO_IR 192").includes("Müller"), "Latin-1 as UTF-8");
  assert.ok(read(bytes("M\xfcller"), "").includes("Müller"), "undeclared");
  assert.ok(read(bytes("\xcd\xf5^\xd0\xa1\xb6\xab"), "ISO_IR 100").includes("王^小东"), "GBK as Latin-1");
  assert.ok(read(bytes("\x8eR\x93c^\x91\xbe\x98Y"), "ISO_IR 13").includes("山田^太郎"), "Shift JIS");
  assert.ok(read(bytes("\xa4\xfd^\xa4p\xaaF"), "").includes("王^小東"), "Big5");
  assert.ok(read(bytes("\xc8\xe2\xe0\xed"), "").includes("Иван"), "Windows 1251");
  assert.deepEqual(read(bytes("Doe^Jane"), "ISO_IR 144"), ["Doe^Jane"]);
});

for (const [from, written, text] of UNDECLARED_NAMES)
  test(`a name from ${from} is read whatever is declared: ${text}`, () => {
    for (const terms of ["ISO_IR 100", "", "ISO_IR 192", "\\ISO 2022 IR 149"]) {
      const read = readings(bytes(written), terms.split("\\")).map((one) => one.normalize("NFC"));
      assert.ok(read.includes(text.normalize("NFC")), `${terms}: ${read.join(" | ")}`);
    }
  });

test("Korean syllables beyond KS X 1001 are read in their own set, with escapes and without", () => {
  for (const escape of ["", "~$)C"])
    assert.equal(
      decodeText(bytes(`${escape}\x8cc\xb9\xe6^${escape}\xb0\xa2\xc7\xcf`), ["", "ISO 2022 IR 149"]),
      "똠방^각하",
    );
});

test("bytes that make sense in few encodings have few readings", () => {
  assert.ok(readings(Buffer.from("Кузнецова^Роза"), ["ISO_IR 192"]).length <= 8);
  assert.deepEqual(readings(Buffer.from("Doe^Jane"), ["ISO_IR 100"]), ["Doe^Jane"]);
});

test("bytes that are no text are read without an error", () => {
  for (const terms of ["\\ISO 2022 IR 87", "ISO_IR 192", "GB18030", "nonsense\\ISO 2022 IR 149"])
    for (const written of ["~", "~$", "~$B", "~$B;", "~$)C\xfb", "~(Z", "\xff\xfe\x00", ""])
      assert.equal(typeof decodeText(bytes(written), terms.split("\\")), "string");
});
