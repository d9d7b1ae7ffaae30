import type { AgreementFact, CohortFacts } from "./cohortFacts.js";

/** What a cohort tells of itself, in sentences for a checklist; undefined where it tells nothing. */

function list(parts: readonly string[]): string | undefined {
  return parts.length === 0 ? undefined : parts.join(", ");
}

function range(low: number | null | undefined, high: number | null | undefined): string | undefined {
  if (low === null || low === undefined || high === null || high === undefined) return undefined;
  return low === high ? low.toFixed(2) : `${low.toFixed(2)} to ${high.toFixed(2)}`;
}

/** Where the studies come from. */
export function datasets({ studies, patients, datasets: sets }: CohortFacts): string {
  const named = list(sets.map((set) => `${set.dataset} ${set.studies}`));
  return `This cohort: ${studies} studies of ${patients} patients${named === undefined ? "" : ` (${named})`}.`;
}

/** How many studies, discs and readings there are. */
export function size({ studies, patients, readings }: CohortFacts): string {
  return `This cohort: ${readings} readings of discs in ${studies} studies of ${patients} patients.`;
}

/** What importers found unusual. */
export function leftOut({ anomalies, leftOut: out }: CohortFacts): string {
  if (anomalies === 0) return "Importers reported no anomalies.";
  const told = anomalies === 1 ? "1 anomaly" : `${anomalies} anomalies`;
  const lost = out === 1 ? "1 row or value" : `${out} rows or values`;
  return `Importers reported ${told} and left ${lost} out because of ${anomalies === 1 ? "it" : "them"}.`;
}

/** What is missing, and what happens to it. */
export function missing({ studies, age, sex, readings, withoutPfirrmann }: CohortFacts): string {
  return (
    `Age is missing in ${studies - age.known}, sex in ${sex.unknown} of ${studies} studies, the Pfirrmann grade in ${withoutPfirrmann} of ${readings} readings. ` +
    "Nothing is imputed; comparisons take the discs that both sides have graded."
  );
}

/** How the images were made, as far as the files told. */
export function acquisition(cohort: CohortFacts): string | undefined {
  if (cohort.series.length === 0) return undefined;
  const [column0, column1, slice0, slice1] = cohort.spacing;
  const inPlane = range(column0, column1);
  const apart = range(slice0, slice1);
  return [
    `Series: ${cohort.series.map(({ kind, series }) => `${kind} ${series}`).join(", ")}.`,
    ...(inPlane === undefined ? [] : [`Pixels of ${inPlane} mm.`]),
    ...(apart === undefined ? [] : [`Slices ${apart} mm apart.`]),
    ...(cohort.fieldStrengths.length === 0 ? [] : [`Field strength ${cohort.fieldStrengths.join(", ")} T.`]),
    ...(cohort.manufacturers.length === 0 ? [] : [`Scanners of ${cohort.manufacturers.join(", ")}.`]),
  ].join(" ");
}

/** Who read the discs; undefined where only models did. */
export function raters({ raters: all }: CohortFacts): string | undefined {
  const people = all.filter(({ isModel }) => !isModel);
  if (people.length === 0) return undefined;
  return `Readings by ${people.map(({ rater, discs }) => `${rater} (${discs} discs)`).join(", ")}.`;
}

function agreement(facts: readonly AgreementFact[]): string | undefined {
  if (facts.length === 0) return undefined;
  const shown = facts.map(
    ({ who, discs, kappa }) =>
      `${who}: ${Number.isNaN(kappa) ? "undefined" : kappa.toFixed(3)} (${discs} discs)`,
  );
  return `Linear kappa of the Pfirrmann grade, ${shown.join("; ")}.`;
}

/** Agreement between raters and of raters with themselves; undefined where no disc was read twice. */
export function raterAgreement({ raterAgreement: facts }: CohortFacts): string | undefined {
  return agreement(facts);
}

/** Agreement of models with raters; undefined where no disc was read by both. */
export function modelAgreement({ modelAgreement: facts }: CohortFacts): string | undefined {
  const words = agreement(facts);
  return words === undefined ? undefined : `This cohort: ${words}`;
}

/** From studies to readings. */
export function flow(cohort: CohortFacts): string {
  return (
    `${cohort.studies} studies of ${cohort.patients} patients; ${cohort.failures} could not be graded; ` +
    `importers left out ${cohort.leftOut} rows or values; ${cohort.readings} readings of discs.`
  );
}

/** Ages, sexes and grades; undefined where neither age nor sex is known. */
export function characteristics(cohort: CohortFacts): string | undefined {
  const { age, sex, studies } = cohort;
  if (age.known === 0 && sex.unknown === studies) return undefined;
  const ages =
    age.known === 0
      ? "Age unknown."
      : `Age ${age.low} to ${age.high} years, median ${age.median} (known in ${age.known} of ${studies} studies).`;
  return [`Studies: ${sex.F} of women, ${sex.M} of men, ${sex.unknown} of unknown sex.`, ages, grades(cohort)]
    .filter((part) => part !== undefined)
    .join(" ");
}

/** How often each grade was read by people; undefined where no person graded. */
export function grades({ grades: counts }: CohortFacts): string | undefined {
  if (counts.length === 0) return undefined;
  return `First readings of each Pfirrmann grade: ${counts.map(({ grade, readings }) => `grade ${grade} ${readings}`).join(", ")}.`;
}

/** Studies that could not be read. */
export function failures({ failures: count }: CohortFacts): string {
  return `In this cohort ${count} studies could not be graded.`;
}
