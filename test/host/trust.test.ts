/** In a folder that the user does not trust, nothing is executed. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { hostScript } from "./scripts.js";
import { ARTEFACTS, cell, notebookText, workbenchSkip } from "./support.js";

test(
  "a workspace that is not trusted shows notebooks and runs nothing",
  { skip: workbenchSkip },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "spinebook-untrusted-"));
    const witness = join(folder, "witness.txt");
    const source = `require("node:fs").writeFileSync(${JSON.stringify(witness)}, "ran")`;
    const shown = { output_type: "stream", name: "stdout", text: ["saved before"] };
    writeFileSync(join(folder, "foreign.ipynb"), notebookText([{ ...cell(source, 0), outputs: [shown] }]));
    mkdirSync(ARTEFACTS, { recursive: true });
    const log = join(ARTEFACTS, "untrusted.log");
    const host = await hostScript.startHost({ extension: ".", log, asksForTrust: true });
    const { browser, page } = await hostScript.openWorkbench(host, folder);
    try {
      await page.locator("text=Restricted Mode is intended").waitFor();
      await hostScript.openNotebook(page, "foreign.ipynb");
      await page.locator(".notebook-toolbar-container:visible >> text=/^Run All$/").click();
      // VS Code itself asks; the controller would refuse, too.
      await page.locator(".monaco-dialog-box >> text=/^Cancel$/").click();
      await page.waitForTimeout(2000);
      await page.locator("text=Spinebook: not started").waitFor();
      await page.screenshot({ path: join(ARTEFACTS, "untrusted.png") });
      assert.throws(() => readFileSync(witness), /ENOENT/);
    } finally {
      await browser.close();
      host.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
