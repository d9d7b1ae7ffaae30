import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  csvCell,
  csvField,
  csvRows,
  CsvError,
  decodeText,
  escapeMarkup,
  inertText,
  parseCsv,
  separatorOf,
} from "../../src/text/index.js";

const rows = (...parameters: Parameters<typeof csvRows>): unknown[] => [...csvRows(...parameters)];

describe("reading delimited text", () => {
  it("says the line on which a row begins, past quoted fields of several lines and empty lines", () => {
    assert.deepEqual(rows('a,b\r\n"one\ntwo\nthree",x\r\n\r\n3,"y ""z"""\r\nlast,1'), [
      { line: 1, fields: ["a", "b"] },
      { line: 2, fields: ["one\ntwo\nthree", "x"] },
      { line: 6, fields: ["3", 'y "z"'] },
      { line: 7, fields: ["last", "1"] },
    ]);
  });

  it("opens a quote only at the beginning of a field, and keeps empty quoted and last fields", () => {
    assert.deepEqual(rows('5" disc,"",\n"a"b,c"d\n'), [
      { line: 1, fields: ['5" disc', "", ""] },
      { line: 2, fields: ["ab", 'c"d'] },
    ]);
  });

  it("reads lines that end with CR alone, and a byte order mark", () => {
    assert.deepEqual(rows("\uFEFFa;b\r1;2\r", ";"), [
      { line: 1, fields: ["a", "b"] },
      { line: 2, fields: ["1", "2"] },
    ]);
  });

  it("tells the separator from the first line, outside of quotes", () => {
    assert.equal(separatorOf("patient;level;grade\n1;L4-L5;2,5,5,5,5,5\n"), ";");
    assert.equal(separatorOf('\n"a;b;c;d",e,f\n'), ",");
    assert.equal(separatorOf("a\tb\n"), "\t");
    assert.equal(separatorOf("alone\n"), ",");
  });

  it("says the line of a quote that is never closed", () => {
    assert.throws(
      () => rows('a,b\n"one\ntwo",x\n3,"open\n4,5\n'),
      (thrown: unknown) => {
        assert.ok(thrown instanceof CsvError);
        assert.match(thrown.message, /opens in line 4 is never closed/);
        return true;
      },
    );
  });

  it("refuses a row of a million columns, quoted or not", () => {
    assert.throws(() => rows(",".repeat(1_000_000)), /Line 1 has more than 10,000 columns/);
    assert.throws(() => rows(`a\n${'"x",'.repeat(1_000_000)}`), /Line 2 has more than 10,000 columns/);
  });

  it("is the same reader, whatever is quoted", () => {
    // An independent writer: every field quoted, or none of them.
    const table = Array.from({ length: 50 }, (_, i) => [`p${i}`, `${i % 7}.5`, i % 3 ? "x" : ""]);
    const write = (quote: (text: string) => string): string =>
      table.map((row) => row.map(quote).join(",")).join("\r\n");
    const expected = table.map((fields, i) => ({ line: i + 1, fields }));
    assert.deepEqual(rows(write((text) => text)), expected);
    assert.deepEqual(rows(write((text) => `"${text}"`)), expected);
  });

  it("gives objects by column name with any separator", () => {
    assert.deepEqual(parseCsv("a;b\n1,5;2\n", ";"), [{ a: "1,5", b: "2" }]);
  });

  it("decodes UTF-8 with and without a mark, and Windows-1252 where bytes are not UTF-8", () => {
    assert.equal(decodeText(Buffer.from("Wirbelsäule")), "Wirbelsäule");
    assert.equal(decodeText(Buffer.from("\uFEFFä")), "ä");
    assert.equal(decodeText(Uint8Array.from([0x80, 0xe4, 0x96])), "€ä–");
  });
});

describe("the line by which Excel tells the separator", () => {
  it("is taken at its word, and is no row", () => {
    for (const start of ["", "\uFEFF"])
      for (const end of ["\n", "\r\n"]) {
        const text = `${start}sep=;${end}a,b;c${end}1;2${end}`;
        assert.equal(separatorOf(text), ";");
        assert.deepEqual(rows(text, ";"), [
          { line: 2, fields: ["a,b", "c"] },
          { line: 3, fields: ["1", "2"] },
        ]);
      }
    assert.deepEqual(rows("sep=x\n1\n")[0], { line: 1, fields: ["sep=x"] });
  });
});

describe("fields for other programs", () => {
  it("quotes what needs quotes, and takes the power from formulas", () => {
    assert.deepEqual(
      [
        "a",
        'a"b',
        "a,b",
        "a\nb",
        "=1+1",
        "@x",
        "-1.5",
        "+3e4",
        "-INF",
        3,
        true,
        null,
        undefined,
        { a: 1 },
      ].map(csvCell),
      [
        "a",
        '"a""b"',
        '"a,b"',
        '"a\nb"',
        "'=1+1",
        "'@x",
        "-1.5",
        "+3e4",
        "-INF",
        "3",
        "true",
        "",
        "",
        '"{""a"":1}"',
      ],
    );
    assert.equal(csvCell(new Date(0)), "1970-01-01T00:00:00.000Z");
    assert.equal(inertText("-x"), "'-x");
    assert.equal(csvField("=1"), "=1");
  });
});

describe("markup", () => {
  it("stands in elements and attributes, without characters that XML has not", () => {
    assert.equal(
      escapeMarkup(`<a b="c" d='e'>&\u0000\u001b\t`),
      "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;\t",
    );
  });
});
