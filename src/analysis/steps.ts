import { detectSpine, spineJson } from "../detection/index.js";
import type { Disc, Flag, Numbering, Spine, Vertebra } from "../detection/index.js";
import {
  FEATURES,
  findHotspots,
  gradeSpine,
  heatOnStack,
  hottestPoint,
  reportJson,
  setText,
} from "../grading/index.js";
import type { GradedDisc, GradeReport, Hotspot, HotspotOptions } from "../grading/index.js";
import { ImagingError } from "../imaging/index.js";
import type { Volume } from "../imaging/index.js";
import type { GradesPayload, MimeBundle, SlicesPayload } from "../protocol/index.js";
import {
  encodeSlices,
  gradesBundle,
  jupyterDisplay,
  placeOf,
  requireSamePictures,
  requireSamePlace,
  slicesBundle,
} from "../figures/index.js";
import type { Displayable, HeatInput } from "../figures/index.js";
import { spineOutlines } from "./outlines.js";
import { modelsFolder } from "./package.js";
import { recordModels } from "./provenance.js";
import { loadSeries, Scan } from "./scan.js";
import { requireOptions } from "../statistics/index.js";

function flagText(flags: readonly Flag[]): string {
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

  /** What was unusual or uncertain. */
  get flags(): readonly Flag[] {
    return this.spine.flags;
  }

  /** The `spinebook detect --json` form. */
  toJSON(): object {
    return { series: this.scan.title, place: this.scan.place, ...spineJson(this.spine) };
  }

  [jupyterDisplay](): Promise<MimeBundle> {
    return slicesBundle(
      encodeSlices({
        volume: this.spine.stack.volume,
        title: this.scan.title,
        outlines: spineOutlines(this.spine),
        found: placeOf(this.spine.stack.volume),
        initialSlice: this.spine.midSlice,
        remark: flagText(this.flags),
      }),
    );
  }
}

/** Heat layers to show: the Pfirrmann evidence of every disc, and that of other features where they were found. */
function heatLayers(report: GradeReport, hotspots: readonly Hotspot[]): HeatInput[] {
  const shown = hotspots.filter(
    ({ feature, grade }) => feature.key === "pfirrmann" || grade.grade !== feature.classes[0],
  );
  return shown.map((hotspot): HeatInput => {
    const { values, ...box } = heatOnStack(hotspot, report.spine.stack.volume);
    return {
      label: `${hotspot.level} ${hotspot.feature.name}`,
      ...box,
      values: Uint8Array.from(values, (value) => Math.round(255 * Math.min(1, value))),
    };
  });
}

/**
 * Grades of every disc. As the last value of a cell it shows a table beside the slices. Made with the grades of other pictures
 * than the scan's it throws a RangeError, so that no report or DICOM document puts them to the wrong images.
 */
export class GradedSpine implements Displayable {
  constructor(
    readonly scan: Scan,
    readonly report: GradeReport,
  ) {
    requireSamePictures(report.spine.stack.volume, scan.stack.volume);
  }

  get discs(): readonly GradedDisc[] {
    return this.report.discs;
  }

  get flags(): readonly Flag[] {
    return this.report.flags;
  }

  /** One row a disc: level and the grade of each feature (Pfirrmann also fractional), for tables and statistics. */
  table(): Record<string, string | number>[] {
    return this.discs.map(({ level, grades }) => ({
      level,
      ...Object.fromEntries(Object.entries(grades).map(([key, { grade }]) => [key, grade])),
      pfirrmannFractional: Number((grades.pfirrmann?.fractional ?? NaN).toFixed(2)),
    }));
  }

  /** The `spinebook grade --json` form. */
  toJSON(): object {
    return { series: this.scan.title, ...reportJson(this.report) };
  }

  /** Shows the grades beside the slices; a click on a grade that was given shows its evidence. */
  async [jupyterDisplay](): Promise<MimeBundle> {
    const evidence = await findHotspots(this.report, modelsFolder());
    return gradesBundle(this.payload(this.slices(heatLayers(this.report, evidence))));
  }

  /** The slices with each disc's name and Pfirrmann grade, under the given heat. */
  slices(heat: readonly HeatInput[], initialSlice = this.report.spine.midSlice): SlicesPayload {
    const notes = Object.fromEntries(
      this.discs.map(({ level, grades }) => [level, `P${grades.pfirrmann!.grade}`]),
    );
    return encodeSlices({
      volume: this.report.spine.stack.volume,
      title: this.scan.title,
      outlines: spineOutlines(this.report.spine, notes),
      heat,
      found: placeOf(this.report.spine.stack.volume),
      initialSlice,
      remark: flagText(this.flags),
    });
  }

  /** The grades of every disc for display, beside these slices. */
  payload(slices: SlicesPayload): GradesPayload {
    return {
      version: 1,
      title: `Grades: ${this.scan.title}`,
      features: FEATURES.map(({ key, name, labels }) => ({ key, name, classes: labels })),
      discs: this.discs.map(({ level, slice, grades, flags }) => ({
        level,
        slice,
        flags,
        grades: FEATURES.map(({ key, labels, classes }) => {
          const { grade, fractional, probabilities, set = [], trainedOn } = grades[key]!;
          const named = labels.map((label, k): [string, number] => [label, probabilities[k]!]);
          return {
            feature: key,
            grade,
            ...(fractional === undefined ? {} : { fractional }),
            probabilities: named,
            ...(set.length > 1 ? { set: setText(set, classes) } : {}),
            trainedOn,
          };
        }),
      })),
      flags: this.flags,
      slices,
    };
  }
}

