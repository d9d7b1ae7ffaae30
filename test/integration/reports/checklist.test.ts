import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { checklist, Checklist } from "../../../src/reports/checklist/index.js";
import { checklistFrom, CLAIM, TRIPOD_AI } from "../../../src/reports/checklist/items.js";
import {
  featureRow,
  matrixOf,
  parseCard,
  sentenceOf,
  textOf,
} from "../../../src/reports/checklist/modelCards.js";
import { cardAgreement, readModels } from "../../../src/reports/checklist/models.js";
import { openCohort } from "../../../src/api/cohort.js";
import type { Cohort } from "../../../src/api/cohort.js";
import { jupyterDisplay } from "../../../src/figures/index.js";
import type { ReadingRecord } from "../../../src/cohort/index.js";

const CARD = `# Model card: pfirrmann

A network. It reads
discs. Research use only.

- Trained on something.
- Labels: one reading
  each.

Validation: 3 whole patients, left out of all training; made with \`a|b\`.

| reference \\ predicted | 1 | 2 |
| --- | --- | --- |
| 1 | 3 | 1 |
| 2 | 0 | 4 |

| feature | ROC AUC | class average | present |
| --- | --- | --- | --- |
| modic | 0.86 | 79.7 % | 67 of 180 |
`;

describe("a model card", () => {
  const card = parseCard("pfirrmann", CARD);

  it("is taken apart into paragraphs, list entries and tables", () => {
    assert.deepEqual(card.texts.slice(0, 3), [
      "A network. It reads discs. Research use only.",
      "Trained on something.",
      "Labels: one reading each.",
    ]);
    assert.equal(textOf(card, /^Labels:/), "Labels: one reading each.");
    assert.equal(sentenceOf(card, /reads/), "It reads discs.");
    assert.equal(textOf(card, /^Limits:/), undefined);
    assert.deepEqual(featureRow(card, "modic"), {
      feature: "modic",
      "ROC AUC": "0.86",
      "class average": "79.7 %",
      present: "67 of 180",
    });
    assert.equal(featureRow(card, "bulging"), undefined);
  });

  it("gives agreement from its confusion matrix", () => {
    const { kappa, ...agreement } = cardAgreement(card)!;
    assert.deepEqual(agreement, { discs: 8, accuracy: 7 / 8, classAverage: (3 / 4 + 1) / 2, offByMore: 0 });
    // Observed 7/8, by chance (4·3 + 4·5)/64 = 1/2.
    assert.ok(Math.abs(kappa - (7 / 8 - 1 / 2) / (1 - 1 / 2)) < 1e-12);
  });

  it("gives none where the matrix is not one", () => {
    assert.equal(matrixOf(parseCard("a", CARD.replace("| 2 | 0 | 4 |", "| 2 | few | 4 |"))), undefined);
    assert.equal(matrixOf(parseCard("a", CARD.replace("| 2 | 0 | 4 |\n", ""))), undefined);
    assert.equal(cardAgreement(undefined), undefined);
  });

  it("of the shipped Pfirrmann network says the same in words as its matrix does", async () => {
    const { models } = await readModels("models");
    const own = models.find(({ name }) => name === "pfirrmann")!.card!;
    const { accuracy, classAverage, kappa, discs } = cardAgreement(own)!;
    const words = textOf(own, /^Both networks together/)!;
    for (const figure of [
      `accuracy ${(100 * accuracy).toFixed(1)} %`,
      `class-average accuracy ${(100 * classAverage).toFixed(1)} %`,
      `kappa ${kappa.toFixed(3)}`,
    ])
      assert.ok(words.includes(figure), `${figure} is not in: ${words}`);
    assert.equal(discs, 180);
  });
});

