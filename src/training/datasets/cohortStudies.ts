import { createHash } from "node:crypto";
import type { Volume } from "../../imaging/index.js";
import { gather } from "./gather.js";
import type { FoundPatient } from "./gather.js";
import { USED_FEATURES } from "./gradesTable.js";
import { isLsmaValidation, LSMA_CREDIT, lsmaPatient } from "./lsmaExcerpt.js";
import { RSNA_CREDIT, rsnaPatient } from "./rsna.js";
import { SPIDER_CREDIT } from "./spiderTables.js";
import type { Dataset, DatasetSeries, DiscGrading, SeriesKind } from "./types.js";
import { isValidationPatient } from "./validation.js";

/** A series of a study as a cohort keeps it. */
export interface CohortSeries {
  /** `T1`, `T2`, `T2FS`, `STIR`, `PD` or `unknown`. */
  readonly contrast: string;
  /** `sagittal`, `axial`, `coronal`, `oblique` or `unknown`. */
  readonly orientation: string;
  /** Whether its pictures lie where the cohort says, lie there no more, or the cohort does not know where. */
  readonly pictures: "there" | "gone" | "unknown";
  /** Whether a reader's grades say that this series was read. */
  readonly isRead: boolean;
  readonly load: () => Promise<Volume>;
}

/** A study of a cohort with what people read in it. */
export interface CohortStudy {
  readonly study: string;
  readonly patient: string;
  /** What the cohort calls the data set that it is of. */
  readonly dataset: string;
  readonly series: readonly CohortSeries[];
  readonly gradings: readonly {
    readonly level: string;
    readonly rater: string;
    /** 1 for the first. */
    readonly reading: number;
    readonly grades: Readonly<Record<string, number>>;
  }[];
}

/** Who a patient is among all data sets, and whether kept out of training. */
interface Person {
  readonly patient: string;
  readonly isHeld: boolean;
}

/** How a data set calls its patients. */
interface Naming {
  readonly credit: string;
  /** Undefined for an id that the data set does not give. */
  readonly personOf: (id: string) => Person | undefined;
}

/** What weights say that they were trained on where studies are a user's own. */
export const OWN_CREDIT = "a user's own studies";

/** Published data sets by what cohorts call them. Whoever is kept out of training in their folders is kept out here. */
const PUBLISHED: readonly {
  readonly name: RegExp;
  readonly credit: string;
  readonly personOf: (number: string) => Person;
}[] = [
  {
    name: /^SPIDER\b/i,
    credit: SPIDER_CREDIT,
    personOf: (number) => ({ patient: number, isHeld: isValidationPatient(number) }),
  },
  {
    name: /^LSMA\b/i,
    credit: LSMA_CREDIT,
    personOf: (number) => ({ patient: lsmaPatient(number), isHeld: isLsmaValidation(number) }),
  },
  {
    name: /^RSNA\b/i,
    credit: RSNA_CREDIT,
    personOf: (number) => ({ patient: rsnaPatient(number), isHeld: isValidationPatient(number) }),
  },
];

/** A published number; ids may have got a prefix (`LSMA-12`), as two data sets have the same numbers. */
const NUMBERED = /^(?:\D*[^\da-z])?(\d{1,10})$/i;

function namingOf(dataset: string): Naming {
  const published = PUBLISHED.find(({ name }) => name.test(dataset));
  if (published !== undefined)
    return {
      credit: published.credit,
      personOf: (id) => {
        const number = NUMBERED.exec(id)?.[1];
        return number === undefined ? undefined : published.personOf(number);
      },
    };
  return {
    credit: OWN_CREDIT,
    personOf: (id) => {
      // Ids of a table may name somebody.
      const text = JSON.stringify(["spinebook cohort patient", dataset, id]);
      const patient = `own-${createHash("sha256").update(text).digest("hex").slice(0, 10)}`;
      return { patient, isHeld: isValidationPatient(patient) };
    },
  };
}

/** Sagittal series of these weightings, the one that was read first, those whose weighting nobody knows last. */
function candidates(series: readonly CohortSeries[], contrasts: readonly string[]): CohortSeries[] {
  const rank = ({ isRead, contrast, orientation }: CohortSeries): number =>
    4 * Number(!isRead) + 2 * Number(contrast === "unknown") + Number(orientation === "unknown");
  return series
    .filter(({ contrast }) => contrasts.includes(contrast))
    .filter(({ orientation }) => orientation === "sagittal" || orientation === "unknown")
    .sort((a, b) => rank(a) - rank(b));
}

/** The T2 series that is read and its T1 partner, or why nothing can be taken. */
function seriesOf(
  name: string,
  series: readonly CohortSeries[],
  gradings: readonly DiscGrading[],
): Pick<FoundPatient, "series" | "problem"> {
  if (gradings.length === 0) return { series: [], problem: "without a reader's grades" };
  const wanted = candidates(series, ["T2", "unknown"]);
  const t2 = wanted.find(({ pictures }) => pictures === "there");
  if (t2 === undefined)
    return {
      series: [],
      problem:
        wanted.length === 0
          ? "without a sagittal T2 series"
          : wanted.some(({ pictures }) => pictures === "gone")
            ? "with pictures that do not lie where they lay"
            : "with pictures whose place the cohort does not know",
    };
  const t1 = candidates(series, ["T1"]).find(({ pictures }) => pictures === "there");
  const entry = (kind: SeriesKind, { load }: CohortSeries): DatasetSeries => ({
    name: `${name} ${kind}`,
    kind,
    load,
  });
  return { series: [entry("T2", t2), ...(t1 === undefined ? [] : [entry("T1", t1)])] };
}

/** Grades by readers that models are trained on or compared with. */
function gradingsOf(patient: string, { gradings }: CohortStudy): DiscGrading[] {
  return gradings.flatMap(({ level, rater, reading, grades }) => {
    const used = Object.entries(grades).filter(([key]) => USED_FEATURES.some((one) => one.key === key));
    if (used.length === 0) return [];
    const name = reading === 1 ? rater : `${rater} / ${reading}`;
    return [{ patient, level, rater: name, grades: Object.fromEntries(used) }];
  });
}

/**
 * Studies of a cohort as data sets, one for each that the cohort names, in the order of their first studies: of each study the sagittal T2
 * series that was read, its T1 partner, and people's grades. Nothing is read before it is asked for.
 * @param remarks sentences about what of the cohort was not taken
 */
export function datasetsOfCohort(
  studies: readonly CohortStudy[],
  remarks: readonly string[] = [],
): Dataset[] {
  const names = [...new Set(studies.map(({ dataset }) => dataset))];
  return names.map((dataset) => {
    const { credit, personOf } = namingOf(dataset);
    const own = studies.filter((one) => one.dataset === dataset);
    const counts = new Map<string, number>();
    const found = own.map((study): FoundPatient => {
      const person = personOf(study.patient);
      if (person === undefined) return { ...NOBODY, problem: `with an id that is no number of ${dataset}'s` };
      const { patient } = person;
      const number = (counts.get(patient) ?? 0) + 1;
      counts.set(patient, number);
      const gradings = gradingsOf(patient, study);
      // Several studies of a patient are entries of their own under the one name.
      const name = number === 1 ? patient : `${patient} study ${number}`;
      return { ...person, gradings, ...seriesOf(name, study.series, gradings) };
    });
    return { layout: "cohort", title: `${dataset} of the cohort`, credit, ...gather(found), remarks };
  });
}

/** Of whom nobody can tell whether they are kept out of training. */
const NOBODY = { patient: "", isHeld: true, gradings: [], series: [] } as const;
