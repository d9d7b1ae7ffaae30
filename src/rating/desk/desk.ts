import { CohortError } from "../../cohort/index.js";
import type { GivenGrade, RatingProgress, RatingSession, Verdict } from "../log/index.js";
import { ImagingError } from "../../imaging/index.js";
import { PREFETCHED } from "../../protocol/index.js";
import type {
  RatingAnswer,
  RatingCaseView,
  RatingQuestion,
  RatingState,
  RatingView,
} from "../../protocol/index.js";
import { checked } from "../../text/index.js";
import { casePicture, toPicture, toStack } from "./picture.js";
import type { CaseFrame } from "./picture.js";
import { RATING_QUESTION } from "./question.js";
import type { ImagedCase } from "./sources.js";

/** A case with the grades between which the rater is to decide. */
export interface DeskCase extends ImagedCase {
  /** In the order in which they are shown. */
  readonly opinions?: readonly GivenGrade[];
}

/** Answers what displays ask about one session, whoever they are and whatever they send. */
export class RatingDesk {
  private readonly frames = new Map<number, CaseFrame>();

  constructor(
    private readonly session: RatingSession<DeskCase>,
    private readonly about: { readonly title: string; readonly levelShown: boolean },
  ) {}

  /** Never rejects: what cannot be done is answered with a sentence. */
  async answer(question: unknown): Promise<RatingAnswer> {
    try {
      return await this.answerTo(understood(question));
    } catch (error) {
      // Messages of the system may hold paths, and paths names.
      const isForPeople = error instanceof CohortError || error instanceof ImagingError;
      const message = isForPeople ? error.message : "The kernel failed at this; nothing was saved.";
      return { type: "failed", message };
    }
  }

  private async answerTo(question: RatingQuestion): Promise<RatingAnswer> {
    const { scale } = this.session.plan;
    switch (question.type) {
      case "open": {
        const about = { title: this.about.title, scale: scale.name, grades: scale.grades };
        return { type: "about", about, state: stateOf(await this.session.progress()) };
      }
      case "case":
        return { type: "case", case: await this.view(this.positionOf(question)) };
      case "grade":
        return saved(await this.session.grade(await this.verdictOf(question), question.grade));
      case "skip": {
        const verdict =
          "slice" in question
            ? await this.verdictOf(question)
            : { id: question.id, position: this.positionOf(question) };
        return saved(await this.session.skip(verdict, question.reason));
      }
      case "undo":
        return saved(await this.session.undo(question.id, this.positionOf(question)));
    }
  }

  private async view(position: number): Promise<RatingCaseView> {
    const shown = this.session.cases[position]!;
    const { slice, level, opinions } = shown;
    const { volume, region } = await shown.load();
    const { payload, frame } = casePicture(volume, slice, region);
    this.frames.set(position, frame);
    return {
      position,
      slices: payload,
      box: toPicture(region, frame),
      ...(this.about.levelShown ? { level } : {}),
      ...(opinions === undefined
        ? {}
        : { opinions: opinions.map(({ grade }, i) => ({ name: String.fromCharCode(65 + i), grade })) }),
    };
  }

  private async verdictOf(question: RatingView): Promise<Verdict> {
    const position = this.positionOf(question);
    const { id, slice, box, isChanged, seconds } = question;
    if (!this.frames.has(position)) await this.view(position);
    const frame = this.frames.get(position)!;
    if (slice >= frame.slices) refuse("the picture has no such slice");
    return {
      id,
      position,
      slice,
      region: toStack(box, frame),
      isChanged,
      seconds: Math.round(seconds * 10) / 10,
    };
  }

  private positionOf({ position }: { readonly position: number }): number {
    if (position >= this.session.cases.length) refuse("there is no such case");
    return position;
  }
}

function saved(progress: RatingProgress): RatingAnswer {
  return { type: "state", state: stateOf(progress) };
}

/** What a display is told of a session's progress. */
function stateOf({ total, graded, skipped, pending, latest }: RatingProgress): RatingState {
  const upcoming = pending.slice(0, 1 + PREFETCHED);
  return { total, graded, skipped, upcoming, ...(latest === undefined ? {} : { latest }) };
}

/** Whatever a display sent as a question. @throws CohortError where it is none */
function understood(question: unknown): RatingQuestion {
  const { value, problem } = checked(question, RATING_QUESTION);
  return problem === undefined ? value : refuse(problem);
}

function refuse(problem: string): never {
  throw new CohortError("bad-option", `The kernel does not understand this question: ${problem}.`);
}
