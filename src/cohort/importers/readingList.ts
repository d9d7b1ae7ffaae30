import type { ReadingRecord } from "../records.js";
import type { AnomalyList } from "./anomalies.js";

/** Readings of a source, each disc once per series, rater and reading; what comes twice is reported, and the first stays. */
export class ReadingList {
  private readonly seen = new Set<string>();
  readonly readings: ReadingRecord[] = [];

  constructor(private readonly anomalies: AnomalyList) {}

  add(reading: ReadingRecord, line?: number): void {
    const { study, series, level, rater, reading: number } = reading;
    // None of these holds a line end: ids and raters are single lines of text.
    const key = `${study}
${series}
${level}
${rater}
${number}`;
    if (this.seen.has(key))
      this.anomalies.add({
        code: "duplicate",
        ...(line === undefined ? {} : { line }),
        message: `${reading.level} of study ${reading.study} was graded before by the same rater in the same reading; the first stays.`,
        isLeftOut: true,
      });
    else {
      this.seen.add(key);
      this.readings.push(reading);
    }
  }
}
