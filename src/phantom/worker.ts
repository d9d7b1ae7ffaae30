import { parentPort, workerData } from "node:worker_threads";
import { writeStudy } from "./study.js";
import type { PhantomStudiesOptions } from "./study.js";

/** A thread that writes the studies whose numbers it is sent, one after another, and answers with each number. */
const { folder, options } = workerData as { folder: string; options: PhantomStudiesOptions };

parentPort!.on("message", (index: number) => {
  void writeStudy(folder, options, index).then(
    () => {
      parentPort!.postMessage({ index });
    },
    (error: unknown) => {
      parentPort!.postMessage({ index, error });
    },
  );
});
