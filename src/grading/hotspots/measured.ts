import * as v from "valibot";
import { oncePerFolder, readFitted } from "../../engine/index.js";
import { numberBetween, recordOf, versionIs, wholeNumber } from "../../text/index.js";
import type { Schema } from "../../text/index.js";
import { graderHashes } from "../contrastAgreement.js";
import { ESTIMATE } from "../operatingPoints.js";
import type { Estimate } from "../operatingPoints.js";
import type { HeatRegion } from "./regions.js";
import { HOTSPOT_METHODS } from "./types.js";
import type { HotspotMethod } from "./types.js";

/** Heat of one feature in one region, over many real discs. */
export interface MeasuredRegion {
  /** Mean share of the heat. */
  readonly share: Estimate;
  /** Mean share that the same heat everywhere would have: the region's area. */
  readonly even: number;
  /** `share` over `even`. */
  readonly ratio: Estimate;
}

/** What deleting pixels takes from a score, as a share of what blurring the whole picture takes, over many real discs. */
export interface MeasuredDeletion {
  /** Discs whose score the picture changes at all. */
  readonly discs: number;
  readonly hottest: Estimate;
  /** As many random pixels of the same regions. */
  readonly random: Estimate;
  /** `hottest` less `random`. */
  readonly beyond: Estimate;
}

/** What was measured of one feature's heat. */
export interface MeasuredHeat {
  /** Discs that the models called by this feature (for the Pfirrmann grade all), and their patients. */
  readonly discs: number;
  readonly patients: number;
  readonly regions: Readonly<Record<HeatRegion, MeasuredRegion>>;
  /** Null where too few discs' scores depend on the picture. */
  readonly deletion: MeasuredDeletion | null;
}

/** `hotspot-shares.json`: where heat lies on real discs, and what of the scores it explains, for the weights beside it. */
export interface HotspotShares {
  readonly version: 1;
  /** SHA-256 of the graders' weight files that were measured. */
  readonly weights: Readonly<Record<string, string>>;
  readonly method: HotspotMethod;
  /** By feature key; one that is called in too few discs is not there. */
  readonly features: Readonly<Record<string, MeasuredHeat>>;
}

const REGION: Schema<MeasuredRegion> = v.object({
  share: ESTIMATE,
  even: numberBetween(0, 1),
  ratio: ESTIMATE,
});

const SHARES: Schema<HotspotShares> = v.object({
  version: versionIs(1),
  weights: recordOf(v.string()),
  method: v.picklist(HOTSPOT_METHODS),
  features: recordOf(
    v.object({
      discs: wholeNumber(1),
      patients: wholeNumber(1),
      regions: v.object({
        endplates: REGION,
        disc: REGION,
        upperBody: REGION,
        lowerBody: REGION,
        canal: REGION,
        elsewhere: REGION,
      }),
      deletion: v.nullable(
        v.object({ discs: wholeNumber(1), hottest: ESTIMATE, random: ESTIMATE, beyond: ESTIMATE }),
      ),
    }),
  ),
});

/** File beside the weights. */
export const HOTSPOT_SHARES_FILE = "hotspot-shares.json";

/**
 * What was measured of hotspots with the weights of a models folder; read once a process. Undefined where nothing was measured with these
 * weights: then nothing is said of where heat lies in general.
 * @throws WeightsError where the file is damaged
 */
export const loadHotspotShares = oncePerFolder(async (models): Promise<HotspotShares | undefined> => {
  const shares = await readFitted(models, HOTSPOT_SHARES_FILE, SHARES);
  if (shares === undefined) return undefined;
  const hashes = Object.entries(await graderHashes(models));
  return hashes.every(([name, hash]) => shares.weights[name] === hash) ? shares : undefined;
});
