/** How many characters of stream text one cell may write per run; more would swell the notebook and the editor. */
export const STREAM_LIMIT = 2_000_000;

/** How many characters of displays (JSON) one cell may send per run. */
export const DISPLAY_LIMIT = 128_000_000;

/** Counts what a cell has written and cuts it off at a limit, with one notice. */
export class StreamBudget {
  private left: number;
  private noticed = false;

  constructor(private readonly limit = STREAM_LIMIT) {
    this.left = limit;
  }

  /** The part of `text` that still fits; the notice once when it does not fit; then nothing. */
  take(text: string): string {
    if (text.length <= this.left) {
      this.left -= text.length;
      return text;
    }
    if (this.noticed) return "";
    this.noticed = true;
    const head = text.slice(0, this.left);
    this.left = 0;
    return `${head}\n[Output cut off: this cell wrote more than ${this.limit / 1_000_000} MB.]\n`;
  }
}
