/**
 * The viewer of one study in a panel of its own: sagittal, coronal and axial views of a volume on 2D canvases with a linked
 * crosshair. `state.ts`, `planes.ts`, `layout.ts`, `intensity.ts` and `events.ts` are pure; the page begins in `page.ts`.
 */
export { startPage } from "./page.js";
