import type { MimeBundle } from "../../protocol/index.js";
import { jupyterDisplay } from "../../figures/index.js";
import { escapeMarkup } from "../../text/index.js";
import type { Displayable } from "../../figures/index.js";
import { modelsFolder } from "../../analysis/index.js";
import { badge, reportHtml } from "../patient/html.js";
import { readCohort } from "./cohortFacts.js";
import type { SqlSource } from "./cohortFacts.js";
import { CLAIM, TRIPOD_AI } from "./items.js";
import type { ChecklistItem, ChecklistSource } from "./items.js";
import { knownOf } from "./known.js";
import type { ChecklistFacts } from "./known.js";
import { readModels } from "./models.js";
import { readPackage } from "./packageFacts.js";
import { requireOptions } from "../../statistics/index.js";

/** Checklists by the names that `checklist` takes. */
export const CHECKLISTS = { CLAIM, "TRIPOD+AI": TRIPOD_AI } as const;
export type ChecklistName = keyof typeof CHECKLISTS;

/** A row of a checklist that was filled in as far as is known. */
export interface ChecklistRow {
  readonly number: string;
  readonly section: string;
  readonly item: string;
  readonly status: "filled" | "by the author";
  /** What is on record, in sentences; empty where nothing is. */
  readonly known: string;
  /** What the author is to write or to add; empty once the author has. */
  readonly hint: string;
}

/** What a checklist is filled in from beside the package's own files. */
export interface ChecklistOptions {
  /** The cohort of the study: `await openCohort(path)`. */
  readonly cohort?: SqlSource;
  /** What the author says, by the item's number: it takes the place of the hint. */
  readonly answers?: Readonly<Record<string, string>>;
  /** Folder of the models; those in use by default. */
  readonly models?: string;
}

/** A reporting checklist, filled in as far as is known. As the last value of a cell it shows its table. */
export class Checklist implements Displayable {
  constructor(
    readonly source: ChecklistSource,
    readonly rows: readonly ChecklistRow[],
  ) {}

  /** One row an item, for tables and files. */
  table(): ChecklistRow[] {
    return [...this.rows];
  }

  /** How many items are filled in, and how many are left to the author. */
  get counts(): { readonly filled: number; readonly byTheAuthor: number } {
    const filled = this.rows.filter(({ status }) => status === "filled").length;
    return { filled, byTheAuthor: this.rows.length - filled };
  }

  /** The table in Markdown, for a manuscript's supplement. */
  toMarkdown(): string {
    const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");
    const rows = this.rows.map(
      ({ number, item, status, known, hint }) =>
        `| ${[number, item, status, known, hint].map(cell).join(" | ")} |`,
    );
    return [
      `# ${this.source.name}`,
      "",
      this.source.citation,
      "",
      "| Item | What | Status | On record | For the author |",
      "| --- | --- | --- | --- | --- |",
      ...rows,
      "",
    ].join("\n");
  }

  [jupyterDisplay](): MimeBundle {
    const lines = this.rows.map(
      ({ number, item, status, known, hint }) =>
        `${number}. ${item} [${status}]${known === "" ? "" : ` ${known}`}${hint === "" ? "" : ` > ${hint}`}`,
    );
    return {
      "text/html": this.html(),
      "text/plain": [this.summary(), ...lines].join("\n"),
    };
  }

  private summary(): string {
    const { filled, byTheAuthor } = this.counts;
    return (
      `${this.source.name}: ${filled} of ${this.rows.length} items are filled in from what is on record, ${byTheAuthor} are left to the author. ` +
      "The items are in words of our own; the publication's are the ones that count."
    );
  }

  private html(): string {
    const sections = [...new Set(this.rows.map(({ section }) => section))];
    const body = sections.map((section) => {
      const rows = this.rows.filter((row) => row.section === section);
      const head = `<tr class="section"><th colspan="4" scope="rowgroup">${escapeMarkup(section)}</th></tr>`;
      return `<tbody>${head}${rows.map(rowHtml).join("")}</tbody>`;
    });
    return reportHtml(
      `<p>${escapeMarkup(this.summary())}</p>` +
        `<table class="checklist"><thead><tr><th scope="col">Item</th><th scope="col">What</th><th scope="col">Status</th><th scope="col">On record, and what to write</th></tr></thead>${body.join("")}</table>` +
        `<p class="soft">${escapeMarkup(this.source.citation)}</p>`,
    );
  }
}

function rowHtml({ number, item, status, known, hint }: ChecklistRow): string {
  const parts = [
    ...(known === "" ? [] : [`<div>${escapeMarkup(known)}</div>`]),
    ...(hint === "" ? [] : [`<div class="soft">→ ${escapeMarkup(hint)}</div>`]),
  ];
  return (
    `<tr><td>${escapeMarkup(number)}</td><td>${escapeMarkup(item)}</td>` +
    `<td>${badge(status, status === "filled" ? "good" : "open")}</td><td>${parts.join("")}</td></tr>`
  );
}

/** One row: filled where the record answers the item, or where the author does. */
function fillItem(item: ChecklistItem, facts: ChecklistFacts, answer: string | undefined): ChecklistRow {
  const known = item.topic === undefined ? undefined : knownOf(item.topic, facts);
  const isFilled = answer !== undefined || (item.answers === true && known !== undefined);
  return {
    number: item.number,
    section: item.section,
    item: item.item,
    status: isFilled ? "filled" : "by the author",
    known: [answer, known].filter((text) => text !== undefined && text !== "").join(" "),
    hint: answer === undefined ? item.hint : "",
  };
}

/**
 * A reporting checklist, filled in as far as is known: CLAIM (2024 update) or TRIPOD+AI (2024). What is known is read from the
 * package, from the weights, recipes, model cards and calibration of the models in use, and from the cohort where one is given.
 * Nothing is guessed: an item that these do not answer stays "by the author", with a hint what to write.
 * @throws RangeError for an unknown checklist, or for answers to items that it does not have
 * @example await checklist("CLAIM")
 * @example await checklist("TRIPOD+AI", { cohort, answers: { "18a": "Funded by nobody." } })
 */
export async function checklist(name: ChecklistName, options: ChecklistOptions = {}): Promise<Checklist> {
  requireOptions("checklist", options, { cohort: true, answers: true, models: true });
  const { cohort, answers = {}, models = modelsFolder() } = options;
  if (!Object.hasOwn(CHECKLISTS, name))
    throw new RangeError(
      `There is no checklist "${name as string}"; there are ${Object.keys(CHECKLISTS).join(" and ")}.`,
    );
  const source = CHECKLISTS[name];
  const unknown = Object.keys(answers).find((number) => !source.items.some((item) => item.number === number));
  if (unknown !== undefined)
    throw new RangeError(
      `${name} has no item ${unknown}; its items are ${source.items[0]!.number} to ${source.items.at(-1)!.number}.`,
    );
  const read = cohort === undefined ? undefined : await readCohort(cohort);
  // Of an empty cohort nothing is known: its zeros are no answers.
  const isEmpty = read === undefined || (read.studies === 0 && read.readings === 0);
  const facts: ChecklistFacts = {
    ...(await readModels(models)),
    package: await readPackage(),
    ...(isEmpty ? {} : { cohort: read }),
  };
  return new Checklist(
    source,
    source.items.map((item) => fillItem(item, facts, answers[item.number])),
  );
}
