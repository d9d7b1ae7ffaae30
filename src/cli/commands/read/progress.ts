import type { imaging } from "../../../api/index.js";

/** Indexing that takes less is over before anybody wonders. */
const QUIET_MS = 1000;

/**
 * Tells how the indexing of many files goes: one line each second after the first, and one at the end of what took longer.
 * @param log Writes one line.
 * @param now The present time in ms.
 */
export function indexReporter(
  log: (line: string) => void,
  now: () => number = () => performance.now(),
): (progress: imaging.IndexProgress) => void {
  const number = (count: number) => count.toLocaleString("en");
  const begin = now();
  let told = begin;
  return ({ done, total, skipped }) => {
    const time = now();
    if (time - begin < QUIET_MS) return;
    if (done === total) log(`${number(total)} files are indexed; ${number(skipped)} of them hold no image.`);
    else if (time - told >= QUIET_MS) {
      told = time;
      log(`${number(done)} of ${number(total)} files are indexed.`);
    }
  };
}
