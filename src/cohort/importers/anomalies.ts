import type { Anomaly } from "../records.js";

/** Anomalies of one kind that are listed one by one; a file of a million bad lines must not fill the memory. */
export const MOST_OF_A_KIND = 10_000;

/** Anomalies of one file. Of each kind the first 10,000 are listed, and of those after them how many they are. */
export class AnomalyList {
  private readonly listed: Anomaly[] = [];
  private readonly kinds = new Map<string, { count: number; last: Omit<Anomaly, "file"> }>();

  /** @param file its name without a folder */
  constructor(readonly file: string) {}

  add(anomaly: Omit<Anomaly, "file">): void {
    const count = (this.kinds.get(anomaly.code)?.count ?? 0) + 1;
    this.kinds.set(anomaly.code, { count, last: anomaly });
    if (count <= MOST_OF_A_KIND) this.listed.push({ file: this.file, ...anomaly });
  }

  /** Tells of a text that is not UTF-8 throughout. @param encoding what was done about it; absent where it is */
  addEncoding(encoding: string | undefined): void {
    if (encoding !== undefined) this.add({ code: "encoding", message: encoding, isLeftOut: false });
  }

  /** One anomaly for something that occurred `count` times; nothing where it never did. */
  summarise(count: number, code: string, message: string, isLeftOut: boolean): void {
    if (count > 0) this.add({ code, message, isLeftOut });
  }

  list(): Anomaly[] {
    const further = [...this.kinds].flatMap(([code, { count, last }]): Anomaly[] => {
      if (count <= MOST_OF_A_KIND) return [];
      const where = last.line === undefined ? "" : `, the last in line ${last.line}`;
      const message = `${count - MOST_OF_A_KIND} more of the kind "${code}" are not listed one by one${where}.`;
      return [{ file: this.file, code, message, isLeftOut: last.isLeftOut }];
    });
    return [...this.listed, ...further];
  }
}

/**
 * A value of a cell for a message. Cells may have slipped into a wrong column, and hold a name or a date of birth there: only
 * short numbers and what begins like a level is shown.
 */
export function shown(text: string): string {
  const isHarmless = /^[+-]?[\d.,]{1,5}$/.test(text) || /^(?:IVD|TH|T|L|S)[ _-]?\d[\w /–-]{0,5}$/i.test(text);
  return isHarmless ? `"${text}"` : "what stands there";
}
