import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { measureScan } from "../../api/index.js";
import { parseArguments, UsageError } from "../command.js";
import type { Command } from "../command.js";

export const bench: Command = {
  name: "bench",
  summary: "measure how long a full scan takes, step by step",
  example: "spinebook bench --repeats 3",
  usage: `spinebook bench [--repeats N] [--json]

Writes a synthetic study of 15 slices of 448 x 448 pixels and measures, as the median of N (default 5) runs after a first
one that also loads the models: DICOM to volume, detection, grades, hotspots. Beside them, as a peer in the same run, the
Pfirrmann network of one disc on tfjs, where it is installed (what a notebook without Spinebook's runtime would use).`,

  async run(args, context) {
    const { values } = parseArguments(args, { json: { type: "boolean" }, repeats: { type: "string" } }, []);
    const repeats = Number(values.repeats ?? 5);
    if (!Number.isInteger(repeats) || repeats < 1)
      throw new UsageError(`"${values.repeats ?? ""}" is no number of repeats.`);
    const folder = await mkdtemp(join(tmpdir(), "spinebook-bench-"));
    try {
      const table = await measureScan(folder, repeats);
      if (values.json) context.out(JSON.stringify(table));
      else {
        const total = table.steps.reduce((sum, { seconds }) => sum + seconds, 0);
        context.out(
          `${table.discs} discs in ${table.slices} slices; first run, with models to load: ${table.firstSeconds.toFixed(2)} s`,
        );
        for (const { step, seconds } of table.steps)
          context.out(
            `${step.padEnd(18)} ${seconds.toFixed(3)} s  ${((100 * seconds) / total).toFixed(0).padStart(3)} %`,
          );
        context.out(`${"total".padEnd(18)} ${total.toFixed(3)} s`);
        const { peer } = table;
        context.out(
          peer === undefined
            ? "no TensorFlow.js is installed to compare with"
            : `one disc's Pfirrmann network: ${(1000 * peer.own).toFixed(1)} ms; tfjs (${peer.backend}) ${(1000 * peer.tfjs).toFixed(0)} ms, ${(peer.tfjs / peer.own).toFixed(0)} times as long`,
        );
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    return 0;
  },
};
