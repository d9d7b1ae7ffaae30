/** Rows of Niemeyer's tables (2021), each figure of a study here beside the published one. */
import { listParameters, placeLayers, sizeOf } from "../../engine/index.js";
import type { Layer } from "../../engine/index.js";
import { agreementColumns, agreementNames, perClassScores } from "../../statistics/index.js";
import type { AgreementTable } from "../../statistics/index.js";
import type { CrossValidation, NiemeyerRecipe, NiemeyerScores } from "../../training/index.js";
import { networkOf, PAPER_SETTINGS, scoreGrades } from "../../training/index.js";
import { INTEGRAL_GRADES } from "../../grading/index.js";
import {
  PUBLISHED_FOLDS,
  PUBLISHED_HUMAN,
  PUBLISHED_LAYERS,
  PUBLISHED_MODELS,
  PUBLISHED_OTHERS,
  PUBLISHED_PER_GRADE,
} from "./published.js";
import type { Reader, VariantName } from "./published.js";
import type { PairedReadings } from "./discs.js";

/** A row of a table, for `tableBundle`. */
export type StudyRow = Readonly<Record<string, string | number | null>>;

/** Where a figure of a row comes from. */
const HERE = "here";
const PAPER = "Niemeyer 2021";

/** A figure with three decimals, as the paper prints them; `null` (shown as nothing) where it is undefined. */
function figure(value: number | undefined | null): number | null {
  return value === undefined || value === null || !Number.isFinite(value) ? null : Number(value.toFixed(3));
}

function describe(layer: Layer): string {
  switch (layer.kind) {
    case "convolution":
      return `Convolution ${layer.kernel} × ${layer.kernel} × ${layer.filters}, dilation ${layer.dilation ?? 1}, ${layer.padding}`;
    case "leakyRelu":
      return `Leaky ReLU, α = ${layer.slope}`;
    case "batchNormalization":
      return "Batch normalization";
    case "dropout":
      return `Spatial dropout, P = ${layer.rate}`;
    case "maxPooling":
      return "Max pooling, 2 × 2";
    case "globalAveragePooling":
      return "Global average pooling";
    case "dense":
      return `Fully connected, n = ${layer.units}`;
    default:
      return layer.kind;
  }
}

/** A shape as the paper prints it: rows x columns x filters. */
function shapeText([channels, ...plane]: readonly number[]): string {
  return [...plane, channels].join(" × ");
}

function remarkOn(index: number, parameters: number, published: number | undefined): string {
  if (published !== undefined && published !== parameters)
    return `printed ${published.toLocaleString("en")}; its own description gives ${parameters.toLocaleString("en")}`;
  // 32 x 32 becomes 28 x 28 only without padding and with dilation 2.
  return PUBLISHED_LAYERS[index]?.[1] === 28 ? "the printed shape implies dilation 2, not printed" : "";
}

/**
 * Table 1: each layer of the engine's own description of the default model (128 x 128 pixels, all filters, 13 grades) beside the
 * printed one, and the sum of parameters.
 */
export function niemeyerTable1(): StudyRow[] {
  const network = networkOf({ ...PAPER_SETTINGS, seed: 0, spider: false, phantoms: 1 });
  const parameters = listParameters(network);
  const counts = (name: string): number =>
    parameters
      .filter((parameter) => parameter.name.startsWith(`${name}/`))
      .reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const placed = placeLayers(network).map(({ layer, name, shape }) => ({
    description: describe(layer),
    shape: shapeText(shape),
    parameters: counts(name),
  }));
  // The engine has the softmax in the output's loss, not in a layer of its own.
  const layers = [...placed, { description: "Softmax", shape: placed.at(-1)!.shape, parameters: 0 }];
  const rows = layers.map((layer, i) => {
    const [block, number, description, shape, count] = PUBLISHED_LAYERS[i] ?? [];
    return {
      block: block ?? null,
      layer: number ?? i + 1,
      description: layer.description,
      "output shape": layer.shape,
      parameters: layer.parameters,
      "description (paper)": description ?? "",
      "output shape (paper)": shape ?? "",
      "parameters (paper)": count ?? null,
      remark: remarkOn(i, layer.parameters, count),
    };
  });
  const printed = PUBLISHED_LAYERS.reduce((sum, [, , , , count]) => sum + count, 0);
  const total = layers.reduce((sum, layer) => sum + layer.parameters, 0);
  return [
    ...rows,
    {
      block: null,
      layer: null,
      description: "Total",
      "output shape": "",
      parameters: total,
      "description (paper)": "",
      "output shape (paper)": "",
      "parameters (paper)": printed,
      remark: printed === total ? "" : "the sum of what is printed",
    },
  ];
}

