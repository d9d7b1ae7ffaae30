// `node scripts/release.mjs VERSION`: writes the version, closes the changelog's section, commits and tags. Publishes nothing.
//   --dry-run   says what it would do
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { root } from "./bootstrap.mjs";

process.chdir(root);
const [version] = process.argv.slice(2).filter((word) => !word.startsWith("-"));
const isDry = process.argv.includes("--dry-run");
if (!/^\d+\.\d+\.\d+$/.test(version ?? "")) stop("Name the version, such as 0.2.0.");

function stop(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(2);
}

function git(...args) {
  const { status, stdout, stderr } = spawnSync("git", args, { encoding: "utf8" });
  if (status !== 0) stop(`git ${args[0]}: ${stderr.trim()}`);
  return stdout.trim();
}

/** The changelog with its open section closed: "## 0.2.0 (2026-01-31)". */
function closed(changelog) {
  const heading = /^## \S+ \(unreleased\)$/m;
  if (!heading.test(changelog))
    stop('CHANGELOG.md has no section "(unreleased)": there is nothing to release.');
  return changelog.replace(heading, `## ${version} (${new Date().toISOString().slice(0, 10)})`);
}

const changelog = closed(readFileSync("CHANGELOG.md", "utf8"));
const withVersion = (text) => text.replace(/("version": )"[^"]+"/, `$1"${version}"`);
if (isDry) {
  process.stdout.write(
    `It would write version ${version}, close the changelog's section, commit, and tag v${version}.\n`,
  );
  process.exit(0);
}
if (git("status", "--porcelain") !== "") stop("The working tree has changes: commit or stash them first.");
if (git("tag", "--list", `v${version}`) !== "") stop(`v${version} is there already.`);
writeFileSync("CHANGELOG.md", changelog);
writeFileSync("package.json", withVersion(readFileSync("package.json", "utf8")));
const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
lock.version = version;
lock.packages[""].version = version;
writeFileSync("package-lock.json", `${JSON.stringify(lock, null, 2)}\n`);
const cff = readFileSync("CITATION.cff", "utf8").replace(/^version: .*$/m, `version: ${version}`);
writeFileSync("CITATION.cff", cff);
git("add", "CHANGELOG.md", "package.json", "package-lock.json", "CITATION.cff");
git("commit", "-m", `Release ${version}`);
git("tag", "-a", `v${version}`, "-m", `Spinebook ${version}`);
process.stdout.write(
  `Committed and tagged v${version}. To publish: git push --follow-tags, npm run package, npm pack.\n`,
);