/**
 * Evidence for each score of each disc. As the last value of a cell it shows the slices with a choice of heat layers. Made with
 * evidence that was found in other pictures than the graded ones it throws a RangeError.
 */
export class Hotspots implements Displayable {
  constructor(
    readonly graded: GradedSpine,
    /** One for each disc and feature. */
    readonly all: readonly Hotspot[],
  ) {
    const shown = placeOf(graded.report.spine.stack.volume);
    for (const { place } of all) requireSamePlace(place, shown);
  }

  /** The hotspot of one disc and feature. Throws where there is none. */
  of(level: string, feature: string): Hotspot {
    const hotspot = this.all.find(
      (candidate) => candidate.level === level && candidate.feature.key === feature,
    );
    if (hotspot === undefined)
      throw new RangeError(`There is no hotspot of ${feature} at ${level}; see .all for those there are.`);
    return hotspot;
  }

  /** One row a hotspot: level, feature, probability of the class shown, and where the evidence is strongest (slice, column, row of the upright stack). */
  table(): Record<string, string | number>[] {
    const { volume } = this.graded.report.spine.stack;
    return this.all.map((hotspot) => {
      const { point, slice } = hottestPoint(hotspot, volume);
      return {
        level: hotspot.level,
        feature: hotspot.feature.name,
        grade: hotspot.grade.grade,
        slice,
        column: Math.round(point.column),
        row: Math.round(point.row),
      };
    });
  }

  /** Shows the Pfirrmann evidence of every disc, and of other features where they were found present. */
  [jupyterDisplay](): Promise<MimeBundle> {
    const heat = heatLayers(this.graded.report, this.all);
    const worst = this.graded.discs.reduce((a, b) =>
      (b.grades.pfirrmann!.fractional ?? 0) > (a.grades.pfirrmann!.fractional ?? 0) ? b : a,
    );
    heat.sort(
      (a, b) =>
        Number(b.label === `${worst.level} Pfirrmann`) - Number(a.label === `${worst.level} Pfirrmann`),
    );
    return slicesBundle(this.graded.slices(heat, worst.slice));
  }
}

const HOTSPOT_OPTIONS = { method: true, levels: true, features: true } as const;

/** What detection and grading take: a path, a loaded scan, or the step before. */
export type Source = string | Scan;

async function scanOf(source: Source): Promise<Scan> {
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
  return new DetectedSpine(scan, await detectSpine(scan.volume, modelsFolder()));
}

/** What grading may be told. */
export interface GradeOptions {
  /**
   * Reads a T1 series beside the graded one: `true` for that of the same study, or a scan of the same place (of a study that
   * holds one, its T1 series). Not used unless asked for: on validation patients it made no difference beyond chance.
   */
  readonly t1?: Source | boolean;
}

/** The T1 volume that grading was told to use. */
async function t1Of(scan: Scan, given: Source | boolean): Promise<Volume | undefined> {
  if (given === false) return undefined;
  const source = given === true ? scan : await scanOf(given);
  const own = await source.loadT1();
  if (own === undefined && given === true)
    throw new ImagingError(
      "no-files",
      "The study holds no T1 series of the same place; name one, or grade without `t1`.",
    );
  return own ?? source.volume;
}

/**
 * Grades every disc: Pfirrmann 1 to 5, narrowing 1 to 4, spondylolisthesis, central canal stenosis, endplate defects and
 * marrow changes (upper, lower), herniation, bulging, Modic type. Each grade has its probabilities and says what it was
 * trained on.
 * @example const graded = await grade(spine);
 * @example await grade(spine, { t1: true }) // with the T1 series of the same study
 */
export async function grade(
  source: Source | DetectedSpine,
  options: GradeOptions = {},
): Promise<GradedSpine> {
  requireOptions("grade", options, { t1: true });
  const { t1 = false } = options;
  const detected = source instanceof DetectedSpine ? source : await detect(source);
  await recordModels("pfirrmann", "multitask");
  const report = await gradeSpine(detected.spine, modelsFolder(), { t1: await t1Of(detected.scan, t1) });
  const flags: Flag[] =
    t1 === false || report.withT1
      ? []
      : [
          {
            code: "t1-elsewhere",
            message: "The T1 scan shows another place than the graded one and is not used.",
          },
        ];
  return new GradedSpine(detected.scan, { ...report, flags: [...report.flags, ...flags] });
}

/**
 * Evidence hotspots: for every disc and score, where in the disc's volume the evidence lies.
 * @param options the method, and the levels and features that are wanted; the measured best, and all, by default.
 * @example await hotspots(graded)
 * @example await hotspots(graded, { method: "occlusion", levels: ["L4-L5"], features: ["herniation"] })
 */
export async function hotspots(
  source: Source | DetectedSpine | GradedSpine,
  options: HotspotOptions = {},
): Promise<Hotspots> {
  requireOptions("hotspots", options, HOTSPOT_OPTIONS);
  const graded = source instanceof GradedSpine ? source : await grade(source);
  return new Hotspots(graded, await findHotspots(graded.report, modelsFolder(), options));
}
