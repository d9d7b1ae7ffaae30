/** A page without a browser, built as a file of its own (`dist/kernel/page.cjs`) that is loaded when a cell or a drawing library first asks for it. */
export { makeWindow } from "./document.js";
