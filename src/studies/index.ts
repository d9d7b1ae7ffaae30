/**
 * Room `studies`: the two papers reproduced: their published numbers, and the same tables and figures measured on phantoms and
 * on public data (`niemeyer/`, `jamaludin/`); and one patient's discs over time (`longitudinal/`).
 */
export * as jamaludin from "./jamaludin/index.js";
export * as longitudinal from "./longitudinal/index.js";
export * as measured from "./jamaludin/measured.js";
export * from "./niemeyer/index.js";
