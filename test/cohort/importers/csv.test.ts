import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MOST_OF_A_KIND } from "../../../src/cohort/importers/anomalies.js";
import { importCsv } from "../../../src/cohort/importers/index.js";
import { CohortError } from "../../../src/cohort/errors.js";
import { fileWith, folderWith, kinds, ofKind } from "./files.js";

describe("a user's own table", () => {
  it("finds columns by name, and keeps study, series, rater, reading, age and sex", async () => {
    const records = await importCsv(
      fileWith(
        "Patient-ID,Disc level,STUDY,series,Reader,reading,age,Sex,Pfirrmann grade,upper_endplate_defect,Left foraminal narrowing\nP1,L4/L5,S1,t2,A,1,054Y,female,III,yes,Normal/Mild\nP1,L4/L5,S1,t2,A,2,54,F,4,no,Severe\nP1,L5/S1,S1,,B,,,,5,n/a,\n",
        "my cohort.csv",
      ),
    );
    assert.deepEqual(records.studies, [
      { study: "S1", patient: "P1", dataset: "my cohort", age: 54, sex: "F" },
    ]);
    assert.deepEqual(records.series, [
      { series: "t2", study: "S1", contrast: "unknown", orientation: "unknown" },
    ]);
    assert.deepEqual(
      records.readings.map(({ series, level, rater, reading, grades }) => [
        series,
        level,
        rater,
        reading,
        grades,
      ]),
      [
        ["t2", "L4-L5", "A", 1, { pfirrmann: 3, upperEndplateDefect: 1, leftForaminalNarrowing: 0 }],
        ["t2", "L4-L5", "A", 2, { pfirrmann: 4, upperEndplateDefect: 0, leftForaminalNarrowing: 2 }],
        ["", "L5-S1", "B", 1, { pfirrmann: 5 }],
      ],
    );
    assert.deepEqual(records.anomalies, []);
  });

  it("reads semicolons with decimal commas in Windows-1252, by a mapping", async () => {
    const text = "Fall;Höhe;Grad;Bemerkung\n1;IVD 1;2,3;groß\n2;IVD 2;3,7;–\n";
    const bytes = Buffer.from(text.replace("–", "-"), "latin1");
    const records = await importCsv(fileWith(bytes), {
      patient: "Fall",
      level: "Höhe",
      pfirrmannFractional: "Grad",
    });
    assert.deepEqual(
      records.readings.map(({ level, grades }) => [level, grades]),
      [
        ["L5-S1", { pfirrmannFractional: 2.3 }],
        ["L4-L5", { pfirrmannFractional: 3.7 }],
      ],
    );
    assert.match(ofKind(records, "unmapped-column")[0]!.message, /Column 4 \(Bemerkung\)/);
    assert.deepEqual(kinds(records), ["no-rater", "no-study", "unmapped-column"]);
  });

  it("reads wide tables, one column a level, by name or by a mapping", async () => {
    const named = await importCsv(
      fileWith("patient;age;L4/L5;L5-S1;Modic L4-L5\n1;50;III;4;2\n2;;n/a;;\n", "wide.csv"),
      {},
      { feature: "pfirrmann", rater: "LSMA", dataset: "LSMA" },
    );
    assert.deepEqual(
      named.readings.map(({ study, level, rater, grades }) => [study, level, rater, grades]),
      [
        ["1", "L4-L5", "LSMA", { pfirrmann: 3, modic: 2 }],
        ["1", "L5-S1", "LSMA", { pfirrmann: 4 }],
      ],
    );
    assert.deepEqual(named.studies[0], { study: "1", patient: "1", dataset: "LSMA", age: 50 });
    assert.deepEqual(
      named.columns.map(({ becomes, filled }) => [becomes, filled]),
      [
        ["patient", 2],
        ["age", 1],
        ["pfirrmann of L4-L5", 1],
        ["pfirrmann of L5-S1", 1],
        ["modic of L4-L5", 1],
      ],
    );
    assert.deepEqual(
      ofKind(named, "no-grades").map(({ line }) => line),
      [3],
    );
    // As LSMA-PQR publishes its grades.
    const mapped = await importCsv(
      fileWith("Patient_ID,D5,D4,D3\n1,5,4,2\n"),
      { "L5-S1": "D5", "L4-L5": "D4", "pfirrmann L3-L4": "D3" },
      { feature: "pfirrmann" },
    );
    assert.deepEqual(
      mapped.readings.map(({ level, grades }) => [level, grades.pfirrmann]),
      [
        ["L5-S1", 5],
        ["L4-L5", 4],
        ["L3-L4", 2],
      ],
    );
    await assert.rejects(importCsv(fileWith("patient,L4-L5\n1,3\n")), /tells no feature; say which one/);
    await assert.rejects(
      importCsv(fileWith("patient,L4-L5\n1,3\n"), {}, { feature: "grade" }),
      /no feature "grade"/,
    );
  });

  it("reads tables of patients without levels, decimal commas in quotes, and keeps other columns", async () => {
    const records = await importCsv(
      fileWith(
        'patient,age,sex,Hospital,Body weight,Born on,Name\n1,"54,5",F,north,"71,5",1.2.1950,Roe\n2,60,x,south,80,,Doe\n',
        "people.csv",
      ),
    );
    assert.deepEqual(records.studies, [
      {
        study: "1",
        patient: "1",
        dataset: "people",
        age: 54.5,
        sex: "F",
        more: { hospital: "north", body_weight: 71.5 },
      },
      { study: "2", patient: "2", dataset: "people", age: 60, more: { hospital: "south", body_weight: 80 } },
    ]);
    assert.deepEqual(records.readings, []);
    assert.deepEqual(kinds(records), ["date", "identity-column", "no-study", "unknown-sex"]);
    assert.doesNotMatch(JSON.stringify(records), /Roe|Doe|1950/);
    assert.equal(records.columns[3]!.becomes, "column hospital of studies");
  });

  it("reports each bad row with its line, past quoted fields of several lines", async () => {
    const records = await importCsv(
      fileWith(
        [
          "patient,level,pfirrmann,rater,reading,age,sex,note",
          '1,L4-L5,3,A,1,50,F,"two',
          'lines"',
          "1,L4-L5,4,A,1,50,F,again", // 4: duplicate
          "1,L6-S1,4,A,1,50,F,", // 5: level
          ",L4-L5,4,A,1,50,F,", // 6: no patient
          "1,L3-L4,6,A,1,50,F,", // 7: no such grade, and so no grade
          "1,L3-L4,2,A,0,50,F,", // 8: reading
          "1,L3-L4,2.5,A,1,50,F,", // 9: fractional
          "1,L3-L4,2,A,1,50,M,", // 10: two sexes, kept
          "1,L2-L3,2,A,1,150,X,", // 11: age and sex left out, kept
          "1,L1-L2,2", // 12: short, kept
          "1,L1-L2,2,B,1,50,F,x,y", // 13: too many
          ",,,,,,,", // 14: blank
          "1,T12-L1,1e308,A,1e999,50,F,", // 15: huge
        ].join("\n"),
      ),
    );
    const lines = Object.fromEntries(
      kinds(records).map((code) => [code, ofKind(records, code).map(({ line }) => line)]),
    );
    assert.deepEqual(lines, {
      "bad-age": [11],
      "bad-reading": [8, 15],
      "blank-row": [undefined],
      duplicate: [4],
      "no-grades": [7, 9],
      "no-patient": [6],
      "no-study": [undefined],
      "not-a-grade": [7, 9, 15],
      "short-row": [12],
      "too-many-fields": [13],
      "two-sexes": [10],
      "unknown-level": [5],
      "unknown-sex": [11],
      "unmapped-column": [1],
    });
    assert.match(ofKind(records, "not-a-grade")[1]!.message, /"2\.5"; map the column to pfirrmannFractional/);
    assert.deepEqual(
      records.readings.map(({ level }) => level),
      ["L4-L5", "L3-L4", "L2-L3", "L1-L2"],
    );
  });

  it("copies nobody's name: neither columns, nor ids, nor what slipped into a wrong cell, nor UIDs", async () => {
    const records = await importCsv(
      fileWith(
        'patient,Patient Name,DOB,study,level,pfirrmann\n1,Ada Lovelace,10.12.1815,1.2.840.113619.2.55,L4-L5,3\nLovelace^Ada,x,x,2,L4-L5,3\n"Lovelace, Ada",x,x,3,L4-L5,3\n4,x,x,4,Lovelace,10.12.1815\n5,x,x,5,L4-L5,10121815\n1,x,x,1.2.840.113619.2.55,L5-S1,2\n',
      ),
    );
    assert.doesNotMatch(JSON.stringify(records), /Ada|Lovelace|1815|1\.2\.840/);
    assert.deepEqual(
      ofKind(records, "identity-column").map(({ line }) => line),
      [1, 1],
    );
    assert.deepEqual(
      ofKind(records, "name-as-id").map(({ line }) => line),
      [3, 4],
    );
    assert.match(ofKind(records, "uid")[0]!.message, /^2 ids were DICOM UIDs/);
    assert.equal(records.studies.length, 1);
    assert.equal(records.readings.length, 2);
    await assert.rejects(
      importCsv(fileWith("Name,level,pfirrmann\nAda,L4-L5,3\n"), { patient: "Name" }),
      /tells who a person is and cannot be mapped/,
    );
  });

  it("keeps formulas out", async () => {
    const records = await importCsv(
      fileWith(
        "patient,level,pfirrmann,rater\n=cmd()|x,L4-L5,3,A\n1,=cmd(),3,A\n1,L4-L5,=1+2,A\n1,L4-L5,3,@SUM(A1)\n+1+cmd,L4-L5,3,A\n-5,L4-L5,3,A\n",
      ),
    );
    assert.deepEqual(
      records.readings.map(({ study }) => study),
      ["-5"],
    );
    assert.doesNotMatch(JSON.stringify(records), /cmd|SUM/);
    assert.deepEqual(kinds(records), [
      "bad-rater",
      "formula",
      "no-grades",
      "no-study",
      "not-a-grade",
      "unknown-level",
    ]);
  });

  it("keeps a study with one patient", async () => {
    const records = await importCsv(fileWith("patient,study,level,modic\n1,A,L4-L5,0\n2,A,L5-S1,1\n"));
    assert.deepEqual(
      ofKind(records, "two-patients").map(({ line }) => line),
      [3],
    );
    assert.equal(records.readings.length, 1);
  });

  it("takes bare numbers of a column called IVD as SPIDER's, and of no other", async () => {
    const ivd = await importCsv(fileWith("patient\tIVD label\tmodic\n1\t1\t0\n"));
    assert.deepEqual(
      ivd.readings.map(({ level }) => level),
      ["L5-S1"],
    );
    const other = await importCsv(fileWith("patient\tlevel\tmodic\n1\t1\t0\n"));
    assert.deepEqual(other.readings, []);
  });

  it("lists the columns that it found where an essential one is missing", async () => {
    const missing = async (text: string, message: RegExp): Promise<void> =>
      assert.rejects(importCsv(fileWith(text)), (thrown: unknown) => {
        assert.ok(thrown instanceof CohortError);
        assert.match(thrown.message, message);
        return true;
      });
    await missing(
      "id,level,pfirrmann\n1,L4-L5,3\n",
      /no column that tells the patient;.*columns are: id, level, pfirrmann\./,
    );
    await missing(
      "patient,where,pfirrmann\n1,L4-L5,3\n",
      /no column that tells the level;.*columns are: patient, where/,
    );
    await missing(
      "patient,level,score\n1,L4-L5,3\n",
      /no column of grades.*columns are: patient, level, score/,
    );
    const file = fileWith("patient,level,pfirrmann\n1,L4-L5,3\n");
    await assert.rejects(
      importCsv(file, { pfirman: "pfirrmann" }),
      /mapping names "pfirman", which is none of patient, level/,
    );
    await assert.rejects(
      importCsv(file, { modic: "Modic" }),
      /no column "Modic", which the mapping names for modic; its columns are: patient/,
    );
    await assert.rejects(importCsv(file, { modic: "pfirrmann", bulging: "pfirrmann" }), /twice/);
  });

  it("says in a sentence what is wrong with hostile files", async () => {
    const binary = Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) % 256);
    const noZeros = binary.map((byte) => byte | 0x81);
    for (const [content, message] of [
      ["", /is empty/],
      [" \n\n", /is empty/],
      [binary, /is not text/],
      [noZeros, /no column that tells the patient/],
      [Buffer.from("\uFEFFpatient,level\n", "utf16le"), /UTF-16/],
      [`patient${",".repeat(1_000_000)}`, /more than 10,000 columns/],
      ['patient,level,modic\n1,"L4-L5,2\n3,L4-L5,1\n', /quote that opens in line 2 is never closed/],
    ] as const)
      await assert.rejects(importCsv(fileWith(content)), (thrown: unknown) => {
        assert.ok(thrown instanceof CohortError);
        assert.match(thrown.message, message);
        assert.match(thrown.message, /^grades\.csv /);
        assert.ok(thrown.message.length < 2000);
        return true;
      });
    await assert.rejects(
      importCsv("/nowhere/secret/x.csv"),
      /^CohortError: There is no file x\.csv where it was looked for\.$/,
    );
    await assert.rejects(importCsv(folderWith({})), /not a file/);
  });

  it("reads a header without rows as no readings", async () => {
    const records = await importCsv(fileWith("patient,level,pfirrmann\n"));
    assert.deepEqual([records.studies, records.readings], [[], []]);
  });

  it("counts bad lines beyond ten thousand instead of listing them", async () => {
    const bad = MOST_OF_A_KIND + 7;
    const records = await importCsv(
      fileWith(`patient,level,modic\n${"1,nowhere,0\n".repeat(bad)}2,L4-L5,1\n`),
    );
    const unknown = ofKind(records, "unknown-level");
    assert.equal(unknown.length, MOST_OF_A_KIND + 1);
    assert.match(unknown.at(-1)!.message, new RegExp(`^7 more .* the last in line ${bad + 1}\\.$`));
    assert.equal(records.readings.length, 1);
  });

  it("reads a hundred thousand rows completely", async () => {
    const rows = Array.from(
      { length: 100_000 },
      (_, i) => `${i >> 1},${i % 2 ? "L4/L5" : "L5-S1"},${(i % 5) + 1}`,
    );
    const records = await importCsv(fileWith(`patient,level,pfirrmann\n${rows.join("\n")}\n`));
    assert.equal(records.readings.length, rows.length);
    assert.equal(records.studies.length, rows.length / 2);
    assert.equal(
      records.readings.reduce((sum, { grades }) => sum + grades.pfirrmann!, 0),
      300_000,
    );
  });
});
