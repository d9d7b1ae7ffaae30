import { isGrade } from "../log/index.js";
import type { RatingLog, RatingProgress, RatingSession, StandingRating } from "../log/index.js";
import { RATING_MIME } from "../../protocol/index.js";
import type { MimeBundle, RatingPayload } from "../../protocol/index.js";
import { jupyterDisplay } from "../../figures/index.js";
import { escapeMarkup } from "../../text/index.js";
import type { Displayable } from "../../figures/index.js";
import type { ReaderReading } from "../../grading/index.js";
import { openDoor } from "./channel.js";
import type { RatingDoor } from "./channel.js";
import { RatingDesk } from "./desk.js";
import type { DeskCase } from "./desk.js";
import { readerReadings } from "./readerReadings.js";
import type { RatingSource } from "./sources.js";

/**
 * A reading of discs by one rater. As the last value of a cell it shows the disc to rate next; elsewhere it links to a page on
 * this machine that does the same. All that was rated is in the log: run the cell again, and it goes on where it was.
 */
export class RatingDisplay implements Displayable {
  private readonly desk: RatingDesk;
  private door: Promise<RatingDoor> | undefined;

  constructor(
    private readonly session: RatingSession<DeskCase>,
    private readonly look: { readonly title: string; readonly levelShown: boolean },
    /** What is rated by whom and kept where: of two sessions with the same one the later replaces the earlier. */
    private readonly purpose: string,
    private readonly sources: readonly RatingSource[],
  ) {
    this.desk = new RatingDesk(session, look);
  }

  /** How far it has come. */
  get progress(): Promise<RatingProgress> {
    return this.session.progress();
  }

  /** Where the ratings are kept. */
  get log(): RatingLog {
    return this.session.log;
  }

  /** The grades and skips of this reading that hold, in the order in which they were given. */
  ratings(): Promise<StandingRating[]> {
    return this.session.ratings();
  }

  /**
   * The discs that were rated, as the models grade them, beside the rater's Pfirrmann grades: what `calibrateReader` fits a reader on. What
   * is not graded yet is graded. It tells which discs they were: ask for it when the reading is over.
   * @example await (await calibrateReader(await session.readings(), { name: "anna" })).save("anna.json")
   * @throws CohortError where something else than Pfirrmann grades was rated
   */
  async readings(): Promise<ReaderReading[]> {
    return readerReadings(await this.ratings(), this.sources);
  }

  /** One row a rated disc. It tells which discs they were: look at it when the reading is over. */
  async table(): Promise<Record<string, string | number | null>[]> {
    return (await this.ratings()).map((rating) => ({
      study: rating.study,
      level: rating.level,
      grade: isGrade(rating) ? rating.grade : null,
      skipped: rating.reason ?? "",
      slice: rating.slice ?? null,
      "region changed": rating.isChanged === true ? "yes" : "no",
      seconds: rating.seconds ?? null,
    }));
  }

  /** Address of the page on this machine; open it in any browser here. It holds a secret and changes with each process. */
  async address(): Promise<string> {
    return (await this.opened()).address;
  }

  /** Ends the page and the channel; the ratings stay in the log. */
  async close(): Promise<void> {
    const door = this.door;
    this.door = undefined;
    await (await door)?.close();
  }

  async [jupyterDisplay](): Promise<MimeBundle> {
    const { session, address } = await this.opened();
    const { total, graded, skipped } = await this.progress;
    const { title } = this.look;
    const payload: RatingPayload = { version: 1, session, title, done: graded + skipped, total };
    const words = `${title}: ${graded + skipped} of ${total} discs done.`;
    return {
      [RATING_MIME]: payload,
      "text/html": `<p>${escapeMarkup(words)} <a href="${address}" target="_blank" rel="noopener noreferrer">Open the rating page</a> (on the machine of the kernel, while it runs).</p>`,
      "text/plain": `${words} Rating page, while the kernel runs: ${address}`,
    };
  }

  private opened(): Promise<RatingDoor> {
    const known = this.door;
    const open = async (): Promise<RatingDoor> => {
      // A door that a later session has shut, or that could not be opened, is opened anew.
      const door = await known?.catch(() => undefined);
      return door?.isOpen() === true ? door : openDoor(this.desk, this.purpose);
    };
    this.door = open();
    return this.door;
  }
}
