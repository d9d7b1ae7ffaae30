import { Random } from "../../numbers/index.js";

interface OfPatient {
  readonly patient: string;
}

/** Two sets of samples without a patient in common. */
export interface Split<T> {
  readonly training: readonly T[];
  readonly validation: readonly T[];
}

/** The patients of samples, each once, in a random order that depends on them and the seed only. */
function shuffledPatients(samples: readonly OfPatient[], seed: number): string[] {
  const patients = [...new Set(samples.map(({ patient }) => patient))].sort();
  return new Random(seed).shuffle(patients);
}

function splitBy<T extends OfPatient>(samples: readonly T[], validation: ReadonlySet<string>): Split<T> {
  return {
    training: samples.filter(({ patient }) => !validation.has(patient)),
    validation: samples.filter(({ patient }) => validation.has(patient)),
  };
}

/**
 * Patients are shuffled and the last share of them is kept for validation (Niemeyer 2021: the last 10 %).
 * @throws RangeError with fewer than two patients
 */
export function splitByPatient<T extends OfPatient>(
  samples: readonly T[],
  validationShare: number,
  seed: number,
): Split<T> {
  const patients = shuffledPatients(samples, seed);
  if (patients.length < 2)
    throw new RangeError(`There are discs of ${patients.length} patient(s): a split needs two at least.`);
  const kept = Math.min(patients.length - 1, Math.max(1, Math.round(validationShare * patients.length)));
  return splitBy(samples, new Set(patients.slice(-kept)));
}

/**
 * K splits; each patient is in the validation set of exactly one. Numbers of patients differ by one at most.
 * @throws RangeError for fewer than two folds or more folds than patients
 */
export function patientFolds<T extends OfPatient>(
  samples: readonly T[],
  folds: number,
  seed: number,
): Split<T>[] {
  const patients = shuffledPatients(samples, seed);
  if (!Number.isInteger(folds) || folds < 2 || folds > patients.length)
    throw new RangeError(
      `${folds} folds cannot be made of ${patients.length} patients: give a whole number from 2 to ${patients.length}.`,
    );
  return Array.from({ length: folds }, (_, fold) =>
    splitBy(samples, new Set(patients.filter((_patient, i) => i % folds === fold))),
  );
}
