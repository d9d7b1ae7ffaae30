import { GRADES_MIME, RATING_MIME, SLICES_MIME, TABLE_MIME } from "../protocol/index.js";
import { renderGrades } from "./grades/index.js";
import type { Renderers } from "./mount.js";
import { renderRating } from "./rating/index.js";
import { renderSlices } from "./slices/index.js";
import { renderTable } from "./table/index.js";

/** The renderers without plotly. */
export const spineRenderers: Renderers = {
  [SLICES_MIME]: renderSlices,
  [GRADES_MIME]: renderGrades,
  [TABLE_MIME]: renderTable,
  [RATING_MIME]: renderRating,
};
