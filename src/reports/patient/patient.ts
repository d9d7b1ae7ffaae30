import { FEATURES, findHotspots } from "../../grading/index.js";
import type { Hotspot } from "../../grading/index.js";
import type { MimeBundle } from "../../protocol/index.js";
import { grade, GradedSpine, modelsFolder, spineOutlines } from "../../analysis/index.js";
import type { Source } from "../../analysis/index.js";
import { readModels } from "../checklist/models.js";
import type { ModelsFacts } from "../checklist/models.js";
import { alignedText, displayable, jupyterDisplay, placeOf } from "../../figures/index.js";
import { escapeMarkup } from "../../text/index.js";
import type { Display, Displayable } from "../../figures/index.js";
import { changeRows, changesOf } from "./change.js";
import { definitions, reportHtml, tableRows } from "./html.js";
import { numberingWords } from "./numbering.js";
import {
  findingName,
  findingsLine,
  flagRow,
  gradeRows,
  isFinding,
  measureRows,
  trustRows,
} from "./patientTables.js";
import type { ReportRow } from "./patientTables.js";
import { evidencePng, pngAddress, spinePng } from "./pictures.js";
import { requireOptions } from "../../statistics/index.js";

/** Evidence pictures that a page holds; more are told, not shown. */
const MOST_PICTURES = 21;

/** What the signs of the table of grades mean; without calibration there are no sets. */
function notes(calibration: ModelsFacts["calibration"]): string {
  const sets =
    calibration === undefined
      ? ""
      : `, then the grades that cannot be excluded at ${percent(calibration)} (conformal sets)`;
  return (
    `In brackets: the score between grades${sets}. ` +
    "yes: found; –: not found; ? the other cannot be excluded; bold: a finding. * learned from phantoms only, not tested on patients."
  );
}

