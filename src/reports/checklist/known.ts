import { CROP_CHANNELS, CROP_MM, CROP_SIZE, FEATURES, HOTSPOT_METHODS } from "../../grading/index.js";
import { agreementColumns } from "../../statistics/index.js";
import type { CohortFacts } from "./cohortFacts.js";
import * as cohortWords from "./cohortWords.js";
import { featureRow, sentenceOf, textOf } from "./modelCards.js";
import { cardAgreement } from "./models.js";
import type { ModelFacts, ModelsFacts } from "./models.js";
import type { PackageFacts } from "./packageFacts.js";

/** Everything that a checklist is filled in from. */
export interface ChecklistFacts extends ModelsFacts {
  readonly package: PackageFacts;
  readonly cohort?: CohortFacts;
}

type Known = (facts: ChecklistFacts) => string | undefined;

/** Parts that are known, as one text; undefined where none is. */
function joined(parts: readonly (string | undefined)[], between = " "): string | undefined {
  const known = parts.filter((part) => part !== undefined && part !== "");
  return known.length === 0 ? undefined : known.join(between);
}

function fromCohort(words: (cohort: CohortFacts) => string | undefined): Known {
  return ({ cohort }) => (cohort === undefined ? undefined : words(cohort));
}

/** A text of each model's card, named; the same text of two cards once. */
function fromCards(
  { models }: ChecklistFacts,
  find: (model: ModelFacts) => string | undefined,
): string | undefined {
  const texts = new Map<string, string[]>();
  for (const model of models) {
    const text = find(model);
    if (text !== undefined) texts.set(text, [...(texts.get(text) ?? []), model.name]);
  }
  return joined([...texts].map(([text, names]) => `Model ${names.join(", ")}: ${text}`));
}

function architecture({ name, network, parameters, hash }: ModelFacts): string {
  const count = (kind: string): number => network.layers.filter((layer) => layer.kind === kind).length;
  const parts = ["convolution", "maxPooling", "upsampling", "globalAveragePooling", "dense"]
    .filter((kind) => count(kind) > 0)
    .map((kind) => `${count(kind)} ${kind.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}`);
  const { channels, rows, columns } = network.input;
  return (
    `Model ${name} (network "${network.name}"): input ${channels} × ${rows} × ${columns}; layers ${parts.join(", ")}; ` +
    `${parameters.toLocaleString("en")} numbers; SHA-256 ${hash.slice(0, 12)}….`
  );
}

/** A recipe's plain values in words; nested stages are counted. */
function recipeText(recipe: Readonly<Record<string, unknown>>): string {
  const plain = Object.entries(recipe).filter(([key, value]) => key !== "kind" && typeof value !== "object");
  const stages = Object.values(recipe).flatMap((value) =>
    Array.isArray(value) ? (value as unknown[]) : typeof value === "object" && value !== null ? [value] : [],
  );
  const words = plain.map(
    ([key, value]) => `${key.replace(/[A-Z]/g, (l) => ` ${l.toLowerCase()}`)} ${String(value)}`,
  );
  return [...words, ...(stages.length === 0 ? [] : [`${stages.length} more stages`])].join(", ");
}

const recipes: Known = ({ models }) =>
  joined(
    models.map(({ name, recipe }) =>
      recipe === undefined ? undefined : `${name}.recipe.json: ${recipeText(recipe)}.`,
    ),
  );

const performance: Known = ({ models, cohort }) => {
  const [pfirrmann, multitask] = ["pfirrmann", "multitask"].map(
    (name) => models.find((model) => model.name === name)?.card,
  );
  const agreement = cardAgreement(pfirrmann);
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const features = FEATURES.flatMap(({ key, name }) => {
    const area = featureRow(multitask, key)?.["ROC AUC"];
    return area === undefined ? [] : [`${name} ${area}`];
  });
  return joined([
    agreement &&
      `Pfirrmann grade on ${agreement.discs} discs of the validation patients (model card): accuracy ${percent(agreement.accuracy)}, ` +
        `class average ${percent(agreement.classAverage)}, linear kappa ${agreement.kappa.toFixed(3)}, more than one grade off ${percent(agreement.offByMore)}.`,
    features.length === 0 ? undefined : `ROC AUC (model card): ${features.join(", ")}.`,
    cohort && cohortWords.modelAgreement(cohort),
  ]);
};

