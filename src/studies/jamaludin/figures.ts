import { discVolume as cutDisc, jamaludinGrid } from "../../detection/index.js";
import type { DiscVolume, Spine } from "../../detection/index.js";
import { FEATURES, findHotspots, heatOnStack } from "../../grading/index.js";
import type { GradedDisc, Hotspot } from "../../grading/index.js";
import type { TrueDisc } from "../../phantom/index.js";
import * as jamaludin from "./measured.js";
import type { MontageCell } from "../../figures/index.js";
import { Montage, montage, placeOf, requireSamePlace, sliceCell } from "../../figures/index.js";
import { modelsFolder } from "../../analysis/index.js";
import type { GradedPhantom } from "./cohort.js";

/** A disc with what is true of it. */
interface Example {
  readonly owner: GradedPhantom;
  readonly own: TrueDisc;
  readonly disc: GradedDisc;
}

/** Probability that the system gave the true grade. */
function certainty({ disc }: Example, { key, grade }: jamaludin.WantedScore): number {
  const { classes } = FEATURES.find((feature) => feature.key === key)!;
  return disc.grades[key]!.probabilities[classes.indexOf(grade)]!;
}

/** The clear example of a score that the system is surest of; `undefined` where the atlas shows none that was found. */
function bestExample(atlas: readonly GradedPhantom[], score: jamaludin.WantedScore): Example | undefined {
  const examples = atlas.flatMap((owner) =>
    jamaludin.examplesOf(owner.phantom.truth.discs, score).flatMap((own): Example[] => {
      const disc = jamaludin.discAt(owner.phantom, owner.graded.report, own);
      return disc === undefined ? [] : [{ owner, own, disc }];
    }),
  );
  return examples.sort((a, b) => certainty(b, score) - certainty(a, score))[0];
}

function cutOf({ owner, disc }: Example): DiscVolume {
  return cutDisc(owner.graded.report.spine, disc.level, "jamaludin");
}

/** What the system says of a score, in a few words. */
function opinion(example: Example, score: jamaludin.WantedScore): string {
  const { grade, fractional } = example.disc.grades[score.key]!;
  return fractional === undefined
    ? `${grade === 1 ? "seen" : "not seen"} (${Math.round(100 * certainty(example, score))} %)`
    : `${grade} (${fractional.toFixed(1)})`;
}

/** Black and white of all pictures: in these volumes the median of the bodies beside a disc is 0.25. */
const WINDOW = [0.03, 0.5] as const;
/** Slices of Jamaludin's volume, counted from 0: the middle one, the second and the eighth. */
const MIDDLE = 4;
const SHOWN = [1, 7] as const;

/** Share of the fullest slice's finding that another must show to be as good. */
const ALMOST_ALL = 0.8;

/** Slice (0 to 8) of the disc volume that shows a phantom's finding best; the middle one of grades. */
function slicesWith({ owner, own, disc }: Example, key: string): number {
  const mask = owner.phantom.pathology.find((one) => one.level === own.level && one.feature === key);
  if (mask === undefined || key === "narrowing") return MIDDLE;
  const { volume } = owner.phantom;
  const counts = new Map<number, number>();
  for (const voxel of mask.voxels) {
    const slice = Math.floor(voxel / (volume.rows * volume.columns));
    counts.set(slice, (counts.get(slice) ?? 0) + 1);
  }
  const most = Math.max(...counts.values());
  // Of slices that show about as much, the one nearest to the disc's middle.
  const distance = (slice: number): number => Math.abs(slice - own.slice);
  const fullest = [...counts]
    .filter(([, count]) => count >= ALMOST_ALL * most)
    .map(([slice]) => slice)
    .reduce((a, b) => (distance(b) < distance(a) ? b : a));
  const { stack } = owner.graded.report.spine;
  const grid = jamaludinGrid(owner.graded.report.spine, disc);
  const originals = Array.from({ length: grid.slices }, (_, s) => {
    const [column, row, slice] = grid.placeOf(s, grid.rows / 2, grid.columns / 2);
    return Math.abs(stack.toOriginal([column, row, slice])[2] - fullest);
  });
  return originals.indexOf(Math.min(...originals));
}

