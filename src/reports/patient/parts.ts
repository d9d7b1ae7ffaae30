import { modelsFolder, pfirrmannNotes, spineOutlines } from "../../analysis/index.js";
import type { GradedSpine } from "../../analysis/index.js";
import { alignedText, placeOf } from "../../figures/index.js";
import { contrastWords, shownLevel } from "../../detection/index.js";
import { FEATURES, heatTexts, inStanding, isWithheld } from "../../grading/index.js";
import type { Hotspot } from "../../grading/index.js";
import type { Volume } from "../../imaging/index.js";
import { lengthText } from "../../protocol/index.js";
import { counted, escapeMarkup } from "../../text/index.js";
import type { ModelsFacts } from "../checklist/models.js";
import { changeRows, changesOf } from "./change.js";
import { definitions, tableRows } from "./html.js";
import { numberingWords } from "./numbering.js";
import {
  findingName,
  findingsLine,
  flagRow,
  gradeRows,
  isFinding,
  measureName,
  measureRows,
  trustRows,
} from "./patientTables.js";
import type { ReportRow } from "./patientTables.js";
import { evidencePng, pngAddress, spinePng } from "./pictures.js";

/** A piece of a report as HTML and as plain text. */
export interface Part {
  readonly html: string;
  readonly text: string;
}

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
    "yes: found; –: not found; ? the other cannot be excluded; bold: a finding. * learned from phantoms (marrow changes also from Modic types), not compared with a reader. " +
    "marked, withheld: not validated in this weighting."
  );
}

function percent({ level }: { readonly level: number }): string {
  return `${Math.round(100 * level)} %`;
}

/** What was unusual or uncertain. */
export function warningsPart(graded: GradedSpine): Part {
  const messages = [
    ...graded.scan.problems.map(({ message }) => message),
    // What only points to discs' flags is said by these themselves.
    ...graded.flags.filter(({ code }) => code !== "disc-doubtful").map(({ message }) => message),
    ...graded.discs.flatMap(({ flags }) => flags.map(({ message }) => message)),
  ];
  if (messages.length === 0) {
    const text = "Nothing unusual was noticed. A picture without a warning can still be graded wrong.";
    return { html: `<p class="soft">${text}</p>`, text };
  }
  const items = messages.map((message) => `<li>${escapeMarkup(message)}</li>`).join("");
  return {
    html: `<div class="alert" role="note"><strong>Look at these first.</strong><ul>${items}</ul></div>`,
    text: ["Look at these first.", ...messages.map((message) => `- ${message}`)].join("\n"),
  };
}

