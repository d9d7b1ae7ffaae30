// `npm run test:watch -- WORDS`: builds the test files whose path contains one of the words, unit tests without a word, and runs them
// again whenever a source of theirs changes. What tests start as a process (dist/) is as `npm run build` left it.
import { context } from "esbuild";
import { rmSync } from "node:fs";
import { join, sep } from "node:path";
import { bootstrap, root } from "./bootstrap.mjs";
import { filesBelow, nodeBundle } from "./nodeBundle.mjs";
import { runFiles } from "./testing/runFiles.mjs";
import { isAskedFor } from "./testing/stages.mjs";

process.chdir(root);
bootstrap();
const words = process.argv.slice(2);
const chosen = filesBelow("test", ".test.ts").filter((file) => isAskedFor(file.split(sep).join("/"), words));
if (chosen.length === 0) {
  process.stderr.write(`No test file's path contains ${words.join(" or ")}.\n`);
  process.exit(1);
}
process.env.SPINEBOOK_THREADS ??= "1";
const outdir = join("build", "watch");
rmSync(outdir, { recursive: true, force: true });

let running = Promise.resolve();
const runAfterBuild = {
  name: "run the tests",
  setup(build) {
    build.onEnd(({ errors }) => {
      if (errors.length > 0) return;
      running = running.then(async () => {
        const built = filesBelow(outdir, ".test.js").map((file) => join(root, file));
        const { passed, failed, skipped } = await runFiles(built, 2);
        process.stdout.write(
          `${passed} passed, ${failed} failed, ${skipped} skipped; waiting for a change\n`,
        );
      });
    });
  },
};
const watcher = await context({
  ...nodeBundle,
  entryPoints: chosen,
  outdir,
  outbase: ".",
  splitting: true,
  chunkNames: "chunks/[name]-[hash]",
  plugins: [runAfterBuild],
});
await watcher.watch();
