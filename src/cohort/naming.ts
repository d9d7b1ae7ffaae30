import { CohortError } from "./errors.js";
import type { CohortRecords } from "./records.js";

interface OfStudy {
  readonly study: string;
}

function map<T>(list: readonly T[] | undefined, change: (one: T) => T): readonly T[] | undefined {
  return list?.map(change);
}

/**
 * Records under ids of their own: the prefix stands before the patients' and studies' ids, so that numbers which another data
 * set has too are two people's.
 * @example await cohort.add(withPrefix(await importCsv("pfirrmann.csv"), "LSMA-"))
 * @throws CohortError for an empty prefix
 */
export function withPrefix<T extends Partial<CohortRecords> & { readonly points?: readonly OfStudy[] }>(
  records: T,
  prefix: string,
): T {
  if (typeof prefix !== "string" || !/^[^\s\p{Cc}]{1,40}$/u.test(prefix))
    throw new CohortError("bad-option", "A prefix is a word of 1 to 40 characters, such as LSMA-.");
  const named = <R extends OfStudy>(one: R): R => ({ ...one, study: prefix + one.study });
  return {
    ...records,
    ...(records.studies && {
      studies: map(records.studies, (one) => ({ ...named(one), patient: prefix + one.patient })),
    }),
    ...(records.series && { series: map(records.series, named) }),
    ...(records.detections && { detections: map(records.detections, named) }),
    ...(records.readings && { readings: map(records.readings, named) }),
    ...(records.points && { points: map(records.points, named) }),
  };
}

/**
 * Records as those of a data set: for a second reader's table of patients that a cohort has already.
 * @example await cohort.add(withDataset(await importCsv("second-reader.csv"), "SPIDER"))
 * @throws CohortError for an empty name
 */
export function withDataset<T extends Partial<CohortRecords>>(records: T, dataset: string): T {
  if (typeof dataset !== "string" || dataset.trim() === "")
    throw new CohortError("bad-option", "Give the data set a name.");
  return {
    ...records,
    ...(records.studies && { studies: map(records.studies, (one) => ({ ...one, dataset })) }),
  };
}
