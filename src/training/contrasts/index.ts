/**
 * Weightings of pictures: T2 slices with fat suppressed, made of registered T1 and T2 pairs; what tells weightings apart, fitted and cross-fitted; and how
 * grades agree with readers in each.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CONTRAST_FILE } from "../../detection/index.js";
import type { ContrastModel } from "../../detection/index.js";
import { CONTRAST_AGREEMENT_FILE } from "../../grading/index.js";
import { measureAgreement } from "./agreement.js";
import type { MeasuredAgreement } from "./agreement.js";
import type { Dataset } from "../datasets/index.js";
import { contrastPatients, phantomPictures, picturesOf } from "./pictures.js";
import type { LabelledPicture } from "./pictures.js";
import { fitRecogniser } from "./recogniser.js";

export type { ContrastFigure } from "../../grading/index.js";
export type { KindAgreement, MeasuredAgreement } from "./agreement.js";
export { fitRecogniser } from "./recogniser.js";
export type { LabelledPicture } from "./pictures.js";
export { suppressedSlice, SUPPRESSIONS } from "./suppressed.js";
export type { Suppression } from "./suppressed.js";

/**
 * Fits what tells the weighting of a picture on SPIDER's and LSMA's slices, suppressed ones made of them, and phantoms; measures it by
 * five-fold cross-fitting over patients; writes `contrast.json` into the models folder.
 */
export async function fitContrasts(
  models: string,
  data: readonly Dataset[],
  log: (line: string) => void,
): Promise<ContrastModel> {
  const patients = contrastPatients(data);
  const pictures: LabelledPicture[] = [];
  for (const [i, patient] of patients.entries()) {
    if (i % 50 === 0) log(`looking at patient ${i + 1} of ${patients.length}`);
    pictures.push(...(await picturesOf(models, patient, i)));
  }
  const model = fitRecogniser([...pictures, ...(await phantomPictures(models))]);
  await writeFile(join(models, CONTRAST_FILE), `${JSON.stringify(model, undefined, 1)}\n`);
  return model;
}

/**
 * Measures how grades agree with readers in weightings other than T2 ({@link measureAgreement}), and writes `contrast-agreement.json`
 * into the models folder, which belongs to its graders' weights.
 */
export async function measureContrasts(
  models: string,
  data: readonly Dataset[],
  log: (line: string) => void,
): Promise<MeasuredAgreement> {
  const measured = await measureAgreement(models, data, log);
  await writeFile(
    join(models, CONTRAST_AGREEMENT_FILE),
    `${JSON.stringify(measured.agreement, undefined, 1)}\n`,
  );
  return measured;
}
