/** The papers' notebooks run to the end headless at their small size, and the published numbers stand in their tables. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { spinebook } from "../support/cli.js";

type Row = Readonly<Record<string, string | number>>;
type Bundle = Readonly<Record<string, unknown>>;

interface RanCell {
  readonly cell_type: string;
  readonly id: string;
  readonly outputs?: readonly { readonly output_type: string; readonly data?: Bundle }[];
}

const TABLE = "application/vnd.dataresource+json";
const SLICES = "application/vnd.spinebook.slices+json";
const PLOT = "application/vnd.plotly.v1+json";
/** Megabytes that an executed notebook may weigh: VS Code in a browser hesitates at ten. */
const HEAVIEST = 8;

const folder = mkdtempSync(join(tmpdir(), "spinebook-papers-"));
after(() => {
  rmSync(folder, { recursive: true });
});

/** A notebook that ran; every cell did, none failed, and all show something. */
class RanNotebook {
  private readonly cells: readonly RanCell[];

  constructor(name: string) {
    const output = join(folder, `${name}.ipynb`);
    const { code, stderr } = spinebook(["run", join("notebooks", `${name}.ipynb`), "-o", output], {
      seconds: 420,
    });
    assert.equal(code, 0, stderr);
    this.cells = (JSON.parse(readFileSync(output, "utf8")) as { cells: RanCell[] }).cells;
    const codeCells = this.cells.filter(({ cell_type }) => cell_type === "code");
    assert.ok(codeCells.every(({ outputs }) => outputs!.every(({ output_type }) => output_type !== "error")));
    const silent = codeCells.filter(
      ({ id, outputs }) => id !== "parameters" && !id.startsWith("injected") && outputs!.length === 0,
    );
    assert.deepEqual(
      silent.map(({ id }) => id),
      [],
    );
    assert.ok(statSync(output).size < HEAVIEST * 2 ** 20, `${name} weighs ${statSync(output).size} bytes`);
  }

  /** All displays of a cell. */
  bundles(id: string): Bundle[] {
    const cell = this.cells.find((one) => one.id === id);
    assert.ok(cell, `there is no cell ${id}`);
    return cell.outputs!.flatMap(({ data }) => (data === undefined ? [] : [data]));
  }

  /** The rows of a cell's table. */
  rows(id: string): Row[] {
    const table = this.bundles(id).find((data) => TABLE in data)?.[TABLE] as { data: Row[] } | undefined;
    assert.ok(table, `${id} shows no table`);
    return table.data;
  }

  /** The plain text of a cell's last display. */
  text(id: string): string {
    return [this.bundles(id).at(-1)!["text/plain"]].flat().join("");
  }
}

it("committed notebooks carry no outputs", () => {
  for (const name of readdirSync("notebooks").filter((file) => file.endsWith(".ipynb"))) {
    const { cells } = JSON.parse(readFileSync(join("notebooks", name), "utf8")) as {
      cells: { outputs?: unknown[]; execution_count?: unknown }[];
    };
    for (const { outputs = [], execution_count = null } of cells)
      assert.deepEqual([outputs, execution_count], [[], null], name);
  }
});

