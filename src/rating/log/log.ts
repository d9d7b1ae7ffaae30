import { open, readFile } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { CohortError } from "../../cohort/index.js";
import { parseRating } from "./parse.js";
import type { Rating } from "./rating.js";

/** Where ratings are kept. */
export interface RatingLog {
  /** Resolves when the rating will outlive a crash of the machine. */
  append(rating: Rating): Promise<void>;
  /** All ratings in the order in which they were written. */
  all(): Promise<Rating[]>;
}

/** A line of a log that holds no rating. */
export interface DamagedLine {
  /** Counted from 1. */
  readonly line: number;
  readonly message: string;
}

const NEWLINE = 10;

/**
 * Ratings as JSON lines in a file, one rating a line. A rating is written by one call to a file that was opened for appending,
 * so that several processes may write to one file, and has reached the disk before {@link append} resolves. A line that a
 * crash has torn is left as it is, reported by {@link damaged}, and never runs into the next one.
 */
export class RatingFile implements RatingLog {
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly path: string) {}

  async append(rating: Rating): Promise<void> {
    const turn = this.writing.then(() => this.write(JSON.stringify(rating)));
    this.writing = turn.catch(() => undefined);
    // A promise of its own: the one that the next turn waits for is handled, and an error would be told to nobody.
    await turn;
  }

  async all(): Promise<Rating[]> {
    return (await this.contents()).ratings;
  }

  /** Lines that hold no rating: torn by a crash, or written by something else. */
  async damaged(): Promise<DamagedLine[]> {
    return (await this.contents()).damaged;
  }

  private async write(line: string): Promise<void> {
    try {
      const file = await open(this.path, "a+");
      try {
        const bytes = Buffer.from(`${(await endsWithinLine(file)) ? "\n" : ""}${line}\n`);
        const { bytesWritten } = await file.write(bytes);
        if (bytesWritten < bytes.length) throw new Error("the disk may be full");
        await file.sync();
      } finally {
        await file.close();
      }
      await syncFolder(dirname(this.path));
    } catch (error) {
      throw new CohortError(
        "file",
        `The rating could not be saved in ${basename(this.path)} (${reasonOf(error)}); nothing that was saved before is lost.`,
      );
    }
  }

  /** All ratings and all lines that hold none, as they are at one moment. */
  async contents(): Promise<{ ratings: Rating[]; damaged: DamagedLine[] }> {
    let text: string;
    try {
      text = await readFile(this.path, "utf8");
    } catch (error) {
      if (reasonOf(error) === "ENOENT") return { ratings: [], damaged: [] };
      throw new CohortError("file", `${basename(this.path)} cannot be read (${reasonOf(error)}).`);
    }
    const [ratings, damaged]: [Rating[], DamagedLine[]] = [[], []];
    for (const [i, line] of text.split("\n").entries()) {
      if (line.trim() === "") continue;
      const rating = parseRating(line);
      if (typeof rating === "string") damaged.push({ line: i + 1, message: rating });
      else ratings.push(rating);
    }
    return { ratings, damaged };
  }
}

/** Whether a file's last line has no end: a crash tore it, and what is written next must begin a new one. */
async function endsWithinLine(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return false;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] !== NEWLINE;
}

/** Makes a new file's name outlive a crash too; not every system can sync a folder, and those that cannot need not. */
async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, "r");
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (error) {
    if (!["EPERM", "EISDIR", "EINVAL", "EACCES", "ENOTSUP"].includes(reasonOf(error))) throw error;
  }
}

/** The system's code where there is one: its messages hold whole paths, which may hold names. */
function reasonOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  if (typeof code === "string") return code;
  return error instanceof Error ? error.message : "unknown reason";
}
