import { alternativeWords } from "../../detection/index.js";
import type { Numbering } from "../../detection/index.js";

/** How sure the names of the levels are, in sentences. */
export function numberingWords(numbering: Numbering): string {
  const { sacrumInView, posterior, lumbarVertebrae, transitional } = numbering;
  const percent = (share: number): string => `${Math.round(100 * share)} %`;
  if (!sacrumInView)
    return "The sacrum is not in view: discs are counted from the lowest one seen, and the names are not certain.";
  const [four, five, six] = lumbarVertebrae;
  const other = alternativeWords(numbering);
  return (
    `The names of the discs are right with ${percent(posterior)}${other === undefined ? "" : `; next best: ${other}`}. ` +
    `Vertebrae of lumbar kind: four ${percent(four)}, five ${percent(five)}, six ${percent(six)}; a transitional one ${percent(transitional)}.`
  );
}
