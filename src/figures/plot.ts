/** What the plots of a cell share. */
import type { MimeBundle } from "../protocol/index.js";
import { uniformGenerator } from "../numbers/index.js";
import { figureBundle } from "./drawing/plot.js";
import { jupyterDisplay } from "./display.js";
import type { Displayable } from "./display.js";
import type { Figure } from "./drawing/plot.js";
import type { SaveOptions } from "./saving/request.js";
import type { SavedFigure } from "./saving/save.js";
import { savePlotly } from "./saving/saveFigure.js";

/** A plot that was drawn from its numbers. As the last value of a cell it shows itself. */
export abstract class Plot implements Displayable {
  protected abstract figure(): Figure;

  /**
   * Writes it as a file, by the ending `.svg`, `.png` or `.pdf`; the same plot gives the same bytes.
   * @throws RangeError for an ending, width, density, theme or folder that cannot be
   * @example await plot.save("figure2.pdf", { width: "single" })
   */
  save(path: string, options?: SaveOptions): Promise<SavedFigure> {
    return savePlotly(this.figure().plotly, path, options);
  }

  [jupyterDisplay](): Promise<MimeBundle> {
    return figureBundle(this.figure());
  }
}

/** Points that a plot shows at most: a browser draws so many without delay. Numbers are always of all cases. */
const MOST_POINTS = 5000;

/** Up to `most` of the items, drawn by the seed, in their own order. */
export function sampleOf<T>(items: readonly T[], seed: number, most = MOST_POINTS): readonly T[] {
  if (items.length <= most) return items;
  const uniform = uniformGenerator(seed);
  // Knuth's selection sampling: each item with the chance that leaves exactly `most` in the end.
  let wanted = most;
  return items.filter((_, i) => {
    const isTaken = uniform() * (items.length - i) < wanted;
    if (isTaken) wanted--;
    return isTaken;
  });
}

/** What a subtitle says where not all points are drawn. */
export function shownText(shown: number, all: number): string {
  return shown === all ? "" : `; ${shown} of ${all} points are drawn`;
}