describe("the checklists", () => {
  it("have the publications' items, each once", () => {
    assert.deepEqual(
      CLAIM.items.map(({ number }) => number),
      Array.from({ length: 44 }, (_, i) => String(i + 1)),
    );
    const numbers = TRIPOD_AI.items.map(({ number }) => number);
    assert.equal(new Set(numbers).size, 52);
    assert.deepEqual(
      [...new Set(numbers.map((number) => number.replace(/[a-z]/, "")))],
      Array.from({ length: 27 }, (_, i) => String(i + 1)),
    );
    for (const { hint, item } of [...CLAIM.items, ...TRIPOD_AI.items]) assert.ok(hint !== "" && item !== "");
  });

  it("name only what may be known", () => {
    const item = { number: "7", item: "Sources", hint: "Add yours." };
    const file = (topic: object) => ({
      name: "A list",
      citation: "",
      sections: [{ section: "Data", items: [{ ...item, ...topic }] }],
    });
    assert.deepEqual(checklistFrom(file({ answeredBy: "dataSources" })).items, [
      { ...item, section: "Data", topic: "dataSources", answers: true },
    ]);
    assert.throws(() => checklistFrom(file({ helpedBy: "toString" })), /Item 7 of A list .*"toString"/);
  });

  it("are filled in from the models' own files", async () => {
    const list = await checklist("CLAIM");
    const row = (number: string) => list.rows.find((one) => one.number === number)!;
    const hash = createHash("sha256")
      .update(await readFile("models/pfirrmann.safetensors"))
      .digest("hex");
    assert.equal(row("22").status, "filled");
    assert.ok(row("22").known.includes(hash.slice(0, 12)));
    const recipe = JSON.parse(await readFile("models/pfirrmann.recipe.json", "utf8")) as { steps: number };
    assert.ok(
      row("25").known.includes(`pfirrmann.recipe.json: `) &&
        row("25").known.includes(`steps ${recipe.steps}`),
    );
    const { version } = JSON.parse(await readFile("package.json", "utf8")) as { version: string };
    assert.match(
      row("23").known,
      new RegExp(`^Spinebook ${version.replaceAll(".", "\\.")}, Node\\.js ${process.version}`),
    );
    assert.match(row("20").known, /whole patients/);
  });

  it("leave to the author what nobody recorded", async () => {
    const list = await checklist("CLAIM");
    for (const number of ["2", "5", "13", "18", "34", "35", "36", "44"]) {
      const row = list.rows.find((one) => one.number === number)!;
      assert.equal(row.status, "by the author", number);
      assert.ok(row.hint.length > 10);
    }
    for (const { status, known } of list.rows) if (status === "filled") assert.notEqual(known, "");
    const { filled, byTheAuthor } = list.counts;
    assert.equal(filled + byTheAuthor, 44);
  });

  it("take the author's answers, and refuse those to no item", async () => {
    const list = await checklist("TRIPOD+AI", { answers: { "18a": "Funded by nobody." } });
    const row = list.rows.find(({ number }) => number === "18a")!;
    assert.deepEqual([row.status, row.known, row.hint], ["filled", "Funded by nobody.", ""]);
    await assert.rejects(checklist("CLAIM", { answers: { "18a": "x" } }), /CLAIM has no item 18a/);
    await assert.rejects(
      checklist("STARD" as "CLAIM"),
      /no checklist "STARD"; there are CLAIM and TRIPOD\+AI/,
    );
  });

  it("show every item as a table and as text, in words that cannot be markup", async () => {
    const list = await checklist("TRIPOD+AI", { answers: { "1": "<b>|bold" } });
    const bundle = list[jupyterDisplay]();
    const html = String(bundle["text/html"]);
    assert.equal(html.match(/<tr><td>/g)!.length, 52);
    assert.ok(!html.includes("<b>"));
    assert.equal(String(bundle["text/plain"]).split("\n").length, 53);
    assert.ok(list.toMarkdown().includes("<b>\\|bold"));
  });
});

describe("a checklist with a folder of weights alone", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "spinebook-checklist-"));
    await copyFile("models/corners.safetensors", join(folder, "corners.safetensors"));
  });
  after(() => rm(folder, { recursive: true }));

  it("says nothing of recipes, cards and calibration", async () => {
    const list = await checklist("CLAIM", { models: folder });
    const status = (number: string) => list.rows.find((row) => row.number === number)!.status;
    assert.equal(status("22"), "filled");
    for (const number of ["19", "20", "24", "25", "27", "30", "42"])
      assert.equal(status(number), "by the author", number);
  });
});

