import { basename } from "node:path";
import { shownLevel } from "../detection/index.js";
import type { Flag } from "../detection/index.js";
import {
  encodeSlices,
  gradesBundle,
  jupyterDisplay,
  placeOf,
  requireSamePictures,
  saveSlices,
} from "../figures/index.js";
import type { Displayable, HeatInput, SavedFigure, SaveSlicesOptions } from "../figures/index.js";
import {
  FEATURES,
  graderFiles,
  findHotspots,
  gradeSpine,
  inStanding,
  isReadByReaders,
  isWithheld,
  readAs,
  readerFor,
  readerOf,
  reportJson,
  setText,
  tableGrade,
} from "../grading/index.js";
import type { GradedDisc, GradeReport, Reader } from "../grading/index.js";
import { ImagingError } from "../imaging/index.js";
import type { Volume } from "../imaging/index.js";
import type { GradesPayload, MimeBundle, SlicesPayload } from "../protocol/index.js";
import { requireOptions } from "../statistics/index.js";
import { detect, DetectedSpine, flagText, scanOf, type Source } from "./detect.js";
import { toldHeatLayers } from "./heatLayers.js";
import { spineOutlines } from "./outlines.js";
import { modelsFolder } from "./modelsFolder.js";
import { recordModels } from "./provenance.js";
import type { Scan } from "./scan.js";

/** The Pfirrmann grade of each disc behind its name in a picture. */
export function pfirrmannNotes(discs: readonly GradedDisc[]): Record<string, string> {
  return Object.fromEntries(
    discs.map(({ level, grades }) => [level, inStanding(`P${grades.pfirrmann!.grade}`, grades.pfirrmann!)]),
  );
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

  /** A level's name as displays give it: with its other name where the numbering is doubtful, "L4-L5 (or L5-S1)". */
  shownLevel(level: string): string {
    return shownLevel(level, this.report.spine.numbering);
  }

  /** The reader whose convention the Pfirrmann grades follow; undefined where none was named. */
  get reader(): string | undefined {
    return readerOf(this.discs);
  }

  /**
   * The same discs with Pfirrmann grades as a reader gives them, as `grade(spine, { reader })`; no network runs again.
   * @param reader a name, a reader's file or a reader, as `grade` takes it
   * @throws ReaderError where there is no such reader, or it was fitted for other weights than those in use
   */
  async asReader(reader: string | Reader): Promise<GradedSpine> {
    const named = await readerFor(modelsFolder(), reader);
    return new GradedSpine(this.scan, readAs(this.report, named, named.scale));
  }

  get flags(): readonly Flag[] {
    return this.report.flags;
  }

  /**
   * One row a disc: level and the grade of each feature (Pfirrmann also fractional, and whose convention it follows where a reader was
   * named), for tables and statistics. What the weighting of the series does not allow to give bare stands there in words: `3 (marked)`,
   * `withheld`. `notComparedWithReaders` names the columns that no reader's grades stand behind.
   */
  table(): Record<string, string | number>[] {
    return this.discs.map(({ level, grades }) => ({
      level,
      ...Object.fromEntries(Object.entries(grades).map(([key, grade]) => [key, tableGrade(grade)])),
      pfirrmannFractional: tableGrade(
        grades.pfirrmann!,
        Number((grades.pfirrmann?.fractional ?? NaN).toFixed(2)),
      ),
      notComparedWithReaders: FEATURES.filter(({ trainedOn }) => !isReadByReaders(trainedOn))
        .map(({ key }) => key)
        .join(" "),
      ...(grades.pfirrmann?.reader === undefined ? {} : { pfirrmannReader: grades.pfirrmann.reader }),
    }));
  }

  /** The `spinebook grade --json` form. */
  toJSON(): object {
    return { series: this.scan.title, ...reportJson(this.report) };
  }

  /** Shows the grades beside the slices; a click on a grade that was given shows its evidence. */
  async [jupyterDisplay](): Promise<MimeBundle> {
    const evidence = await findHotspots(this.report, modelsFolder());
    return gradesBundle(this.payload(this.slices(await toldHeatLayers(this.report, evidence))));
  }

  /**
   * Writes a slice, the middle one unless told, with each disc's name and Pfirrmann grade as a file, by the ending `.svg`, `.png` or `.pdf`.
   * The table of grades is written by `toLatex(graded.table())` and its like.
   * @throws RangeError for a slice, ending, width, density, theme or folder that cannot be
   */
  save(path: string, options?: Omit<SaveSlicesOptions, "heat">): Promise<SavedFigure> {
    return saveSlices(this.slices([]), path, options);
  }

  /** The slices with each disc's name and Pfirrmann grade, under the given heat. */
  slices(heat: readonly HeatInput[], initialSlice = this.report.spine.midSlice): SlicesPayload {
    const notes = pfirrmannNotes(this.discs);
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
          const given = grades[key]!;
          const {
            grade,
            fractional,
            threshold,
            probabilities,
            set = [],
            trainedOn,
            standing,
            because,
          } = given;
          const shown = standing && inStanding(String(grade), given);
          const of = { trainedOn, ...(shown && { shown }), ...(because && { because }) };
          if (isWithheld(given)) return { feature: key, probabilities: [], ...of };
          const named = labels.map((label, k): [string, number] => [label, probabilities[k]!]);
          return {
            feature: key,
            grade,
            ...(fractional === undefined ? {} : { fractional }),
            probabilities: named,
            ...(threshold === undefined ? {} : { threshold }),
            ...(set.length > 1 ? { set: setText(set, classes) } : {}),
            ...of,
          };
        }),
      })),
      flags: this.flags,
      slices,
    };
  }
}

/** What grading may be told. */
export interface GradeOptions {
  /**
   * Reads a T1 series beside the graded one: `true` for that of the same study, or a scan of the same place (of a study that
   * holds one, its T1 series). Not used unless asked for: on validation patients it made no difference beyond chance.
   */
  readonly t1?: Source | boolean;
  /**
   * Whose convention the Pfirrmann grade follows: `"LSMA"`, the path of a reader's file (`calibrateReader`), or a reader. Not used
   * unless asked for: grades are then given as SPIDER's reader gives them.
   */
  readonly reader?: string | Reader;
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
 * @example await grade(spine, { reader: "LSMA" }) // Pfirrmann grades as that data set's reader gives them
 */
export async function grade(
  source: Source | DetectedSpine,
  options: GradeOptions = {},
): Promise<GradedSpine> {
  requireOptions("grade", options, { t1: true, reader: true });
  const { t1 = false, reader } = options;
  const detected = source instanceof DetectedSpine ? source : await detect(source);
  const files = graderFiles(modelsFolder(), detected.spine.contrast.contrast);
  await recordModels(...Object.values(files).map((file) => basename(file, ".safetensors")));
  const report = await gradeSpine(detected.spine, modelsFolder(), {
    t1: await t1Of(detected.scan, t1),
    reader,
  });
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
