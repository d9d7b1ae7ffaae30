// `npm run setup:tests`: installs the programs that only tests need (Debian or Ubuntu, as root); elsewhere it says which are missing.
// Plain Node, no packages.
import { canInstall, installLine, installPrograms, missingPrograms, nameOf } from "./testing/programs.mjs";

const missing = missingPrograms();
for (const one of missing) process.stdout.write(`missing for ${one.for}: ${nameOf(one)}\n`);
if (missing.length === 0) process.stdout.write("All programs that the tests need are here.\n");
else if (!canInstall()) {
  process.stdout.write(
    `Without them these tests are skipped. On Debian or Ubuntu: sudo ${installLine(missing)}\n`,
  );
  process.exitCode = 1;
} else if (!installPrograms(missing)) process.exitCode = 1;