const discrimination: Known = ({ models }) => {
  const card = models.find(({ name }) => name === "multitask")?.card;
  const rows = FEATURES.flatMap(({ key, name }) => {
    const row = featureRow(card, key);
    return row === undefined ? [] : [`${name} ${row["ROC AUC"]} (present in ${row["present"]})`];
  });
  return rows.length === 0
    ? undefined
    : `ROC AUC without intervals, from the model card: ${rows.join(", ")}.`;
};

const calibration: Known = ({ calibration: file }) => {
  if (file === undefined) return undefined;
  const names = FEATURES.filter(({ key }) => file.features[key]?.calibrated).map(({ name }) => name);
  return (
    `Temperatures and sets fitted on ${file.discs} discs of ${file.patients} validation patients, sets at ${Math.round(100 * file.level)} %; ` +
    `the calibration error is one that chance explains for ${names.length === 0 ? "no feature" : names.join(", ")}.`
  );
};

const robustness: Known = ({ calibration: file }) =>
  file === undefined
    ? undefined
    : `Pictures unlike those of the training are flagged or refused. Measured (refused or flagged of all): ${file.detection
        .map(({ what, caught, images }) => `${what} ${caught} of ${images}`)
        .join("; ")}.`;

const MEASURES: Readonly<Record<(typeof agreementColumns)[number], string>> = {
  kappa: "Cohen's kappa (linear)",
  accuracy: "accuracy",
  matthews: "Matthews correlation",
  specificity: "specificity",
  sensitivity: "sensitivity (class average)",
  precision: "precision",
  f1: "F1 score",
  jaccard: "Jaccard similarity",
  linCcc: "Lin's concordance correlation",
  meanAbsoluteError: "mean absolute error",
  pearson: "Pearson's r",
};

