/**
 * Room `cli`: the `spinebook` command. One file per command in `commands/`, listed in `commands/index.ts`; `main.ts` picks
 * one, and turns errors into one sentence on stderr and an exit code (0 done, 1 failed, 2 wrong usage).
 */
export { main } from "./main.js";
