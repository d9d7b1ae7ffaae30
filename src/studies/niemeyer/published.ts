/**
 * The figures that Niemeyer et al. printed (2021, doi 10.1097/RLI.0000000000000709), errors included, to be set beside those of
 * a study here.
 */
import { agreementColumns } from "../../statistics/index.js";
import type { AgreementTable, ClassScores } from "../../statistics/index.js";

/** A layer of Table 1: block, layer number, description, output shape (rows x columns x filters), parameters. */
export type PublishedLayer = readonly [
  block: number,
  layer: number,
  description: string,
  shape: string,
  parameters: number,
];

/** Table 1. Layer 16 has 147,584 parameters by its own description; two digits of the printed number are exchanged. */
export const PUBLISHED_LAYERS: readonly PublishedLayer[] = [
  [1, 1, "Convolution 2D, 3 × 3 × 32", "128 × 128 × 32", 320],
  [1, 2, "Leaky ReLU, α = 0.01", "128 × 128 × 32", 0],
  [1, 3, "Batch normalization", "128 × 128 × 32", 128],
  [1, 4, "Dropout, P = 0.2", "128 × 128 × 32", 0],
  [2, 5, "Convolution 2D, 3 × 3 × 64, dilation rate = 2", "128 × 128 × 64", 18496],
  [2, 6, "Leaky ReLU, α = 0.01", "128 × 128 × 64", 0],
  [2, 7, "Batch normalization", "128 × 128 × 64", 256],
  [2, 8, "Convolution 2D, 3 × 3 × 64, dilation rate = 2", "128 × 128 × 64", 36928],
  [2, 9, "Leaky ReLU, α = 0.01", "128 × 128 × 64", 0],
  [2, 10, "Batch normalization", "128 × 128 × 64", 256],
  [2, 11, "Dropout, P = 0.2", "128 × 128 × 64", 0],
  [2, 12, "Max pooling, 2 × 2", "64 × 64 × 64", 0],
  [3, 13, "Convolution 2D, 3 × 3 × 128, dilation rate = 2", "64 × 64 × 128", 73856],
  [3, 14, "Leaky ReLU, α = 0.01", "64 × 64 × 128", 0],
  [3, 15, "Batch normalization", "64 × 64 × 128", 512],
  [3, 16, "Convolution 2D, 3 × 3 × 128, dilation rate = 2", "64 × 64 × 128", 147854],
  [3, 17, "Leaky ReLU, α = 0.01", "64 × 64 × 128", 0],
  [3, 18, "Batch normalization", "64 × 64 × 128", 512],
  [3, 19, "Dropout, P = 0.2", "64 × 64 × 128", 0],
  [4, 20, "Convolution 2D, 3 × 3 × 256, dilation rate = 3", "64 × 64 × 256", 295168],
  [4, 21, "Leaky ReLU, α = 0.01", "64 × 64 × 256", 0],
  [4, 22, "Batch normalization", "64 × 64 × 256", 1024],
  [4, 23, "Convolution 2D, 3 × 3 × 256, dilation rate = 3", "64 × 64 × 256", 590080],
  [4, 24, "Leaky ReLU, α = 0.01", "64 × 64 × 256", 0],
  [4, 25, "Batch normalization", "64 × 64 × 256", 1024],
  [4, 26, "Dropout, P = 0.2", "64 × 64 × 256", 0],
  [4, 27, "Max pooling, 2 × 2", "32 × 32 × 256", 0],
  [5, 28, "Convolution 2D, 3 × 3 × 512", "28 × 28 × 512", 1180160],
  [5, 29, "Leaky ReLU, α = 0.01", "28 × 28 × 512", 0],
  [5, 30, "Batch normalization", "28 × 28 × 512", 2048],
  [5, 31, "Dropout, P = 0.2", "28 × 28 × 512", 0],
  [6, 32, "Global average pooling", "512", 0],
  [6, 33, "Fully connected, n = 13", "13", 6669],
  [6, 34, "SoftMax", "13", 0],
];

type Row = Partial<AgreementTable>;