describe("jamaludin-2017.ipynb", () => {
  let ran: RanNotebook;
  const number = (value: string | number | undefined): number => {
    assert.equal(typeof value, "number", `${String(value)} is no number`);
    return value as number;
  };

  it("runs to the end", () => {
    ran = new RanNotebook("jamaludin-2017");
  });

  it("Table 2 stands beside Genodisc's counts", () => {
    const rows = ran.rows("table-2");
    const printed = [
      ...[3862, 1754, 2800, 2415, 1163],
      ...[7186, 1375, 2185, 1243],
      ...[11515, 469, 11271, 710, 10952, 1034, 10927, 1056, 10077, 1815, 10069, 1824],
    ];
    assert.deepEqual(
      rows.map((row) => row["Genodisc (paper)"]),
      printed,
    );
    // Phantoms are drawn to be as ill as Genodisc's patients.
    for (const row of rows)
      assert.ok(
        Math.abs(number(row["phantoms %"]) - number(row["Genodisc % (paper)"])) < 8,
        JSON.stringify(row),
      );
  });

  it("Table 3 stands beside the paper's four columns", () => {
    const rows = ran.rows("table-3");
    const printed = [
      [70.4, 70.1, 0.91, 0.88],
      [72.4, 75.4, 0.89, 0.89],
      [89.6, 95.4, 0.79, 0.59],
      [79.7, 94.7, 0.61, 0.52],
      [80.7, 86.7, 0.65, 0.49],
      [83.3, 88.3, 0.69, 0.55],
      [92.5, 89.7, 0.86, 0.63],
      [91.4, 89.1, 0.83, 0.62],
    ];
    const columns = ["intra-rater %", "system %", "intra-rater coefficient", "system coefficient"];
    assert.deepEqual(
      rows.slice(0, 8).map((row) => columns.map((column) => row[`${column} (paper)`])),
      printed,
    );
    // The simulated radiologist agrees with himself as the paper's does; few discs are abnormal in some rows.
    rows.slice(0, 8).forEach((row, i) => {
      assert.ok(
        Math.abs(number(row["intra-rater coefficient"]) - printed[i]![2]!) < 0.1,
        JSON.stringify(row),
      );
    });
    assert.ok(number(rows[0]!["system coefficient"]) > 0.8, JSON.stringify(rows[0]));
    assert.ok(number(rows[1]!["system coefficient"]) > 0.75, JSON.stringify(rows[1]));
  });

  it("the text's figures stand beside the paper's", () => {
    const rows = ran.rows("text");
    assert.deepEqual(
      rows.slice(0, 3).map(({ paper }) => paper),
      [3.9, 95.6, 2],
    );
    assert.ok(number(rows[0]!.phantoms) < 10);
    assert.ok(number(rows[1]!.phantoms) > 80);
  });

  it("Figures 3 to 7 are there", () => {
    assert.equal(ran.bundles("figure-3").filter((data) => SLICES in data).length, 4);
    const cases = ran.rows("figure-3-table");
    assert.equal(new Set(cases.map((row) => row.case)).size, 4);
    assert.ok(cases.some((row) => row["flags raised"] !== "none"));
    const scores = ran.text("figure-4").split("\n").slice(1);
    assert.equal(scores.length, 15);
    for (const grade of [1, 2, 3, 4, 5])
      assert.ok(scores.some((line) => line.startsWith(`Pfirrmann grade ${grade}, `)));
    assert.equal(ran.bundles("figure-5").length, 2);
    for (const id of ["figure-6a", "figure-6b", "figure-6c"]) assert.ok(PLOT in ran.bundles(id)[0]!, id);
    const histogram = ran.rows("figure-6-table");
    assert.deepEqual(
      histogram.slice(0, 5).map((row) => row["model % (paper)"]),
      [31.4, 19.5, 20.2, 16.8, 12.1],
    );
    const hotspots = ran.text("figure-7").split("\n");
    assert.equal(hotspots.filter((line) => line === "evidence, slice 2").length, 6);
    assert.equal(hotspots.filter((line) => line === "evidence, slice 8").length, 6);
  });
});

describe("longitudinal.ipynb", () => {
  it("marks the discs that changed and no other", () => {
    const ran = new RanNotebook("longitudinal");
    const rows = ran.rows("course");
    assert.equal(rows.length, 6);
    const beyond = rows.filter((row) => row["beyond the rater's noise"] === "yes").map(({ disc }) => disc);
    assert.ok(beyond.includes("L4-L5"));
    for (const row of rows.filter((one) => one["true change"] === "+0.00"))
      assert.equal(row["beyond the rater's noise"], "no", JSON.stringify(row));
    for (const row of ran.rows("noise")) assert.ok((row["smallest detectable change"] as number) > 0);
    assert.ok(PLOT in ran.bundles("plot")[0]!);
    assert.ok("image/png" in ran.bundles("pictures")[0]!);
  });
});