/** The middle slice with levels, what was read, and what was found at each disc. */
export async function overviewPart(graded: GradedSpine): Promise<Part> {
  const { scan, report, discs } = graded;
  const { spine } = report;
  const { volume } = spine.stack;
  const notes = pfirrmannNotes(discs);
  const title = `Slice ${spine.midSlice + 1} of ${volume.slices}, nearest midline`;
  const png = await spinePng(volume, spine.midSlice, spineOutlines(spine, notes), placeOf(volume), title);
  const words = `${title}, with vertebrae and discs`;
  const read = definitions([
    ["Series", scan.title],
    ["Matrix", `${volume.columns} × ${volume.rows}, ${counted(volume.slices, "slice")}`],
    [
      "Spacing",
      `${lengthText(`${volume.spacing[0].toFixed(2)} × ${volume.spacing[1].toFixed(2)}`, lengthsOf(report))}${volume.slices === 1 ? "" : `, slices ${volume.spacing[2].toFixed(2)} mm apart`}`,
    ],
    ["Geometry", geometryWords(volume)],
    ["Weighting", contrastWords(spine.contrast)],
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
      ? `<p>${discs.some(({ grades }) => Object.values(grades).some(isWithheld)) ? "Nothing; some grades are withheld." : "Nothing but discs of Pfirrmann grade 1 or 2."}</p>`
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

/** Whether the lengths of a report are estimates. */
function lengthsOf({ spine }: GradedSpine["report"]): "estimated" | undefined {
  return spine.stack.volume.scale === undefined ? undefined : "estimated";
}

function geometryWords({ geometry, scale }: Volume): string {
  if (geometry === "patient") return "from the file";
  return scale === undefined
    ? "a picture: spacing as given"
    : "a picture without spacing: estimated from the size of its vertebral bodies";
}

/** Grades of all discs, flags, and what was measured. */
export function discsPart({ discs, report }: GradedSpine, { calibration }: ModelsFacts): Part {
  const names = discs.map(({ level }) => shownLevel(level, report.spine.numbering));
  const flags = flagRow(discs);
  const groups: (readonly [string, readonly ReportRow[]])[] = [
    ["Graded", [...gradeRows(discs), ...(flags === undefined ? [] : [flags])]],
    ["Measured", measureRows(discs, lengthsOf(report))],
  ];
  const head = names.map((name) => `<th scope="col">${escapeMarkup(name)}</th>`).join("");
  const bodies = groups.map(
    ([name, rows]) =>
      `<tbody><tr class="section"><th colspan="${discs.length + 1}" scope="rowgroup">${name}</th></tr>${tableRows(rows)}</tbody>`,
  );
  const lines = groups.flatMap(([, rows]) =>
    rows.map(([name, cells]) => [name, ...cells.map(({ words }) => words)]),
  );
  return {
    html: `<table class="numbers"><thead><tr><td></td>${head}</tr></thead>${bodies.join("")}</table><p class="soft">${escapeMarkup(notes(calibration))}</p>`,
    text: `${alignedText([["", ...names], ...lines])}\n${notes(calibration)}`,
  };
}

/** Pictures of the evidence for what was found. */
export async function evidencePart(graded: GradedSpine, hotspots: readonly Hotspot[]): Promise<Part> {
  const { volume } = graded.report.spine.stack;
  const place = placeOf(volume);
  const found = hotspots.filter(({ feature, grade: given }) => isFinding(feature, given));
  const probability = ({ feature, grade: given }: Hotspot): number =>
    given.probabilities[feature.classes.indexOf(given.grade)]!;
  const shown = new Set([...found].sort((a, b) => probability(b) - probability(a)).slice(0, MOST_PICTURES));
  if (shown.size === 0)
    return {
      html: "<p>Nothing was found that evidence could be shown for.</p>",
      text: "Nothing was found that evidence could be shown for.",
    };
  const lines: string[] = [];
  const drawn = found.filter((hotspot) => shown.has(hotspot));
  const texts = await heatTexts(graded.report, modelsFolder(), drawn);
  const figures = drawn.map((hotspot, i) => {
    const { level, feature, grade: given } = hotspot;
    const { png, slice } = evidencePng(volume, place, hotspot);
    const name = inStanding(findingName(feature, given), given);
    const words = `${level} ${name}`;
    const details = `${Math.round(100 * probability(hotspot))} %, slice ${slice + 1}`;
    const { line = "", brief = "", note = "" } = texts[i] ?? {};
    lines.push(`${words}: ${details}${line === "" ? "" : `. ${line}`}`);
    return `<figure><img src="${pngAddress(png)}" alt="Evidence for ${escapeMarkup(words)}"><figcaption><strong>${escapeMarkup(level)}</strong> ${escapeMarkup(name)}<br><span class="soft" title="${escapeMarkup(note)}">${details}<br>${escapeMarkup(brief)}</span></figcaption></figure>`;
  });
  const left = found.length - shown.size;
  const more = left === 0 ? "" : ` The ${left} least probable of ${found.length} are not shown.`;
  const words = `Heat on what raises the scores of what was found (${drawn[0]!.method}): yellow is strongest; the first share is the probability of the grade. Below it, where the heat lies, and how much of the score is lost when its hottest tenth is blurred. Heat is no outline of a finding.${more}`;
  return {
    html: `<p class="soft">${escapeMarkup(words)}</p><div class="pictures">${figures.join("")}</div>`,
    text: [words, ...lines].join("\n"),
  };
}

/** Each disc beside the earlier examination, under a heading of its own. */
export function changePart(
  previous: GradedSpine | undefined,
  graded: GradedSpine,
  { calibration }: ModelsFacts,
): Part {
  if (previous === undefined) {
    const text = "No earlier examination was given.";
    return { html: `<p class="soft">${text}</p>`, text };
  }
  const changes = changesOf(previous.discs, graded.discs);
  const lengths = lengthsOf(previous.report) ?? lengthsOf(graded.report);
  const names = ["Disc", "Pfirrmann", "Height, mm", "Slip, %", "Canal, mm", "Changed beyond the sets"];
  const head = names.map((name) => measureName(name, lengths));
  const rows = changeRows(changes);
  const sets = calibration === undefined ? "" : ` at ${percent(calibration)} each`;
  const note =
    `Earlier → now. A grade is called changed only where no grade is left that both examinations allow (conformal sets${sets}); ` +
    "for lengths no such limit is known, and another scan of the same day differs, too.";
  return {
    html: `<h2>${CHANGE}</h2>${tableHtml(head, rows)}<p class="soft">${escapeMarkup(note)}</p>`,
    text: `${CHANGE}\n${tableText(head, rows)}\n${note}`,
  };
}

/** How well the models agreed with readers. */
export function trustPart(facts: ModelsFacts): Part {
  const { calibration, models } = facts;
  const head = ["Feature", "Agreement with readers", "Present in", "Calibrated", "Trained on"];
  const rows = trustRows(facts);
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

/** Heading of the part that only some reports have. */
const CHANGE = "Since the earlier examination";

function tableHtml(head: readonly string[], rows: readonly ReportRow[], kind = ""): string {
  const names = head.map((name) => `<th scope="col">${escapeMarkup(name)}</th>`).join("");
  return `<table class="${kind}"><thead><tr>${names}</tr></thead><tbody>${tableRows(rows)}</tbody></table>`;
}

function tableText(head: readonly string[], rows: readonly ReportRow[]): string {
  return alignedText([head, ...rows.map(([name, cells]) => [name, ...cells.map(({ words }) => words)])]);
}
