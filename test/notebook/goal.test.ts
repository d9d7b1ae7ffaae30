import assert from "node:assert/strict";
import { mkdir, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import test from "node:test";
import {
  checkGoal,
  codeCell,
  keepPrivately,
  readNotebook,
  runNotebook,
  writeNotebook,
  writeOrKeep,
} from "../../src/notebook/index.js";
import { asOrdinaryUser } from "../support/ordinaryUser.js";
import { inFolder, kernel, textOf } from "./runCells.js";

test("a place that can be written is left as it is; what is in the way of another is told", async () => {
  await inFolder(async (folder) => {
    await writeFile(join(folder, "file"), "kept");
    await symlink(join(folder, "file"), join(folder, "link"));
    for (const good of ["file", "link", "new.ipynb", join("a", "b", "new.ipynb")])
      await checkGoal(join(folder, good));
    assert.deepEqual((await readdir(folder)).sort(), ["file", "link"]);
    assert.equal(await readFile(join(folder, "file"), "utf8"), "kept");
    const bad: [path: string, says: RegExp][] = [
      [folder, /is a folder; name the file to write/],
      [join(folder, "file", "a.ipynb"), /a file where its folder should be/],
      [join(folder, "file", "deeper", "a.ipynb"), /a file where its folder should be/],
      ["/dev/null", /is no file that can be written/],
      [join(folder, `${"n".repeat(300)}.ipynb`), /name is too long/],
    ];
    for (const [path, says] of bad) await assert.rejects(checkGoal(path), says);
  });
});

test("a folder that may not be written is told", { skip: process.platform === "win32" }, () =>
  asOrdinaryUser(() =>
    inFolder(async (folder) => {
      await mkdir(join(folder, "locked"), { mode: 0o500 });
      await assert.rejects(checkGoal(join(folder, "locked", "a.ipynb")), /you may not write there/);
      await assert.rejects(checkGoal(join(folder, "locked", "deeper", "a.ipynb")), /you may not write there/);
    }),
  ),
);

test("what cannot be written to its place is kept in a file of its owner's", async () => {
  await inFolder(async (folder) => {
    const kept = await keepPrivately(join(folder, "a.ipynb"), "one", "private");
    const second = await keepPrivately(join(folder, "a.ipynb"), "two", "private");
    assert.notEqual(kept, second, "no earlier one is overwritten");
    assert.deepEqual([dirname(kept), (await stat(kept)).mode & 0o777], [folder, 0o600]);
    await writeFile(join(folder, "file"), "");
    const said = await writeOrKeep(join(folder, "file", "b.html"), "three").catch(String);
    assert.match(String(said), /^KeptElsewhereError: .*a file where its folder should be\. Nothing is lost/);
    const [elsewhere] = /\S*b\.recovered-\w+\.html/.exec(String(said))!;
    assert.equal(await readFile(elsewhere, "utf8"), "three");
    await rm(elsewhere);
  });
});

test("a notebook whose place goes away while it runs is kept", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "a.ipynb");
    await mkdir(join(folder, "out"));
    const source =
      "const fs = await import('node:fs'); fs.rmSync('out', { recursive: true }); fs.writeFileSync('out', ''); 40 + 2";
    await writeNotebook(path, { nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [codeCell(source)] });
    const said = await runNotebook({
      ...kernel(),
      path,
      output: join(folder, "out", "b.ipynb"),
      parameters: {},
    }).then(() => "", String);
    const [kept] = /\S*b\.recovered-\w+\.ipynb/.exec(said)!;
    assert.match(textOf(await readNotebook(kept)), /42/);
    await rm(kept);
  });
});
