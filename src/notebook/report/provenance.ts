import { escapeMarkup } from "../../text/index.js";
import { isObject } from "../ipynb.js";
import { knownMetadata } from "../metadata.js";
import type { Notebook } from "../ipynb.js";

/** What those who read a printed report want to know of the run: what was computed, by what, on what, when. */
const ON_PAPER = new Set(["spinebook", "node", "date", "data", "runtimes", "models", "seeds"]);

/**
 * The provenance block that a headless run leaves in the notebook, as a list; empty lists are left out.
 * @param isBrief leaves out what is of use only to those who look into the run
 */
export function renderProvenance(notebook: Notebook, isBrief = false): string {
  const { provenance } = knownMetadata(notebook);
  if (provenance === undefined) return "<p>This notebook holds no record of a headless run.</p>\n";
  const rows = Object.entries(provenance).flatMap(([name, value]) => {
    if (isBrief && !ON_PAPER.has(name)) return [];
    const lines = name === "cells" ? cellTimes(notebook, value) : linesOf(name, value);
    return lines.length === 0
      ? []
      : [`<dt>${escapeMarkup(name)}</dt><dd>${lines.map(escapeMarkup).join("<br>")}</dd>`];
  });
  return `<dl>\n${rows.join("\n")}\n</dl>\n`;
}

function linesOf(name: string, value: unknown): string[] {
  if (name === "memoryLimit" && typeof value === "number") return [`${value} MB`];
  if (Array.isArray(value)) return value.map(lineOf);
  return [lineOf(value)];
}

/** What a result rests on reads as its name and its hash. */
function lineOf(value: unknown): string {
  if (isObject(value) && typeof value["name"] === "string" && typeof value["value"] === "string")
    return `${value["name"]} ${value["value"]}`;
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The seconds of each cell, by its number in the notebook instead of its id. */
function cellTimes({ cells }: Notebook, value: unknown): string[] {
  if (!isObject(value)) return [];
  const times = cells.flatMap(({ id }, index) =>
    typeof value[id] === "number" ? [`cell ${index + 1}: ${value[id].toFixed(2)} s`] : [],
  );
  return times.length === 0 ? [] : [times.join(", ")];
}
