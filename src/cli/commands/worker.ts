import { stat } from "node:fs/promises";
import { modelsFolder } from "../../api/index.js";
import { defaultWorkers, openSharedFolder, requireQueueAddress, serveQueue } from "../../cohort/index.js";
import { parseCommand, UsageError } from "../command.js";
import type { Command } from "../command.js";
import { parsePositive } from "./cohortBatch.js";

export const worker: Command = {
  name: "worker",
  summary: "grade studies that a queue hands out",
  example: "spinebook worker studies/ --queue redis://localhost --cohort shards/",
  usage: `spinebook worker FOLDER --queue URL --cohort FOLDER [--workers N]

Grades what "spinebook grade FOLDER --cohort FOLDER --queue URL" put into the queue of a Redis or Valkey server, until it is
stopped (Ctrl+C). Start as many as there are machines; one that is killed loses only the shard that it was at, which another
one takes over.

FOLDER holds the studies as this machine sees them.

      --queue URL      redis://[user:password@]host[:port][/database], or rediss:// for TLS
      --cohort FOLDER  where the shards go, as this machine sees it
      --workers N      processes that grade at once (default: one a core)`,

  async run(args, context) {
    const options = {
      queue: { type: "string" },
      cohort: { type: "string", path: "written" },
      workers: { type: "string" },
    } as const;
    const { values, path } = parseCommand(args, options, "the folder of the studies");
    if (values.queue === undefined)
      throw new UsageError("Give --queue, the address of a Redis or Valkey server.");
    if (values.cohort === undefined)
      throw new UsageError("Give --cohort, the folder that shards are written to.");
    requireQueueAddress(values.queue);
    const kind = await stat(path).catch(() => undefined);
    if (!kind?.isDirectory())
      throw new UsageError(
        "The folder of the studies is not there as this machine sees it; mount it, or name it rightly.",
      );
    const shared = await openSharedFolder(values.cohort);
    context.log("Waiting for shards; Ctrl+C ends.");
    await serveQueue(shared, {
      url: values.queue,
      images: path,
      models: modelsFolder(),
      workers: parsePositive("--workers", values.workers, defaultWorkers()),
      signal: context.signal,
      onShard: (name, studies, failed) => {
        context.log(`Shard ${name}: ${studies} studies${failed > 0 ? `, ${failed} failed` : ""}`);
      },
      onTrouble: (message) => {
        context.log(`! ${message}`);
      },
    });
    return 0;
  },
};
