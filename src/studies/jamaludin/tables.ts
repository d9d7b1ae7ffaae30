import {
  bayesianBootstrap,
  classAverageAccuracy,
  cohenKappa,
  linCcc,
  offByMoreThan,
} from "../../statistics/index.js";
import type { ComparedDisc, Grades, PhantomCohort } from "./phantomCohort.js";
import { JAMALUDIN_FIGURES, JAMALUDIN_SCORES } from "./published.js";
import { summariseCorners } from "../../training/index.js";

/** A row of a table for people: cells are text or numbers, and "–" where there is nothing to tell. */
export type TableRow = Readonly<Record<string, string | number>>;

const NOTHING = "–";
const percent = (share: number): number | string =>
  Number.isNaN(share) ? NOTHING : Number((100 * share).toFixed(1));
const coefficient = (value: number): number | string =>
  Number.isNaN(value) ? NOTHING : Number(value.toFixed(2));

/** How SPIDER grades what Jamaludin grades: its own key, and its classes. Marrow changes are not told apart there. */
const SPIDER_KEY: Readonly<Record<string, { readonly key: string; readonly classes: readonly number[] }>> = {
  pfirrmann: { key: "pfirrmann", classes: [1, 2, 3, 4, 5] },
  narrowing: { key: "narrowingPresent", classes: [0, 1] },
  spondylolisthesis: { key: "spondylolisthesis", classes: [0, 1] },
  upperEndplateDefect: { key: "upperEndplateDefect", classes: [0, 1] },
  lowerEndplateDefect: { key: "lowerEndplateDefect", classes: [0, 1] },
  marrowChange: { key: "marrowChange", classes: [0, 1] },
};

/**
 * Table 2: how often each score was given, beside Genodisc's 12,018 discs.
 * @param phantoms grades of the discs of phantoms
 * @param spider grades of SPIDER's discs, where at hand
 */
export function jamaludinTable2(phantoms: readonly Grades[], spider: readonly Grades[] = []): TableRow[] {
  const shareOf = (all: readonly Grades[], key: string, grade: number): number | string => {
    const graded = all.filter((grades) => grades[key] !== undefined);
    return percent(graded.filter((grades) => grades[key] === grade).length / graded.length);
  };
  return JAMALUDIN_SCORES.flatMap(({ key, name, classes, distribution }) => {
    const total = distribution.reduce((sum, count) => sum + count, 0);
    return classes.map((grade, k): TableRow => {
      const clinical = SPIDER_KEY[key];
      return {
        score: name,
        grade,
        "Genodisc (paper)": distribution[k]!,
        "Genodisc % (paper)": percent(distribution[k]! / total),
        "phantoms %": shareOf(phantoms, key, grade),
        ...(spider.length === 0
          ? {}
          : { "SPIDER %": clinical?.key === key ? shareOf(spider, key, grade) : NOTHING }),
      };
    });
  });
}

/** How two lists of grades agree by the paper's two measures. */
export interface ScoreAgreement {
  /** Class-average accuracy, 0 to 1. */
  readonly classAverage: number;
  /** Lin's concordance correlation of ordinal scores, Cohen's kappa of binary ones. */
  readonly coefficient: number;
  /** 95 % interval of the coefficient, by Bayesian bootstrap over spines. */
  readonly interval: readonly [number, number];
  readonly cases: number;
  /** Cases whose reference is not the normal class. */
  readonly abnormal: number;
}

/**
 * Agreement on one score; NaN where the reference holds one class only, as accuracy and kappa then tell nothing.
 * @param classes all classes of the score in order, the normal one first; more than two are ordinal
 */
export function scoreAgreement(
  discs: readonly ComparedDisc[],
  key: string,
  classes: readonly number[],
): ScoreAgreement {
  const graded = discs.filter(({ reference, compared }) => key in reference && key in compared);
  const truth = graded.map(({ reference }) => reference[key]!);
  const given = graded.map(({ compared }) => compared[key]!);
  const abnormal = truth.filter((grade) => grade !== classes[0]).length;
  if (new Set(truth).size < 2)
    return { classAverage: NaN, coefficient: NaN, interval: [NaN, NaN], cases: truth.length, abnormal };
  const measure = (weights?: Float64Array): number =>
    classes.length > 2 ? linCcc(truth, given, weights) : cohenKappa(truth, given, classes, "none", weights);
  const { low, high } = bayesianBootstrap(
    graded.map(({ spine }) => spine),
    measure,
    { draws: 1000, mass: 0.95 },
  );
  return {
    classAverage: classAverageAccuracy(truth, given, classes),
    coefficient: measure(),
    interval: [low, high],
    cases: truth.length,
    abnormal,
  };
}

/** A marrow change of either endplate, where grades tell of both. */
function withMarrow(discs: readonly ComparedDisc[]): ComparedDisc[] {
  const either = (grades: Grades): Grades =>
    "marrowChange" in grades
      ? grades
      : { ...grades, marrowChange: Math.max(grades.upperMarrowChange!, grades.lowerMarrowChange!) };
  return discs.map((disc) => ({
    ...disc,
    reference: either(disc.reference),
    compared: either(disc.compared),
  }));
}

/** What Table 3 is made of. */
export interface Table3Input {
  /** The radiologist against himself. */
  readonly repeated: readonly ComparedDisc[];
  /** The system against the radiologist. */
  readonly system: readonly ComparedDisc[];
  /** The system against SPIDER's readers, where at hand. */
  readonly spider?: readonly ComparedDisc[];
}