/** A row of Table 2 with all eleven measures, in the paper's order. */
function row(...values: readonly number[]): AgreementTable {
  return Object.fromEntries(agreementColumns.map((name, i) => [name, values[i]!])) as AgreementTable;
}

/** Table 2, "Human", "This study": linear kappa ... Lin's CCC of whole grades, mean absolute error and Pearson's r of fractional ones. */
export const PUBLISHED_HUMAN = {
  intra: row(0.867, 0.881, 0.823, 0.965, 0.86, 0.858, 0.858, 0.753, 0.916, 0.141, 0.935),
  inter: row(0.585, 0.729, 0.605, 0.92, 0.491, 0.571, 0.5, 0.377, 0.616, 0.35, 0.752),
} as const;

/** In the text beside Table 2: agreement of the human readings in all 13 grades. */
export const PUBLISHED_HUMAN_FRACTIONAL = {
  intra: { kappa: 0.852, accuracy: 0.74, discs: 840 },
  inter: { kappa: 0.541, accuracy: 0.38, discs: 96 },
} as const;

/** Table 2, rows of other authors. */
export const PUBLISHED_OTHERS: readonly {
  readonly reader: string;
  readonly values: Row;
  readonly remark?: string;
}[] = [
  {
    reader: "Human, intra-rater: Pfirrmann 2001",
    values: { kappa: 0.88, accuracy: 0.908 },
    remark: "averaged, unweighted κ",
  },
  {
    reader: "Human, intra-rater: Pfirrmann 2004",
    values: { kappa: 0.745 },
    remark: "averaged, unweighted κ",
  },
  { reader: "Human, intra-rater: Carrino 2009", values: { kappa: 0.74 } },
  { reader: "Human, intra-rater: Arana 2010", values: { kappa: 0.689 } },
  { reader: "Human, intra-rater: Urrutia 2016", values: { kappa: 0.89, accuracy: 0.753 } },
  {
    reader: "Human, inter-rater: Pfirrmann 2001",
    values: { kappa: 0.78, accuracy: 0.83 },
    remark: "averaged, unweighted κ",
  },
  {
    reader: "Human, inter-rater: Pfirrmann 2004",
    values: { kappa: 0.645 },
    remark: "averaged, unweighted κ",
  },
  { reader: "Human, inter-rater: Carrino 2009", values: { kappa: 0.66 } },
  { reader: "Human, inter-rater: Arana 2010", values: { kappa: 0.491 } },
  { reader: "Human, inter-rater: Urrutia 2016", values: { kappa: 0.83, accuracy: 0.549 } },
  {
    reader: "Model: da Silva Barreiro 2014",
    values: { specificity: 0.791, sensitivity: 0.626 },
    remark: "grades 1 to 4 only",
  },
  {
    reader: "Model: Castro-Mateos 2016",
    values: { specificity: 0.955, sensitivity: 0.873 },
    remark: "grades 1 and 2 pooled",
  },
  {
    reader: "Model: Jamaludin 2017",
    values: { sensitivity: 0.701, linCcc: 0.88 },
    remark: "class-average accuracy",
  },
];

/** Table 2, "Machine learning models", by the name of the row. */
export const PUBLISHED_MODELS = {
  "Default model": row(0.92, 0.93, 0.899, 0.979, 0.902, 0.925, 0.913, 0.841, 0.942, 0.082, 0.96),
  "Training on integral grades": row(
    0.921,
    0.929,
    0.897,
    0.979,
    0.894,
    0.926,
    0.908,
    0.833,
    0.946,
    0.077,
    0.947,
  ),
  "Balanced class weights": row(0.91, 0.919, 0.883, 0.977, 0.902, 0.885, 0.892, 0.807, 0.935, 0.108, 0.951),
  "Ordinal categorical cross-entropy loss": row(
    0.926,
    0.934,
    0.904,
    0.98,
    0.898,
    0.924,
    0.911,
    0.838,
    0.947,
    0.083,
    0.96,
  ),
  "Squared ordinal categorical cross-entropy": row(
    0.919,
    0.93,
    0.898,
    0.979,
    0.894,
    0.927,
    0.909,
    0.834,
    0.94,
    0.084,
    0.957,
  ),
  "Soft κ loss": row(0.865, 0.874, 0.822, 0.965, 0.745, 0.693, 0.716, 0.65, 0.917, 0.127, 0.927),
  "MSE loss (regression)": row(0.9, 0.904, 0.862, 0.972, 0.847, 0.922, 0.877, 0.784, 0.939, 0.12, 0.965),
  "MAE loss (regression)": row(0.901, 0.906, 0.864, 0.972, 0.853, 0.913, 0.877, 0.783, 0.94, 0.112, 0.966),
} as const;

