import type { Numbering } from "../../detection/index.js";

/** How sure the names of the levels are, in sentences. */
export function numberingWords({ sacrumInView, posterior, runnerUp, lumbarVertebrae }: Numbering): string {
  const percent = (share: number): string => `${Math.round(100 * share)} %`;
  if (!sacrumInView)
    return "The sacrum is not in view: discs are counted from the lowest one seen, and the names are not certain.";
  const [four, five, six] = lumbarVertebrae;
  const other =
    runnerUp === undefined
      ? ""
      : `; next best, with ${percent(runnerUp.probability)}, the disc called ${runnerUp.lumbosacral} here is it`;
  return (
    `The disc called L5-S1 is the lumbosacral one with ${percent(posterior)}${other}. ` +
    `Lumbar vertebrae: four ${percent(four)}, five ${percent(five)}, six ${percent(six)}.`
  );
}
