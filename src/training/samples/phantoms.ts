import { detectSpine } from "../../detection/index.js";
import type { Disc } from "../../detection/index.js";
import { FEATURES, LOCAL_FINDINGS } from "../../grading/index.js";
import { renderPhantom } from "../../phantom/index.js";
import type { Phantom, TrueDisc } from "../../phantom/index.js";
import { TRAINING_FAMILIES } from "../corners/samples.js";
import { samplesOf } from "./discSample.js";
import type { DiscSample, SampleLabels } from "./discSample.js";

/** Distance (mm) within which a detected disc is a phantom's true one. */
const SAME_DISC = 8;

/** A finding is seen in a slice from this area on (mm²); with less, but not none, the slice has no label for it. */
const SEEN = 4;

/** True grades of a phantom's disc as allowed classes, as one slice shows them. */
function syntheticLabels(
  { grades, level }: TrueDisc,
  slice: number,
  { volume, pathology }: Phantom,
): SampleLabels {
  const size = volume.rows * volume.columns;
  const area = (feature: string): number => {
    const mask = pathology.find((one) => one.feature === feature && one.level === level);
    if (mask === undefined) return 0;
    let voxels = 0;
    for (const at of mask.voxels) if (Math.floor(at / size) === slice) voxels++;
    return voxels * volume.spacing[0] * volume.spacing[1];
  };
  const entries = FEATURES.flatMap(({ key, classes }): [string, number[]][] => {
    const label = classes.indexOf(Math.round(grades[key as keyof typeof grades].grade));
    // A slice beside a finding does not show it: its label there is that of the slice.
    if (!LOCAL_FINDINGS.has(key) || label === 0) return [[key, [label]]];
    const seen = key === "modic" ? Math.max(area("upperMarrowChange"), area("lowerMarrowChange")) : area(key);
    if (seen === 0) return [[key, [0]]];
    return seen < SEEN ? [] : [[key, [label]]];
  });
  return { labels: Object.fromEntries(entries), doubt: {} };
}

/** Graded discs of the i-th phantom of a seed, in every slice that a reading takes; none where no spine was found. */
export async function samplesOfPhantom(i: number, seed: number, models: string): Promise<DiscSample[]> {
  const phantom = renderPhantom({
    seed: seed * 10007 + i,
    family: TRAINING_FAMILIES[i % TRAINING_FAMILIES.length]!,
    artefacts: i % 2 === 0 ? {} : "drawn",
    contrasts: ["T2", "T1"],
  });
  const { volume, truth, t1 } = phantom;
  const spine = await detectSpine(volume, models).catch(() => undefined);
  if (spine === undefined) return [];
  const labelsOf = ({ centre }: Disc, slice: number) => {
    const disc = truth.discs.find(
      ({ pixel: [column, row] }) =>
        Math.hypot(column - centre.column, row - centre.row) * volume.spacing[0] < SAME_DISC,
    );
    return disc === undefined ? undefined : syntheticLabels(disc, slice, phantom);
  };
  return samplesOf({ spine, labelsOf, offsets: [-2, -1, 0, 1, 2], source: "synthetic", t1 });
}

/** Graded discs of phantoms, where the detector found them: a training sample is cut as a reading's is. */
export async function syntheticSamples(count: number, seed: number, models: string): Promise<DiscSample[]> {
  const samples: DiscSample[] = [];
  for (let i = 0; i < count; i++) samples.push(...(await samplesOfPhantom(i, seed, models)));
  return samples;
}
