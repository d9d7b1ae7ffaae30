import { toSagittal } from "../../imaging/index.js";
import type { Volume } from "../../imaging/index.js";
import { loadDetector } from "../networks.js";
import { readVolume } from "../readings.js";
import { labelsOfMap } from "../tissueLabels.js";
import type { TissueLabels } from "../tissueLabels.js";

/** What the detector sees in the slice that discs are numbered on. */
export interface AnchorReading {
  /** The volume turned upright. */
  readonly volume: Volume;
  readonly tissue: TissueLabels;
  /** Discs in the slice. */
  readonly discs: number;
}

/**
 * The first step of detection alone: tissues of the slice that discs are numbered on, as the weighting is told by.
 * @throws ImagingError where the volume is not sagittal, WeightsError
 */
export async function readAnchor(given: Volume, models: string): Promise<AnchorReading> {
  const { volume } = toSagittal(given);
  const { anchor } = await readVolume(await loadDetector(models), volume);
  return { volume, tissue: labelsOfMap(anchor.map, anchor.slice), discs: anchor.chain.length };
}
