import type { CellDifference, Verification } from "../../../notebook/index.js";

/** The line that tells how one cell's fresh outputs are not the stored ones. */
export function differenceLine({ cell, output, what, stored, fresh }: CellDifference): string {
  const place = output === undefined ? `(${what})` : `output ${output} (${what})`;
  return `Cell ${cell}, ${place}: stored ${stored} | now ${fresh}`;
}

/** What a comparison came to, in one line. */
export function verdictLine({ differences, compared, leftOut }: Verification): string {
  const left =
    leftOut.length === 0
      ? ""
      : ` Left out, as tagged "varies": ${leftOut.map((cell) => `cell ${cell}`).join(", ")}.`;
  if (differences.length === 0)
    return `The ${compared === 1 ? "cell compared gives its" : `${compared} cells compared give their`} stored outputs again.${left}`;
  return `${differences.length === 1 ? "1 cell differs" : `${differences.length} cells differ`} from the stored outputs.${left}`;
}
