import type { Dataset, DatasetPatient } from "./types.js";

/** A patient as found; `problem` says why pictures that are there cannot be used ("with images that cannot be read"). */
export type FoundPatient = DatasetPatient & { readonly problem?: string | undefined };

/** Why nothing can be taken of a patient; undefined where something can: a graded T2 series, or masks. */
function whyLeftOut({ series, gradings, problem }: FoundPatient): string | undefined {
  if (series.some(({ loadMasked }) => loadMasked !== undefined)) return undefined;
  if (problem !== undefined) return problem;
  if (series.length === 0) return "without images";
  if (!series.some(({ kind }) => kind === "T2")) return "without a T2 series";
  return gradings.length === 0 ? "without grades" : undefined;
}

/** Parts what can be used from what cannot, which is counted by its reason. */
export function gather(found: readonly FoundPatient[]): Pick<Dataset, "patients" | "leftOut"> {
  const patients: DatasetPatient[] = [];
  const leftOut = new Map<string, number>();
  for (const { problem, ...patient } of found) {
    const why = whyLeftOut({ ...patient, problem });
    if (why === undefined) patients.push(patient);
    else leftOut.set(why, (leftOut.get(why) ?? 0) + 1);
  }
  return { patients, leftOut };
}