function agreementRow(
  reader: string,
  source: string,
  values: Partial<AgreementTable>,
  remark = "",
): StudyRow {
  return {
    reader,
    source,
    ...Object.fromEntries(agreementColumns.map((key) => [agreementNames[key], figure(values[key])])),
    remark,
  };
}

/** Scores of paired readings in 13 grades, as Table 2 has them of the human raters. */
export function scorePaired({ truth, predicted }: PairedReadings): NiemeyerScores {
  return scoreGrades({ grades: "fractional" }, truth, predicted);
}

/** What Tables 2 and 3 are made of. */
export interface StudyReaders {
  readonly intra: PairedReadings;
  readonly inter: PairedReadings;
  /** Models by their name in Table 2. */
  readonly models: Partial<
    Readonly<Record<VariantName, { readonly recipe: NiemeyerRecipe; readonly scores: NiemeyerScores }>>
  >;
}

/** Table 2: for each reader a row from here and the paper's; then the rows of other authors. */
export function niemeyerTable2({ intra, inter, models }: StudyReaders): StudyRow[] {
  const simulated = "simulated raters";
  return [
    agreementRow("Human, intra-rater", HERE, scorePaired(intra), simulated),
    agreementRow("Human, intra-rater", PAPER, PUBLISHED_HUMAN.intra),
    agreementRow("Human, inter-rater", HERE, scorePaired(inter), simulated),
    agreementRow("Human, inter-rater", PAPER, PUBLISHED_HUMAN.inter),
    ...Object.entries(models).flatMap(([name, { recipe, scores }]) => [
      agreementRow(name, HERE, scores, `${recipe.size} × ${recipe.size} pixels, ${scores.discs} discs`),
      agreementRow(name, PAPER, PUBLISHED_MODELS[name as VariantName]),
    ]),
    ...PUBLISHED_OTHERS.map(({ reader, values, remark }) => agreementRow(reader, PAPER, values, remark)),
  ];
}

const PER_GRADE = [
  ["precision", "Precision"],
  ["recall", "Sensitivity"],
  ["f1", "F1 score"],
  ["jaccard", "Jaccard similarity"],
] as const;

/** Table 3: each grade and measure, of the two human reliabilities and the default model, here and in the paper. */
export function niemeyerTable3(readers: Readonly<Record<Reader, PairedReadings>>): StudyRow[] {
  const whole = (grades: readonly number[]): number[] => grades.map((grade) => Math.round(grade));
  const names = ["intra", "inter", "model"] as const;
  const scores = Object.fromEntries(
    names.map((name) => {
      const { truth, predicted } = readers[name];
      return [name, perClassScores(whole(truth), whole(predicted), INTEGRAL_GRADES)];
    }),
  );
  return INTEGRAL_GRADES.flatMap((grade, g) =>
    PER_GRADE.map(([key, measure]) => ({
      grade,
      measure,
      ...Object.fromEntries(
        names.flatMap((name) => [
          [name, figure(scores[name]![g]![key])],
          [`${name} (paper)`, PUBLISHED_PER_GRADE[name][key][g]!],
        ]),
      ),
      "discs (model)": scores.model![g]!.support,
    })),
  );
}

/** Table 4: the fixed split and the folds, with the interval of the folds' mean, as printed and here. */
export function niemeyerTable4(fixed: NiemeyerScores, { folds, summary }: CrossValidation): StudyRow[] {
  const text = (key: string, value: number | null): string => {
    if (value === null || !Number.isFinite(value)) return "undefined";
    return key.toLowerCase().endsWith("accuracy") ? `${(100 * value).toFixed(0)}%` : value.toFixed(3);
  };
  return PUBLISHED_FOLDS.map(({ measure, key, fixed: printed, folds: printedFolds }) => {
    const { mean, low, high } = summary[key]!;
    return {
      measure,
      "fixed split": text(key, fixed[key]),
      "fixed split (paper)": printed,
      [`${folds.length}-fold cross-validation`]: `${text(key, mean)} (${text(key, low)}, ${text(key, high)})`,
      "10-fold cross-validation (paper)": printedFolds,
    };
  });
}
