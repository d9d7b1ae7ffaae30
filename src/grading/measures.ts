import { LUMBAR_DISCS, sampleSlice, tissueAt, TISSUE } from "../detection/index.js";
import type { Disc, Spine, TissueLabels, Vertebra } from "../detection/index.js";
import type { Volume } from "../imaging/index.js";
import { lowerQuantile } from "../numbers/index.js";
import { narrowestCanal, narrowestSac, SAMPLE_STEP } from "./canal.js";
import type { Sampled } from "./canal.js";
import { BACKWARD_SHIFT, cropToSlice, frameOf } from "./discCrop.js";
import { discSpace, relativeHeights, spaceHeights } from "./discSpace.js";

/**
 * What is measured of a disc: lengths in mm, signals as ratios. A second opinion beside the networks' grades that a reader can
 * check with a ruler.
 */
export interface DiscMeasures {
  /** Mean height, over the area of the disc's outline; and over the tallest of the spine's discs. */
  readonly height: number;
  readonly relativeHeight: number;
  /** Height over that of the disc above; 1 where there is none. */
  readonly heightToAbove: number;
  readonly width: number;
  /** Degrees; positive when the back is lower. */
  readonly angle: number;
  /** Mean signal of the disc's middle part over that of marrow and of CSF. */
  readonly nucleusToMarrow: number;
  readonly nucleusToCsf: number;
  /** The same over the brightest disc of the spine, and that disc's own ratio to marrow. */
  readonly relativeNucleus: number;
  readonly brightestNucleus: number;
  /** Nucleus less annulus, over CSF: how well the two can be told apart (Pfirrmann's criterion). */
  readonly distinction: number;
  /** Signal over CSF in the upper, middle and lower part of the nucleus: an intranuclear cleft shows in the middle. */
  readonly profile: readonly [number, number, number];
  readonly marrowToCsf: number;
  /** Signal within 6 mm of each endplate over that of the body's core, above and below. */
  readonly endplateMarrow: readonly [number, number];
  /** Front-to-back size of the canal where it is narrowest at the disc. */
  readonly canal: number;
  /** The same of the bright content of the canal (CSF and fat), and over that beside the neighbouring bodies. */
  readonly sac: number;
  readonly sacToBodies: number;
  /** Area (mm²) of disc behind the line of the vertebral bodies. */
  readonly overhang: number;
  /** How far the upper body has slipped forward (+) or backward (−) over the lower one, in % of the lower endplate; 0 where a body is missing. */
  readonly slip: number;
  /** Height in mm between the bodies' corners in front and behind; from the outline's where a body is missing. */
  readonly anteriorHeight: number;
  readonly posteriorHeight: number;
  /** Mean of these over a healthy disc's of the level, and that over its mean of the spine's three best kept discs. */
  readonly heightToUsual: number;
  readonly heightToBest: number;
  /** 0 for L5-S1, counted upward. */
  readonly levelIndex: number;
}

/** How far (mm) about a disc's middle its measures are taken; the canal ends about 40 mm behind it. */
const REACH = { front: 27, back: 42, up: 27 } as const;
/** Marrow is taken between these distances (mm) from the disc. */
const MARROW = { from: 1, near: 6, core: 8, to: 18 } as const;

function samplePoints(volume: Volume, tissue: TissueLabels, disc: Pick<Disc, "centre" | "angle">): Sampled[] {
  const frame = frameOf(disc);
  const points: Sampled[] = [];
  for (let down = -REACH.up; down <= REACH.up; down += SAMPLE_STEP)
    for (let back = -REACH.front; back <= REACH.back; back += SAMPLE_STEP) {
      // Crops lie behind the disc's middle; these points are about the middle itself.
      const [column, row] = cropToSlice(frame, volume.spacing, back - BACKWARD_SHIFT, down);
      points.push({
        back,
        down,
        signal: sampleSlice(volume, tissue.slice, column, row),
        tissue: tissueAt(tissue, column, row),
      });
    }
  return points;
}

