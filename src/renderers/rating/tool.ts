import type { RatingAbout, RatingQuestion, RatingState, RatingView } from "../../protocol/index.js";
import { UNREADABLE } from "../../protocol/index.js";
import { h } from "../dom.js";
import { Raster } from "../slices/index.js";
import { createHead } from "./head.js";
import { gradeKeys, gradeText, keyHelp, ratingKey } from "./keys.js";
import type { RatingLink } from "./link.js";
import { createMissing, createPanel, SKIP_REASONS } from "./panel.js";
import type { Pictures } from "./pictures.js";
import { createStage, type ShownCase } from "./stage.js";
import { caseState, isChanged, reduceCase, type CaseAction } from "./state.js";

export interface RatingLook {
  /** On a page of its own the picture fills the window and takes the keyboard. */
  readonly fillsWindow: boolean;
}

/** Tallest picture in an output, CSS pixels. */
const OUTPUT_HEIGHT = 520;

interface Means {
  readonly ask: RatingLink;
  readonly pictures: Pictures;
  readonly look: RatingLook;
}

/** The rating tool of an open session, in a place of its own. */
export function createTool(place: HTMLElement, about: RatingAbout, { ask, pictures, look }: Means) {
  const { grades } = about;
  const keys = gradeKeys(grades);
  let progress: RatingState | undefined;
  let shown: ShownCase | undefined;
  /** The case that is next where its picture could not be had. */
  let missing: number | undefined;
  let shownAt = 0;
  /** Whether an answer is waited for: what is pressed meanwhile is meant for a picture that is going away. */
  let isBusy = false;
  let areReasonsOpen = false;

  const stage = createStage({ dispatch: change, height: pictureHeight });
  const panel = createPanel(about, keys, {
    grade: (grade) => void give(grade),
    undo: () => void undo(),
    openReasons: refuse,
    skip: (reason) => void skip(reason),
    edit: () => {
      change({ type: "edit" });
      stage.canvas.focus();
    },
    accept: () => {
      change({ type: "accept" });
      stage.canvas.focus();
    },
  });
  const head = createHead(about.title);
  const said = h("p", { class: "said", role: "status" });
  const problem = h("p", { class: "error", role: "alert", hidden: true });
  const over = h("p", { class: "over", hidden: true });
  const picture = h("div", { class: "picture" }, stage.element);
  const absent = createMissing({ again: () => void again(), skip: () => void skipMissing() });
  const help = h("p", { class: "unseen", id: "rating-keys" }, keyHelp(keys, grades));
  stage.canvas.setAttribute("aria-describedby", help.id);
  place.append(
    ...head.elements,
    said,
    problem,
    over,
    absent.element,
    h("div", { class: "desk" }, picture, panel.element),
    help,
  );

  function pictureHeight(): number {
    return look.fillsWindow ? Math.max(260, Math.min(760, window.innerHeight - 150)) : OUTPUT_HEIGHT;
  }

  /** @returns whether the action changes anything */
  function change(action: CaseAction): boolean {
    if (!shown) return false;
    const state = reduceCase(shown.state, action, shown.view);
    if (state === shown.state) return false;
    shown = { ...shown, state };
    draw();
    return true;
  }

  function draw(): void {
    if (!shown) return;
    const { view, state } = shown;
    stage.show(shown);
    const slice = `Slice ${state.view.slice + 1} of ${view.slices.slices}`;
    const region = state.isEditing
      ? "arrow keys move the region"
      : state.isAccepted
        ? "region accepted"
        : "region proposed";
    const level = view.level === undefined ? "" : `${view.level}. `;
    stage.canvas.setAttribute("aria-label", `Disc ${view.position + 1}. ${level}${slice}, ${region}.`);
  }

  /** Shows how far the session is and the case that is next. */
  async function follow(state: RatingState): Promise<void> {
    progress = state;
    head.follow(state);
    const { upcoming } = state;
    const [next] = upcoming;
    if (next === undefined) showEnd();
    else await showCase(next);
    pictures.keep(upcoming);
  }

  async function showCase(position: number): Promise<void> {
    try {
      const { view, stack } = await pictures.load(position);
      over.hidden = true;
      absent.element.hidden = true;
      problem.hidden = true;
      picture.hidden = false;
      missing = undefined;
      // The window of the case before stays with its picture: intensities of MRI have no unit.
      shown = { view, stack, raster: new Raster(), state: caseState(view) };
      shownAt = performance.now();
      head.at(position, view.level);
      panel.show(view, progress?.latest !== undefined, grades);
      place.dataset["position"] = String(position);
      draw();
      // The buttons that were pressed must not take the next keys.
      if (look.fillsWindow || place.contains(activeElement())) stage.canvas.focus({ preventScroll: true });
    } catch (error) {
      showMissing(position, error instanceof Error ? error.message : String(error));
    }
  }

  /** Without a picture nothing may be graded: least of all the disc before, which is saved. */
  function showMissing(position: number, message: string): void {
    const hadFocus = look.fillsWindow || place.contains(activeElement());
    hidePicture();
    missing = position;
    over.hidden = true;
    absent.element.hidden = false;
    head.at(position);
    place.dataset["position"] = String(position);
    fail(`The images of disc ${position + 1} cannot be shown: ${message}`);
    if (hadFocus) absent.focus();
  }

  function showEnd(): void {
    hidePicture();
    missing = undefined;
    absent.element.hidden = true;
    over.hidden = false;
    head.at(undefined);
    delete place.dataset["position"];
    over.textContent = "All discs are done and saved. Backspace takes the last one back.";
    place.focus();
  }

  function hidePicture(): void {
    shown = undefined;
    picture.hidden = true;
    panel.show(undefined, progress?.latest !== undefined, grades);
  }

  function activeElement(): Element | null {
    return (place.getRootNode() as ShadowRoot).activeElement;
  }

  function fail(message: string): void {
    problem.textContent = message;
    problem.hidden = false;
  }

  /** Asks what changes the session, and goes on when it is saved. */
  function settle(question: RatingQuestion, done: string): Promise<void> {
    return inTurn(async () => {
      const answer = await ask(question);
      if (answer.type === "state") {
        problem.hidden = true;
        said.textContent = done;
        openReasons(false);
        await follow(answer.state);
      } else fail(answer.type === "failed" ? `Not saved. ${answer.message}` : "Not saved.");
    });
  }

  /** Does what takes time; what is asked for meanwhile is dropped. */
  async function inTurn(work: () => Promise<void>): Promise<void> {
    if (isBusy) return;
    isBusy = true;
    place.setAttribute("aria-busy", "true");
    try {
      await work();
    } finally {
      isBusy = false;
      place.setAttribute("aria-busy", "false");
    }
  }

  async function again(): Promise<void> {
    const position = missing;
    if (position !== undefined) await inTurn(() => showCase(position));
  }

  function verdict(of: ShownCase): RatingView {
    const { view, state } = of;
    return {
      id: crypto.randomUUID(),
      position: view.position,
      slice: state.view.slice,
      box: state.box,
      isChanged: isChanged(state, view),
      seconds: (performance.now() - shownAt) / 1000,
    };
  }

  async function give(grade: number): Promise<void> {
    if (!shown) return;
    const words = `Disc ${shown.view.position + 1}: ${gradeText(grade, grades)} saved.`;
    await settle({ type: "grade", grade, ...verdict(shown) }, words);
  }

  async function skip(reason: string): Promise<void> {
    if (!shown) return;
    const words = `Disc ${shown.view.position + 1}: ${reason}, saved.`;
    await settle({ type: "skip", reason, ...verdict(shown) }, words);
  }

  async function skipMissing(): Promise<void> {
    if (missing === undefined) return;
    const words = `Disc ${missing + 1}: ${UNREADABLE}, saved.`;
    const view = { id: crypto.randomUUID(), position: missing };
    await settle({ type: "skip", reason: UNREADABLE, ...view }, words);
  }

  async function undo(): Promise<void> {
    const position = progress?.latest;
    if (position === undefined) return;
    const words = `Disc ${position + 1}: taken back; grade it again.`;
    await settle({ type: "undo", id: crypto.randomUUID(), position }, words);
  }

  /** Of a disc that is seen it is asked why; of one that is not, the reason is known. */
  function refuse(): void {
    if (missing === undefined) openReasons(true);
    else void skipMissing();
  }

  function openReasons(isOpen: boolean): void {
    if (isOpen === areReasonsOpen || (isOpen && !shown)) return;
    areReasonsOpen = isOpen;
    panel.showReasons(isOpen);
    if (!isOpen) stage.canvas.focus({ preventScroll: true });
  }

  /** @returns whether the key is ours */
  function press(event: KeyboardEvent): boolean {
    if (areReasonsOpen) return pressReason(event);
    // A button that has the focus takes these itself.
    if (event.composedPath()[0] instanceof HTMLButtonElement && (event.key === "Enter" || event.key === " "))
      return false;
    const key = ratingKey(event, keys, shown?.state.isEditing === true);
    if (!key) return false;
    // A key that is held down must not grade the discs that follow.
    if (key.type === "grade" && !event.repeat) void give(key.grade);
    else if (key.type === "undo" && !event.repeat) void undo();
    else if (key.type === "skip" && !event.repeat) refuse();
    // Where there is nothing to restore, Escape is the page's or the notebook's.
    else if (key.type === "escape") return change({ type: "restore" });
    else if (key.type === "case") change(key.action);
    return true;
  }

  function pressReason(event: KeyboardEvent): boolean {
    const reason = SKIP_REASONS[Number(/^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1]) - 1];
    if (event.key === "Escape") openReasons(false);
    else if (reason !== undefined && !event.repeat) void skip(reason);
    // Tab, Enter and Space work on the buttons as everywhere.
    return !["Tab", "Enter", " "].includes(event.key);
  }

  place.tabIndex = -1;
  const listener = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey || !press(event)) return;
    // A notebook would take the keys for itself.
    event.preventDefault();
    event.stopPropagation();
  };
  const target: HTMLElement = look.fillsWindow ? document.body : place;
  target.addEventListener("keydown", listener);
  return {
    follow,
    dispose() {
      target.removeEventListener("keydown", listener);
      stage.dispose();
    },
  };
}
