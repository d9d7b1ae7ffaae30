import type { SlicePoint } from "../../detection/index.js";
import type { Volume } from "../../imaging/index.js";
import type { FindingBox } from "./findingBoxes.js";

/** What one reader gave one disc. */
export interface DiscGrading {
  /** As in {@link DatasetPatient.patient}. */
  readonly patient: string;
  /** `L4-L5`. */
  readonly level: string;
  readonly rater: string;
  /** By key of `TABLE_FEATURES`; what was not graded is absent. */
  readonly grades: Readonly<Record<string, number>>;
}

/** One sagittal slice with its mask, each a volume of one slice on the same grid. */
export interface MaskedSlice {
  readonly image: Volume;
  /** {@link MASK} of each pixel. */
  readonly mask: Volume;
}

/** Codes of masks: those of SPIDER's slices as this project keeps them, and one for a disc that is known to be the lowest. */
export const MASK = { vertebra: 76, disc: 29, canal: 150, lowestDisc: 201 } as const;

/** A series with its masks, upright, anterior left, with square pixels. */
export interface MaskedStack {
  readonly patient: string;
  /** As in {@link DatasetSeries.name}. */
  readonly name: string;
  /** The slices as one volume. */
  readonly volume: Volume;
  /** In the order of the volume's. */
  readonly slices: readonly MaskedSlice[];
  /** Corners are learned from so many slices at most, those that show most bodies; from all where absent. */
  readonly mostCornerSlices?: number;
}

/** "T2" is the series that grades are read on, "SPACE" a further T2 one of thin slices, "T1" what is read beside. */
export type SeriesKind = "T2" | "SPACE" | "T1";

/** A series of a patient, read when it is asked for. */
export interface DatasetSeries {
  /** As log lines call it; names nobody. */
  readonly name: string;
  readonly kind: SeriesKind;
  /** Tells where its pictures lie, for those who read it in another process, when asked: a path may name a patient. Absent where it has no file or folder of its own. */
  readonly place?: (() => { readonly path: string; readonly spacing?: number }) | undefined;
  /** Discs in view, where the data set tells. */
  readonly discs?: number | undefined;
  /** Where the data set marks discs (column and row of the stored slices), by level. */
  readonly places?: ReadonlyMap<string, SlicePoint> | undefined;
  /** Findings that the data set marks by place, in pixels of the stored slice; absent where it marks none at all. */
  readonly boxes?: readonly FindingBox[] | undefined;
  /** One slice or a stack. @throws ImagingError, DataError */
  readonly load: () => Promise<Volume>;
  /**
   * The series with its masks, where there are some; for training only slices that show a disc, no finer than needed.
   * @throws ImagingError, DataError
   */
  readonly loadMasked?: ((use: "training" | "evaluation") => Promise<MaskedStack>) | undefined;
}

/** A patient of a data set: what there is of pictures and grades. */
export interface DatasetPatient {
  /** Told apart from the patients of all other data sets; names nobody. */
  readonly patient: string;
  /** Whether the patient is kept out of all training. */
  readonly isHeld: boolean;
  readonly series: readonly DatasetSeries[];
  readonly gradings: readonly DiscGrading[];
}

/** The layouts that are known; see `layouts.ts`. */
export type LayoutKey =
  "spider-published" | "spider-excerpt" | "lsma-published" | "lsma-excerpt" | "rsna" | "studies" | "cohort";

/** A data set on this machine, whatever its layout. */
export interface Dataset {
  readonly layout: LayoutKey;
  /** What a person calls it. */
  readonly title: string;
  /** Of whom weights say that they were trained on. */
  readonly credit: string;
  /** Those with a graded T2 series, or with masks. */
  readonly patients: readonly DatasetPatient[];
  /** How many patients were left out, by reason ("without grades"). */
  readonly leftOut: ReadonlyMap<string, number>;
  /** What else a person should know, in sentences without a name. */
  readonly remarks: readonly string[];
}

/** The series of a patient that is read for grades; undefined where there is none. */
export function gradedSeries({ series, gradings }: DatasetPatient): DatasetSeries | undefined {
  return gradings.length === 0 ? undefined : series.find(({ kind }) => kind === "T2");
}

/** A patient's series of a kind. */
export function seriesOfKind({ series }: DatasetPatient, kind: SeriesKind): DatasetSeries | undefined {
  return series.find((one) => one.kind === kind);
}