/** Name of a machine-learning row of Table 2. */
export type VariantName = keyof typeof PUBLISHED_MODELS;

/** Who graded, in the columns of Table 3. */
export type Reader = "intra" | "inter" | "model";

/** Table 3: for each reader and measure the values of grades 1 to 5. */
export const PUBLISHED_PER_GRADE: Readonly<
  Record<
    Reader,
    Readonly<Record<keyof Pick<ClassScores, "precision" | "recall" | "f1" | "jaccard">, readonly number[]>>
  >
> = {
  intra: {
    precision: [0.857, 0.752, 0.929, 0.881, 0.87],
    recall: [0.857, 0.826, 0.825, 0.959, 0.833],
    f1: [0.857, 0.788, 0.874, 0.918, 0.851],
    jaccard: [0.75, 0.65, 0.776, 0.849, 0.741],
  },
  inter: {
    precision: [0, 0.5, 0.579, 0.944, 0.833],
    recall: [0, 0.333, 1, 0.667, 0.455],
    f1: [0, 0.4, 0.732, 0.782, 0.588],
    jaccard: [0, 0.25, 0.577, 0.642, 0.417],
  },
  model: {
    precision: [0.901, 0.924, 0.926, 0.952, 0.921],
    recall: [0.893, 0.937, 0.969, 0.897, 0.816],
    f1: [0.897, 0.93, 0.947, 0.924, 0.865],
    jaccard: [0.814, 0.869, 0.899, 0.858, 0.762],
  },
};

/** A figure of Table 4 as it is printed: the fixed split, and mean (low, high) over the ten folds. */
export interface PublishedFolds {
  readonly measure: string;
  readonly key:
    | "fractionalAccuracy"
    | "accuracy"
    | "fractionalKappa"
    | "kappa"
    | "matthews"
    | "meanAbsoluteError"
    | "pearson";
  readonly fixed: string;
  readonly folds: string;
}

/** Table 4. Accuracies are per cent, as printed. */
export const PUBLISHED_FOLDS: readonly PublishedFolds[] = [
  { measure: "Accuracy", key: "fractionalAccuracy", fixed: "83%", folds: "81% (79%, 82%)" },
  { measure: "Accuracy (integral)", key: "accuracy", fixed: "93%", folds: "91% (90%, 92%)" },
  { measure: "Cohen's κ", key: "fractionalKappa", fixed: "0.916", folds: "0.906 (0.899, 0.914)" },
  { measure: "Cohen's κ (integral)", key: "kappa", fixed: "0.920", folds: "0.903 (0.890, 0.916)" },
  { measure: "MCC (integral)", key: "matthews", fixed: "0.899", folds: "0.871 (0.854, 0.888)" },
  { measure: "MAE", key: "meanAbsoluteError", fixed: "0.082", folds: "0.096 (0.086, 0.105)" },
  { measure: "Pearson r", key: "pearson", fixed: "0.960", folds: "0.958 (0.951, 0.964)" },
];

/** Figure 1, from the text: discs of grades 1 to 5 in the Genodisc subset, and in it and the supplement together. */
export const PUBLISHED_DISTRIBUTION = {
  genodisc: [61, 1067, 2953, 1783, 315],
  combined: [354, 1557, 3354, 2147, 536],
} as const;

/** In the text beside Figures 2 and 3: share of discs at most one grade off, and the least kappa with 1/32 of the training set. */
export const PUBLISHED_REMARKS = { withinOne: 0.992, kappaOfLeastPart: 0.7, leastPart: 1 / 32 } as const;
