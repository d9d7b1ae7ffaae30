import type { CommandContext } from "../../command.js";
import type { MadeReport } from "./made.js";
import { countText } from "./page.js";
import type { EachTask } from "./tasks.js";

interface Ended extends Pick<MadeReport, "state" | "message" | "seconds"> {
  readonly task: EachTask;
}

/** Tells of each row that has ended: on a terminal in one line that changes, where all goes well. */
export function eachProgress(
  { log }: CommandContext,
  total: number,
): (made: ReadonlyMap<number, MadeReport>, ended: Ended | undefined) => void {
  const isTerminal = process.stderr.isTTY;
  return (made, ended) => {
    const line = countText(total, [...made.values()]);
    const clear = isTerminal ? "\r\u001b[K" : "";
    if (ended !== undefined && (ended.state !== "made" || !isTerminal)) {
      const { task, state, message, seconds } = ended;
      if (clear !== "") process.stderr.write(clear);
      log(`${task.at}: ${state}, ${seconds.toFixed(1)} s.${message === undefined ? "" : ` ${message}`}`);
    }
    if (isTerminal) process.stderr.write(`${clear}${line}${made.size === total ? "\n" : ""}`);
  };
}
