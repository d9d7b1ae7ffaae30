import type { Contrast } from "../../imaging/index.js";
import type { PictureContrast } from "./model.js";

/** The weighting of a series, and how it is known. */
export interface SeriesContrast {
  /** What it is taken for, picture and header together; `unknown` where neither tells. */
  readonly contrast: Contrast;
  /** What tells it: `told` stands for the one who called. */
  readonly knownBy: "header" | "picture" | "both" | "told" | "neither";
  /** As the header has it: times, options and protocol words. */
  readonly header: Contrast;
  /** As the picture has it: `unsure` where no weighting is probable enough, or too little of a spine is seen. */
  readonly picture: PictureContrast | "unsure";
  /** Probability of each weighting by the picture alone; they sum to 1. Absent where too little of a spine is seen. */
  readonly probabilities?: Readonly<Record<PictureContrast, number>>;
  /** Whether header and picture say what cannot both be. */
  readonly contradiction: boolean;
}
