/** Which key does what: pure, so that it can be tested without a browser. */
import type { Key } from "../slices/index.js";
import type { CaseAction } from "./state.js";

/** A key that gives a grade. */
export interface GradeKey {
  /** `KeyboardEvent.code`: the key's place, whatever the keyboard's language. */
  readonly code: string;
  /** What stands on it on an English keyboard. */
  readonly cap: string;
  readonly grade: number;
  /** Row and column on screen, from 0; a row below is half a key to the right, as on a keyboard. */
  readonly row: number;
  readonly column: number;
}

/** The rows of keys for x.0, x.3 and x.7. */
const ROWS = ["12345", "qwer", "asdf"] as const;
const TENTHS = [0, 3, 7] as const;

/**
 * One key a grade. Whole grades are their digits; a fractional grade lies below and between its neighbours as on the keyboard:
 * between 1 and 2 lie `q` (1.3) and under it `a` (1.7), between 2 and 3 `w` (2.3) and `s` (2.7), and so on.
 */
export function gradeKeys(grades: readonly number[]): GradeKey[] {
  const low = grades.every((grade) => Number.isInteger(grade)) ? grades[0]! : 1;
  return grades.map((grade) => {
    const whole = Math.floor(grade + 1e-9);
    const row = TENTHS.findIndex((tenths) => tenths === Math.round((grade - whole) * 10));
    const cap = row === 0 ? String(whole) : ROWS[row]![whole - 1]!;
    const code = row === 0 ? `Digit${cap}` : `Key${cap.toUpperCase()}`;
    return { code, cap, grade, row, column: whole - low };
  });
}

/** A grade as it is written: with its tenth where the scale has tenths. */
export function gradeText(grade: number, grades: readonly number[]): string {
  return grade.toFixed(grades.every((one) => Number.isInteger(one)) ? 0 : 1);
}

/** What a key means. */
export type RatingKey =
  | { readonly type: "grade"; readonly grade: number }
  | { readonly type: "undo" | "skip" | "escape" }
  | { readonly type: "case"; readonly action: CaseAction };

/** mm by which a key moves or resizes the region. */
const STEP = 1;

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

const CASE_KEYS: Readonly<Record<string, CaseAction>> = {
  ArrowUp: { type: "scroll", by: -1 },
  ArrowLeft: { type: "scroll", by: -1 },
  ArrowDown: { type: "scroll", by: 1 },
  ArrowRight: { type: "scroll", by: 1 },
  PageUp: { type: "scroll", by: -1 },
  PageDown: { type: "scroll", by: 1 },
  "+": { type: "zoom", factor: 1.25, at: [0, 0] },
  "=": { type: "zoom", factor: 1.25, at: [0, 0] },
  "-": { type: "zoom", factor: 0.8, at: [0, 0] },
  "0": { type: "resetView" },
  b: { type: "edit" },
  Enter: { type: "accept" },
};

const WINDOWING: Readonly<Record<string, CaseAction>> = {
  ArrowUp: { type: "window", centreBy: -0.05, widthBy: 0 },
  ArrowDown: { type: "window", centreBy: 0.05, widthBy: 0 },
  ArrowLeft: { type: "window", centreBy: 0, widthBy: -0.05 },
  ArrowRight: { type: "window", centreBy: 0, widthBy: 0.05 },
};

/** The part of a keyboard event that matters here. */
export interface PressedKey extends Key {
  readonly code: string;
  readonly repeat: boolean;
}

/**
 * What a key means; `undefined` for keys that are the page's or the notebook's.
 * @param isEditing whether the arrow keys move the region
 */
export function ratingKey(
  event: PressedKey,
  keys: readonly GradeKey[],
  isEditing: boolean,
): RatingKey | undefined {
  if (event.ctrlKey || event.altKey || event.metaKey) return undefined;
  const arrow = ARROWS[event.key];
  if (arrow && isEditing) {
    const by = [arrow[0] * STEP, arrow[1] * STEP] as const;
    return { type: "case", action: { type: event.shiftKey ? "resize" : "move", by } };
  }
  if (arrow && event.shiftKey) return { type: "case", action: WINDOWING[event.key]! };
  // Shifted digits are signs, and a shifted letter is no slip of the hand either.
  const grade = event.shiftKey ? undefined : keys.find(({ code }) => code === gradeCode(event.code))?.grade;
  if (grade !== undefined) return { type: "grade", grade };
  if (event.key === "Backspace") return { type: "undo" };
  if (event.key === "Escape") return { type: "escape" };
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (key === "x") return { type: "skip" };
  const action = CASE_KEYS[key];
  return action && { type: "case", action };
}

/** Digits of the number pad are digits. */
function gradeCode(code: string): string {
  return code.replace(/^Numpad(?=\d$)/, "Digit");
}

/** The keys in words, for the picture's description. */
export function keyHelp(keys: readonly GradeKey[], grades: readonly number[]): string {
  const list = keys.map(({ cap, grade }) => `${cap} ${gradeText(grade, grades)}`).join(", ");
  return (
    `Keys that grade: ${list}. X: not gradable. Backspace: take the last one back. Arrow keys: other slices. Shift and arrow ` +
    "keys: brightness and contrast. B: move the region by arrow keys, resize it by Shift and arrow keys. Enter: accept slice and region."
  );
}
