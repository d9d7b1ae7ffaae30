import type { Command } from "../command.js";
import { read } from "./read.js";
import { run } from "./run.js";

/** Every command, in the order in which help lists them. */
export const COMMANDS: readonly Command[] = [run, read];
