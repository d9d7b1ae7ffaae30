/** Entry of the tests that run inside of VS Code's extension host: `run` is called by VS Code itself. */
import { writeFileSync } from "node:fs";
import Mocha from "mocha";

interface Result {
  readonly title: string;
  readonly milliseconds: number;
  readonly error?: string;
}

/** Runs every suite of this bundle and writes the results to the file named in SPINEBOOK_SUITE_RESULT. */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: "bdd", timeout: 400_000, color: false });
  // The suites are in this bundle: they declare themselves as soon as the interface's globals are there.
  mocha.suite.emit("pre-require", globalThis, "", mocha);
  await import("./suites.js");
  const results: Result[] = [];
  const failures = await new Promise<number>((resolve) => {
    const runner = mocha.run(resolve);
    runner.on("pass", (test) => {
      results.push({ title: test.fullTitle(), milliseconds: test.duration ?? 0 });
    });
    runner.on("fail", (test, error: Error) => {
      const text = error.stack ?? error.message;
      results.push({ title: test.fullTitle(), milliseconds: test.duration ?? 0, error: text });
    });
  });
  const file = process.env.SPINEBOOK_SUITE_RESULT;
  if (file !== undefined) writeFileSync(file, JSON.stringify(results));
  if (failures > 0) throw new Error(`${failures} tests failed.`);
}
