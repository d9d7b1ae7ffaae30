import { CohortError } from "../../cohort/index.js";
import { blindedOrder, discKey } from "./cases.js";
import type { RatedDisc, RatingReader, RatingRegion } from "./cases.js";
import type { RatingLog } from "./log.js";
import { isGrade, ratingsOf, standingRatings } from "./rating.js";
import type { Rating, StandingRating } from "./rating.js";
import type { RatingScale } from "./scale.js";

/** What a rating session is made of. */
export interface RatingPlan<T extends RatedDisc = RatedDisc> extends RatingReader {
  readonly cases: readonly T[];
  readonly seed: number;
  readonly scale: RatingScale;
}

/** How far a session has come. */
export interface RatingProgress {
  readonly total: number;
  readonly graded: number;
  readonly skipped: number;
  /** Places (from 0, in the session's order) of the cases that wait, the next one first. */
  readonly pending: readonly number[];
  /** Place of the case whose rating would be taken back; absent where nothing is rated. */
  readonly latest?: number;
}

/** What a rater says of a case. */
export interface Verdict {
  /** Made by whoever sends it: a verdict that is sent twice counts once. */
  readonly id: string;
  /** Place of the case in the session's order. */
  readonly position: number;
  readonly slice: number;
  readonly region: RatingRegion;
  readonly isChanged: boolean;
  readonly seconds: number;
}

/** Of a case that is left ungraded: where no picture could be shown, there is neither slice nor region. */
export type SkipVerdict = Pick<Verdict, "id" | "position"> & Partial<Verdict>;

/** How far a log has come with ordered cases. Pure: the state is nothing but the log. */
export function progressOf(
  cases: readonly RatedDisc[],
  reader: RatingReader & { readonly feature: string },
  log: readonly Rating[],
): RatingProgress {
  const places = new Map(cases.map((one, i) => [discKey(one), i]));
  const own = ratingsOf(standingRatings(log), reader).filter((rating) => places.has(discKey(rating)));
  const rated = new Set(own.map(discKey));
  const latest = own.at(-1);
  return {
    total: cases.length,
    graded: own.filter(isGrade).length,
    skipped: own.filter(({ kind }) => kind === "skip").length,
    pending: cases.flatMap((one, i) => (rated.has(discKey(one)) ? [] : [i])),
    ...(latest === undefined ? {} : { latest: places.get(discKey(latest))! }),
  };
}

/**
 * One rater's reading of a list of cases, in a random order of its own. It holds no state but its log, which is read anew each
 * time: a process that is killed loses nothing, and two that serve one session see each other's ratings.
 */
export class RatingSession<T extends RatedDisc = RatedDisc> {
  /** In the order in which they are shown. */
  readonly cases: readonly T[];
  private working: Promise<unknown> = Promise.resolve();

  /** @throws CohortError where there is nothing to rate, a disc is there twice, or the rater or reading is none */
  constructor(
    readonly plan: RatingPlan<T>,
    readonly log: RatingLog,
    private readonly now: () => Date = () => new Date(),
  ) {
    checkPlan(plan);
    this.cases = blindedOrder(plan.cases, plan);
  }

  async progress(): Promise<RatingProgress> {
    return progressOf(this.cases, this.reader, await this.log.all());
  }

  /** The ratings of this rater's reading that hold, of this session's cases only. */
  async ratings(): Promise<StandingRating[]> {
    const own = new Set(this.cases.map(discKey));
    return ratingsOf(standingRatings(await this.log.all()), this.reader).filter((one) =>
      own.has(discKey(one)),
    );
  }

  /** Saves a grade. @throws CohortError for a grade that the scale does not have, or a case that is not there */
  grade(verdict: Verdict, grade: number): Promise<RatingProgress> {
    const { grades, name } = this.plan.scale;
    if (!grades.includes(grade))
      return refuse(`${grade} is no ${name}; the grades are ${grades.join(", ")}.`);
    return this.save(verdict, { kind: "grade", grade });
  }

  /** Leaves a case ungraded for a reason. @throws CohortError without a reason, or for a case that is not there */
  skip(verdict: SkipVerdict, reason: string): Promise<RatingProgress> {
    if (reason.trim() === "") return refuse("A disc is skipped for a reason; none was given.");
    return this.save(verdict, { kind: "skip", reason });
  }

  /** Takes the latest rating of a case back; both stay in the log. Nothing happens where the case is not rated. */
  undo(id: string, position: number): Promise<RatingProgress> {
    const disc = this.cases[position];
    if (disc === undefined) return refuse(`There is no case ${position + 1} in this session.`);
    return this.inTurn(async () => {
      const log = await this.log.all();
      const standing = ratingsOf(standingRatings(log), this.reader);
      const isRated = standing.some((rating) => discKey(rating) === discKey(disc));
      if (!isRated || log.some((rating) => rating.id === id)) return this.progressFrom(log);
      return this.append(log, { id, ...discOf(disc), ...this.reader, kind: "undo", at: this.at() });
    });
  }

  private get reader() {
    const { rater, reading, scale } = this.plan;
    return { rater, reading, feature: scale.feature };
  }

  private save(
    { id, position, slice, region, isChanged, seconds }: SkipVerdict,
    said: Pick<Rating, "kind" | "grade" | "reason">,
  ): Promise<RatingProgress> {
    const disc = this.cases[position];
    if (disc === undefined) return refuse(`There is no case ${position + 1} in this session.`);
    return this.inTurn(async () => {
      const log = await this.log.all();
      if (log.some((rating) => rating.id === id)) return this.progressFrom(log);
      const where = { slice, region, isChanged, seconds };
      return this.append(log, { id, ...discOf(disc), ...this.reader, ...said, ...where, at: this.at() });
    });
  }

  private async append(log: readonly Rating[], rating: Rating): Promise<RatingProgress> {
    await this.log.append(rating);
    return this.progressFrom([...log, rating]);
  }

  private progressFrom(log: readonly Rating[]): RatingProgress {
    return progressOf(this.cases, this.reader, log);
  }

  /** One after the other: whether a verdict is there already must not change while it is written. */
  private async inTurn<R>(work: () => Promise<R>): Promise<R> {
    const turn = this.working.then(work);
    this.working = turn.catch(() => undefined);
    // A promise of its own: the one that the next turn waits for is handled, and an error would be told to nobody.
    return await turn;
  }

  private at(): string {
    return this.now().toISOString();
  }
}

function refuse(message: string): Promise<never> {
  return Promise.reject(new CohortError("bad-option", message));
}

function discOf({ study, series, level }: RatedDisc): RatedDisc {
  return { study, series, level };
}

function checkPlan({ cases, rater, reading, seed }: RatingPlan): void {
  const fail = (message: string): never => {
    throw new CohortError("bad-option", message);
  };
  if (cases.length === 0) fail("There is no disc to rate.");
  if (rater.trim() === "" || rater === "model")
    fail(`A rater needs a name; ${rater || "an empty one"} is none.`);
  if (!Number.isSafeInteger(reading) || reading < 1)
    fail(`Readings are counted from 1; ${reading} is no reading.`);
  if (!Number.isSafeInteger(seed)) fail(`The seed is a whole number; ${seed} is none.`);
  const keys = new Set(cases.map(discKey));
  if (keys.size < cases.length)
    fail(
      `${cases.length - keys.size} of the discs to rate are there twice; give each study a name of its own.`,
    );
}
