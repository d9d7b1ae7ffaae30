/** What Jamaludin et al., Eur Spine J 2017;26:1374 publish, to stand beside what is measured here. */

/** The eight scores, in the order of Tables 2 and 3, with the paper's figures. Shares are in per cent. */
export interface PublishedScore {
  /** Key of the grading feature. */
  readonly key: string;
  readonly name: string;
  readonly classes: readonly number[];
  /** Table 2: Genodisc's discs of each class. */
  readonly distribution: readonly number[];
  /** Table 3, four columns: class averages (%) and reliability coefficients. */
  readonly intraRater: number;
  readonly system: number;
  readonly intraRaterCoefficient: number;
  readonly systemCoefficient: number;
}

const binary = [0, 1] as const;

export const JAMALUDIN_SCORES: readonly PublishedScore[] = [
  {
    key: "pfirrmann",
    name: "Pfirrmann grade",
    classes: [1, 2, 3, 4, 5],
    distribution: [3862, 1754, 2800, 2415, 1163],
    ...{ intraRater: 70.4, system: 70.1, intraRaterCoefficient: 0.91, systemCoefficient: 0.88 },
  },
  {
    key: "narrowing",
    name: "Disc narrowing",
    classes: [1, 2, 3, 4],
    distribution: [7186, 1375, 2185, 1243],
    ...{ intraRater: 72.4, system: 75.4, intraRaterCoefficient: 0.89, systemCoefficient: 0.89 },
  },
  {
    key: "spondylolisthesis",
    name: "Spondylolisthesis",
    classes: binary,
    distribution: [11515, 469],
    ...{ intraRater: 89.6, system: 95.4, intraRaterCoefficient: 0.79, systemCoefficient: 0.59 },
  },
  {
    key: "centralCanalStenosis",
    name: "Central canal stenosis",
    classes: binary,
    distribution: [11271, 710],
    ...{ intraRater: 79.7, system: 94.7, intraRaterCoefficient: 0.61, systemCoefficient: 0.52 },
  },
  {
    key: "upperEndplateDefect",
    name: "Upper endplate defect",
    classes: binary,
    distribution: [10952, 1034],
    ...{ intraRater: 80.7, system: 86.7, intraRaterCoefficient: 0.65, systemCoefficient: 0.49 },
  },
  {
    key: "lowerEndplateDefect",
    name: "Lower endplate defect",
    classes: binary,
    distribution: [10927, 1056],
    ...{ intraRater: 83.3, system: 88.3, intraRaterCoefficient: 0.69, systemCoefficient: 0.55 },
  },
  {
    key: "upperMarrowChange",
    name: "Upper marrow change",
    classes: binary,
    distribution: [10077, 1815],
    ...{ intraRater: 92.5, system: 89.7, intraRaterCoefficient: 0.86, systemCoefficient: 0.63 },
  },
  {
    key: "lowerMarrowChange",
    name: "Lower marrow change",
    classes: binary,
    distribution: [10069, 1824],
    ...{ intraRater: 91.4, system: 89.1, intraRaterCoefficient: 0.83, systemCoefficient: 0.62 },
  },
];

/** Figures in the text and in Fig. 6. */
export const JAMALUDIN_FIGURES = {
  /** Discs of the test set that are more than one Pfirrmann grade off, %. */
  offByMoreThanOne: 3.9,
  /** Vertebral bodies detected and named rightly, %. */
  named: 95.6,
  /** Largest error of a corner, mm. */
  cornerError: 2,
  /** Fig. 6a and 6b: discs of the test set by grade. Fig. 6c carries no numbers. */
  histograms: {
    pfirrmann: { radiologist: [387, 219, 261, 233, 108], model: [379, 236, 244, 203, 146] },
    narrowing: { radiologist: [727, 146, 211, 124], model: [653, 231, 175, 149] },
  },
} as const;
