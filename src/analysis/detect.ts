import { detectSpine, shownLevel, spineJson } from "../detection/index.js";
import type { Disc, Flag, Numbering, Spine, Vertebra } from "../detection/index.js";
import {
  encodeSlices,
  jupyterDisplay,
  placeOf,
  requireSamePictures,
  saveSlices,
  slicesBundle,
} from "../figures/index.js";
import type { Displayable, SavedFigure, SaveSlicesOptions } from "../figures/index.js";
import type { MimeBundle, SlicesPayload } from "../protocol/index.js";
import { spineOutlines } from "./outlines.js";
import { modelsFolder } from "./modelsFolder.js";
import { recordModels } from "./provenance.js";
import { loadSeries, Scan } from "./scan.js";

/** What was unusual, in a line under the pictures. */
export function flagText(flags: readonly Flag[]): string {
  return flags.map(({ message }) => message).join(" ");
}

/**
 * Vertebrae and discs of a scan. As the last value of a cell it shows the slices with outlines and level names. Made with the
 * spine of other pictures than the scan's it throws a RangeError.
 */
export class DetectedSpine implements Displayable {
  constructor(
    readonly scan: Scan,
    readonly spine: Spine,
  ) {
    requireSamePictures(spine.stack.volume, scan.stack.volume);
  }

  /** Discs from the top down. */
  get discs(): readonly Disc[] {
    return this.spine.discs;
  }

  get vertebrae(): readonly Vertebra[] {
    return this.spine.vertebrae;
  }

  /** How sure the names of the levels are. */
  get numbering(): Numbering {
    return this.spine.numbering;
  }

  /** A level's name as displays give it: with its other name where the numbering is doubtful, "L4-L5 (or L5-S1)". */
  shownLevel(level: string): string {
    return shownLevel(level, this.spine.numbering);
  }

  /** What was unusual or uncertain. */
  get flags(): readonly Flag[] {
    return this.spine.flags;
  }

  /** The `spinebook detect --json` form. */
  toJSON(): object {
    return { series: this.scan.title, place: this.scan.place, ...spineJson(this.spine) };
  }

  /** The slices with outlines and names for display. */
  slices(): SlicesPayload {
    return encodeSlices({
      volume: this.spine.stack.volume,
      title: this.scan.title,
      outlines: spineOutlines(this.spine),
      found: placeOf(this.spine.stack.volume),
      initialSlice: this.spine.midSlice,
      remark: flagText(this.flags),
    });
  }

  [jupyterDisplay](): Promise<MimeBundle> {
    return slicesBundle(this.slices());
  }

  /**
   * Writes a slice, the middle one unless told, with outlines and names as a file, by the ending `.svg`, `.png` or `.pdf`.
   * @throws RangeError for a slice, ending, width, density, theme or folder that cannot be
   */
  save(path: string, options?: Omit<SaveSlicesOptions, "heat">): Promise<SavedFigure> {
    return saveSlices(this.slices(), path, options);
  }
}

/** What detection and grading take: a path, a loaded scan, or the step before. */
export type Source = string | Scan;

/** The scan of a source; a path is loaded. */
export async function scanOf(source: Source): Promise<Scan> {
  return typeof source === "string" ? loadSeries(source) : source;
}

/**
 * Finds and names vertebrae and discs of a scan.
 * @example const spine = await detect(scan);
 * @throws ImagingError, DetectionError (no lumbar spine seen) or WeightsError, each with one sentence.
 */
export async function detect(source: Source): Promise<DetectedSpine> {
  const scan = await scanOf(source);
  await recordModels("detector", "corners");
  return new DetectedSpine(scan, await detectSpine(scan.volume, modelsFolder(), { header: scan.contrast }));
}