describe("niemeyer-2021.ipynb", () => {
  let ran: RanNotebook;

  it("runs to the end", () => {
    ran = new RanNotebook("niemeyer-2021");
  });

  it("Table 1 is the printed network, 2,355,021 parameters in all", () => {
    const rows = ran.rows("table-1");
    assert.equal(rows.length, 35);
    assert.equal(rows.at(-1)!.parameters, 2355021);
    const other = rows.slice(0, 34).filter((row) => row.parameters !== row["parameters (paper)"]);
    assert.deepEqual(
      other.map((row) => [row.layer, row.parameters, row["parameters (paper)"]]),
      [[16, 147584, 147854]],
    );
  });

  it("Table 2 has every reader and model beside the paper's", () => {
    const rows = ran.rows("table-2");
    const kappas = (source: string): unknown[] =>
      rows.filter((row) => row.source === source).map((row) => row["κ (linear)"]);
    assert.deepEqual(
      kappas("Niemeyer 2021").slice(0, 10),
      [0.867, 0.585, 0.92, 0.921, 0.91, 0.926, 0.919, 0.865, 0.9, 0.901],
    );
    const here = kappas("here");
    assert.equal(here.length, 10);
    assert.ok(Math.abs((here[0] as number) - 0.867) < 0.05, `intra-rater ${String(here[0])}`);
    assert.ok(Math.abs((here[1] as number) - 0.585) < 0.05, `inter-rater ${String(here[1])}`);
    // Hardly trained, but no model guesses: by chance kappa is 0 ± 0.1.
    for (const kappa of here.slice(2)) assert.ok((kappa as number) > 0.3, JSON.stringify(here));
  });

  it("Tables 3 and 4 stand beside the paper's", () => {
    const perGrade = ran.rows("table-3");
    assert.equal(perGrade.length, 20);
    assert.deepEqual(
      perGrade.slice(0, 4).map((row) => row["model (paper)"]),
      [0.901, 0.893, 0.897, 0.814],
    );
    const folds = ran.rows("folds");
    assert.deepEqual(
      folds.map((row) => row["10-fold cross-validation (paper)"]),
      [
        "81% (79%, 82%)",
        "91% (90%, 92%)",
        "0.906 (0.899, 0.914)",
        "0.903 (0.890, 0.916)",
        "0.871 (0.854, 0.888)",
        "0.096 (0.086, 0.105)",
        "0.958 (0.951, 0.964)",
      ],
    );
    for (const row of folds)
      assert.match(String(row["3-fold cross-validation"]), /^[\d.-]+%? \([\d.-]+%?, [\d.-]+%?\)$/);
  });

  it("Figures 1 to 5 are there", () => {
    for (const id of ["figure-1", "figure-2", "learning", "learning-grades", "resolution", "figure-5"])
      assert.ok(PLOT in ran.bundles(id).at(-1)!, id);
    assert.deepEqual(
      ran.rows("figure-1-table").map((row) => row["Genodisc (paper)"]),
      [61, 1067, 2953, 1783, 315],
    );
    assert.deepEqual(
      ran.rows("remarks").map(({ figure }) => figure),
      [2, 2, 3, 3, 4, 5, 5],
    );
  });
});

describe("fine-tune.ipynb", () => {
  it("brings the grader nearer to a reader with a convention of their own", () => {
    const ran = new RanNotebook("fine-tune");
    const errors = ran.rows("agreement").filter(({ measure }) => measure === "MAE");
    assert.deepEqual(
      errors.map(({ feature }) => feature),
      ["Pfirrmann", "Narrowing"],
    );
    const sum = (when: string): number => errors.reduce((total, row) => total + (row[when] as number), 0);
    assert.ok(sum("after") < sum("before"), JSON.stringify(errors));
    assert.match(ran.text("use"), /not calibrated/);
  });
});
