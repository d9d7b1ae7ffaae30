import { writeFile } from "node:fs/promises";
import { modelsFolder } from "../analysis/index.js";
import { jupyterDisplay, tableBundle } from "../figures/index.js";
import type { Displayable } from "../figures/index.js";
import { READER_NAME, readerFor, readerNames, readerText, severityScale } from "../grading/index.js";
import type { Reader, ReaderReading } from "../grading/index.js";
import type { MimeBundle } from "../protocol/index.js";
import { requireOptions } from "../statistics/index.js";
import { fitReader } from "../training/index.js";
import type { PfirrmannAgreement, ReaderFit } from "../training/index.js";

/** The reader whose convention grades follow where none is named, and from whom a new reader's borders start. */
const DEFAULT_READER = "SPIDER";

/** What {@link calibrateReader} is told. */
export interface CalibrateReaderOptions {
  /** A word, such as the reader's pseudonym: grades say that they follow it. */
  readonly name: string;
  /** The known reader from whom the borders start, `"SPIDER"` unless given. */
  readonly start?: string | Reader;
}

type Row = Readonly<Record<string, string | number>>;

/** A reader's borders and what they are worth. As the last value of a cell it shows the agreement before and after. */
export class ReaderCalibration implements Displayable {
  constructor(private readonly fit: ReaderFit) {}

  /** For `grade(spine, { reader })`. */
  get reader(): Reader {
    return this.fit.reader;
  }

  /** Agreement of the grades as they came, with 95 % intervals over patients. */
  get before(): PfirrmannAgreement {
    return this.fit.before;
  }

  /** Agreement of grades by borders that were fitted on other patients (cross-validated). */
  get after(): PfirrmannAgreement {
    return this.fit.after;
  }

  /** Readings still wanted until the borders are known to a tenth of a grade; 0 where they are. */
  get wanted(): number {
    return this.fit.wanted;
  }

  /** One row a measure of agreement. */
  table(): Row[] {
    const rows = [
      ["accuracy", "accuracy"],
      ["linear kappa", "kappa"],
      ["quadratic kappa", "quadraticKappa"],
      ["more than one grade off", "offByMoreThanOne"],
    ] as const;
    const words = (agreement: PfirrmannAgreement, key: (typeof rows)[number][1]): string => {
      const { low, high } = agreement.intervals[key];
      return `${agreement[key].toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`;
    };
    return [
      ...rows.map(([measure, key]): Row => ({
        measure,
        "as SPIDER's reader": words(this.before, key),
        [`as ${this.reader.name}, other patients`]: words(this.after, key),
      })),
      {
        measure: "bias (grades)",
        "as SPIDER's reader": this.before.bias.toFixed(2),
        [`as ${this.reader.name}, other patients`]: this.after.bias.toFixed(2),
      },
    ];
  }

  /**
   * What the sets of grades that cannot be excluded are worth on other patients, in a sentence: by grade, how often they hold the one
   * that the reader gives, and how large they are; or why there are none.
   */
  private setsText(): string {
    const { sets } = this.reader;
    const { trust } = this.fit;
    if (trust === undefined)
      return `Which grades cannot be excluded is not told: of grades 1 to 5 there are ${sets!.cases.join(", ")} readings, too few to fit and measure it.`;
    const list = (values: readonly (number | null)[]): string =>
      values.map((value) => value?.toFixed(2) ?? "–").join(" ");
    return `Sets at ${Math.round(100 * sets!.level)} % hold the reader's grade 1 to 5 on other patients in ${list(trust.coverage)} of discs, and have ${list(trust.setSize)} grades.`;
  }

  /** A warning where grades by these borders are further from the reader than those that came, else nothing. */
  private worthText(): string {
    const [before, after] = [this.before.kappa.toFixed(2), this.after.kappa.toFixed(2)];
    return this.after.kappa < this.before.kappa
      ? ` On other patients grades by these borders agree less with the reader than the grades as they came (linear kappa ${after}, ${before}): do not use them before there are more readings.`
      : "";
  }

  /** How many readings there are and how many are wanted, the borders, whether they are worth using, and what the sets are worth. */
  toText(): string {
    const { readings, patients, thresholds } = this.reader;
    const wanted =
      this.wanted === 0
        ? "enough to know the borders to a tenth of a grade"
        : `about ${this.wanted} more would tell the borders to a tenth of a grade`;
    return `${readings} readings of ${patients} patients: ${wanted}. Borders at severities ${thresholds.map((value) => value.toFixed(2)).join(", ")}.${this.worthText()} ${this.setsText()}`;
  }

  /** Writes the reader to a file (.json), which `grade(spine, { reader: path })` and `--reader path` take. */
  async save(path: string): Promise<void> {
    await writeFile(path, readerText(this.reader));
  }

  [jupyterDisplay](): MimeBundle {
    const bundle = tableBundle(this.table());
    return { ...bundle, "text/plain": `${String(bundle["text/plain"])}\n${this.toText()}` };
  }
}

/**
 * Fits where your own reader passes from one Pfirrmann grade to the next, on 20 to 50 discs that the reader has graded: grades then follow
 * this reader's convention. Agreement is cross-validated over patients.
 * @param readings a graded disc (of `grade(spine)`, without a reader), the grade that the reader gives it, and whose it is
 * @throws RangeError for fewer than 10 readings of 3 patients, readings that cannot be used, or a name that is none or taken; ReaderError for a
 *   reader to start from that is unknown or was fitted for other weights
 * @example const mine = await calibrateReader(readings, { name: "mine" });
 * await mine.save("mine.json");
 * await grade(spine, { reader: "mine.json" })
 */
export async function calibrateReader(
  readings: readonly ReaderReading[],
  options: CalibrateReaderOptions,
): Promise<ReaderCalibration> {
  // Cells are not type-checked before they run.
  const given = (options as CalibrateReaderOptions | undefined) ?? { name: "" };
  requireOptions("calibrateReader", given, { name: true, start: true });
  const { name, start = DEFAULT_READER } = given;
  if (typeof name !== "string" || !READER_NAME.test(name))
    throw new RangeError(
      "Name the reader, calibrateReader(readings, { name }): a word of letters of a to z, digits, - and _, such as reader-a.",
    );
  const shipped = (await readerNames(modelsFolder())).find((one) => one.toLowerCase() === name.toLowerCase());
  if (shipped !== undefined)
    throw new RangeError(`${shipped} is a reader that comes with the weights; choose another name.`);
  const known = await readerFor(modelsFolder(), start);
  return new ReaderCalibration(
    fitReader(readings, { name, scale: await severityScale(modelsFolder()), start: known }),
  );
}
