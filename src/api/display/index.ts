/**
 * Displays: turns volumes, grades, tables and figures into mime bundles for notebooks. Every bundle holds the
 * interactive form for our renderers and a portable one beside it: a PNG for pictures, static HTML for tables, and
 * plain text.
 */
export * from "./confusion.js";
export * from "./curves.js";
export * from "./differences.js";
export * from "./display.js";
export * from "./distribution.js";
export { errorSheetPng } from "./errorSheet.js";
export { decimals, paddedRange, SERIES_COLOURS } from "./frame.js";
export * from "./grades.js";
export * from "./histogram.js";
export * from "./montage.js";
export * from "./plot.js";
export * from "./reliability.js";
export * from "./scatter.js";
export * from "./slices.js";
export * from "./still.js";
export * from "./svg.js";
export * from "./table.js";
