import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Seconds of several runs, or why there are none. */
export type Seconds = readonly number[] | string;

const peer = join("bench", "imaging", "peer.py");

interface PeerAnswer {
  readonly version: string;
  readonly seconds: Readonly<Record<string, Seconds>>;
}

/** What pydicom takes for a job (see peer.py), or why it takes none. */
export function onPydicom(job: object): PeerAnswer | string {
  for (const python of ["/usr/bin/python3", "python3"]) {
    const run = spawnSync(python, [peer], { input: JSON.stringify(job), encoding: "utf8", maxBuffer: 1e8 });
    if (run.status === 0) return JSON.parse(run.stdout) as PeerAnswer;
  }
  return "pydicom is not installed (Debian: apt-get install python3-pydicom)";
}

/** Seconds that dcm2niix takes from a folder of DICOM to NIfTI; it has no way to read without writing. */
export function onDcm2niix(folder: string, repeats: number): Seconds {
  if (spawnSync("dcm2niix", ["--version"]).error !== undefined)
    return "dcm2niix is not installed (Debian: apt-get install dcm2niix)";
  const seconds: number[] = [];
  for (let i = 0; i < repeats; i++) {
    const out = mkdtempSync(join(tmpdir(), "dcm2niix-"));
    const started = performance.now();
    const { status } = spawnSync("dcm2niix", ["-o", out, "-f", "%s_%j", folder]);
    seconds.push((performance.now() - started) / 1000);
    rmSync(out, { recursive: true });
    if (status !== 0) return `not converted (exit ${status ?? ""})`;
  }
  return seconds;
}

/** Seconds of each of several runs of our own after one to warm up. */
export async function time(run: () => Promise<unknown>, repeats: number): Promise<number[]> {
  const seconds: number[] = [];
  for (let i = 0; i < repeats + 1; i++) {
    const started = performance.now();
    await run();
    if (i >= 1) seconds.push((performance.now() - started) / 1000);
  }
  return seconds;
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
