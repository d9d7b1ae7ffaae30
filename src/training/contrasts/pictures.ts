import { contrastInputs, readAnchor, tissueSignals } from "../../detection/index.js";
import type { AnchorReading, PictureContrast } from "../../detection/index.js";
import type { Volume } from "../../imaging/index.js";
import { renderPhantom } from "../../phantom/index.js";
import { gradedSeries, seriesOfKind } from "../datasets/index.js";
import type { Dataset, DiscGrading } from "../datasets/index.js";
import { suppressedSlice, SUPPRESSIONS } from "./suppressed.js";

/** One picture of known weighting, as the recogniser sees it. */
export interface LabelledPicture {
  /** Data set and number: all pictures of a patient stay together. */
  readonly patient: string;
  /** Kind of picture, in words. */
  readonly what: string;
  readonly truth: PictureContrast;
  /** Logarithms of signals; undefined where too little of a spine is seen. */
  readonly inputs: readonly number[] | undefined;
  /** Signal of marrow over CSF. */
  readonly marrowToCsf: number;
}

/**
 * Pictures that are filed as what they are not, seen by eye: the T2 slice of SPIDER's patient 237 is fat-suppressed, two of LSMA's slices in
 * `t1` are T2, and SPIDER's 116, STIR by its table, is T2. Nothing is learned from them.
 */
const MISFILED = {
  SPIDER: { T1: new Set<string>(), T2: new Set(["237", "116"]) },
  LSMA: { T1: new Set(["LSMA-401", "LSMA-408"]), T2: new Set<string>() },
} as const;

/** Phantoms of each weighting, of seeds that no other measurement uses. */
const PHANTOMS = { count: 30, seed: 71000 } as const;
/** Share of fat's signal that phantoms are without. */
const PHANTOM_SUPPRESSION = [0.7, 0.85, 1] as const;

/** Slices of one patient. */
export interface ContrastPatient {
  readonly set: "SPIDER" | "LSMA";
  /** As in {@link import("../datasets/index.js").DatasetPatient}. */
  readonly patient: string;
  readonly isHeld: boolean;
  readonly gradings: readonly DiscGrading[];
  readonly t2: () => Promise<Volume>;
  /** Undefined where there is none. */
  readonly t1: () => Promise<Volume | undefined>;
  /** T2 SPACE, of some. */
  readonly space?: (() => Promise<Volume>) | undefined;
}

/** Patients with graded T2 slices of these data sets, which are SPIDER or LSMA-PQR. */
export function contrastPatients(datasets: readonly Dataset[]): ContrastPatient[] {
  return datasets.flatMap(({ layout, patients }) =>
    patients.flatMap((one): ContrastPatient[] => {
      const t2 = gradedSeries(one);
      if (t2 === undefined) return [];
      const { patient, isHeld, gradings } = one;
      return [
        {
          set: layout.startsWith("lsma") ? "LSMA" : "SPIDER",
          ...{ patient, isHeld, gradings },
          t2: t2.load,
          t1: async () => seriesOfKind(one, "T1")?.load(),
          space: seriesOfKind(one, "SPACE")?.load,
        },
      ];
    }),
  );
}

/** Whether a patient's slice is what it is filed as. */
export function isAsFiled({ set, patient }: ContrastPatient, contrast: "T1" | "T2"): boolean {
  return !MISFILED[set][contrast].has(patient);
}

async function pictureOf(
  models: string,
  volume: Volume,
  about: Pick<LabelledPicture, "patient" | "what" | "truth">,
): Promise<LabelledPicture & { readonly reading: AnchorReading }> {
  const reading = await readAnchor(volume, models);
  const signals = reading.discs < 3 ? undefined : tissueSignals(reading.volume, reading.tissue);
  return {
    ...about,
    reading,
    inputs: signals && contrastInputs(signals),
    marrowToCsf: signals === undefined ? NaN : signals.marrow / signals.csf,
  };
}

/** Suppressions in words, such as "T2, 95 % of fat suppressed". */
const suppressionName = (set: string, share: number): string =>
  `${set} T2, ${Math.round(100 * share)} % of fat suppressed`;

/** Of SPIDER's patients, and of each third of LSMA's, T1 and suppressed slices are looked at, too: so hospitals count about alike. */
const hasPair = ({ set }: ContrastPatient, turn: number): boolean => set === "SPIDER" || turn % 3 === 0;

/**
 * Pictures of one patient: T2, T2 SPACE, and of most T1 and T2 with fat suppressed at two of the strengths in turn.
 * @param turn of the patient among the others
 */
export async function picturesOf(
  models: string,
  patient: ContrastPatient,
  turn: number,
): Promise<LabelledPicture[]> {
  const { set } = patient;
  const id = `${set} ${patient.patient}`;
  const pictures: LabelledPicture[] = [];
  const t2 = await pictureOf(models, await patient.t2(), { patient: id, what: `${set} T2`, truth: "T2" });
  const isT2 = isAsFiled(patient, "T2");
  if (isT2) pictures.push(t2);
  if (patient.space)
    pictures.push(
      await pictureOf(models, await patient.space(), { patient: id, what: `${set} T2 SPACE`, truth: "T2" }),
    );
  const t1 = isAsFiled(patient, "T1") && hasPair(patient, turn) ? await patient.t1() : undefined;
  if (t1 === undefined) return pictures;
  pictures.push(await pictureOf(models, t1, { patient: id, what: `${set} T1`, truth: "T1" }));
  for (const offset of isT2 ? [0, 3] : []) {
    const suppression = SUPPRESSIONS[(Math.floor(turn / 3) + offset) % SUPPRESSIONS.length]!;
    const made = suppressedSlice(t2.reading.volume, t1, t2.reading.tissue, suppression);
    const what = suppressionName(set, suppression.share);
    if (made !== undefined)
      pictures.push(await pictureOf(models, made, { patient: id, what, truth: "T2FS" }));
  }
  return pictures;
}

/** Phantoms of each weighting. */
export async function phantomPictures(models: string): Promise<LabelledPicture[]> {
  const pictures: LabelledPicture[] = [];
  for (let i = 0; i < PHANTOMS.count; i++) {
    const options = { seed: PHANTOMS.seed + i, slices: 1, contrasts: ["T1", "T2"] } as const;
    const share = PHANTOM_SUPPRESSION[i % PHANTOM_SUPPRESSION.length]!;
    const { volume, t1 } = renderPhantom(options);
    const suppressed = renderPhantom({ ...options, contrasts: ["T2"], fatSuppression: share }).volume;
    const patient = `phantom ${options.seed}`;
    for (const [picture, truth] of [
      [volume, "T2"],
      [t1, "T1"],
      [suppressed, "T2FS"],
    ] as const)
      if (picture !== undefined)
        pictures.push(await pictureOf(models, picture, { patient, what: `phantoms ${truth}`, truth }));
  }
  return pictures;
}
