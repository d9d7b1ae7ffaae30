import type { Topic } from "./known.js";

/** One item of a reporting checklist, in words of our own. */
export interface ChecklistItem {
  /** As the publication numbers it, such as `12c`. */
  readonly number: string;
  readonly section: string;
  readonly item: string;
  /** What the software may know of it. */
  readonly topic?: Topic;
  /** Whether what the software knows answers the item; else it only helps, and the author writes. */
  readonly answers?: true;
  /** What the author is to write, or to add. */
  readonly hint: string;
}

/** A published checklist. */
export interface ChecklistSource {
  readonly name: string;
  readonly citation: string;
  readonly items: readonly ChecklistItem[];
}

/** A row as the two lists are written: number, item, hint, and what the software may know. */
export type ItemRow = readonly [
  number: string,
  item: string,
  hint: string,
  topic?: Topic,
  scope?: "answers" | "helps",
];

/** The items of one section. */
export function itemsOf(section: string, rows: readonly ItemRow[]): ChecklistItem[] {
  return rows.map(([number, item, hint, topic, scope]) => ({
    number,
    section,
    item,
    hint,
    ...(topic === undefined ? {} : { topic }),
    ...(scope === "answers" ? { answers: true as const } : {}),
  }));
}
