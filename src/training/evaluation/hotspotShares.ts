import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { detectSpine } from "../../detection/index.js";
import {
  DEFAULT_METHOD,
  explainedShare,
  FEATURES,
  gradeSpine,
  graderHashes,
  HEAT_REGIONS,
  HOTSPOT_SHARES_FILE,
  hotspotsOf,
  isShownAsHeat,
  loadGraders,
  measureHeat,
} from "../../grading/index.js";
import type {
  Estimate,
  HeatMeasure,
  HeatRegion,
  HotspotShares,
  MeasuredDeletion,
  MeasuredHeat,
  MeasuredRegion,
} from "../../grading/index.js";
import { bayesianBootstrap } from "../../statistics/index.js";
import { DataError, gradedSeries, openDatasets, patientsOf } from "../datasets/index.js";
import type { DataSource } from "../datasets/index.js";

/** A line is written for so many patients. */
const PROGRESS = 25;
/** Fewer discs tell nothing of a feature. */
const FEWEST = 10;
const BOOTSTRAP = { draws: 2000, mass: 0.95 } as const;

/** The heat of one disc and feature, with its patient. */
interface PatientHeat extends HeatMeasure {
  readonly patient: string;
}

/** Figures have four digits. */
const rounded = (value: number): number => Number(value.toFixed(4));

/** A ratio of sums over discs, with its interval over patients. */
function ratioOf<T extends { readonly patient: string }>(
  discs: readonly T[],
  above: (disc: T) => number,
  below: (disc: T) => number,
): Estimate {
  const [over, under] = [discs.map(above), discs.map(below)];
  const ratio = (weights: ArrayLike<number>): number => {
    let [a, b] = [0, 0];
    for (let i = 0; i < discs.length; i++) {
      a += weights[i]! * over[i]!;
      b += weights[i]! * under[i]!;
    }
    return a / b;
  };
  const patients = discs.map(({ patient }) => patient);
  const { low, high } = bayesianBootstrap(patients, ratio, BOOTSTRAP);
  return {
    value: rounded(ratio(discs.map(() => 1))),
    low: rounded(low),
    high: rounded(high),
  };
}

/** Share of the heat of some discs in one region. */
function regionOf(discs: readonly PatientHeat[], region: HeatRegion): MeasuredRegion {
  const heat = (disc: PatientHeat): number => disc.shares![region];
  const even = (disc: PatientHeat): number => disc.even[region];
  return {
    share: ratioOf(discs, heat, () => 1),
    even: rounded(discs.reduce((sum, disc) => sum + even(disc), 0) / discs.length),
    ratio: ratioOf(discs, heat, even),
  };
}

function deletionOf(discs: readonly PatientHeat[]): MeasuredDeletion | null {
  const told = discs.filter(({ scores }) => explainedShare(scores) !== undefined);
  if (told.length < FEWEST) return null;
  const taken =
    (mask: 0 | 1) =>
    ({ scores }: PatientHeat): number =>
      scores.whole - scores.without[mask]!;
  const all = ({ scores }: PatientHeat): number => scores.whole - scores.blurred;
  const [hottest, random] = [taken(0), taken(1)];
  return {
    discs: told.length,
    hottest: ratioOf(told, hottest, all),
    random: ratioOf(told, random, all),
    beyond: ratioOf(told, (disc) => hottest(disc) - random(disc), all),
  };
}

/** What the heat of some discs says of their feature; undefined where these are too few. */
export function summariseHeat(discs: readonly PatientHeat[]): MeasuredHeat | undefined {
  const hot = discs.filter(({ shares }) => shares !== undefined);
  if (hot.length < FEWEST) return undefined;
  const regions = HEAT_REGIONS.map((region) => [region, regionOf(hot, region)] as const);
  return {
    discs: hot.length,
    patients: new Set(hot.map(({ patient }) => patient)).size,
    regions: Object.fromEntries(regions) as Record<HeatRegion, MeasuredRegion>,
    deletion: deletionOf(hot),
  };
}

/** The heat of every disc of the patients who are kept out of training. */
async function readHeat(
  models: string,
  data: DataSource,
  log: (line: string) => void,
): Promise<PatientHeat[]> {
  const graders = await loadGraders(models);
  const patients = patientsOf(await openDatasets(data, log), "validation");
  const heat: PatientHeat[] = [];
  for (const [i, one] of patients.entries()) {
    if (i % PROGRESS === PROGRESS - 1) log(`reading patient ${i + 1} of ${patients.length}`);
    const { patient } = one;
    try {
      const volume = await gradedSeries(one)?.load();
      if (volume === undefined) continue;
      const spine = await detectSpine(volume, models, { contrast: "T2" });
      const report = await gradeSpine(spine, models);
      const hotspots = (await hotspotsOf(report, graders)).filter(isShownAsHeat);
      const measured = await measureHeat(report, graders, hotspots, 1000 * (i + 1));
      heat.push(...measured.map((own) => ({ ...own, patient })));
    } catch (error) {
      log(`${patient}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return heat;
}

/**
 * Measures on the patients who are kept out of training where the heat of each feature lies and what of the scores its hottest tenth explains,
 * and writes `hotspot-shares.json` into the models folder.
 * @throws DataError where no disc could be read
 */
export async function measureHotspotShares(
  models: string,
  data: DataSource,
  log: (line: string) => void,
): Promise<HotspotShares> {
  const heat = await readHeat(models, data, log);
  if (heat.length === 0)
    throw new DataError(
      "No disc of a patient who is kept out of training could be read: nothing was measured.",
    );
  const features = FEATURES.flatMap(({ key }): [string, MeasuredHeat][] => {
    const summary = summariseHeat(heat.filter(({ hotspot }) => hotspot.feature.key === key));
    return summary === undefined ? [] : [[key, summary]];
  });
  const shares: HotspotShares = {
    version: 1,
    weights: await graderHashes(models),
    method: DEFAULT_METHOD,
    features: Object.fromEntries(features),
  };
  await writeFile(join(models, HOTSPOT_SHARES_FILE), `${JSON.stringify(shares, undefined, 1)}\n`);
  return shares;
}
