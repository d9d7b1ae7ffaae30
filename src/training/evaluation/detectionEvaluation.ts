import {
  connectedRegions,
  detectSpine,
  LUMBAR_DISCS,
  locate,
  TISSUE,
  VERTEBRA_LEVELS,
} from "../../detection/index.js";
import type { BodyCorners, Spine, SlicePoint } from "../../detection/index.js";
import { PHANTOM_FAMILIES, renderPhantom } from "../../phantom/index.js";
import type { CornerName, PhantomFamily, PhantomTruth } from "../../phantom/index.js";
import { quantileOfSorted } from "../../numbers/index.js";
import { outlinesOf } from "../corners/samples.js";
import { maskedStacks, openDatasets } from "../datasets/index.js";
import type { Dataset, DataSource } from "../datasets/index.js";
import { labelStack } from "../labelledSlice.js";

/** Errors of corners in mm. */
export interface CornerErrors {
  readonly corners: number;
  readonly median: number;
  readonly percentile95: number;
  readonly largest: number;
  readonly bodies: number;
  /** Share of bodies whose four corners all lie within 2 mm (Jamaludin et al. 2017 report at most 2 mm). */
  readonly bodiesWithin2mm: number;
}

/** How many were there, and how many were found under their own name. */
export interface NamedShare {
  readonly discs: number;
  readonly named: number;
}

export interface DetectionEvaluation {
  /** Phantoms by generator family; the networks were trained on "standard" and "mixture" only. */
  readonly phantoms: Readonly<
    Record<string, { readonly naming: NamedShare; readonly corners: CornerErrors }>
  >;
  /** T2 stacks with masks of validation patients: discs T12-L1 to L5-S1 by the masks, corners by the masks' outlines. */
  readonly stacks: {
    readonly patients: number;
    readonly naming: NamedShare;
    readonly corners: CornerErrors;
  };
  readonly failures: readonly { readonly what: string; readonly message: string }[];
}

export interface DetectionEvaluationOptions {
  /** Phantoms of each family. */
  readonly phantoms: number;
  readonly seed: number;
}

/** Centres closer than this (mm) are of the same structure. */
const SAME = 10;
/** Regions of a mask smaller than this (mm²) are torn-off parts of a disc. */
const SMALLEST_DISC = 60;
const CORNER_NAMES: readonly CornerName[] = [
  "anteriorSuperior",
  "posteriorSuperior",
  "posteriorInferior",
  "anteriorInferior",
];

type Point = readonly [number, number];
/** Four corners as (column, row) in pixels, in the order of {@link CORNER_NAMES}. */
type Outline = readonly Point[];

function middleOf(outline: Outline): Point {
  return [0, 1].map(
    (axis) => outline.reduce((sum, point) => sum + point[axis as 0 | 1], 0) / 4,
  ) as unknown as Point;
}

function pixelsOf(corners: BodyCorners): Outline {
  return CORNER_NAMES.map((name) => [corners[name].column, corners[name].row] as const);
}

/** Errors (mm) of the corners of each true body that was found in a slice; bodies that were not found are left out. */
function bodyErrors(spine: Spine, truth: readonly Outline[], slice: number): number[][] {
  const { spacing } = spine.stack.volume;
  const distance = (a: Point, b: Point): number =>
    Math.hypot((a[0] - b[0]) * spacing[0], (a[1] - b[1]) * spacing[1]);
  const found = spine.vertebrae.flatMap(({ slices }) =>
    slices.filter((one) => one.slice === slice).map(({ corners }) => pixelsOf(corners)),
  );
  return truth.flatMap((outline) => {
    const own = found.find((other) => distance(middleOf(other), middleOf(outline)) < SAME);
    return own === undefined ? [] : [outline.map((corner, k) => distance(corner, own[k]!))];
  });
}

/** Summary of errors by body. */
export function summariseCorners(bodies: readonly (readonly number[])[]): CornerErrors {
  const all = bodies.flat().sort((a, b) => a - b);
  const quantile = (q: number): number => quantileOfSorted(all, q) ?? NaN;
  return {
    corners: all.length,
    median: quantile(0.5),
    percentile95: quantile(0.95),
    largest: quantile(1),
    bodies: bodies.length,
    bodiesWithin2mm: bodies.filter((errors) => Math.max(...errors) < 2).length / Math.max(1, bodies.length),
  };
}

/** How many of the true discs (level and place in pixels) a spine holds under their own name. */
function namedDiscs(spine: Spine, truth: ReadonlyMap<string, SlicePoint>): NamedShare {
  const { spacing } = spine.stack.volume;
  const named = [...truth].filter(([level, place]) => {
    const disc = spine.discs.find((one) => one.level === level);
    return (
      disc !== undefined &&
      Math.hypot(
        (disc.centre.column - place.column) * spacing[0],
        (disc.centre.row - place.row) * spacing[1],
      ) < SAME
    );
  });
  return { discs: truth.size, named: named.length };
}

function addShares(a: NamedShare, b: NamedShare): NamedShare {
  return { discs: a.discs + b.discs, named: a.named + b.named };
}

/** Errors (mm) of the four corners of each of a phantom's bodies that was found under its name, in the slice it was found in. */
export function phantomBodyErrors(spine: Spine, truth: PhantomTruth): number[][] {
  return truth.vertebrae.flatMap((vertebra) => {
    const own = spine.vertebrae.find(({ level }) => level === vertebra.level);
    if (own === undefined) return [];
    // The stack may run the other way through the slices than the phantom does.
    const slice = Math.round(spine.stack.toOriginal([0, 0, own.slice])[2]);
    const section = vertebra.sections.find((one) => one.slice === slice)?.corners;
    if (section === undefined) return [];
    return bodyErrors(spine, [CORNER_NAMES.map((name) => section[name])], own.slice);
  });
}

