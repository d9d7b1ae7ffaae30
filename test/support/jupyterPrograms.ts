import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Jupyter's launcher in the PATH, and nbconvert: as its command, or as a module of the launcher's Python. */
export function findJupyter(): { jupyter?: string; nbconvert?: readonly string[]; problem: string | false } {
  const jupyter = (process.env.PATH ?? "")
    .split(delimiter)
    .map((path) => join(path, "jupyter"))
    .find((path) => existsSync(path));
  if (jupyter === undefined) return { problem: "jupyter is not in the PATH" };
  const python = /^#!(\S+)/.exec(readFileSync(jupyter, "latin1"))?.[1];
  const ways = [[jupyter, "nbconvert"], ...(python === undefined ? [] : [[python, "-m", "nbconvert"]])];
  const nbconvert = ways.find(
    ([program, ...args]) => spawnSync(program!, [...args, "--version"], { stdio: "ignore" }).status === 0,
  );
  return nbconvert
    ? { jupyter, nbconvert, problem: false }
    : { jupyter, problem: "nbconvert is not installed" };
}