function percent({ level }: { readonly level: number }): string {
  return `${Math.round(100 * level)} %`;
}

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
    return part(() => this.warningsPart());
  }

  /** The middle slice with levels, what was read, how sure the numbering is, and what was found at each disc. */
  overview(): Display {
    return part(() => this.overviewPart());
  }

  /** Grades of all discs with the sets that cannot be excluded, flags, and what was measured. */
  discs(): Display {
    return part(() => this.discsPart());
  }

  /** Pictures of the evidence for what was found. */
  evidence(): Display {
    return part(() => this.evidencePart());
  }

  /** Each disc beside the earlier examination, under a heading of its own; says so where there is none. */
  change(): Display {
    return part(() => this.changePart());
  }

  /** How well the models agreed with readers, by their cards and calibration. */
  trust(): Display {
    return part(() => this.trustPart());
  }

  async [jupyterDisplay](): Promise<MimeBundle> {
    const parts = [
      this.warningsPart(),
      await this.overviewPart(),
      this.discsPart(),
      this.evidencePart(),
      ...(this.previous === undefined ? [] : [this.changePart()]),
      this.trustPart(),
    ];
    return bundle({
      html: parts.map(({ html }) => html).join(""),
      text: parts.map(({ text }) => text).join("\n\n"),
    });
  }

  private warningsPart(): Part {
    const messages = [
      ...this.graded.scan.problems.map(({ message }) => message),
      // What only points to discs' flags is said by these themselves.
      ...this.graded.flags.filter(({ code }) => code !== "disc-doubtful").map(({ message }) => message),
      ...this.graded.discs.flatMap(({ flags }) => flags.map(({ message }) => message)),
    ];
    if (messages.length === 0) {
      const text = "Nothing unusual was noticed. A picture without a warning can still be graded wrong.";
      return { html: `<p class="soft">${text}</p>`, text };
    }
    const items = messages.map((message) => `<li>${escapeMarkup(message)}</li>`).join("");
    return {
      html: `<div class="alert" role="note"><strong>Look at these first.</strong><ul>${items}</ul></div>`,
      text: ["Look at these first.", ...messages].join("\n"),
    };
  }

  private async overviewPart(): Promise<Part> {
    const { scan, report, discs } = this.graded;
    const { spine } = report;
    const { volume } = spine.stack;
    const notes = Object.fromEntries(
      discs.map(({ level, grades }) => [level, `P${grades.pfirrmann!.grade}`]),
    );
    const title = `Slice ${spine.midSlice + 1} of ${volume.slices}, nearest midline`;
    const png = await spinePng(volume, spine.midSlice, spineOutlines(spine, notes), placeOf(volume), title);
    const words = `${title}, with vertebrae and discs`;
    const read = definitions([
      ["Series", scan.title],
      [
        "Matrix",
        `${volume.columns} × ${volume.rows}, ${volume.slices} ${volume.slices === 1 ? "slice" : "slices"}`,
      ],
      [
        "Spacing",
        `${volume.spacing[0].toFixed(2)} × ${volume.spacing[1].toFixed(2)} mm${volume.slices === 1 ? "" : `, slices ${volume.spacing[2].toFixed(2)} mm apart`}`,
      ],
      ["Geometry", scan.volume.geometry === "patient" ? "from the file" : "a picture: spacing as given"],
      ["T1 series", report.withT1 ? "read beside it" : scan.hasT1 ? "there, not used" : "none"],
      ["Chosen because", scan.reasons.join(" ")],
      ["Numbering", numberingWords(spine.numbering)],
    ]);
    const found = discs.flatMap((disc) => {
      const line = findingsLine(disc);
      return line === undefined ? [] : [[disc.level, line] as const];
    });
    const list =
      found.length === 0
        ? "<p>Nothing but discs of Pfirrmann grade 1 or 2.</p>"
        : definitions(found.map(([level, line]) => [level, line]));
    return {
      html:
        `<div class="beside"><figure><img class="slice" src="${pngAddress(png)}" alt="${escapeMarkup(words)}">` +
        `<figcaption class="soft">P: Pfirrmann grade</figcaption></figure><div>${read}<strong>Found by the models</strong>${list}</div></div>`,
      text: [
        scan.title,
        numberingWords(spine.numbering),
        ...found.map(([level, line]) => `${level}: ${line}`),
      ].join("\n"),
    };
  }

  private discsPart(): Part {
    const { discs } = this.graded;
    const flags = flagRow(discs);
    const groups: (readonly [string, readonly ReportRow[]])[] = [
      ["Graded", [...gradeRows(discs), ...(flags === undefined ? [] : [flags])]],
      ["Measured", measureRows(discs)],
    ];
    const head = discs.map(({ level }) => `<th scope="col">${escapeMarkup(level)}</th>`).join("");
    const bodies = groups.map(
      ([name, rows]) =>
        `<tbody><tr class="section"><th colspan="${discs.length + 1}" scope="rowgroup">${name}</th></tr>${tableRows(rows)}</tbody>`,
    );
    const lines = groups.flatMap(([, rows]) =>
      rows.map(([name, cells]) => [name, ...cells.map(({ words }) => words)]),
    );
    return {
      html: `<table class="numbers"><thead><tr><td></td>${head}</tr></thead>${bodies.join("")}</table><p class="soft">${escapeMarkup(notes(this.models.calibration))}</p>`,
      text: `${alignedText([["", ...discs.map(({ level }) => level)], ...lines])}\n${notes(this.models.calibration)}`,
    };
  }

  private evidencePart(): Part {
    const { volume } = this.graded.report.spine.stack;
    const place = placeOf(volume);
    const found = this.hotspots.filter(({ feature, grade: given }) => isFinding(feature, given));
    const probability = ({ feature, grade: given }: Hotspot): number =>
      given.probabilities[feature.classes.indexOf(given.grade)]!;
    const shown = new Set([...found].sort((a, b) => probability(b) - probability(a)).slice(0, MOST_PICTURES));
    if (shown.size === 0)
      return {
        html: "<p>Nothing was found that evidence could be shown for.</p>",
        text: "Nothing was found that evidence could be shown for.",
      };
    const lines: string[] = [];
    const figures = found
      .filter((hotspot) => shown.has(hotspot))
      .map((hotspot) => {
        const { level, feature, grade: given } = hotspot;
        const { png, slice } = evidencePng(volume, place, hotspot);
        const name = findingName(feature, given);
        const words = `${level} ${name}`;
        const details = `${Math.round(100 * probability(hotspot))} %, slice ${slice + 1}`;
        lines.push(`${words}: ${details}`);
        return `<figure><img src="${pngAddress(png)}" alt="Evidence for ${escapeMarkup(words)}"><figcaption><strong>${escapeMarkup(level)}</strong> ${escapeMarkup(name)}<br><span class="soft">${details}</span></figcaption></figure>`;
      });
    const left = found.length - shown.size;
    const more = left === 0 ? "" : ` The ${left} least probable of ${found.length} are not shown.`;
    const words = `Where the evidence lies for what was found (${shown.values().next().value!.method}): yellow is strongest; the share is the probability of the grade.${more}`;
    return {
      html: `<p class="soft">${escapeMarkup(words)}</p><div class="pictures">${figures.join("")}</div>`,
      text: [words, ...lines].join("\n"),
    };
  }

  private changePart(): Part {
    if (this.previous === undefined) {
      const text = "No earlier examination was given.";
      return { html: `<p class="soft">${text}</p>`, text };
    }
    const changes = changesOf(this.previous.discs, this.graded.discs);
    const head = ["Disc", "Pfirrmann", "Height, mm", "Slip, %", "Canal, mm", "Changed beyond the sets"];
    const rows = changeRows(changes);
    const { calibration } = this.models;
    const sets = calibration === undefined ? "" : ` at ${percent(calibration)} each`;
    const note =
      `Earlier → now. A grade is called changed only where no grade is left that both examinations allow (conformal sets${sets}); ` +
      "for lengths no such limit is known, and another scan of the same day differs, too.";
    return {
      html: `<h2>${CHANGE}</h2>${tableHtml(head, rows)}<p class="soft">${escapeMarkup(note)}</p>`,
      text: `${CHANGE}\n${tableText(head, rows)}\n${note}`,
    };
  }

  private trustPart(): Part {
    const { calibration, models } = this.models;
    const head = ["Feature", "Agreement with readers", "Present in", "Calibrated", "Trained on"];
    const rows = trustRows(this.models);
    const of =
      calibration === undefined
        ? "No calibration belongs to these weights."
        : `Measured on ${calibration.discs} discs of ${calibration.patients} patients that no model was trained on; ${FEATURES.filter(({ key }) => key in calibration.features).length} of ${FEATURES.length} features have sets, at ${percent(calibration)}.`;
    const weights = models.map(({ name, hash }) => `${name} ${hash.slice(0, 12)}`).join(", ");
    const note = `${of} As the model cards say; another hospital's patients are others. Weights (SHA-256): ${weights}.`;
    return {
      html: `${tableHtml(head, rows, "lines")}<p class="soft">${escapeMarkup(note)}</p>`,
      text: `${tableText(head, rows)}\n${note}`,
    };
  }
}

/** Heading of the part that only some reports have. */
const CHANGE = "Since the earlier examination";

function tableHtml(head: readonly string[], rows: readonly ReportRow[], kind = ""): string {
  const names = head.map((name) => `<th scope="col">${escapeMarkup(name)}</th>`).join("");
  return `<table class="${kind}"><thead><tr>${names}</tr></thead><tbody>${tableRows(rows)}</tbody></table>`;
}

function tableText(head: readonly string[], rows: readonly ReportRow[]): string {
  return alignedText([head, ...rows.map(([name, cells]) => [name, ...cells.map(({ words }) => words)])]);
}

/** A piece of a report as HTML and as plain text. */
interface Part {
  readonly html: string;
  readonly text: string;
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
