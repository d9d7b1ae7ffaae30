import type { Command } from "../command.js";
import { about } from "./about.js";
import { bench } from "./bench.js";
import { cohort } from "./cohort.js";
import { deidentify } from "./deidentify.js";
import { detect } from "./detect.js";
import { evaluate } from "./evaluate.js";
import { grade } from "./grade.js";
import { jupyter } from "./jupyter.js";
import { phantom } from "./phantom.js";
import { read } from "./read.js";
import { report } from "./report.js";
import { run } from "./run.js";
import { train } from "./train.js";
import { worker } from "./worker.js";

/** Every command, in the order in which help lists them. */
export const COMMANDS: readonly Command[] = [
  run,
  report,
  jupyter,
  read,
  detect,
  grade,
  cohort,
  worker,
  deidentify,
  phantom,
  train,
  evaluate,
  bench,
  about,
];
