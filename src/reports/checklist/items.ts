import claim from "./claim.json" with { type: "json" };
import { isTopic, type Topic } from "./known.js";
import tripodAi from "./tripodAi.json" with { type: "json" };

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

/** A checklist as its file holds it. */
interface ChecklistFile {
  readonly name: string;
  readonly citation: string;
  readonly sections: readonly {
    readonly section: string;
    readonly items: readonly {
      readonly number: string;
      readonly item: string;
      readonly hint: string;
      /** The topic of `known.ts` that answers the item, or that only helps the author. */
      readonly answeredBy?: string;
      readonly helpedBy?: string;
    }[];
  }[];
}

/**
 * A checklist from what its file holds.
 * @throws RangeError for an item that names a topic which is none of `known.ts`
 */
export function checklistFrom({ name, citation, sections }: ChecklistFile): ChecklistSource {
  const topicOf = (number: string, topic: string): Topic => {
    if (isTopic(topic)) return topic;
    throw new RangeError(`Item ${number} of ${name} names the topic "${topic}", of which nothing is known.`);
  };
  const items = sections.flatMap(({ section, items: own }) =>
    own.map(({ number, item, hint, answeredBy, helpedBy }): ChecklistItem => {
      const topic = answeredBy ?? helpedBy;
      return {
        number,
        section,
        item,
        hint,
        ...(topic === undefined ? {} : { topic: topicOf(number, topic) }),
        ...(answeredBy === undefined ? {} : { answers: true }),
      };
    }),
  );
  return { name, citation, items };
}

/** The 44 items of CLAIM, 2024 update, in words of our own. */
export const CLAIM = checklistFrom(claim);

/** The 27 items of TRIPOD+AI with their parts (52 rows), in words of our own. */
export const TRIPOD_AI = checklistFrom(tripodAi);
