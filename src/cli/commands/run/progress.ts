import type { CellRun, RunProgress } from "../../../notebook/index.js";

/** Where progress goes: a terminal, whose present line can be written anew, or a file or pipe. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export interface ProgressReporter {
  readonly onProgress: (progress: RunProgress) => void;
  /** Clears the line that is rewritten; to be called before anything else is printed. */
  readonly end: () => void;
}

/** Goes to the line's start and clears it. */
const CLEAR_LINE = "\r\u001b[2K";
const TICK_MS = 1000;

/**
 * Tells which cell runs: on a terminal on one line that is rewritten each second, elsewhere as one line for each cell
 * that is done.
 * @param log Writes one line.
 */
export function progressReporter(output: ProgressOutput, log: (line: string) => void): ProgressReporter {
  if (output.isTTY !== true)
    return {
      onProgress: (progress) => {
        if (progress.state === "done") log(doneLine(progress));
      },
      end: () => undefined,
    };
  let timer: ReturnType<typeof setInterval> | undefined;
  const end = (): void => {
    if (timer === undefined) return;
    clearInterval(timer);
    timer = undefined;
    output.write(CLEAR_LINE);
  };
  return {
    onProgress: (progress) => {
      if (progress.state === "done") return;
      end();
      const begin = Date.now();
      const draw = (): void => {
        output.write(CLEAR_LINE + runningLine(progress, Date.now() - begin));
      };
      draw();
      timer = setInterval(draw, TICK_MS).unref();
    },
    end,
  };
}

/** How a cell failed, in one line. */
export function failureLine({ index, status, error }: CellRun): string {
  const verb = { died: "ended the kernel", interrupted: "was stopped" }[status as string] ?? "threw";
  return `Cell ${index + 1} ${verb}: ${error}`;
}

function doneLine({ cell, of, status, milliseconds }: Extract<RunProgress, { state: "done" }>): string {
  return `cell ${cell} of ${of}: ${status}, ${(milliseconds / 1000).toFixed(2)} s`;
}

function runningLine({ cell, of }: RunProgress, milliseconds: number): string {
  return `cell ${cell} of ${of}: running, ${Math.floor(milliseconds / 1000)} s`;
}
