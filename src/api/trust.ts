import { FEATURES, loadTrust } from "../grading/index.js";
import type { CalibrationFile, FittedFeature } from "../grading/index.js";
import type { MimeBundle } from "../protocol/index.js";
import { expectedCalibrationError, requireOptions } from "../statistics/index.js";
import { alignedText, jupyterDisplay, Plot, reliabilityFigure, tableBundle } from "../figures/index.js";
import type { Displayable, Figure, ReliabilityInput } from "../figures/index.js";
import { modelsFolder } from "../analysis/index.js";

/** A reliability diagram. As the last value of a cell it shows itself as a plot. */
export class ReliabilityPlot extends Plot {
  constructor(readonly input: ReliabilityInput) {
    super();
  }

  protected figure(): Figure {
    return reliabilityFigure(this.input);
  }
}

export interface ReliabilityOptions {
  /** Bins of equal width, 10 when absent. */
  readonly bins?: number;
  readonly title?: string;
}

/**
 * Reliability diagram of probabilities against what was found, with the expected calibration error and what a perfect model
 * would get with as few cases.
 * @param outcomes 1 where the finding was there, else 0, one a case
 * @param probabilities that were given for it, in the same order
 * @example reliability([0, 1, 1, 0], [0.1, 0.8, 0.6, 0.4], { bins: 5 })
 */
export function reliability(
  outcomes: readonly number[],
  probabilities: readonly number[],
  options: ReliabilityOptions = {},
): ReliabilityPlot {
  requireOptions("reliability", options, { bins: true, title: true });
  const { error, expected, expected95, bins } = expectedCalibrationError(outcomes, probabilities, {
    bins: options.bins ?? 10,
  });
  return new ReliabilityPlot({
    curves: [{ name: "given", points: bins.filter(({ count }) => count > 0) }],
    title: options.title ?? "Reliability",
    subtitle: `ECE ${error.toFixed(3)}; by chance alone ${expected.toFixed(3)}, rarely above ${expected95.toFixed(3)}`,
  });
}

type Row = Record<string, string | number>;

function shown(value: number | null): string {
  return value === null ? "–" : value.toFixed(2);
}

/** What was fitted on clinical validation patients for the weights in use. As the last value of a cell it shows its table. */
export class Calibration implements Displayable {
  constructor(readonly file: CalibrationFile) {}

  /** One row a feature: temperature, and cross-fitted over patients, before → after: NLL, ECE, coverage and size of sets. */
  table(): Row[] {
    return FEATURES.map(({ key, name }): Row => {
      const fitted = this.file.features[key];
      if (fitted === undefined)
        return { feature: name, calibrated: `no: ${this.file.uncalibrated[key] ?? "not fitted"}` };
      const { before, after } = fitted.trust;
      const list = (values: readonly (number | null)[]): string => values.map(shown).join(" ");
      return {
        feature: name,
        calibrated: fitted.calibrated ? "yes" : "no: error beyond chance",
        temperature: Number(fitted.temperature.toFixed(2)),
        cases: fitted.cases.join(" "),
        NLL: `${before.nll.toFixed(3)} → ${after.nll.toFixed(3)}`,
        ECE: `${before.ece.toFixed(3)} → ${after.ece.toFixed(3)}`,
        "ECE of chance (95 %)": `${after.eceOfChance.toFixed(3)} (${after.eceOfChance95.toFixed(3)})`,
        "coverage by class": `${list(before.coverage)} → ${list(after.coverage)}`,
        "set size by class": `${list(before.setSize)} → ${list(after.setSize)}`,
      };
    });
  }

  /** What the out-of-distribution check flags: new patients' T2 slices (false alarms), and pictures that are not that. */
  outOfDistribution(): Row[] {
    return this.file.detection.map((share): Row => ({
      pictures: share.what,
      images: share.images,
      "no spine found": share.refused,
      "flagged as a whole": share.flaggedByCheck,
      "flagged by detection": share.flaggedByDetection,
      "refused or flagged": share.caught,
      "discs flagged": `${share.discsFlagged} of ${share.discs}`,
    }));
  }

  /**
   * Reliability diagram of one feature, before and after calibration, on patients that the fit had not seen: of "present"
   * for features with two groups, else of the most probable grade.
   * @throws RangeError where the feature has no calibration
   */
  reliability(feature = "pfirrmann"): ReliabilityPlot {
    const fitted: FittedFeature | undefined = this.file.features[feature];
    if (fitted === undefined)
      throw new RangeError(
        `There is no calibration of ${feature}; there is one of ${Object.keys(this.file.features).join(", ")}.`,
      );
    const { before, after } = fitted.trust;
    const { name } = FEATURES.find(({ key }) => key === feature)!;
    return new ReliabilityPlot({
      curves:
        fitted.temperature === 1
          ? [{ name: "as the networks say: no temperature helped", points: after.bins }]
          : [
              { name: "before", points: before.bins },
              { name: "after", points: after.bins },
            ],
      title: `${name}: ${fitted.groups.length === 2 ? "probability of a finding" : "probability of the grade given"}`,
      subtitle: `ECE ${before.ece.toFixed(3)} → ${after.ece.toFixed(3)}; by chance alone ${after.eceOfChance.toFixed(3)}, rarely above ${after.eceOfChance95.toFixed(3)}`,
    });
  }

  /** Both tables as plain text. */
  toText(): string {
    const { patients, discs, level } = this.file;
    const lines = (rows: readonly Row[]): string => {
      const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
      return alignedText([names, ...rows.map((row) => names.map((name) => String(row[name] ?? "")))]);
    };
    return [
      `${discs} discs of ${patients} validation patients; sets at ${Math.round(100 * level)} %; before → after, cross-fitted over patients`,
      lines(this.table()),
      lines(this.outOfDistribution()),
    ].join("\n\n");
  }

  [jupyterDisplay](): MimeBundle {
    return tableBundle(this.table());
  }
}

/**
 * The calibration of the models in use.
 * @example await calibration()
 * @throws Error with a sentence where there is none, or where it belongs to other weights
 */
export async function calibration(): Promise<Calibration> {
  const trust = await loadTrust(modelsFolder());
  if (trust.calibration === undefined) throw new Error(trust.problem.message);
  return new Calibration(trust.calibration);
}
