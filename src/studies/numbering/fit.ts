import {
  DetectionError,
  detectorDigest,
  numberingSigns,
  numberingText,
  SIGNS,
  SPINE_FORMS,
  standardisedSigns,
} from "../../detection/index.js";
import type { NumberingModel, SpineFormName } from "../../detection/index.js";
import type { Volume } from "../../imaging/index.js";
import { renderPhantom } from "../../phantom/index.js";
import type { PhantomFamily, PhantomTruth, PhantomVariant } from "../../phantom/index.js";
import { fitMultinomial } from "../../statistics/index.js";
import type { MultinomialCase } from "../../statistics/index.js";
import { gradedSeries, openDatasets } from "../../training/index.js";
import type { DataSource } from "../../training/index.js";

/** A picture whose spine's form is known, or taken for known. */
export interface NumberingCase {
  readonly source: "phantom" | "patient";
  /** Index in {@link SPINE_FORMS}. */
  readonly form: number;
  /** Signs in the order of {@link SIGNS}; NaN where not shown. */
  readonly values: readonly number[];
}

/** Phantoms: seeds, families and variants that the fit sees. */
const FIRST_SEED = 61005;
const PHANTOMS = 80;
/** The last of them have outlines beyond those of the others. */
const LAST = 20;
const FAMILIES: readonly PhantomFamily[] = ["standard", "varied", "mixture"];
const LAST_FAMILIES: readonly PhantomFamily[] = ["boxy", "waisted"];
const FORM_OF: Readonly<Partial<Record<PhantomVariant, SpineFormName>>> = {
  usual: "usual",
  sacralised: "sacralised",
  lumbarised: "lumbarised",
  "four-lumbar": "four lumbar",
  "six-lumbar": "six lumbar",
};
/** How often people have each form ({@link import("../phantom/index.js").PhantomOptions.variant} "drawn"). */
const SHARES: Readonly<Record<SpineFormName, number>> = {
  usual: 0.89,
  "four lumbar": 0.038,
  "six lumbar": 0.039,
  lumbarised: 0.013,
  sacralised: 0.02,
};
/** Penalty on squared weights. */
const RIDGE = 3;
/** Centres closer than this (mm) are of the same disc. */
const SAME = 12;
/** A patient's picture with another well-formed disc below is not taken for usual: length over the lumbosacral one's. */
const WELL_FORMED = 0.5;

/** What the disc in a phantom that lies at a place (pixels) is called; undefined where that is none of its forms. */
function ownName(truth: PhantomTruth, column: number, row: number, spacing: number): string | undefined {
  const near = truth.discs.find(
    ({ pixel }) => Math.hypot(pixel[0] - column, pixel[1] - row) * spacing < SAME,
  );
  if (near !== undefined) return near.level;
  // A rudimentary disc is not among those that are graded.
  const lowest = truth.discs.at(-1);
  return truth.variant === "sacralised" && lowest !== undefined && row > lowest.pixel[1]
    ? "L5-S1"
    : undefined;
}

function familyOf(index: number): PhantomFamily {
  const families = index < PHANTOMS - LAST ? FAMILIES : LAST_FAMILIES;
  return families[index % families.length]!;
}

/** Signs of a phantom with its form; undefined where another disc than one of its lowest two looks lumbosacral. */
async function phantomCase(
  models: string,
  index: number,
  variant: PhantomVariant,
): Promise<NumberingCase | undefined> {
  const { volume, truth } = renderPhantom({
    seed: FIRST_SEED + index,
    variant,
    family: familyOf(index),
    severity: index % 2 === 0 ? "population" : "mixed",
    artefacts: index % 3 === 0 ? {} : "drawn",
    slices: 1,
  });
  const { values, centre } = await numberingSigns(volume, models);
  const own = ownName(truth, centre.column, centre.row, volume.spacing[0]);
  const form = SPINE_FORMS.findIndex((one) => one.form === FORM_OF[variant] && one.own === own);
  return form < 0 ? undefined : { source: "phantom", form, values };
}

/** Whether a patient's picture may be taken for that of a usual spine. */
export function isTakenForUsual(values: readonly number[]): boolean {
  const sign = (name: (typeof SIGNS)[number]): number => values[SIGNS.indexOf(name)]!;
  return sign("lengthBelow") < WELL_FORMED || sign("lowestShareBelow") < 0;
}

