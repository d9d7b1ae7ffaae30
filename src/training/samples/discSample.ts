import type { Disc, Spine, TissueLabels } from "../../detection/index.js";
import { measureDiscs, partnerOf, slicesOfDisc } from "../../grading/index.js";
import type { DiscMeasures, Partner } from "../../grading/index.js";
import type { Volume } from "../../imaging/index.js";
import { sliceRange } from "../datasets/index.js";

/** A graded disc in one slice of a volume. */
export interface DiscSample {
  readonly volume: Volume;
  readonly slice: number;
  /** The patient's T1 series, where there is one of the same place. */
  readonly partner?: Partner | undefined;
  readonly disc: Pick<Disc, "centre" | "angle" | "width" | "height">;
  readonly measures: DiscMeasures;
  /** Classes that the label allows, by feature key; a feature without a label is absent. */
  readonly labels: Readonly<Record<string, readonly number[]>>;
  /** How much the sample counts, by feature key (1 where absent). */
  readonly doubt: Readonly<Record<string, number>>;
  /** The detector's tissues in the slice. */
  readonly tissue?: TissueLabels | undefined;
  readonly source: "clinical" | "synthetic";
  /** Whose disc it is; a phantom's is nobody's. */
  readonly patient?: string;
  /** The same disc as fat suppression would have shown it. */
  readonly suppressed?: DiscSample | undefined;
  /** Who graded it, where that is another reader than the one whose habits are learned (`LabelOptions.reader`). */
  readonly reader?: string;
}

/** What is known of a disc. */
export type SampleLabels = Pick<DiscSample, "labels" | "doubt" | "reader">;

/** What {@link samplesOf} is told. */
export interface SampleOptions {
  readonly spine: Spine;
  /** Labels of a disc as one slice of it shows them. */
  readonly labelsOf: (disc: Disc, slice: number) => SampleLabels | undefined;
  /** Steps from a disc's middle slice to the slices that are taken. */
  readonly offsets: readonly number[];
  readonly source: DiscSample["source"];
  readonly t1?: Volume | undefined;
}

/** The discs of a detected spine that have labels, each in its middle slice or in the slices about it. */
export function samplesOf({ spine, labelsOf, offsets, source, t1 }: SampleOptions): DiscSample[] {
  const { volume } = spine.stack;
  const partner = t1 === undefined ? undefined : partnerOf(volume, t1);
  const measures = measureDiscs(spine);
  return offsets.flatMap((offset) => {
    const sliceOf = (disc: Disc): number | undefined => {
      const near = slicesOfDisc(volume, disc.slice);
      const middle = near.findIndex(({ slice }) => slice === disc.slice);
      return near[middle + offset]?.slice;
    };
    return spine.discs.flatMap((disc, i) => {
      const slice = sliceOf(disc);
      const labels = slice === undefined ? undefined : labelsOf(disc, slice);
      if (labels === undefined || slice === undefined) return [];
      const tissue = spine.tissue.find((one) => one.slice === slice);
      return [{ volume, slice, partner, disc, measures: measures[i]!, ...labels, tissue, source }];
    });
  });
}

/** The slices of a volume that samples show, so that the rest of the stack need not be kept; samples of one volume. */
export function trimmed(samples: readonly DiscSample[]): DiscSample[] {
  const [first] = samples;
  if (first === undefined) return [];
  const { volume, partner } = first;
  const shown = samples.map(({ slice }) => slice);
  const [low, high] = [Math.min(...shown), Math.max(...shown)];
  if (high - low + 1 === volume.slices) return [...samples];
  const part = sliceRange(volume, low, high - low + 1);
  const beside = partner === undefined ? undefined : trimmedPartner(partner, volume, low, high);
  return samples.map((sample) => ({
    ...sample,
    ...{ volume: part, partner: beside, slice: sample.slice - low },
    tissue: sample.tissue === undefined ? undefined : { ...sample.tissue, slice: sample.slice - low },
  }));
}

/** A partner's slices beside those from `low` to `high` of the volume, and where these are in what is left of it. */
function trimmedPartner({ volume: t1, place }: Partner, volume: Volume, low: number, high: number): Partner {
  const corners = [low, high].flatMap((slice) =>
    [0, volume.columns - 1].flatMap((column) =>
      [0, volume.rows - 1].map((row) => place([column, row, slice])[2]),
    ),
  );
  const within = (slice: number): number => Math.min(t1.slices - 1, Math.max(0, slice));
  const from = within(Math.floor(Math.min(...corners)) - 1);
  const to = within(Math.ceil(Math.max(...corners)) + 1);
  return {
    volume: sliceRange(t1, from, to - from + 1),
    place: ([column, row, slice]) => {
      const [c, r, s] = place([column, row, slice + low]);
      return [c, r, s - from];
    },
  };
}
