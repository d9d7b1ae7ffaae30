import { Array, JSON, Object } from "../run/primordials.js";
import { escapeMarkup } from "../../text/index.js";

const MAX_ENTRIES = 200;
const MAX_NODES = 5000;
const MAX_DEPTH = 20;

/** A JSON value as a tree that opens and closes, in HTML without a script; its first level stands open. */
export function jsonTree(value: unknown): string {
  const state = { nodes: 0 };
  return `<div style="font-family:monospace">${node("", value, 0, state)}</div>`;
}

/** `key` is HTML that stands before the value, in what opens it where it can be opened. */
function node(key: string, value: unknown, depth: number, state: { nodes: number }): string {
  if (typeof value !== "object" || value === null) return key + escapeMarkup(JSON.stringify(value));
  const entries = Object.entries(value);
  const isArray = Array.isArray(value);
  const brackets = isArray ? "[]" : "{}";
  if (entries.length === 0) return key + brackets;
  const label = `${key}${brackets[0]}${entries.length}${brackets[1]}`;
  if (depth >= MAX_DEPTH || state.nodes >= MAX_NODES) return `${label} …`;
  const items = entries.slice(0, MAX_ENTRIES).map(([name, item]) => {
    state.nodes += 1;
    return `<li>${node(`<b>${escapeMarkup(name)}</b>: `, item, depth + 1, state)}</li>`;
  });
  const left = entries.length > MAX_ENTRIES ? `<li>… ${entries.length - MAX_ENTRIES} more</li>` : "";
  const list = `<ul style="list-style:none;margin:0;padding-left:1.2em">${items.join("")}${left}</ul>`;
  return `<details${depth === 0 ? " open" : ""}><summary>${label}</summary>${list}</details>`;
}
