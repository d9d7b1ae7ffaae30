/** Notebooks of the repository, run headless to the end. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { spinebook } from "../../support/cli.js";

export type Row = Readonly<Record<string, string | number>>;
export type Bundle = Readonly<Record<string, unknown>>;

interface RanCell {
  readonly cell_type: string;
  readonly id: string;
  readonly outputs?: readonly { readonly output_type: string; readonly data?: Bundle; readonly text?: string | readonly string[] }[];
}

export const TABLE = "application/vnd.dataresource+json";
export const SLICES = "application/vnd.spinebook.slices+json";
export const GRADES = "application/vnd.spinebook.grades+json";
export const PLOT = "application/vnd.plotly.v1+json";
/** Megabytes that an executed notebook may weigh: VS Code in a browser hesitates at ten. */
const HEAVIEST = 8;

const folder = mkdtempSync(join(tmpdir(), "spinebook-notebooks-"));
after(() => {
  rmSync(folder, { recursive: true });
});

/** A notebook that ran; every cell did, none failed, and all show something. */
export class RanNotebook {
  private readonly cells: readonly RanCell[];

  constructor(name: string, { mayBeSilent = false } = {}) {
    const output = join(folder, `${name}.ipynb`);
    const { code, stderr } = spinebook(["run", join("notebooks", `${name}.ipynb`), "-o", output], {
      seconds: 900,
    });
    assert.equal(code, 0, stderr);
    this.cells = (JSON.parse(readFileSync(output, "utf8")) as { cells: RanCell[] }).cells;
    const codeCells = this.cells.filter(({ cell_type }) => cell_type === "code");
    assert.ok(codeCells.every(({ outputs }) => outputs!.every(({ output_type }) => output_type !== "error")));
    const silent = codeCells.filter(
      ({ id, outputs }) => id !== "parameters" && !id.startsWith("injected") && outputs!.length === 0,
    );
    if (!mayBeSilent)
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

  /** What a cell printed. */
  printed(id: string): string {
    const cell = this.cells.find((one) => one.id === id);
    return (cell?.outputs ?? []).flatMap(({ text = [] }) => text).join("");
  }
}
