import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after } from "node:test";
import type { Anomaly, CohortRecords } from "../../../src/cohort/records.js";

const made: string[] = [];
after(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** A new folder with these files, removed after the tests. */
export function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), "spinebook-importers-"));
  made.push(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

/** A new file of this content. */
export function fileWith(content: string | Uint8Array, name = "grades.csv"): string {
  return join(folderWith({ [name]: content }), name);
}

/** Anomalies of one kind. */
export function ofKind({ anomalies }: CohortRecords, code: string): readonly Anomaly[] {
  return anomalies.filter((anomaly) => anomaly.code === code);
}

/** Codes of all anomalies, each once, in alphabetical order. */
export function kinds({ anomalies }: CohortRecords): string[] {
  return [...new Set(anomalies.map(({ code }) => code))].sort();
}
