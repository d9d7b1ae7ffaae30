import assert from "node:assert/strict";
import * as vscode from "vscode";
import { cellText, openCells, restart, run, until } from "./support.js";

describe("the kernel in VS Code", () => {
  it("runs cells and gives results, text and errors", async () => {
    const notebook = await openCells(["const a = [1, 2]; console.log('said'); a", "a.missing.length"]);
    await run(notebook);
    const [first, second] = notebook.getCells();
    assert.match(cellText(first!), /said/);
    assert.match(cellText(first!), /\[ 1, 2 \]/);
    assert.equal(first!.executionSummary?.success, true);
    assert.equal(second!.executionSummary?.success, false);
    assert.match(cellText(second!), /Cell \[2\], line 1:11/);
  });

  it("a cell that fails drops the cells behind it", async () => {
    const notebook = await openCells(["throw new Error('stop here')", "1"]);
    await run(notebook);
    assert.equal(notebook.cellAt(1).executionSummary?.executionOrder, undefined);
  });

  it("keeps state between runs, until a restart", async () => {
    const notebook = await openCells(["globalThis.count = (globalThis.count ?? 0) + 1; globalThis.count"]);
    await run(notebook);
    await run(notebook);
    assert.match(cellText(notebook.cellAt(0)), /^2\n?$/);
    await restart();
    await run(notebook);
    assert.match(cellText(notebook.cellAt(0)), /^1\n?$/);
  });

  it("interrupts a loop and keeps the state", async () => {
    const notebook = await openCells(["const kept = 'kept'", "console.log('in'); while (true) {}", "kept"]);
    const ended = vscode.commands.executeCommand("notebook.execute");
    await until(() => cellText(notebook.cellAt(1)).includes("in"), "the loop");
    await vscode.commands.executeCommand("notebook.cancelExecution");
    await ended;
    await until(() => cellText(notebook.cellAt(1)).includes("Interrupted"), "the interrupt");
    await until(() => notebook.cellAt(1).executionSummary?.success !== undefined, "the loop's end");
    assert.equal(notebook.cellAt(1).executionSummary?.success, false);
    await run(notebook, 2);
    assert.match(cellText(notebook.cellAt(2)), /'kept'/);
  });

  it("tells of a kernel that ended, and the next cell starts a fresh one", async () => {
    const notebook = await openCells(["process.exit(3)", "1 + 1"]);
    await run(notebook, 0);
    assert.match(cellText(notebook.cellAt(0)), /exit code 3/);
    await run(notebook, 1);
    assert.match(cellText(notebook.cellAt(1)), /2/);
  });

  it("shows a display's update in its place, and late output in its own cell", async () => {
    const notebook = await openCells([
      "const shown = display('before'); setTimeout(() => console.log('late'), 200); 0;",
      "shown.update('after'); await new Promise((done) => setTimeout(done, 500));",
    ]);
    await run(notebook);
    await until(() => cellText(notebook.cellAt(0)).includes("late"), "the late output");
    assert.match(cellText(notebook.cellAt(0)), /'after'/);
    assert.doesNotMatch(cellText(notebook.cellAt(0)), /'before'/);
    assert.doesNotMatch(cellText(notebook.cellAt(1)), /late/);
  });

  it("saves outputs so that they come back the same, with what it does not know kept", async () => {
    const metadata = { custom: { kept: true } };
    const notebook = await openCells(["[{ level: 'L4-L5', grade: 3 }]", "null.x"], { saved: true, metadata });
    await run(notebook);
    await notebook.save();
    const bytes = await vscode.workspace.fs.readFile(notebook.uri);
    const file = JSON.parse(new TextDecoder().decode(bytes)) as SavedNotebook;
    assert.deepEqual(file.metadata.custom, { kept: true });
    assert.ok(file.cells[0]!.outputs[0]!.data?.["application/vnd.dataresource+json"]);
    // One line of the stack is one entry, as Jupyter has it: otherwise it comes back with empty lines between.
    assert.ok(file.cells[1]!.outputs[0]!.traceback!.every((line) => !line.endsWith("\n")));
  });
});

interface SavedNotebook {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly cells: readonly {
    readonly outputs: readonly {
      readonly data?: Readonly<Record<string, unknown>>;
      readonly traceback?: readonly string[];
    }[];
  }[];
}