const KNOWN = {
  intendedUse: ({ package: { description } }) => description,
  dataSources: ({ models, cohort }) =>
    joined([
      joined(
        models.map(({ name, trainedOn }) =>
          trainedOn === undefined ? undefined : `Model ${name} was trained on ${trainedOn}.`,
        ),
      ),
      cohort && cohortWords.datasets(cohort),
    ]),
  leftOut: fromCohort(cohortWords.leftOut),
  preprocessing: () =>
    `Stacks are turned upright without resampling; each disc is cut out turned level, ${CROP_MM} × ${CROP_MM} mm as ${CROP_SIZE} × ${CROP_SIZE} pixels ` +
    `with ${CROP_CHANNELS} channels; signal is divided by that of the neighbouring marrow and of CSF.`,
  deidentification: () =>
    "Outputs are searched for identities before they are written; a cohort holds pseudonyms and no dates; `spinebook deidentify` makes copies of DICOM files without identity.",
  missingData: fromCohort(cohortWords.missing),
  acquisition: fromCohort(cohortWords.acquisition),
  referenceStandard: (facts) =>
    joined([
      fromCards(facts, ({ card }) => textOf(card, /^Labels:/)),
      facts.cohort && cohortWords.raters(facts.cohort),
    ]),
  raters: fromCohort(cohortWords.raters),
  raterAgreement: fromCohort(cohortWords.raterAgreement),
  partitions: (facts) => fromCards(facts, ({ card }) => textOf(card, /^Validation:/)),
  disjointLevel: (facts) => fromCards(facts, ({ card }) => sentenceOf(card, /whole patients/i)),
  sampleSize: ({ calibration: file, cohort }) =>
    joined([
      file && `Models: ${file.discs} discs of ${file.patients} validation patients.`,
      cohort && cohortWords.size(cohort),
    ]),
  architecture: ({ models }) => joined(models.map(architecture)),
  software: ({ package: { version, node, packages } }) =>
    `Spinebook ${version}, Node.js ${node}, ${packages.map(([name, range]) => `${name} ${range}`).join(", ")}.`,
  initialisation: (facts) => {
    const seeds = facts.models.flatMap(({ name, recipe }) =>
      typeof recipe?.["seed"] === "number" ? [`${name} ${recipe["seed"]}`] : [],
    );
    return seeds.length === 0
      ? undefined
      : `Random normal numbers of variance 2 / fan-in (He et al. 2015) from the recipe's seed: ${seeds.join(", ")}.`;
  },
  training: recipes,
  modelChoice: (facts) => fromCards(facts, ({ card }) => sentenceOf(card, /were decided on/)),
  ensemble: (facts) => fromCards(facts, ({ card }) => sentenceOf(card, /\bmix of\b/)),
  metrics: () =>
    `Confusion matrix; ${agreementColumns.map((column) => MEASURES[column]).join(", ")} (as Niemeyer et al. 2021, Table 2); ROC AUC; expected calibration error.`,
  uncertainty: () =>
    "Available: Bayesian bootstrap over patients with highest-density intervals (`statistics.agreementIntervals`).",
  robustness,
  explanation: () => `Evidence maps beside each grade; methods: ${HOTSPOT_METHODS.join(", ")}.`,
  internalEvaluation: performance,
  externalTest: fromCohort(cohortWords.modelAgreement),
  flow: fromCohort(cohortWords.flow),
  characteristics: fromCohort(cohortWords.characteristics),
  performance,
  discrimination,
  failures: (facts) =>
    joined([
      fromCards(facts, ({ card }) => sentenceOf(card, /\bworst\b/)),
      facts.cohort && cohortWords.failures(facts.cohort),
    ]),
  limits: (facts) => fromCards(facts, ({ card }) => textOf(card, /^Limits:/)?.replace(/^Limits:\s*/, "")),
  technicalDetails: ({ models }) => {
    const named = models.flatMap(({ name, card, recipe }) => [
      ...(card === undefined ? [] : [`${name}.md`]),
      ...(recipe === undefined ? [] : [`${name}.recipe.json`]),
    ]);
    return named.length === 0 ? undefined : `Model cards and recipes in models/: ${named.join(", ")}.`;
  },
  availability: ({ package: { version, license }, models }) =>
    `Spinebook ${version}, licence ${license}, with its weights: ${models.map(({ name, hash }) => `${name} ${hash.slice(0, 12)}…`).join(", ")}.`,
  dataLicence: ({ models }) =>
    joined(models.map(({ name, trainedOn }) => trainedOn && `Training data of ${name}: ${trainedOn}.`)),
  modelInputs: ({ models }) =>
    joined(
      models.map(({ name, network: { input, extraInputs = {} } }) => {
        const extra = Object.entries(extraInputs).map(([key, size]) => `${size} numbers "${key}"`);
        return `Model ${name}: ${[`an image of ${input.channels} × ${input.rows} × ${input.columns}`, ...extra].join(" and ")}.`;
      }),
    ),
  automaticInputs: () =>
    "Discs are located, named and graded without a person's help; doubtful ones are flagged.",
  calibration,
  classImbalance: (facts) =>
    fromCards(facts, ({ card }) => sentenceOf(card, /\b(?:balanced|imbalance|rare|oversampl)/i)),
  output: ({ calibration: file }) =>
    joined([
      `${FEATURES.map(({ name, classes }) => `${name} ${classes[0]} to ${classes.at(-1)}`).join(", ")}: a probability for each grade; ` +
        "of Pfirrmann and narrowing the median grade is given, else the most probable one.",
      file && `Sets of grades that cannot be excluded at ${Math.round(100 * file.level)} %.`,
    ]),
  gradeCounts: fromCohort(cohortWords.grades),
} satisfies Record<string, Known>;

/** What may be known of a study. */
export type Topic = keyof typeof KNOWN;

/** Whether a word is the name of something that may be known. */
export function isTopic(word: string): word is Topic {
  return Object.hasOwn(KNOWN, word);
}

/** What is on record about a topic, in sentences; undefined where nothing is. */
export function knownOf(topic: Topic, facts: ChecklistFacts): string | undefined {
  return (KNOWN as Record<Topic, Known>)[topic](facts);
}
