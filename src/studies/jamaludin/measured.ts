/** The tables of Jamaludin et al., Eur Spine J 2017;26:1374, measured on phantoms with a simulated radiologist and on SPIDER. */
export * from "./atlas.js";
export * from "./phantomCohort.js";
export * from "./published.js";
export * from "./tables.js";
