import { CohortError } from "../../cohort/index.js";
import { isRegion, isWhole } from "../log/index.js";
import type { GivenGrade, RatingProgress, RatingSession, Verdict } from "../log/index.js";
import { ImagingError } from "../../imaging/index.js";
import { PREFETCHED, UNREADABLE } from "../../protocol/index.js";
import type { RatingAnswer, RatingCaseView, RatingState } from "../../protocol/index.js";
import { casePicture, toPicture, toStack } from "./picture.js";
import type { CaseFrame } from "./picture.js";
import type { ImagedCase } from "./sources.js";

/** A case with the grades between which the rater is to decide. */
export interface DeskCase extends ImagedCase {
  /** In the order in which they are shown. */
  readonly opinions?: readonly GivenGrade[];
}

type Fields = Readonly<Record<string, unknown>>;

const LONGEST_ID = 64;
const LONGEST_REASON = 200;
/** A rater may leave a case open over a weekend; what is more is a clock gone wrong. */
const MOST_SECONDS = 7 * 86_400;

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
      return await this.answerTo(fieldsOf(question));
    } catch (error) {
      // Messages of the system may hold paths, and paths names.
      const isForPeople = error instanceof CohortError || error instanceof ImagingError;
      const message = isForPeople ? error.message : "The kernel failed at this; nothing was saved.";
      return { type: "failed", message };
    }
  }

  private async answerTo(question: Fields): Promise<RatingAnswer> {
    const { scale } = this.session.plan;
    switch (question["type"]) {
      case "open": {
        const about = { title: this.about.title, scale: scale.name, grades: scale.grades };
        return { type: "about", about, state: stateOf(await this.session.progress()) };
      }
      case "case":
        return { type: "case", case: await this.view(this.positionOf(question)) };
      case "grade": {
        const verdict = await this.verdictOf(question);
        return saved(await this.session.grade(verdict, question["grade"] as number));
      }
      case "skip": {
        const { reason } = question;
        if (typeof reason !== "string" || reason.length > LONGEST_REASON) refuse("the reason");
        // Nobody chooses slice and region of a picture that cannot be shown.
        const isUnseen = reason === UNREADABLE && question["box"] === undefined;
        const verdict = isUnseen
          ? { id: idOf(question), position: this.positionOf(question) }
          : await this.verdictOf(question);
        return saved(await this.session.skip(verdict, reason));
      }
      case "undo":
        return saved(await this.session.undo(idOf(question), this.positionOf(question)));
      default:
        return refuse("its type");
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

  private async verdictOf(question: Fields): Promise<Verdict> {
    const position = this.positionOf(question);
    const { slice, box, seconds } = question;
    if (!isRegion(box)) refuse("the region");
    if (typeof seconds !== "number" || !(seconds >= 0 && seconds < MOST_SECONDS)) refuse("the time");
    if (!this.frames.has(position)) await this.view(position);
    const frame = this.frames.get(position)!;
    if (!isWhole(slice, 0) || slice >= frame.slices) refuse("the slice");
    return {
      id: idOf(question),
      position,
      slice,
      region: toStack(box, frame),
      isChanged: question["isChanged"] === true,
      seconds: Math.round(seconds * 10) / 10,
    };
  }

  private positionOf({ position }: Fields): number {
    if (!isWhole(position, 0) || position >= this.session.cases.length) refuse("the case");
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

function fieldsOf(question: unknown): Fields {
  if (typeof question !== "object" || question === null || Array.isArray(question)) refuse("its form");
  return question as Fields;
}

function idOf({ id }: Fields): string {
  if (typeof id !== "string" || id === "" || id.length > LONGEST_ID) refuse("its id");
  return id;
}

function refuse(what: string): never {
  throw new CohortError("bad-option", `The kernel does not understand this question: ${what} is wrong.`);
}