/**
 * Fig. 4: an example of each score, as the network's disc volume shows it: the middle slice of Pfirrmann and narrowing grades, of
 * findings the slice that shows most of it. The caption tells the true grade and the system's.
 */
export function figure4(atlas: readonly GradedPhantom[]): Montage {
  const cells = jamaludin.FIGURE4_SCORES.flatMap((score): MontageCell[] => {
    const example = bestExample(atlas, score);
    if (example === undefined) return [];
    const ordinal = score.key === "pfirrmann" || score.key === "narrowing";
    const title = ordinal ? `${score.name} ${score.grade}` : score.name;
    const slice = slicesWith(example, score.key);
    return [sliceCell(cutOf(example), slice, `${title}\nsystem: ${opinion(example, score)}`)];
  });
  return montage(cells, {
    columns: 5,
    width: 184,
    title: "Examples of each score, phantoms",
    window: WINDOW,
  });
}

/**
 * A hotspot's heat at each pixel of Jamaludin's disc volume, [slice][row][column], 0 to 1; nearest pixel.
 * @throws RangeError where it was found in other pictures than the spine's
 */
export function heatOnDisc(spine: Spine, hotspot: Hotspot): Float32Array {
  const disc = spine.discs.find(({ level }) => level === hotspot.level)!;
  const { slices, rows, columns, placeOf: pointOf } = jamaludinGrid(spine, disc);
  requireSamePlace(hotspot.place, placeOf(spine.stack.volume));
  const box = heatOnStack(hotspot, spine.stack.volume);
  const heat = new Float32Array(slices * rows * columns);
  for (let s = 0; s < slices; s++)
    for (let y = 0; y < rows; y++)
      for (let x = 0; x < columns; x++) {
        const [column, row, slice] = pointOf(s, y, x).map((at, axis) =>
          Math.round(at - box.origin[axis]!),
        ) as [number, number, number];
        const isInside =
          column >= 0 &&
          row >= 0 &&
          slice >= 0 &&
          column < box.columns &&
          row < box.rows &&
          slice < box.slices;
        if (isInside)
          heat[(s * rows + y) * columns + x] = box.values[(slice * box.rows + row) * box.columns + column]!;
      }
  return heat;
}

/** The six findings of Fig. 7, from top to bottom. */
const FINDINGS = [
  "upperEndplateDefect",
  "lowerEndplateDefect",
  "upperMarrowChange",
  "lowerMarrowChange",
  "spondylolisthesis",
  "centralCanalStenosis",
] as const;

/**
 * Fig. 7: for each finding the second and the eighth of the nine slices of a disc volume and, between them, the slice that shows
 * most of the finding; the system's evidence lies over the same slices in the row beneath.
 */
export async function figure7(atlas: readonly GradedPhantom[]): Promise<Montage> {
  const rows: MontageCell[] = [];
  for (const key of FINDINGS) {
    const score = jamaludin.FIGURE4_SCORES.find((one) => one.key === key)!;
    const example = bestExample(atlas, score);
    if (example === undefined) continue;
    const { report } = example.owner.graded;
    const [hotspot] = await findHotspots(report, modelsFolder(), {
      levels: [example.disc.level],
      features: [key],
    });
    const cut = cutOf(example);
    const heat = heatOnDisc(report.spine, hotspot!);
    const slices = [SHOWN[0], slicesWith(example, key), SHOWN[1]];
    rows.push(
      ...slices.map((slice, i) =>
        sliceCell(
          cut,
          slice,
          i === 0 ? `${score.name}: ${opinion(example, score)}` : `slice ${slice + 1} of 9`,
        ),
      ),
      ...slices.map((slice) => sliceCell(cut, slice, `evidence, slice ${slice + 1}`, heat)),
    );
  }
  return montage(rows, {
    columns: 3,
    width: 184,
    title: "Evidence hotspots, phantoms",
    window: WINDOW,
  });
}
