/** What the rating display and the kernel say to each other, over any channel. No message names a patient, a study or a level. */
import type { SlicesPayload } from "./mime.js";

export const RATING_MIME = "application/vnd.spinebook.rating+json";

/** Name under which displays open a channel to the kernel's rating sessions. */
export const RATING_TARGET = "spinebook.rating";

/** Payload of {@link RATING_MIME}: names a session within the kernel; all else comes through the channel. */
export interface RatingPayload {
  readonly version: 1;
  /** Random; known to the kernel that made this output, and to no other. */
  readonly session: string;
  readonly title: string;
  /** How far it had come when the cell ran. */
  readonly done: number;
  readonly total: number;
}

/** A rectangle along rows and columns: middle in display pixels, sides in mm. */
export interface RatingBox {
  readonly column: number;
  readonly row: number;
  readonly width: number;
  readonly height: number;
}

/** How far a session has come; cases are named by their place in its order, from 0. */
export interface RatingState {
  readonly total: number;
  readonly graded: number;
  readonly skipped: number;
  /** The case to rate next and those behind it, at most {@link PREFETCHED} more; empty where all are rated. */
  readonly upcoming: readonly number[];
  /** The case whose rating can be taken back. */
  readonly latest?: number;
}

/** Cases whose pictures are fetched while another one is looked at. */
export const PREFETCHED = 2;

/** What a rater sees of a case. */
export interface RatingCaseView {
  readonly position: number;
  /** The stack about the disc, without outlines, name or place in the patient. */
  readonly slices: SlicesPayload;
  /** The proposed region; the proposed slice is the payload's initial one. */
  readonly box: RatingBox;
  /** The level's name, where the session shows it. */
  readonly level?: string;
  /** Grades to decide between, in random order, under letters. */
  readonly opinions?: readonly { readonly name: string; readonly grade: number }[];
}

/** What a session is about. */
export interface RatingAbout {
  readonly title: string;
  /** What is graded, such as `Pfirrmann grade`. */
  readonly scale: string;
  readonly grades: readonly number[];
}

/** Which picture and region a verdict is about. */
export interface RatingView {
  /** Random; a verdict that is sent again has the same one. */
  readonly id: string;
  readonly position: number;
  readonly slice: number;
  readonly box: RatingBox;
  readonly isChanged: boolean;
  readonly seconds: number;
}

/** Why a disc is skipped whose picture cannot be shown: the one reason that needs neither slice nor region. */
export const UNREADABLE = "not gradable: images cannot be read";

/** Display -> kernel. */
export type RatingQuestion =
  | { readonly type: "open" }
  | { readonly type: "case"; readonly position: number }
  | ({ readonly type: "grade"; readonly grade: number } & RatingView)
  | ({ readonly type: "skip"; readonly reason: string } & RatingView)
  | ({ readonly type: "skip"; readonly reason: typeof UNREADABLE } & Pick<RatingView, "id" | "position">)
  | { readonly type: "undo"; readonly id: string; readonly position: number };

/** Kernel -> display: the answer to one question. */
export type RatingAnswer =
  | { readonly type: "about"; readonly about: RatingAbout; readonly state: RatingState }
  | { readonly type: "case"; readonly case: RatingCaseView }
  | { readonly type: "state"; readonly state: RatingState }
  /** A sentence for people; nothing was saved. */
  | { readonly type: "failed"; readonly message: string };

/** A question or an answer with the number that pairs them. */
export interface Numbered<T> {
  readonly number: number;
  readonly body: T;
}

/** Most characters of a question. */
export const LONGEST_QUESTION = 16_384;