function mean(values: readonly number[], otherwise: number): number {
  return values.length < 4 ? otherwise : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function quantile(values: readonly number[], q: number): number {
  return lowerQuantile(values, q) ?? 0;
}

/** Signals that scanner units are compared with: the marrow's median and the bright part of the canal (CSF). */
export interface ReferenceSignals {
  readonly marrow: number;
  readonly csf: number;
}

function referenceOf(points: readonly Sampled[], height: number): ReferenceSignals {
  const beyond = ({ down }: Sampled): number => Math.abs(down) - height / 2;
  const isBody = ({ tissue }: Sampled): boolean => tissue === TISSUE.body || tissue === TISSUE.sacrum;
  const pick = (keep: (point: Sampled) => boolean): number[] =>
    points.filter(keep).map(({ signal }) => signal);
  let marrow = pick((point) => isBody(point) && beyond(point) > MARROW.from && beyond(point) < MARROW.to);
  if (marrow.length < 30)
    marrow = pick((point) => Math.abs(point.back) < 11 && beyond(point) > 4 && beyond(point) < 14);
  let canal = pick(({ tissue }) => tissue === TISSUE.canal);
  if (canal.length < 20) canal = pick(({ back }) => back > 16 && back < 27);
  const level = Math.max(quantile(marrow, 0.5), 1e-6);
  return { marrow: level, csf: Math.max(quantile(canal, 0.9), 0.3 * level) };
}

/** What a single disc shows, before it is compared with the others of its spine. */
interface OwnMeasures {
  readonly references: ReferenceSignals;
  readonly nucleus: number;
  readonly distinction: number;
  readonly profile: readonly [number, number, number];
  readonly endplateMarrow: readonly [number, number];
  readonly canal: number;
  readonly sac: number;
  readonly sacToBodies: number;
  readonly overhang: number;
}

function measureSlice(
  volume: Volume,
  tissue: TissueLabels,
  disc: Pick<Disc, "centre" | "angle" | "width" | "height">,
): OwnMeasures {
  const points = samplePoints(volume, tissue, disc);
  const { width, height } = disc;
  const references = referenceOf(points, height);
  const isDisc = ({ tissue: kind, down }: Sampled): boolean =>
    (kind === TISSUE.disc || kind === TISSUE.lowestDisc) && Math.abs(down) < height / 2 + 5;
  const discPoints = points.filter(isDisc);
  const inNucleus = ({ back, down }: Sampled): boolean =>
    Math.abs(back) < 0.28 * width && Math.abs(down) < 0.3 * height;
  const signals = (list: readonly Sampled[]): number[] => list.map(({ signal }) => signal);
  const whole = mean(signals(discPoints), references.marrow);
  const nucleus = mean(signals(discPoints.filter(inNucleus)), whole);
  const annulus = mean(signals(discPoints.filter((point) => !inNucleus(point))), nucleus);
  const band = (from: number, to: number): number =>
    mean(
      signals(
        discPoints.filter(
          ({ back, down }) => Math.abs(back) < 0.25 * width && down > from * height && down < to * height,
        ),
      ),
      nucleus,
    ) / references.csf;
  const marrowChange = (side: -1 | 1): number => {
    const part = (from: number, to: number): number[] =>
      signals(
        points.filter(({ back, down, tissue: kind }) => {
          const beyond = side * down - height / 2;
          const isBody = kind === TISSUE.body || kind === TISSUE.sacrum;
          return isBody && beyond > from && beyond < to && Math.abs(back) < 0.4 * width;
        }),
      );
    const core = part(MARROW.core, MARROW.to);
    const near = part(0, MARROW.near);
    return core.length < 6 || near.length < 6 ? 1 : quantile(near, 0.5) / Math.max(1e-6, quantile(core, 0.5));
  };
  return {
    references,
    nucleus,
    distinction: (nucleus - annulus) / references.csf,
    profile: [band(-0.3, -0.1), band(-0.1, 0.1), band(0.1, 0.3)],
    endplateMarrow: [marrowChange(-1), marrowChange(1)],
    canal: narrowestCanal(points, height),
    ...narrowestSac(points, height, references.csf),
    overhang: discPoints.filter(({ back }) => back > width / 2).length * SAMPLE_STEP ** 2,
  };
}

/**
 * Measures every disc of a spine, each in its own middle slice.
 * @returns in the order of `spine.discs`
 */
export function measureDiscs(spine: Spine): DiscMeasures[] {
  const { volume } = spine.stack;
  const own = spine.discs.map((disc) => measureSlice(volume, tissueOf(spine, disc.slice), disc));
  const tallest = Math.max(...spine.discs.map(({ height }) => height));
  const ratios = own.map(({ nucleus, references }) => nucleus / references.marrow);
  const brightest = Math.max(...ratios);
  const vertebra = (level: string | undefined): Vertebra | undefined =>
    spine.vertebrae.find((one) => one.level === level);
  const levels = spine.discs.map(({ level }) => levelIndexOf(level));
  const spaces = spine.discs.map((disc) => {
    const [upper, lower] = disc.level.split("-");
    return discSpace(vertebra(upper), vertebra(lower), volume, disc.slice);
  });
  const heights = spaceHeights(spine.discs.map(({ height }, i) => ({ height, space: spaces[i] })));
  const relative = relativeHeights(
    spine.discs.map(({ width }, i) => ({
      height: (heights[i]!.anterior + heights[i]!.posterior) / 2,
      depth: spaces[i]?.depth ?? width,
      levelIndex: levels[i]!,
    })),
  );
  return spine.discs.map((disc, i) => {
    const { references, nucleus, ...rest } = own[i]!;
    const above = spine.discs[i - 1];
    const space = spaces[i];
    return {
      ...rest,
      height: disc.height,
      relativeHeight: disc.height / tallest,
      heightToAbove: above === undefined ? 1 : disc.height / Math.max(1, above.height),
      width: disc.width,
      angle: disc.angle,
      nucleusToMarrow: ratios[i]!,
      nucleusToCsf: nucleus / references.csf,
      relativeNucleus: ratios[i]! / brightest,
      brightestNucleus: brightest,
      marrowToCsf: references.marrow / references.csf,
      slip: space?.slip ?? 0,
      anteriorHeight: heights[i]!.anterior,
      posteriorHeight: heights[i]!.posterior,
      heightToUsual: relative[i]!.toUsual,
      heightToBest: relative[i]!.toBest,
      levelIndex: levels[i]!,
    };
  });
}

/** The tissue labels of a slice; those of the nearest slice where it was not read. */
function tissueOf({ tissue }: Spine, slice: number): TissueLabels {
  const nearest = tissue.reduce((best, one) =>
    Math.abs(one.slice - slice) < Math.abs(best.slice - slice) ? one : best,
  );
  return { ...nearest, slice };
}

function levelIndexOf(level: string): number {
  const index = LUMBAR_DISCS.indexOf(level);
  return index < 0 ? LUMBAR_DISCS.length : index;
}
