import { stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import type { LeftOutCount } from "../../imaging/index.js";
import { writeWhole } from "../files.js";
import { batchFiles, forgetCancel, type BatchState, type BatchSummary } from "./state.js";
import type { UnitResult } from "./unit.js";

const STATE_MILLISECONDS = 1000;

/** Tells everyone how far the batch is: the caller at once, others by a file beside the cohort once a second. */
export class BatchProgress {
  private readonly started = performance.now();
  private readonly timer: NodeJS.Timeout;
  private written = Promise.resolve();
  private at = { state: "listing" as BatchState["state"], total: 0, graded: 0, failed: 0, earlier: 0 };
  private message: string | undefined;
  private leftOut: readonly LeftOutCount[] | undefined;
  private conventions: Pick<BatchState, "reader" | "otherReaders"> = {};
  private remarks: readonly string[] = [];

  constructor(
    private readonly cohort: string | undefined,
    private readonly onState: ((state: BatchState) => void) | undefined,
    onCancel: () => void,
  ) {
    this.tell();
    this.write();
    this.timer = setInterval(() => {
      this.write();
      if (cohort !== undefined) stat(batchFiles(cohort).cancel).then(onCancel, () => undefined);
    }, STATE_MILLISECONDS);
  }

  set(change: Partial<BatchProgress["at"]>): void {
    this.at = { ...this.at, ...change };
    this.tell();
  }

  /** Notes what the folder holds that leads to no study. */
  leave(counts: readonly LeftOutCount[]): void {
    this.leftOut = counts;
  }

  /** Notes whose convention the grades follow, and which others the cohort holds. */
  follow({ reader, otherReaders = [] }: Pick<BatchState, "reader" | "otherReaders">): void {
    this.conventions = {
      ...(reader === undefined ? {} : { reader }),
      ...(otherReaders.length === 0 ? {} : { otherReaders }),
    };
  }

  /** Notes what a person should know of how the studies were told. */
  remark(remarks: readonly string[]): void {
    this.remarks = remarks;
  }

  count(result: UnitResult): void {
    if (result.failure === undefined) this.set({ graded: this.at.graded + 1 });
    else this.set({ failed: this.at.failed + 1 });
  }

  add(units: number): void {
    if (units > 0) this.set({ total: this.at.total + units });
  }

  get now(): BatchState {
    const { state, total, graded, failed, earlier } = this.at;
    const seconds = (performance.now() - this.started) / 1000;
    const now = graded + failed;
    const left = total - earlier - now;
    return {
      state,
      process: process.pid,
      machine: hostname(),
      total,
      done: now + earlier,
      failed,
      earlier,
      seconds: Math.round(seconds * 10) / 10,
      ...(now === 0 ? {} : { remaining: Math.round((seconds / now) * left) }),
      at: new Date().toISOString(),
      ...(this.message === undefined ? {} : { message: this.message }),
      ...(this.leftOut === undefined ? {} : { leftOut: this.leftOut }),
      ...this.conventions,
      ...(this.remarks.length === 0 ? {} : { remarks: this.remarks }),
    };
  }

  async end(state: BatchState["state"], message?: string, earlierFailed = 0): Promise<BatchSummary> {
    clearInterval(this.timer);
    this.message = message;
    this.set({ state });
    this.write();
    await this.written;
    if (this.cohort !== undefined) await forgetCancel(this.cohort);
    const { total, graded, failed, earlier } = this.at;
    const { leftOut = [], conventions, remarks } = this;
    const counts = { total, graded, failed, earlier, earlierFailed };
    const told = remarks.length === 0 ? {} : { remarks };
    return { state, ...counts, seconds: this.now.seconds, leftOut, ...conventions, ...told };
  }

  private tell(): void {
    this.onState?.(this.now);
  }

  private write(): void {
    if (this.cohort === undefined) return;
    const { state } = batchFiles(this.cohort);
    const text = `${JSON.stringify(this.now)}\n`;
    // A watcher that misses a state sees the next one.
    this.written = this.written
      .then(() => writeWhole(state, (path) => writeFile(path, text)))
      .catch(() => undefined);
  }
}
