import { contrastName, isFatSuppressed } from "../detection/index.js";
import type { Flag, SeriesContrast } from "../detection/index.js";
import type { ContrastAgreement } from "./contrastAgreement.js";
import { CONTRADICTION, contradictionFlags } from "./contradictions.js";
import { FEATURES } from "./features.js";
import { READER_FLAG } from "./readers/reader.js";
import type { FeatureGrade, GradedDisc, GradeReport } from "./report.js";

/**
 * The one rule of what may be said of a feature in a weighting: `given` as it is, `marked` as not validated, or `withheld`. Every place where
 * a grade is shown follows it, because it is applied to the report before anything reads that, and because all words for a grade come
 * from {@link inStanding}.
 */
export interface Standing {
  readonly standing: "given" | "marked" | "withheld";
  /** Why it is not given, as a clause; absent where it is. */
  readonly because?: string;
}

/** A grade may fall so far behind T2's agreement on the same discs. */
const CLOSE = 0.05;
/** Discs of the rarer kind without which nothing was shown. */
const FEWEST = 10;

/**
 * How a feature stands in a series.
 *
 * - T2: given; marked where header and picture contradict each other.
 * - Not known: marked, as it may be T2.
 * - Any other weighting: marked where agreement with readers was measured in it, on at least {@link FEWEST} discs of either kind, and lies within
 *   {@link CLOSE} of that in T2 on the same discs; else withheld. It is never given, since the pictures that were measured are not
 *   this scanner's.
 */
export function standingOf(
  key: string,
  { contrast, contradiction }: Pick<SeriesContrast, "contrast" | "contradiction">,
  agreement: ContrastAgreement | undefined,
): Standing {
  if (contradiction && (contrast === "T2" || contrast === "unknown"))
    return { standing: "marked", because: "header and picture contradict each other in the weighting" };
  if (contrast === "T2") return { standing: "given" };
  if (contrast === "unknown")
    return { standing: "marked", because: "the weighting of the series is not known" };
  const name = contrastName(contrast);
  const measured = agreement?.contrasts[isFatSuppressed(contrast) ? "T2FS" : contrast];
  const figure = measured?.features[key];
  if (measured === undefined || figure === undefined || figure.fewer < FEWEST)
    return { standing: "withheld", because: `it was not validated in ${name}` };
  const { measure, reached, reference } = figure;
  const figures = `${measure} ${reached.toFixed(2)}, in T2 of the same discs ${reference.toFixed(2)}`;
  return reached >= reference - CLOSE
    ? { standing: "marked", because: `in ${name} it was measured on ${measured.pictures} only (${figures})` }
    : { standing: "withheld", because: `it does not hold in ${name} (${figures})` };
}

/** Words for a grade in its standing: as they are where it is given; "withheld" in their place where it is withheld. */
export function inStanding(words: string, { standing }: Pick<FeatureGrade, "standing">): string {
  if (standing === "withheld") return "withheld";
  return standing === "marked" ? `${words} (marked)` : words;
}

/** A grade for a table: its number, or words where it is not given bare. */
export function tableGrade(grade: FeatureGrade, value = grade.grade): number | string {
  return grade.standing === undefined ? value : inStanding(String(value), grade);
}

/** Whether nothing may be said of a feature. */
export function isWithheld({ standing }: Pick<FeatureGrade, "standing">): boolean {
  return standing === "withheld";
}

/** A grade as it may be told: what was fitted on T2 (sets, calibration) is not told of a marked one, of a withheld one nothing is. */
function gradeIn(grade: FeatureGrade, { standing, because }: Standing): FeatureGrade {
  if (standing === "given" || because === undefined) return grade;
  const told: { -readonly [Key in keyof FeatureGrade]: FeatureGrade[Key] } = { ...grade };
  delete told.set;
  if (standing === "marked") return { ...told, calibrated: false, standing, because };
  const { trainedOn } = grade;
  return { grade: NaN, probabilities: [], calibrated: false, trainedOn, standing, because };
}

/** One flag of the series that says what is marked and what withheld; none where all is given. */
function standingFlag(standings: ReadonlyMap<string, Standing>): Flag[] {
  const names = (wanted: Standing["standing"]): string[] =>
    FEATURES.filter(({ key }) => standings.get(key)?.standing === wanted).map(({ name }) => name);
  const [marked, withheld] = [names("marked"), names("withheld")];
  if (marked.length + withheld.length === 0) return [];
  const part = (list: readonly string[], words: string): string =>
    list.length === 0
      ? ""
      : ` ${list.length === FEATURES.length ? "All grades" : list.join(", ")}: ${words}.`;
  return [
    {
      code: "grades-not-validated",
      message: `Not every grade is validated in this weighting.${part(marked, "marked")}${part(withheld, "withheld")}`,
    },
  ];
}

/**
 * A reading with what its weighting allows. Applied last, after calibration and readers' conventions.
 * @param agreement measured with the graders' weights; undefined where nothing was
 */
export function withStandings(report: GradeReport, agreement: ContrastAgreement | undefined): GradeReport {
  const standings = new Map(
    FEATURES.map(({ key }) => [key, standingOf(key, report.spine.contrast, agreement)] as const),
  );
  if ([...standings.values()].every(({ standing }) => standing === "given")) return report;
  const discs = report.discs.map((disc): GradedDisc => {
    const grades = Object.entries(disc.grades).map(
      ([key, grade]) => [key, gradeIn(grade, standings.get(key)!)] as const,
    );
    const told = Object.fromEntries(grades);
    // Contradictions name grades, which must not be told where they are withheld.
    const flags = disc.flags.filter(({ code }) => code !== CONTRADICTION);
    return { ...disc, grades: told, flags: [...flags, ...contradictionFlags(disc.level, told)] };
  });
  // Of a withheld grade it is not told whose convention it follows.
  const isTold = standings.get("pfirrmann")!.standing !== "withheld";
  const own = report.flags.filter(({ code }) => isTold || code !== READER_FLAG);
  return { ...report, discs, flags: [...own, ...standingFlag(standings)] };
}
