// `node scripts/compare-dcm2niix.mjs FOLDER`: runs Debian's dcm2niix on a folder of DICOM files and compares every volume
// that it makes with what Spinebook reads there; prints a table, and ends with 1 where something differs.
import { join, resolve } from "node:path";
import { install, root, runProgram } from "./bootstrap.mjs";

const folder = process.argv[2];
if (folder === undefined) {
  process.stderr.write("Name a folder of DICOM files: node scripts/compare-dcm2niix.mjs FOLDER\n");
  process.exit(2);
}
install();
if (runProgram(process.execPath, [join(root, "scripts/build.mjs"), "--tests"]) !== 0) process.exit(2);
process.exitCode = runProgram(
  process.execPath,
  [join(root, "build/bench/dcm2niix/main.js"), resolve(folder)],
  {
    stdio: "inherit",
  },
);