/** How many of a phantom's vertebrae T12 to S1 were found under their own name at their place. */
export function namedVertebrae(spine: Spine, truth: PhantomTruth): { vertebrae: number; named: number } {
  const { affine, spacing } = spine.stack.volume;
  const own = bodiesToName(truth);
  const named = own.filter(({ level, centre }) => {
    const found = spine.vertebrae.find((one) => one.level === level);
    if (found === undefined) return false;
    // Within the sagittal plane: which slice shows a body's middle is another question.
    const place = locate(spine.stack, found.centre, found.slice).patient;
    const across = [affine[2]!, affine[6]!, affine[10]!].map((step) => step / spacing[2]);
    const offset = place.map((value, axis) => value - centre[axis]!);
    const lateral = offset.reduce((sum, value, axis) => sum + value * across[axis]!, 0);
    return Math.sqrt(Math.max(0, Math.hypot(...offset) ** 2 - lateral ** 2)) < SAME;
  });
  return { vertebrae: own.length, named: named.length };
}

/** The bodies T12 to S1 of a phantom, which a detector is to name. */
export function bodiesToName({ vertebrae }: PhantomTruth): PhantomTruth["vertebrae"] {
  return vertebrae.filter(({ level }) => NAMED_BODIES.includes(level));
}

const NAMED_BODIES: readonly string[] = VERTEBRA_LEVELS.slice(0, 7);

async function evaluatePhantoms(
  models: string,
  family: PhantomFamily,
  { phantoms, seed }: DetectionEvaluationOptions,
): Promise<{ naming: NamedShare; corners: CornerErrors; failures: { what: string; message: string }[] }> {
  let naming: NamedShare = { discs: 0, named: 0 };
  const bodies: number[][] = [];
  const failures: { what: string; message: string }[] = [];
  for (let i = 0; i < phantoms; i++) {
    const { volume, truth } = renderPhantom({ seed: seed + i, family });
    const discs = new Map(
      truth.discs
        .filter(({ level }) => LUMBAR_DISCS.includes(level))
        .map(({ level, pixel: [column, row] }) => [level, { column, row }]),
    );
    try {
      const spine = await detectSpine(volume, models);
      naming = addShares(naming, namedDiscs(spine, discs));
      bodies.push(...phantomBodyErrors(spine, truth));
    } catch (error) {
      naming = addShares(naming, { discs: discs.size, named: 0 });
      failures.push({
        what: `${family} phantom ${seed + i}`,
        message: error instanceof Error ? error.message : String(error),
      });
    }
  }
  return { naming, corners: summariseCorners(bodies), failures };
}

async function evaluateStacks(
  models: string,
  datasets: readonly Dataset[],
  log: (line: string) => void,
): Promise<DetectionEvaluation["stacks"] & { failures: { what: string; message: string }[] }> {
  const patients = new Set<string>();
  let naming: NamedShare = { discs: 0, named: 0 };
  const bodies: number[][] = [];
  const failures: { what: string; message: string }[] = [];
  for await (const { patient, name, slices: stack, volume } of maskedStacks(datasets, "validation", log)) {
    patients.add(patient);
    const labelled = labelStack(stack);
    try {
      const spine = await detectSpine(volume, models);
      const toStack = (slice: number): number => Math.round(spine.stack.toOriginal([0, 0, slice])[2]);
      const middle = labelled[toStack(spine.midSlice)]!;
      const regions = connectedRegions(
        middle.labels.length,
        middle.columns,
        (i) => middle.labels[i] === TISSUE.disc || middle.labels[i] === TISSUE.lowestDisc,
        SMALLEST_DISC / middle.spacing ** 2,
      ).sort((a, b) => b.centreRow - a.centreRow);
      const discs = new Map(
        regions
          .slice(0, LUMBAR_DISCS.length)
          .map(({ centreColumn, centreRow }, k) => [
            LUMBAR_DISCS[k]!,
            { column: centreColumn, row: centreRow },
          ]),
      );
      naming = addShares(naming, namedDiscs(spine, discs));
      for (const { slice } of spine.tissue) {
        const own = labelled[toStack(slice)]!;
        const truth = outlinesOf(own.labels, own).map((outline) =>
          outline.map(([back, down]) => [back / own.spacing, down / own.spacing] as const),
        );
        bodies.push(...bodyErrors(spine, truth, slice));
      }
    } catch (error) {
      failures.push({
        what: `masked stack ${name}`,
        message: error instanceof Error ? error.message : String(error),
      });
    }
  }
  return { patients: patients.size, naming, corners: summariseCorners(bodies), failures };
}

/**
 * Measures where vertebrae and discs are found and how they are named: phantoms of every family, and masked T2 stacks of
 * validation patients with the masks' corners ({@link import("../corners/maskCorners.js").maskCorners}).
 */
export async function evaluateDetection(
  models: string,
  data: DataSource,
  options: DetectionEvaluationOptions,
  log: (line: string) => void,
): Promise<DetectionEvaluation> {
  const datasets = await openDatasets(data, log);
  const failures: { what: string; message: string }[] = [];
  const phantoms: Record<string, { naming: NamedShare; corners: CornerErrors }> = {};
  for (const family of PHANTOM_FAMILIES) {
    const { failures: own, ...result } = await evaluatePhantoms(models, family, options);
    phantoms[family] = result;
    failures.push(...own);
    log(`${family}: ${result.naming.named} of ${result.naming.discs} discs named`);
  }
  const { failures: own, ...stacks } = await evaluateStacks(models, datasets, log);
  return { phantoms, stacks, failures: [...failures, ...own] };
}
