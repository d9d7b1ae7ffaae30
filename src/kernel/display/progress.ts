import type { MimeBundle } from "../../protocol/index.js";
import { Array, Infinity, Math, performance, Symbol } from "../run/primordials.js";
import { escapeMarkup } from "../../text/index.js";

const DISPLAY = Symbol.for("Jupyter.display");
/** Time between two updates of the display, in milliseconds. */
const PAUSE_MILLISECONDS = 100;

type Items<T> = Iterable<T> | AsyncIterable<T>;

/**
 * A progress bar in one display that is updated. Loops over what it was given, or counts by `step`:
 * `for (const study of progress(studies, "Grading")) …`, `const bar = progress(100); bar.step();`
 */
export class Progress<T> {
  private done = 0;
  private readonly total: number | undefined;
  private readonly started = performance.now();
  private shownAt = -Infinity;
  private finished = false;

  constructor(
    private readonly items: unknown,
    private readonly label: string,
    private readonly show: () => void,
  ) {
    this.total = countOf(items);
  }

  /** Counts `steps` more as done. */
  step(steps = 1): void {
    this.done += steps;
    if (this.total !== undefined && this.done >= this.total) this.finish();
    else if (performance.now() - this.shownAt >= PAUSE_MILLISECONDS) this.refresh();
  }

  /** Says that all is done, where the count does not. */
  finish(): void {
    if (this.finished) return;
    this.finished = true;
    this.refresh();
  }

  *[Symbol.iterator](): Generator<T> {
    for (const item of this.items as Iterable<T>) {
      yield item;
      this.step();
    }
    this.finish();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for await (const item of this.items as Items<T>) {
      yield item;
      this.step();
    }
    this.finish();
  }

  [DISPLAY](): MimeBundle {
    const value =
      this.total === undefined
        ? this.finished
          ? ' value="1"'
          : ""
        : ` value="${this.done}" max="${this.total}"`;
    const text = this.text();
    const name = escapeMarkup(this.label === "" ? "Progress" : this.label);
    return {
      "text/html": `<div><progress${value} aria-label="${name}" style="width:16em;vertical-align:middle"></progress> ${escapeMarkup(text)}</div>`,
      "text/plain": text,
    };
  }

  /** Shows how far it is. */
  refresh(): void {
    this.shownAt = performance.now();
    this.show();
  }

  /** The times stand there only while it runs: what stays in the notebook is the same in every run. */
  private text(): string {
    const head = this.label === "" ? "" : `${this.label}: `;
    const count = this.total === undefined ? `${this.done}` : `${this.done} of ${this.total}`;
    if (this.finished) return `${head}${count}, done`;
    const seconds = (performance.now() - this.started) / 1000;
    const left =
      this.total === undefined || this.done === 0
        ? ""
        : `, ${duration((seconds / this.done) * Math.max(0, this.total - this.done))} left`;
    return `${head}${count}, ${duration(seconds)}${left}`;
  }
}

function countOf(items: unknown): number | undefined {
  if (typeof items === "number") return items;
  if (Array.isArray(items)) return items.length;
  if (typeof items !== "object" || items === null) return undefined;
  const { size, length } = items as { size?: unknown; length?: unknown };
  const count = size ?? length;
  return typeof count === "number" ? count : undefined;
}

function duration(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  return `${minutes} min ${Math.round(seconds % 60)} s`;
}