/** T2 slices of the patients who are not kept out. */
async function* patientSlices(
  data: DataSource,
  log: (line: string) => void,
): AsyncGenerator<{ name: string; volume: Volume }> {
  for (const { patients } of await openDatasets(data, log))
    for (const patient of patients) {
      const series = gradedSeries(patient);
      if (series !== undefined && !patient.isHeld) yield { name: series.name, volume: await series.load() };
    }
}

/**
 * Fits what tells the forms of a spine apart. Forms of phantoms are known; patients are taken for usual, as nine of ten are. All forms count
 * alike in the fit, the usual one twice (phantoms and patients); its intercepts are then moved to how often people have each.
 * @throws RangeError without cases of a form
 */
export function fitNumbering(cases: readonly NumberingCase[], detector: string): NumberingModel {
  const groupOf = ({ source, form }: NumberingCase): string => `${source} ${SPINE_FORMS[form]!.form}`;
  const sizes = new Map<string, number>();
  for (const one of cases) sizes.set(groupOf(one), (sizes.get(groupOf(one)) ?? 0) + 1);
  const phantoms = cases.filter(({ source }) => source === "phantom").length;
  const moments = SIGNS.map((_, i) => {
    const shown = cases.map(({ values }) => values[i]!).filter((value) => !Number.isNaN(value));
    const mean = shown.reduce((sum, value) => sum + value, 0) / shown.length;
    const variance = shown.reduce((sum, value) => sum + (value - mean) ** 2, 0) / shown.length;
    return { mean, deviation: Math.max(1e-3, Math.sqrt(variance)) };
  });
  const scale = { mean: moments.map(({ mean }) => mean), deviation: moments.map((one) => one.deviation) };
  const weighed = cases.map((one): MultinomialCase => ({
    label: one.form,
    values: standardisedSigns(one.values, scale),
    weight: cases.length / sizes.size / sizes.get(groupOf(one))!,
  }));
  const { intercepts, weights } = fitMultinomial(weighed, SPINE_FORMS.length, RIDGE);
  const rounded = (value: number): number => Number(value.toPrecision(6));
  return {
    version: 1,
    detector,
    phantoms,
    patients: cases.length - phantoms,
    signs: SIGNS,
    mean: scale.mean.map(rounded),
    deviation: scale.deviation.map(rounded),
    intercepts: intercepts.map((value, k) => {
      const { form } = SPINE_FORMS[k]!;
      const groups = [...sizes.keys()].filter((group) => group.endsWith(` ${form}`)).length;
      return rounded(value + Math.log((SHARES[form] * sizes.size) / groups));
    }),
    weights: weights.map((row) => row.map(rounded)),
  };
}

/**
 * Fits the numbering of a models folder's detector anew: 80 phantoms of each form, and the patients of data sets who are not kept out.
 * @param data folders of data sets (SPIDER, LSMA-PQR)
 * @returns the text of `numbering.json`
 */
export async function fitPublishedNumbering(
  models: string,
  data: DataSource,
  log: (line: string) => void,
): Promise<string> {
  const cases: NumberingCase[] = [];
  for (const variant of Object.keys(FORM_OF) as PhantomVariant[]) {
    for (let i = 0; i < PHANTOMS; i++) {
      const one = await phantomCase(models, i, variant).catch(withoutSpine);
      if (one !== undefined) cases.push(one);
    }
    log(`${variant} phantoms read`);
  }
  for await (const { name, volume } of patientSlices(data, log)) {
    const signs = await numberingSigns(volume, models).catch(withoutSpine);
    if (signs === undefined) log(`${name}: no spine was found`);
    else if (isTakenForUsual(signs.values)) cases.push({ source: "patient", form: 0, values: signs.values });
    else log(`${name}: left out, another well-formed disc lies below`);
  }
  return numberingText(fitNumbering(cases, await detectorDigest(models)));
}

/** A picture without a spine is left out; anything else that goes wrong is told. */
function withoutSpine(error: unknown): undefined {
  if (!(error instanceof DetectionError)) throw error;
}
