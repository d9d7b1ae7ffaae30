import { findHotspots } from "../../grading/index.js";
import type { Hotspot } from "../../grading/index.js";
import type { MimeBundle } from "../../protocol/index.js";
import { grade, GradedSpine, modelsFolder } from "../../analysis/index.js";
import type { Source } from "../../analysis/index.js";
import { readModels } from "../checklist/models.js";
import type { ModelsFacts } from "../checklist/models.js";
import { displayable, jupyterDisplay } from "../../figures/index.js";
import type { Display, Displayable } from "../../figures/index.js";
import { reportHtml } from "./html.js";
import { changePart, discsPart, evidencePart, overviewPart, trustPart, warningsPart } from "./parts.js";
import type { Part } from "./parts.js";
import { requireOptions } from "../../statistics/index.js";

/** What a report is made with beside the study. */
export interface PatientReportOptions {
  /** An earlier examination of the same patient, to compare with. */
  readonly previous?: Source | GradedSpine;
}

/** A patient's report in parts, each of which shows itself; as the last value of a cell it shows them all. */
export class PatientReport implements Displayable {
  constructor(
    readonly graded: GradedSpine,
    /** Evidence for every disc and feature. */
    readonly hotspots: readonly Hotspot[],
    readonly models: ModelsFacts,
    readonly previous?: GradedSpine,
  ) {}

  /** What was unusual or uncertain, for the top of the page. */
  warnings(): Display {
    return part(() => warningsPart(this.graded));
  }

  /** The middle slice with levels, what was read, how sure the numbering is, and what was found at each disc. */
  overview(): Display {
    return part(() => overviewPart(this.graded));
  }

  /** Grades of all discs with the sets that cannot be excluded, flags, and what was measured. */
  discs(): Display {
    return part(() => discsPart(this.graded, this.models));
  }

  /** Pictures of the evidence for what was found. */
  evidence(): Display {
    return part(() => evidencePart(this.graded, this.hotspots));
  }

  /** Each disc beside the earlier examination, under a heading of its own; says so where there is none. */
  change(): Display {
    return part(() => changePart(this.previous, this.graded, this.models));
  }

  /** How well the models agreed with readers, by their cards and calibration. */
  trust(): Display {
    return part(() => trustPart(this.models));
  }

  async [jupyterDisplay](): Promise<MimeBundle> {
    const parts = [
      warningsPart(this.graded),
      await overviewPart(this.graded),
      discsPart(this.graded, this.models),
      await evidencePart(this.graded, this.hotspots),
      ...(this.previous === undefined ? [] : [changePart(this.previous, this.graded, this.models)]),
      trustPart(this.models),
    ];
    return bundle({
      html: parts.map(({ html }) => html).join(""),
      text: parts.map(({ text }) => text).join("\n\n"),
    });
  }
}

function bundle({ html, text }: Part): MimeBundle {
  return { "text/html": reportHtml(html), "text/plain": text };
}

function part(make: () => Part | Promise<Part>): Display {
  return displayable(async () => bundle(await make()));
}

/**
 * A report of one patient's study: what was read, the middle slice, grades, measures, evidence, numbering, warnings, and what
 * is known of the models. It holds no identity. Research use only.
 * @param source a path, a loaded scan, or a graded spine
 * @example await patientReport("study/")
 * @example (await patientReport("study/", { previous: "earlier/" })).change()
 * @throws ImagingError, DetectionError, WeightsError as reading, detecting and grading do
 */
export async function patientReport(
  source: Source | GradedSpine,
  options: PatientReportOptions = {},
): Promise<PatientReport> {
  requireOptions("patientReport", options, { previous: true });
  const { previous } = options;
  const gradeOf = async (from: Source | GradedSpine): Promise<GradedSpine> =>
    from instanceof GradedSpine ? from : grade(from);
  const graded = await gradeOf(source);
  return new PatientReport(
    graded,
    await findHotspots(graded.report, modelsFolder()),
    await readModels(),
    previous === undefined ? undefined : await gradeOf(previous),
  );
}
