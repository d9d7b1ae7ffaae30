import { agreementTable, cohenKappa } from "../../statistics/index.js";
import type { AgreementTable } from "../../statistics/index.js";
import { CohortError, cohortFeature } from "../../cohort/index.js";
import { nearestGrade } from "../../grading/index.js";
import type { FeatureGrade } from "../../grading/index.js";
import { discKey } from "./cases.js";
import type { RatedDisc } from "./cases.js";
import { ADJUDICATED, REVIEWED } from "./compare.js";
import { isGrade, standingRatings } from "./rating.js";
import type { Rating, StandingGrade } from "./rating.js";
import { integralGrade, ratingScale } from "./scale.js";

/** How well two readings agree: Niemeyer's Table 2 columns, and on the fractional scale itself. */
export interface RaterAgreement extends AgreementTable {
  /** `intra`: a rater with themselves; `inter`: two raters, each by their first reading; `model`: a rater's first reading and the models. */
  readonly kind: "intra" | "inter" | "model";
  readonly feature: string;
  /** The one taken as the reference first: `rater 1, reading 1`. */
  readonly first: string;
  readonly second: string;
  /** Discs that both graded. */
  readonly discs: number;
  /** Linear kappa over the 13 fractional grades, each step one rank; absent on other scales. */
  readonly fractionalKappa?: number;
  /** Share of discs with exactly the same fractional grade. */
  readonly fractionalAccuracy?: number;
}

/** What the models say of discs. */
export interface ModelReading {
  /** The reader whose convention the Pfirrmann grades follow; absent where none was named. */
  readonly reader?: string;
  readonly discs: readonly (RatedDisc & {
    /** By feature key; what is withheld is absent. */
    readonly grades: Readonly<Record<string, Pick<FeatureGrade, "grade" | "fractional">>>;
  })[];
}

/**
 * Intra- and inter-rater agreement of all pairs of readings that share discs. As in Niemeyer 2021 (Table 2, text) the first
 * reading is the reference; kappa is linear; kappa to CCC are of whole grades, MAE and Pearson's r of the grades as given.
 * Adjudicated and reviewed grades are no readings and are left out.
 * @param model compared with each rater's first reading; by whole grades as the models give them, and by their continuous score
 */
export function agreementOfRaters(log: readonly Rating[], model?: ModelReading): RaterAgreement[] {
  const readings = new Map<string, StandingGrade[]>();
  for (const rating of standingRatings(log)) {
    if (!isGrade(rating) || rating.rater === ADJUDICATED || rating.rater === REVIEWED) continue;
    const key = JSON.stringify([rating.feature, rating.rater, rating.reading]);
    const reading = readings.get(key);
    if (reading === undefined) readings.set(key, [rating]);
    else reading.push(rating);
  }
  const all = [...readings.values()];
  const people = all.flatMap((one, i) =>
    all.slice(i + 1).flatMap((other) => {
      const row = agreementOf(...inOrder(one, other));
      return row === undefined ? [] : [row];
    }),
  );
  const firsts = model === undefined ? [] : all.filter(([rating]) => rating!.reading === 1);
  return [...people, ...firsts.flatMap((one) => withModel(one, model!))];
}

/** A rater's reading beside what the models say of the same discs; none where they share no disc. */
function withModel(reading: Grades, { reader, discs }: ModelReading): RaterAgreement[] {
  const { feature, rater } = reading[0]!;
  const key = feature === FRACTIONAL ? "pfirrmann" : feature;
  const known = new Map(discs.map((disc) => [discKey(disc), disc.grades[key]]));
  const shared = reading.flatMap((rating) => {
    const given = known.get(discKey(rating));
    return given === undefined ? [] : [{ rated: rating.grade, given }];
  });
  if (shared.length === 0) return [];
  const whole = shared.map(({ given }) => given.grade);
  const convention = reader === undefined || key !== "pfirrmann" ? "" : ` as reader ${reader}`;
  return [
    {
      kind: "model",
      feature,
      first: `${rater}, reading 1`,
      second: `model${convention}`,
      discs: shared.length,
      ...measures(feature, {
        first: shared.map(({ rated }) => rated),
        second: feature === FRACTIONAL ? shared.map(({ given }) => given.fractional ?? given.grade) : whole,
        secondWhole: whole,
      }),
    },
  ];
}

/** The feature of Niemeyer's grades with .3 and .7. */
const FRACTIONAL = "pfirrmannFractional";

type Grades = readonly StandingGrade[];

/** A rater's earlier reading is the reference, whichever stands first in the log. */
function inOrder(one: Grades, other: Grades): [Grades, Grades] {
  const isSame = one[0]!.rater === other[0]!.rater;
  return isSame && one[0]!.reading > other[0]!.reading ? [other, one] : [one, other];
}

function agreementOf(first: Grades, second: Grades): RaterAgreement | undefined {
  const [a, b] = [first[0]!, second[0]!];
  if (a.feature !== b.feature) return undefined;
  const isIntra = a.rater === b.rater;
  if (!isIntra && (a.reading !== 1 || b.reading !== 1)) return undefined;
  const others = new Map(second.map((rating) => [discKey(rating), rating.grade]));
  const shared = first.filter((rating) => others.has(discKey(rating)));
  if (shared.length === 0) return undefined;
  const given = shared.map(({ grade }) => grade);
  const again = shared.map((rating) => others.get(discKey(rating))!);
  return {
    kind: isIntra ? "intra" : "inter",
    feature: a.feature,
    first: `${a.rater}, reading ${a.reading}`,
    second: `${b.rater}, reading ${b.reading}`,
    discs: shared.length,
    ...measures(a.feature, { first: given, second: again, secondWhole: again.map(integralGrade) }),
  };
}

interface GradesOfTwo {
  readonly first: readonly number[];
  readonly second: readonly number[];
  /** The second's grades on the whole scale. */
  readonly secondWhole: readonly number[];
}

function measures(feature: string, { first, second, secondWhole }: GradesOfTwo) {
  if (feature !== FRACTIONAL) {
    const classes = cohortFeature(feature)?.classes;
    if (classes === undefined)
      throw new CohortError("bad-record", `The ratings are of ${feature}, which is no feature of a cohort.`);
    return agreementTable(first, second, classes);
  }
  const { grades } = ratingScale(feature, true);
  // A model's continuous score lies between the grades.
  const onScale = second.map((grade) => grades[nearestGrade(grade, grades)]!);
  return {
    ...agreementTable(first.map(integralGrade), secondWhole, [1, 2, 3, 4, 5], {
      fractional: { truth: first, predicted: second },
    }),
    fractionalKappa: cohenKappa(first, onScale, grades, "linear"),
    fractionalAccuracy: first.filter((grade, i) => grade === onScale[i]).length / first.length,
  };
}
