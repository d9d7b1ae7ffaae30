import { FEATURES, inStanding, isReadByReaders, isWithheld, setText } from "../../grading/index.js";
import type { Feature, FeatureGrade, GradedDisc } from "../../grading/index.js";
import { featureRow } from "../checklist/modelCards.js";
import { cardAgreement } from "../checklist/models.js";
import type { ModelsFacts } from "../checklist/models.js";
import { calledFrom } from "../../protocol/index.js";
import type { ReportCell } from "./html.js";

export type ReportRow = readonly [name: string, cells: readonly ReportCell[]];

/** Whether a grade says that something is there: any but the first class; of Pfirrmann from grade 3 on. */
export function isFinding({ key, classes }: Feature, given: FeatureGrade): boolean {
  const { grade } = given;
  if (isWithheld(given)) return false;
  return key === "pfirrmann" ? grade >= 3 : grade !== classes[0];
}

/** A grade in few signs: the grade (`yes` or `–` for what is there or not), the score between grades, and what cannot be excluded. */
export function gradeWords(feature: Feature, given: FeatureGrade): string {
  return inStanding(bareWords(feature, given), given);
}

function bareWords({ classes }: Feature, { grade, fractional, set = [], trainedOn }: FeatureGrade): string {
  const mark = isReadByReaders(trainedOn) ? "" : " *";
  if (classes.length === 2)
    return `${grade === classes[0] ? "–" : "yes"}${set.length > 1 ? " ?" : ""}${mark}`;
  const inside = [
    ...(fractional === undefined ? [] : [fractional.toFixed(1)]),
    ...(set.length > 1 ? [setText(set, classes)] : []),
  ].join("; ");
  return `${grade}${inside === "" ? "" : ` (${inside})`}${mark}`;
}

/** Grades of all discs, one row a feature. */
export function gradeRows(discs: readonly GradedDisc[]): ReportRow[] {
  return FEATURES.map((feature) => [
    feature.name,
    discs.map(({ grades }) => {
      const grade = grades[feature.key]!;
      const chances = feature.labels
        .slice(0, grade.probabilities.length)
        .map((label, k) => `${label} ${Math.round(100 * grade.probabilities[k]!)} %`);
      return {
        words: gradeWords(feature, grade),
        isFound: isFinding(feature, grade),
        title: [
          ...chances,
          ...calledFrom(grade),
          ...(grade.because === undefined ? [] : [grade.because]),
        ].join(", "),
      };
    }),
  ]);
}

const MEASURES: readonly (readonly [name: string, of: (disc: GradedDisc) => string])[] = [
  ["Height, mm", ({ measures }) => measures.height.toFixed(1)],
  [
    "Height in front / behind, mm",
    ({ measures }) => `${measures.anteriorHeight.toFixed(1)} / ${measures.posteriorHeight.toFixed(1)}`,
  ],
  ["Height over tallest", ({ measures }) => measures.relativeHeight.toFixed(2)],
  ["Width, mm", ({ measures }) => measures.width.toFixed(1)],
  ["Tilt, °", ({ measures }) => signed(measures.angle)],
  ["Slip, % of endplate", ({ measures }) => signed(measures.slip)],
  ["Canal, mm", ({ measures }) => measures.canal.toFixed(1)],
  ["Sac, mm", ({ measures }) => measures.sac.toFixed(1)],
  ["Nucleus over CSF", ({ measures }) => measures.nucleusToCsf.toFixed(2)],
];

/** With its sign, and no minus before a zero. */
export function signed(value: number): string {
  const text = value.toFixed(1);
  return text === "-0.0" ? "0.0" : text.replace("-", "−");
}

/** What a measure is called: a length that rests on an estimated spacing says so. */
export function measureName(name: string, lengths: "estimated" | undefined): string {
  return lengths === "estimated" && name.endsWith(", mm") ? `${name}, estimated` : name;
}

/** What was measured of all discs, one row a measure. */
export function measureRows(discs: readonly GradedDisc[], lengths?: "estimated"): ReportRow[] {
  return MEASURES.map(([name, of]) => [
    measureName(name, lengths),
    discs.map((disc) => ({ words: of(disc) })),
  ]);
}

/** How many remarks each disc has; undefined where none has any. */
export function flagRow(discs: readonly GradedDisc[]): ReportRow | undefined {
  if (discs.every(({ flags }) => flags.length === 0)) return undefined;
  return [
    "Flags",
    discs.map(({ flags }) => ({
      words: flags.length === 0 ? "" : flags.map(({ code }) => code).join(", "),
      isFound: flags.length > 0,
      ...(flags.length === 0 ? {} : { title: flags.map(({ message }) => message).join(" ") }),
    })),
  ];
}

/** What a grade found, in words: a feature that is present by its name, others with their grade ("Modic type 1"). */
export function findingName({ key, name, classes, labels }: Feature, { grade }: FeatureGrade): string {
  if (classes.length === 2) return name;
  return `${key === "modic" ? "Modic" : name} ${labels[classes.indexOf(grade)]!}`;
}

/** What was found at one disc, in a line; undefined where nothing was. */
export function findingsLine({ grades }: GradedDisc): string | undefined {
  const found = FEATURES.flatMap((feature) => {
    const grade = grades[feature.key]!;
    if (!isFinding(feature, grade)) return [];
    const words = findingName(feature, grade);
    return [inStanding(isReadByReaders(grade.trainedOn) ? words : `${words} *`, grade)];
  });
  return found.length === 0 ? undefined : found.join(", ");
}

const TAUGHT_BY = {
  clinical: "patients",
  synthetic: "phantoms",
  both: "patients, phantoms",
  inferred: "phantoms, Modic types",
} as const;

/** What the model cards and the calibration say of each feature: how well its grades agreed with readers. */
export function trustRows({ models, calibration }: ModelsFacts): ReportRow[] {
  const card = (name: string) => models.find((model) => model.name === name)?.card;
  const agreement = cardAgreement(card("pfirrmann"));
  return FEATURES.map((feature): ReportRow => {
    const { key } = feature;
    const row = featureRow(card("multitask"), key);
    const figures =
      key === "pfirrmann" && agreement !== undefined
        ? `accuracy ${(100 * agreement.accuracy).toFixed(1)} %, linear κ ${agreement.kappa.toFixed(2)}, off by more than one ${(100 * agreement.offByMore).toFixed(1)} %`
        : row === undefined
          ? "not measured on patients"
          : `ROC AUC ${row["ROC AUC"]}, class average ${row["class average"]}`;
    const cases =
      key === "pfirrmann" && agreement !== undefined
        ? `${agreement.discs} discs`
        : row === undefined
          ? ""
          : row["present"]!;
    const fitted = calibration?.features[key];
    const calibrated = fitted === undefined ? "no" : fitted.calibrated ? "yes" : "no";
    return [
      feature.name,
      [figures, cases, calibrated, TAUGHT_BY[feature.trainedOn]].map((words) => ({ words })),
    ];
  });
}
