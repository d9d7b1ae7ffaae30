/**
 * What a feature was trained on: clinical readings, synthetic (phantom) truth, or both; "inferred" is phantoms and what follows of clinical
 * readings of another feature, as marrow beside an endplate of a disc's one Modic type.
 */
export type TrainedOn = "clinical" | "synthetic" | "both" | "inferred";

/** Whether readers have graded the feature itself: else no one has compared the grades with theirs. */
export function isReadByReaders(trainedOn: TrainedOn): boolean {
  return trainedOn === "clinical" || trainedOn === "both";
}

export interface Feature {
  /** Key in reports and JSON. */
  readonly key: string;
  readonly name: string;
  /** The papers' own numbers of the grades, in class order. */
  readonly classes: readonly number[];
  /** Readable names of the classes. */
  readonly labels: readonly string[];
  readonly trainedOn: TrainedOn;
  /** Whether its grades have an order and a meaningful mean: Modic types have none. */
  readonly isOrdered?: boolean;
}

const absentPresent = { classes: [0, 1], labels: ["normal", "present"] } as const;

const LIST = [
  {
    key: "pfirrmann",
    name: "Pfirrmann",
    classes: [1, 2, 3, 4, 5],
    labels: ["1", "2", "3", "4", "5"],
    trainedOn: "both",
    isOrdered: true,
  },
  {
    key: "narrowing",
    name: "Narrowing",
    classes: [1, 2, 3, 4],
    labels: ["normal", "slight", "moderate", "severe"],
    trainedOn: "both",
    isOrdered: true,
  },
  { key: "spondylolisthesis", name: "Spondylolisthesis", ...absentPresent, trainedOn: "both" },
  { key: "centralCanalStenosis", name: "Central canal stenosis", ...absentPresent, trainedOn: "synthetic" },
  { key: "upperEndplateDefect", name: "Upper endplate defect", ...absentPresent, trainedOn: "both" },
  { key: "lowerEndplateDefect", name: "Lower endplate defect", ...absentPresent, trainedOn: "both" },
  { key: "upperMarrowChange", name: "Upper marrow change", ...absentPresent, trainedOn: "inferred" },
  { key: "lowerMarrowChange", name: "Lower marrow change", ...absentPresent, trainedOn: "inferred" },
  { key: "herniation", name: "Herniation", ...absentPresent, trainedOn: "both" },
  { key: "bulging", name: "Bulging", ...absentPresent, trainedOn: "both" },
  {
    key: "modic",
    name: "Modic type",
    classes: [0, 1, 2, 3],
    labels: ["none", "type 1", "type 2", "type 3"],
    trainedOn: "both",
  },
] as const satisfies readonly Feature[];

/** Key of a feature of the models. */
export type FeatureKey = (typeof LIST)[number]["key"];

/**
 * The features of every disc: the eight scores of Jamaludin et al. 2017 (Table 1) and herniation, bulging and Modic type.
 * Upper and lower are the endplates (and marrow) above and below the disc.
 */
export const FEATURES: readonly Feature[] = LIST;

/** The feature with this key; throws where there is none. */
export function featureOf(key: string): Feature {
  const feature = FEATURES.find((candidate) => candidate.key === key);
  if (feature === undefined)
    throw new RangeError(`There is no feature "${key}"; known are ${FEATURES.map((f) => f.key).join(", ")}.`);
  return feature;
}