/** Table 3, each column beside the paper's; the last row is there because SPIDER does not tell the endplates apart. */
export function jamaludinTable3({ repeated, system, spider = [] }: Table3Input): TableRow[] {
  const [readers, systems, clinical] = [repeated, system, spider].map(withMarrow) as [
    ComparedDisc[],
    ComparedDisc[],
    ComparedDisc[],
  ];
  const clinicalCells = (key: string): TableRow => {
    if (clinical.length === 0) return {};
    const own = SPIDER_KEY[key];
    if (own === undefined)
      return { "SPIDER: system %": NOTHING, "SPIDER: coefficient": NOTHING, "SPIDER: discs": NOTHING };
    const {
      classAverage,
      coefficient: value,
      cases,
      abnormal,
    } = scoreAgreement(clinical, own.key, own.classes);
    return {
      "SPIDER: system %": percent(classAverage),
      "SPIDER: coefficient": coefficient(value),
      "SPIDER: discs": `${cases} (${abnormal})`,
    };
  };
  const either = { key: "marrowChange", name: "Marrow change, either endplate", classes: [0, 1] };
  return [...JAMALUDIN_SCORES, either].map((score): TableRow => {
    const { key, name, classes } = score;
    const published = "system" in score ? score : undefined;
    const reader = scoreAgreement(readers, key, classes);
    const own = scoreAgreement(systems, key, classes);
    return {
      score: name,
      "intra-rater %": percent(reader.classAverage),
      "intra-rater % (paper)": published?.intraRater ?? NOTHING,
      "system %": percent(own.classAverage),
      "system % (paper)": published?.system ?? NOTHING,
      "intra-rater coefficient": coefficient(reader.coefficient),
      "intra-rater coefficient (paper)": published?.intraRaterCoefficient ?? NOTHING,
      "system coefficient": coefficient(own.coefficient),
      "95 %": own.interval.some(Number.isNaN)
        ? NOTHING
        : own.interval.map((bound) => bound.toFixed(2)).join(" to "),
      "system coefficient (paper)": published?.systemCoefficient ?? NOTHING,
      "discs (abnormal)": `${own.cases} (${own.abnormal})`,
      ...clinicalCells(key),
    };
  });
}

/** The figures that the paper gives in its text, each beside the paper's. */
export function jamaludinText(cohort: PhantomCohort, spider: readonly ComparedDisc[] = []): TableRow[] {
  const off = (discs: readonly ComparedDisc[]): number | string =>
    discs.length === 0
      ? NOTHING
      : percent(
          offByMoreThan(
            discs.map(({ reference }) => reference.pfirrmann!),
            discs.map(({ compared }) => compared.pfirrmann!),
            1,
          ),
        );
  const corners = summariseCorners(cohort.cornerErrors);
  const mm = (value: number): number | string => (Number.isNaN(value) ? NOTHING : Number(value.toFixed(2)));
  const clinical = (value: number | string): TableRow => (spider.length === 0 ? {} : { SPIDER: value });
  return [
    {
      measure: "discs more than one Pfirrmann grade off, %",
      paper: JAMALUDIN_FIGURES.offByMoreThanOne,
      phantoms: off(cohort.discs),
      ...clinical(off(spider)),
    },
    {
      measure: "vertebrae T12 to S1 detected and named, %",
      paper: JAMALUDIN_FIGURES.named,
      phantoms: percent(cohort.named / cohort.vertebrae),
      ...clinical(NOTHING),
    },
    {
      measure: "largest error of a corner, mm",
      paper: JAMALUDIN_FIGURES.cornerError,
      phantoms: mm(corners.largest),
      ...clinical(NOTHING),
    },
    {
      measure: "error of a corner, median and 95th percentile, mm",
      paper: NOTHING,
      phantoms: `${mm(corners.median)}, ${mm(corners.percentile95)}`,
      ...clinical(NOTHING),
    },
    {
      measure: "bodies with all four corners within 2 mm, %",
      paper: 100,
      phantoms: percent(corners.bodiesWithin2mm),
      ...clinical(NOTHING),
    },
    {
      measure: "discs T12-L1 to L5-S1 compared",
      paper: 1208,
      phantoms: cohort.discs.length,
      ...clinical(spider.length),
    },
    { measure: "discs not found", paper: NOTHING, phantoms: cohort.missed, ...clinical(NOTHING) },
  ];
}

/** Fig. 6a and 6b as shares: the paper's test set beside these discs, radiologist and model. Fig. 6c carries no numbers. */
export function jamaludinFigure6(discs: readonly ComparedDisc[]): TableRow[] {
  const share = (grades: readonly number[], grade: number): number | string =>
    percent(grades.filter((one) => one === grade).length / grades.length);
  return JAMALUDIN_SCORES.flatMap(({ key, name, classes }) => {
    const histogram = (
      JAMALUDIN_FIGURES.histograms as Partial<
        Record<string, Record<"radiologist" | "model", readonly number[]>>
      >
    )[key];
    const total = histogram?.radiologist.reduce((sum, count) => sum + count, 0) ?? NaN;
    return classes.map((grade, k): TableRow => ({
      score: name,
      grade,
      "radiologist %": share(
        discs.map(({ reference }) => reference[key]!),
        grade,
      ),
      "radiologist % (paper)": percent((histogram?.radiologist[k] ?? NaN) / total),
      "model %": share(
        discs.map(({ compared }) => compared[key]!),
        grade,
      ),
      "model % (paper)": percent((histogram?.model[k] ?? NaN) / total),
    }));
  });
}
