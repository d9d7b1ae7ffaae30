/** Pure functions from what a browser reports to what the viewer should do. */
import type { Key } from "../slices/events.js";
import type { PlaneName } from "./planes.js";
import type { Action } from "./state.js";

/** What a drag that begins with these buttons and keys does. */
export type Drag = "crosshair" | "window" | "pan";

/** @param event `button` is 0 for the main, 1 for the middle, 2 for the right button */
export function dragOf({ button, shiftKey }: { readonly button: number; readonly shiftKey: boolean }): Drag {
  if (button === 1) return "pan";
  return button === 2 || shiftKey ? "window" : "crosshair";
}

/** CSS pixels of dragging that change the window by its first width. */
const PIXELS_PER_WINDOW = 300;

/** Right is wider, down is brighter, as in the slice viewer of notebooks. */
export function dragWindow(x: number, y: number): Action {
  return { type: "window", centreBy: -y / PIXELS_PER_WINDOW, widthBy: x / PIXELS_PER_WINDOW };
}

/** Factor of a wheel with Ctrl held, which is also what browsers report for a pinch on a track pad. */
export function wheelFactor(delta: number): number {
  return Math.exp(-Math.max(-60, Math.min(60, delta)) / 200);
}

const KEY_STEP = 0.05;

/** The keys and the mouse in words, for the help below the views. */
export const HELP: readonly (readonly [string, string])[] = [
  ["Click, drag", "move the crosshair; the other views follow"],
  ["Arrow keys", "move the crosshair by one voxel"],
  ["Wheel, Page Up and Page Down, Home, End", "change the slice"],
  [
    "Right button or Shift and drag, Shift and arrow keys",
    "brightness (up, down) and contrast (left, right)",
  ],
  ["Ctrl and wheel, + and −", "zoom; drag with the middle button to move the picture"],
  ["Double click, R", "reset brightness, contrast and zoom"],
  ["O", "switch outlines"],
];

/** The same, short, for a view's description. */
export const KEY_HELP =
  "Arrow keys move the crosshair, Page Up and Page Down change the slice, Shift and arrow keys change brightness and " +
  "contrast, plus and minus zoom, O switches outlines, R resets.";

/** The action of a key in a view, `undefined` for keys that belong to the page or to VS Code. */
export function keyAction(event: Key, plane: PlaneName): Action | undefined {
  if (event.ctrlKey || event.altKey || event.metaKey) return undefined;
  const arrow = ARROWS[event.key];
  if (arrow)
    return event.shiftKey
      ? { type: "window", centreBy: arrow[1] * KEY_STEP, widthBy: arrow[0] * KEY_STEP }
      : { type: "nudge", plane, by: arrow };
  switch (event.key.length === 1 ? event.key.toLowerCase() : event.key) {
    case "PageUp":
      return { type: "scroll", plane, by: event.shiftKey ? -5 : -1 };
    case "PageDown":
      return { type: "scroll", plane, by: event.shiftKey ? 5 : 1 };
    case "Home":
      return { type: "scroll", plane, by: -Number.MAX_SAFE_INTEGER };
    case "End":
      return { type: "scroll", plane, by: Number.MAX_SAFE_INTEGER };
    case "o":
      return { type: "toggleOutlines" };
    case "r":
      return { type: "reset" };
    default:
      return undefined;
  }
}

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The zoom factor of a key, `undefined` for others. */
export function keyZoom(event: Key): number | undefined {
  if (event.ctrlKey || event.altKey || event.metaKey) return undefined;
  if (event.key === "+" || event.key === "=") return 1.25;
  return event.key === "-" ? 0.8 : undefined;
}
