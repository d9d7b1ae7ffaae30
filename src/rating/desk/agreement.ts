import {
  ADJUDICATED,
  agreementOfRaters,
  ratingsCsv,
  RatingFile,
  REVIEWED,
  standingRatings,
  toReadingRecords,
} from "../log/index.js";
import type { DamagedLine, RaterAgreement, Rating, StandingRating } from "../log/index.js";
import type { ReadingRecord } from "../../cohort/index.js";
import type { ReaderReading } from "../../grading/index.js";
import type { MimeBundle } from "../../protocol/index.js";
import { agreementColumns, requireOptions } from "../../statistics/index.js";
import { jupyterDisplay, tableBundle } from "../../figures/index.js";
import type { Displayable } from "../../figures/index.js";
import { modelReading } from "./modelGrades.js";
import { readerReadings } from "./readerReadings.js";
import type { RatingSource } from "./sources.js";

/** Agreement of all readings that share discs. As the last value of a cell it shows its table. */
export class RaterAgreements implements Displayable {
  constructor(readonly rows: readonly RaterAgreement[]) {}

  /** One row a pair of readings: who, and Niemeyer's Table 2 columns; what is undefined is empty. */
  table(): Record<string, string | number | null>[] {
    const shown = (value: number | undefined): number | null =>
      value === undefined || Number.isNaN(value) ? null : Number(value.toFixed(3));
    return this.rows.map((row) => ({
      kind: row.kind === "model" ? "rater and model" : `${row.kind}-rater`,
      first: row.first,
      second: row.second,
      feature: row.feature,
      discs: row.discs,
      ...Object.fromEntries(agreementColumns.map((name) => [name, shown(row[name])])),
      "kappa, fractional": shown(row.fractionalKappa),
      "accuracy, fractional": shown(row.fractionalAccuracy),
    }));
  }

  [jupyterDisplay](): MimeBundle {
    return tableBundle(this.table());
  }
}

/** What agreement is asked of besides the ratings. */
export interface AgreementOptions {
  /**
   * Graded spines, also under names of your own, that each rater's first reading is compared with. Of Pfirrmann grades the convention
   * is theirs: `await graded.asReader("LSMA")` gives them as that reader does.
   */
  readonly model?: readonly RatingSource[];
}

/**
 * Intra- and inter-rater agreement: every pair of readings of one rater, and of two raters' first readings, over the discs that
 * both graded (Niemeyer 2021, Table 2: linear kappa of whole grades; MAE and Pearson's r of the grades as given).
 * @example raterAgreement((await readRatings("ratings.jsonl")).all)
 * @throws CohortError where `model` holds something else than graded spines, or such of several readers' conventions
 */
export function raterAgreement(ratings: readonly Rating[], options: AgreementOptions = {}): RaterAgreements {
  requireOptions("raterAgreement", options, { model: true });
  const { model } = options;
  return new RaterAgreements(
    agreementOfRaters(ratings, model === undefined ? undefined : modelReading(model)),
  );
}

/** Which of the readings in a log is meant. */
export interface WhichReading {
  /** May be left out where one rater alone has rated. */
  readonly rater?: string;
  /** 1 when absent. */
  readonly reading?: number;
}

/** Whether a rater's name stands for decisions between readings. */
const isDecision = (rater: string): boolean => rater === ADJUDICATED || rater === REVIEWED;

/** A log of ratings as it was when it was read. As the last value of a cell it shows the ratings that hold. */
export class SavedRatings implements Displayable {
  constructor(
    /** Everything, also what was corrected or taken back. */
    readonly all: readonly Rating[],
    /** Lines that hold no rating, such as one that a crash has torn. */
    readonly damaged: readonly DamagedLine[],
  ) {}

  /** Grades and skips that hold, one for each disc, reading and feature. */
  get standing(): StandingRating[] {
    return standingRatings(this.all);
  }

  /**
   * One rater's Pfirrmann grades beside the models' own, for `calibrateReader`; what is not graded yet is graded.
   * @param sources what was rated
   * @example await calibrateReader(await saved.readings([graded], { rater: "anna" }), { name: "anna" })
   * @throws CohortError where several raters have rated and none is named, or a disc is in none of the sources
   */
  async readings(sources: readonly RatingSource[], options: WhichReading = {}): Promise<ReaderReading[]> {
    requireOptions("readings", options, { rater: true, reading: true });
    const { rater, reading = 1 } = options;
    const own = this.standing.filter(
      (one) =>
        /^pfirrmann/.test(one.feature) &&
        one.reading === reading &&
        (rater === undefined ? !isDecision(one.rater) : one.rater === rater),
    );
    return readerReadings(own, sources);
  }

  /** As a cohort's store takes them. */
  records(): ReadingRecord[] {
    return toReadingRecords(this.all);
  }

  /** The ratings that hold as CSV. */
  csv(): string {
    return ratingsCsv(this.standing);
  }

  [jupyterDisplay](): MimeBundle {
    return tableBundle(
      this.standing.map(({ study, level, rater, reading, feature, grade, reason, at }) => ({
        ...{ study, level, rater, reading, feature },
        ...{ grade: grade ?? null, skipped: reason ?? "", at },
      })),
    );
  }
}

/**
 * Reads a log of ratings; one that is not there yet is empty.
 * @example const saved = await readRatings("ratings.jsonl");
 * @throws CohortError where the file cannot be read
 */
export async function readRatings(path: string): Promise<SavedRatings> {
  const { ratings, damaged } = await new RatingFile(path).contents();
  return new SavedRatings(ratings, damaged);
}
