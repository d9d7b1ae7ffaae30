import type {
  RatingAbout,
  RatingAnswer,
  RatingQuestion,
  RatingState,
  RatingView,
} from "../../protocol/index.js";
import { h, type Mounted } from "../dom.js";
import { Raster } from "../slices/index.js";
import { gradeKeys, gradeText, keyHelp, ratingKey } from "./keys.js";
import { asker, type RatingLink } from "./link.js";
import { createPanel, SKIP_REASONS } from "./panel.js";
import { Pictures } from "./pictures.js";
import { createStage, type ShownCase } from "./stage.js";
import { caseState, isChanged, reduceCase, type CaseAction } from "./state.js";
import { RATING_STYLES } from "./styles.js";

export interface RatingLook {
  /** On a page of its own the picture fills the window and takes the keyboard. */
  readonly fillsWindow: boolean;
}

/** Tallest picture in an output, CSS pixels. */
const OUTPUT_HEIGHT = 520;

/**
 * Puts the rating tool into a styled root. A grade is sent, and the next disc shown only when the kernel says that it is saved;
 * what cannot be saved stays on screen with the reason. Resolves when the first disc, or the reason why there is none, is shown.
 */
export async function createRating(root: HTMLElement, link: RatingLink, look: RatingLook): Promise<Mounted> {
  const ask = asker(link);
  const pictures = new Pictures(ask);
  const place = h("div", { class: "rating", role: "region", "aria-label": "Rating" });
  root.before(h("style", {}, RATING_STYLES));
  root.append(place);
  const answer = await ask({ type: "open" });
  if (answer.type !== "about") {
    const message = answer.type === "failed" ? answer.message : "The kernel gave no session.";
    const again = h("button", { type: "button" }, "Try again");
    place.append(h("p", { class: "error", role: "alert" }, message));
    // A channel that is over stays over; a page's kernel may only be slow.
    if (look.fillsWindow) place.append(h("p", {}, again));
    again.addEventListener("click", () => {
      place.remove();
      void createRating(root, link, look);
    });
    return { dispose: () => undefined };
  }
  const tool = createTool(place, answer.about, { ask, pictures, look });
  await tool.follow(answer.state);
  return tool;
}

interface Means {
  readonly ask: (question: RatingQuestion) => Promise<RatingAnswer>;
  readonly pictures: Pictures;
  readonly look: RatingLook;
}

function createTool(place: HTMLElement, about: RatingAbout, { ask, pictures, look }: Means) {
  const { grades } = about;
  const keys = gradeKeys(grades);
  let progress: RatingState | undefined;
  let shown: ShownCase | undefined;
  let shownAt = 0;
  /** Whether an answer is waited for: what is pressed meanwhile is meant for a picture that is going away. */
  let isBusy = false;
  let areReasonsOpen = false;

  const stage = createStage({ dispatch: change, height: pictureHeight });
  const panel = createPanel(about, keys, {
    grade: (grade) => void give(grade),
    undo: () => void undo(),
    openReasons: () => {
      openReasons(true);
    },
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
  const where = h("span", { class: "count" });
  const counts = h("span", { class: "muted" });
  const fill = h("i");
  const bar = h(
    "div",
    { class: "bar", role: "progressbar", "aria-label": "Discs done", "aria-valuemin": 0 },
    fill,
  );
  const said = h("p", { class: "said", role: "status" });
  const problem = h("p", { class: "error", role: "alert", hidden: true });
  const over = h("p", { class: "over", hidden: true });
  const picture = h("div", { class: "picture" }, stage.element);
  place.append(
    h("div", { class: "head" }, h("h3", {}, about.title), where, counts),
    bar,
    said,
    problem,
    over,
    h("div", { class: "desk" }, picture, panel.element),
  );

  function pictureHeight(): number {
    return look.fillsWindow ? Math.max(260, Math.min(760, window.innerHeight - 150)) : OUTPUT_HEIGHT;
  }

  function change(action: CaseAction): void {
    if (!shown) return;
    const state = reduceCase(shown.state, action, shown.view);
    if (state === shown.state) return;
    shown = { ...shown, state };
    draw();
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
    const label = `Disc ${view.position + 1}. ${level}${slice}, ${region}. ${keyHelp(keys, grades)}`;
    stage.canvas.setAttribute("aria-label", label);
  }

  /** Shows how far the session is and the case that is next. */
  async function follow(state: RatingState): Promise<void> {
    progress = state;
    const { total, graded, skipped, upcoming } = state;
    const done = graded + skipped;
    counts.textContent = `${done} of ${total} done${skipped > 0 ? `, ${skipped} not gradable` : ""}`;
    fill.style.width = `${(100 * done) / total}%`;
    bar.setAttribute("aria-valuemax", String(total));
    bar.setAttribute("aria-valuenow", String(done));
    const [next] = upcoming;
    if (next === undefined) showEnd();
    else await showCase(next);
    pictures.keep(upcoming);
  }

  async function showCase(position: number): Promise<void> {
    try {
      const { view, stack } = await pictures.load(position);
      over.hidden = true;
      picture.hidden = false;
      // The window of the case before stays with its picture: intensities of MRI have no unit.
      shown = { view, stack, raster: new Raster(), state: caseState(view) };
      shownAt = performance.now();
      where.textContent = `Disc ${position + 1}${view.level === undefined ? "" : `, ${view.level}`}`;
      panel.show(view, progress?.latest !== undefined, grades);
      place.dataset["position"] = String(position);
      draw();
      // The buttons that were pressed must not take the next keys.
      if (look.fillsWindow || place.contains(activeElement())) stage.canvas.focus({ preventScroll: true });
    } catch (error) {
      fail(error instanceof Error ? error.message : String(error));
    }
  }

  function showEnd(): void {
    shown = undefined;
    picture.hidden = true;
    over.hidden = false;
    where.textContent = "";
    delete place.dataset["position"];
    over.textContent = "All discs are done and saved. Backspace takes the last one back.";
    panel.show(undefined, progress?.latest !== undefined, grades);
    place.focus();
  }

  function activeElement(): Element | null {
    return (place.getRootNode() as ShadowRoot).activeElement;
  }

  function fail(message: string): void {
    problem.textContent = message;
    problem.hidden = false;
  }

  /** Asks what changes the session, and goes on when it is saved. */
  async function settle(question: RatingQuestion, done: string): Promise<void> {
    if (isBusy) return;
    isBusy = true;
    place.setAttribute("aria-busy", "true");
    const answer = await ask(question);
    if (answer.type === "state") {
      problem.hidden = true;
      said.textContent = done;
      openReasons(false);
      await follow(answer.state);
    } else fail(answer.type === "failed" ? `Not saved. ${answer.message}` : "Not saved.");
    isBusy = false;
    place.setAttribute("aria-busy", "false");
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

  async function undo(): Promise<void> {
    const position = progress?.latest;
    if (position === undefined) return;
    const words = `Disc ${position + 1}: taken back; grade it again.`;
    await settle({ type: "undo", id: crypto.randomUUID(), position }, words);
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
    else if (key.type === "skip" && !event.repeat) openReasons(true);
    else if (key.type === "escape") change({ type: "restore" });
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
      place.remove();
    },
  };
}
