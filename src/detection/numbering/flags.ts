import type { Flag, Numbering, NumberingAlternative } from "../spine.js";

/** Share of "lowest disc" from which a disc is recognised as the lumbosacral one. */
const RECOGNISED = 0.3;
/** Below this probability of the names the numbering is called uncertain. */
const CERTAIN = 0.7;
/** From this probability on it is told that another disc looks lumbosacral, too. */
const ELSEWHERE = 0.1;
/** From this probability on a transitional vertebra is told. */
const TOLD = 0.12;

const percent = (share: number): string => `${Math.round(100 * share)} %`;

/** Whether the names are so doubtful that the alternative stands beside each of them. */
export function isNumberingDoubtful({ sacrumInView, posterior, alternatives }: Numbering): boolean {
  const isElsewhere = alternatives.some(
    ({ form, probability }) => form === "usual" && probability >= ELSEWHERE,
  );
  return sacrumInView && (posterior < CERTAIN || isElsewhere);
}

/** The name of a disc or vertebra with the most probable other one where the numbering is doubtful: "L4-L5 (or L5-S1)". */
export function shownLevel(level: string, numbering: Numbering): string {
  const other = isNumberingDoubtful(numbering) ? numbering.alternatives[0]?.names[level] : undefined;
  return other === undefined || other === level ? level : `${level} (or ${other})`;
}

/** A reading in words: "S1 is lumbarised (six vertebrae of lumbar kind)". */
function formWords({ form, lumbarVertebrae, names }: NumberingAlternative): string {
  const count = { 4: "four", 5: "five", 6: "six" }[lumbarVertebrae];
  if (form === "lumbarised") return `S1 is lumbarised (${count} vertebrae of lumbar kind)`;
  if (form === "sacralised") return `L5 is sacralised (${count} vertebrae of lumbar kind)`;
  if (form !== "usual") return `there are ${count} lumbar vertebrae`;
  const here = Object.keys(names).find((level) => names[level] === "L5-S1");
  return here === undefined
    ? "another disc is the lumbosacral one"
    : `the disc called ${here} is the lumbosacral one`;
}

/** What the best alternative is, in words. */
export function alternativeWords({ alternatives }: Numbering): string | undefined {
  const [best] = alternatives;
  if (best === undefined) return undefined;
  return `${formWords(best)}, ${percent(best.probability)}: then the disc called L5-S1 is ${best.lumbosacral}`;
}

/** What a reader should know about the numbering. @param recognised share of "lowest disc" of the disc that looks lumbosacral */
export function numberingFlags(numbering: Numbering, recognised: number): Flag[] {
  if (!numbering.sacrumInView)
    return [
      {
        code: "sacrum-not-in-view",
        message:
          "The sacrum is not in view, so levels cannot be named; discs are counted from the lowest one seen (disc-1) upward.",
      },
    ];
  const flags: Flag[] = [];
  if (recognised < RECOGNISED)
    flags.push({
      code: "sacrum-uncertain",
      message:
        "The lumbosacral disc was not recognised with certainty; the sacrum may be out of view, and all level names may be shifted.",
    });
  else if (isNumberingDoubtful(numbering))
    flags.push({
      code: "numbering-uncertain",
      message: `The names of the levels are right with ${percent(numbering.posterior)} only. The most probable other reading: ${
        alternativeWords(numbering) ?? "another disc is the lumbosacral one"
      }.`,
    });
  const [four, , six] = numbering.lumbarVertebrae;
  if (numbering.transitional > TOLD)
    flags.push({
      code: "transitional",
      message: `A transitional vertebra is possible (${percent(numbering.transitional)}): ${
        six > four
          ? `S1 may be lumbarised (six vertebrae of lumbar kind, ${percent(six)})`
          : `L5 may be sacralised (four vertebrae of lumbar kind, ${percent(four)})`
      }. Compare with a whole-spine view before levels are relied on.`,
    });
  return flags;
}
