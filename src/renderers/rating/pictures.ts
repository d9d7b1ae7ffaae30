/** Cases with their pictures unpacked, fetched one by one and a little ahead. */
import type { RatingCaseView } from "../../protocol/index.js";
import { decodeStack, type Stack } from "../slices/index.js";
import type { RatingLink } from "./link.js";

export interface LoadedCase {
  readonly view: RatingCaseView;
  readonly stack: Stack;
}

/** Fetches cases and keeps those that are wanted soon. */
export class Pictures {
  private readonly kept = new Map<number, Promise<LoadedCase>>();

  constructor(private readonly ask: RatingLink) {}

  /** A case's picture. @throws Error for people when it cannot be had; the next call tries again */
  load(position: number): Promise<LoadedCase> {
    const known = this.kept.get(position);
    if (known) return known;
    const loading = this.fetch(position);
    this.kept.set(position, loading);
    loading.catch(() => {
      if (this.kept.get(position) === loading) this.kept.delete(position);
    });
    return loading;
  }

  /** Fetches these, and lets go of all others: two hundred cases take no more memory than four. */
  keep(positions: readonly number[]): void {
    for (const position of [...this.kept.keys()])
      if (!positions.includes(position)) this.kept.delete(position);
    for (const position of positions) void this.load(position).catch(() => undefined);
  }

  private async fetch(position: number): Promise<LoadedCase> {
    const answer = await this.ask({ type: "case", position });
    if (answer.type !== "case")
      throw new Error(answer.type === "failed" ? answer.message : "no picture came");
    return { view: answer.case, stack: await decodeStack(answer.case.slices) };
  }
}