describe("a checklist of a cohort", () => {
  let cohort: Cohort;
  const reading = (
    study: string,
    rater: string,
    grade: number,
    more: Partial<ReadingRecord> = {},
  ): ReadingRecord => ({
    study,
    series: "s",
    level: "L4-L5",
    rater,
    model: "",
    reading: 1,
    grades: { pfirrmann: grade },
    ...more,
  });
  before(async () => {
    cohort = await openCohort(":memory:");
  });
  after(() => cohort.close());

  it("takes no zeros of an empty cohort for answers", async () => {
    const [without, empty] = [await checklist("CLAIM"), await checklist("CLAIM", { cohort })];
    assert.deepEqual(empty.rows, without.rows);
  });

  it("counts patients, readings and what is missing, and computes agreement", async () => {
    const grades: [string, number, number, number][] = [
      ["a", 2, 2, 3],
      ["b", 3, 3, 3],
      ["c", 2, 3, 2],
      ["d", 3, 3, 3],
    ];
    await cohort.add({
      studies: grades.map(([study], i) => ({
        study,
        patient: i < 2 ? "p" : study,
        dataset: "mine",
        ...(i === 3 ? {} : { age: 40 + 10 * i, sex: i === 0 ? ("F" as const) : ("M" as const) }),
      })),
      series: [
        {
          series: "s",
          study: "a",
          contrast: "T2",
          orientation: "sagittal",
          spacing: [0.5, 0.5, 4],
          fieldStrength: 1.5,
          manufacturer: "Maker",
        },
      ],
      readings: grades.flatMap(([study, one, other, model]) => [
        reading(study, "one", one),
        reading(study, "one", other, { reading: 2 }),
        reading(study, "other", other),
        reading(study, "model", model, { model: "hash" }),
      ]),
      anomalies: [
        { file: "f.csv", code: "odd", message: "odd", isLeftOut: true },
        { file: "f.csv", code: "even", message: "even", isLeftOut: false },
      ],
    });
    const list = await checklist("CLAIM", { cohort });
    assert.ok(list instanceof Checklist);
    const row = (number: string) => list.rows.find((one) => one.number === number)!;
    for (const number of ["12", "13", "18", "35", "36"]) assert.equal(row(number).status, "filled", number);
    assert.match(row("7").known, /This cohort: 4 studies of 3 patients \(mine 4\)\./);
    assert.match(row("8").known, /2 anomalies and left 1 row or value/);
    assert.match(
      row("12").known,
      /Age is missing in 1, sex in 1 of 4 studies, the Pfirrmann grade in 0 of 16/,
    );
    assert.match(
      row("13").known,
      /sagittal T2 1\. Pixels of 0\.50 mm\. Slices 4\.00 mm apart\. Field strength 1\.5 T\. Scanners of Maker/,
    );
    assert.match(row("36").known, /1 of women, 2 of men, 1 of unknown sex\. Age 40 to 60 years, median 50/);
    // One and other agree in 3 of 4; by chance 2/4·1/4 + 2/4·3/4 = 1/2: kappa 1/2. The repeated readings are the same numbers.
    assert.match(row("18").known, /one and other: 0\.500 \(4 discs\)/);
    assert.match(row("18").known, /one, first and second reading: 0\.500 \(4 discs\)/);
    // Other and model agree in 2 of 4; by chance 1/4·1/4 + 3/4·3/4 = 5/8: kappa −1/3.
    assert.match(row("33").known, /other and model: -0\.333 \(4 discs\)/);
    assert.equal(row("33").status, "by the author");
    assert.ok(!row("18").known.includes("model"));
    assert.match(row("36").known, /First readings of each Pfirrmann grade: grade 2 3, grade 3 5\./);
  });

  it("pairs each disc once, keeps weights apart, and takes no decision between raters for a rater", async () => {
    const readings = ["a", "b", "c", "d"].flatMap((study, i) => [
      // Another series of the same discs, of which both raters say the opposite.
      reading(study, "one", 5 - (i % 2), { series: "t" }),
      reading(study, "other", 4 + (i % 2), { series: "t" }),
      reading(study, "adjudicated", 1),
      reading(study, "reviewed", 1),
      reading(study, "model", [2, 3, 2, 3][i]!, { model: "0123456789" }),
      reading(study, "SpineNet", 2, { series: "", model: "SpineNet" }),
    ]);
    await cohort.add({ studies: [], series: [], readings, anomalies: [] });
    const list = await checklist("CLAIM", { cohort });
    const row = (number: string) => list.rows.find((one) => one.number === number)!;
    assert.doesNotMatch(row("18").known, /adjudicated|reviewed|SpineNet/);
    assert.match(row("18").known, /one and other: 0\.500 \(4 discs\)/);
    assert.match(row("33").known, /other and model hash: -0\.333 \(4 discs\)/);
    assert.match(row("33").known, /one and model 01234567: 1\.000 \(4 discs\)/);
    assert.match(row("33").known, /one and SpineNet: 0\.000 \(4 discs\)/);
    assert.doesNotMatch(row("33").known, /SpineNet and|adjudicated/);
  });
});
