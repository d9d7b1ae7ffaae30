import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { builtFile } from "../package/index.js";
import { checkOptions } from "./options.js";
import { studyName, writeStudy } from "./study.js";
import type { PhantomStudiesOptions } from "./study.js";

export type { PhantomStudiesOptions } from "./study.js";

/** Threads to render in: as many as `SPINEBOOK_THREADS` allows, else as there are cores, but no more than studies. */
function threadCount(studies: number): number {
  const configured = Number(process.env.SPINEBOOK_THREADS);
  const allowed = Number.isInteger(configured) && configured > 0 ? configured : availableParallelism();
  return Math.min(studies, allowed);
}

/** Gives each thread the next study when it is done with one, until none is left or one fails. */
function writeInThreads(file: string, threads: number, folder: string, options: PhantomStudiesOptions) {
  let next = 0;
  return Promise.all(
    Array.from({ length: threads }, async () => {
      const worker = new Worker(file, { workerData: { folder, options } });
      try {
        await new Promise<void>((resolve, reject) => {
          const proceed = (): void => {
            if (next < options.studies) worker.postMessage(next++);
            else resolve();
          };
          worker.on("error", reject);
          worker.on("message", ({ error }: { error?: Error }) => {
            if (error === undefined) proceed();
            else reject(error);
          });
          proceed();
        });
      } finally {
        await worker.terminate();
      }
    }),
  );
}

/**
 * Writes synthetic studies: `folder/study-NNN/dicom/*.dcm` with `truth.json` beside, several at once where there are
 * several cores. The same options write the same files, in one thread or many.
 * @returns the study folders, in order
 * @throws PhantomError for options that no phantom can be made of
 */
export async function writePhantomStudies(folder: string, options: PhantomStudiesOptions): Promise<string[]> {
  checkOptions(options);
  const threads = threadCount(options.studies);
  const file = builtFile("phantom", "worker.js");
  if (threads > 1 && file !== undefined) await writeInThreads(file, threads, folder, options);
  else for (let i = 0; i < options.studies; i++) await writeStudy(folder, options, i);
  return Array.from({ length: options.studies }, (_, i) => join(folder, studyName(i)));
}
