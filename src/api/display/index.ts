/**
 * Displays: turns volumes, grades, tables and figures into mime bundles for notebooks. Every bundle holds the
 * interactive form for our renderers and a portable one beside it: a PNG for pictures, static HTML for tables, and
 * plain text.
 */
export * from "./confusion.js";
export * from "./display.js";
export { errorSheetPng } from "./errorSheet.js";
export * from "./grades.js";
export * from "./plot.js";
export * from "./reliability.js";
export * from "./slices.js";
export * from "./still.js";
export * from "./svg.js";
export * from "./table.js";
