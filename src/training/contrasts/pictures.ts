import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { contrastInputs, readAnchor, tissueSignals } from "../../detection/index.js";
import type { AnchorReading, PictureContrast } from "../../detection/index.js";
import { readPng } from "../../imaging/index.js";
import type { Volume } from "../../imaging/index.js";
import { renderPhantom } from "../../phantom/index.js";
import { readLsmaGradings, readLsmaSlice, readLsmaT1Slice } from "../lsma.js";
import { listGradedPatients, readMidSlice, readOverview, readT1MidSlice } from "../spider.js";
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
  LSMA: { T1: new Set(["401", "408"]), T2: new Set<string>() },
} as const;

/** Phantoms of each weighting, of seeds that no other measurement uses. */
const PHANTOMS = { count: 30, seed: 71000 } as const;
/** Share of fat's signal that phantoms are without. */
const PHANTOM_SUPPRESSION = [0.7, 0.85, 1] as const;

/** Slices of one patient. */
export interface ContrastPatient {
  readonly set: "SPIDER" | "LSMA";
  readonly patient: string;
  readonly t2: () => Promise<Volume>;
  /** Undefined where there is none. */
  readonly t1: () => Promise<Volume | undefined>;
  /** T2 SPACE, of some. */
  readonly space?: () => Promise<Volume>;
}

/** Patients of SPIDER with T2 middle slice and gradings. */
export async function spiderContrastPatients(folder: string): Promise<ContrastPatient[]> {
  const [patients, overview] = await Promise.all([listGradedPatients(folder), readOverview(folder)]);
  return patients.map((patient) => {
    const space = `${patient}_t2_SPACE`;
    const path = join(folder, "midslices", `${space}.png`);
    const spacing = overview.get(space)?.spacing;
    return {
      set: "SPIDER",
      patient,
      t2: () => readMidSlice(folder, patient, overview.get(`${patient}_t2`)!.spacing),
      t1: () => readT1MidSlice(folder, patient, overview.get(`${patient}_t1`)?.spacing),
      ...(spacing !== undefined &&
        existsSync(path) && { space: async () => readPng(await readFile(path), spacing, `${space}.png`) }),
    };
  });
}

/** Patients of LSMA-PQR. */
export async function lsmaContrastPatients(folder: string): Promise<ContrastPatient[]> {
  const gradings = await readLsmaGradings(folder);
  return [...new Set(gradings.map(({ patient }) => patient))].map((patient) => ({
    set: "LSMA",
    patient,
    t2: () => readLsmaSlice(folder, patient),
    t1: () => readLsmaT1Slice(folder, patient),
  }));
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
