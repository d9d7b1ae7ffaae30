import { discVolume as cutDisc, LUMBAR_DISCS } from "../../detection/index.js";
import type { MeasurementError } from "../../statistics/index.js";
import { grade } from "../../analysis/index.js";
import type { GradedSpine } from "../../analysis/index.js";
import { curvePlot, montage, sliceCell } from "../../figures/index.js";
import type { CurvePlot, Montage, MontageCell } from "../../figures/index.js";
import type { Visit } from "./visits.js";

/** T12-L1 to L5-S1, from the top down. */
const LEVELS = LUMBAR_DISCS.toReversed();
const DAYS_PER_YEAR = 365.25;

/** How far one disc has changed between the first and the last visit at which it was graded. */
export interface DiscChange {
  readonly level: string;
  /** Continuous Pfirrmann score at each visit; `undefined` where the disc was not found. */
  readonly scores: readonly (number | undefined)[];
  /** Last less first score; NaN with fewer than two. */
  readonly change: number;
  /** Whether the change is more than the smallest detectable one of a rater, and of the model. */
  readonly isBeyondRater: boolean;
  readonly isBeyondModel: boolean;
}

/** What changes are compared with. */
export interface Noise {
  readonly rater: MeasurementError;
  readonly model: MeasurementError;
}

/**
 * Changes of discs beside the noise of reading: beyond it is what exceeds the smallest detectable change, which a disc that did
 * not change does in one of twenty comparisons.
 * @param scores of each disc at each visit, in the order of the visits
 */
export function discChanges(
  scores: Readonly<Record<string, readonly (number | undefined)[]>>,
  { rater, model }: Noise,
): DiscChange[] {
  return Object.entries(scores).map(([level, own]) => {
    const known = own.filter((score) => score !== undefined);
    const change = known.length < 2 ? NaN : known.at(-1)! - known[0]!;
    return {
      level,
      scores: own,
      change,
      isBeyondRater: Math.abs(change) > rater.smallestDetectableChange,
      isBeyondModel: Math.abs(change) > model.smallestDetectableChange,
    };
  });
}

/** A visit with its grades. */
export interface GradedVisit extends Visit {
  readonly graded: GradedSpine;
}

/** One patient's discs over time. */
export class DiscCourse {
  readonly changes: readonly DiscChange[];

  constructor(
    readonly visits: readonly GradedVisit[],
    readonly noise: Noise,
  ) {
    const scoreOf = (level: string, { graded }: GradedVisit): number | undefined =>
      graded.discs.find((disc) => disc.level === level)?.grades.pfirrmann!.fractional;
    const scores = LEVELS.map((level) => [level, visits.map((visit) => scoreOf(level, visit))] as const);
    this.changes = discChanges(Object.fromEntries(scores), noise);
  }

  /** One row a disc: the score at each visit, the change, what is true of a phantom's, and whether it is beyond the noise. */
  table(): Record<string, string | number>[] {
    return this.changes.map(({ level, scores, change, isBeyondRater, isBeyondModel }) => ({
      disc: level,
      ...Object.fromEntries(
        this.visits.map(({ day }, i) => [`visit ${i + 1}, ${yearOf(day)}`, shown(scores[i])]),
      ),
      change: Number.isNaN(change) ? "–" : signed(change),
      ...this.trueChange(level),
      "beyond the rater's noise": isBeyondRater ? "yes" : "no",
      "beyond the model's noise": isBeyondModel ? "yes" : "no",
    }));
  }

  private trueChange(level: string): Record<string, string> {
    const [first, last] = [this.visits[0], this.visits.at(-1)].map(
      (visit) => visit?.truth?.discs.find((disc) => disc.level === level)?.severity.pfirrmann,
    );
    return first === undefined || last === undefined ? {} : { "true change": signed(last - first) };
  }

  /** The score of each disc over the years; a star marks discs whose change is beyond the rater's noise. */
  plot(): CurvePlot {
    const curves = this.changes.flatMap(({ level, scores, isBeyondRater }) => {
      const points = scores.flatMap((score, i): [number, number][] =>
        score === undefined ? [] : [[this.visits[i]!.day / DAYS_PER_YEAR, score]],
      );
      return points.length === 0 ? [] : [{ name: isBeyondRater ? `${level} *` : level, points }];
    });
    return curvePlot(curves, {
      title: "Continuous Pfirrmann score (* change beyond the rater's noise)",
      xTitle: "years since the first visit",
      yTitle: "Pfirrmann score",
    });
  }

  /**
   * The middle slice of discs at each visit, one row a disc: those that changed beyond the rater's noise; where none did, the one
   * that changed most.
   */
  pictures(): Montage {
    const bySize = [...this.changes].sort((a, b) => Math.abs(b.change || 0) - Math.abs(a.change || 0));
    const beyond = bySize.filter(({ isBeyondRater }) => isBeyondRater);
    const shownDiscs = beyond.length > 0 ? beyond : bySize.slice(0, 1);
    const cells = shownDiscs.flatMap(({ level, scores }) =>
      this.visits.flatMap(({ day, graded }, i): MontageCell[] => {
        const year = yearOf(day);
        if (scores[i] === undefined) return [emptyCell(`${level}, ${year}\nnot found`)];
        const cut = cutDisc(graded.report.spine, level, "jamaludin");
        return [sliceCell(cut, Math.floor(cut.slices / 2), `${level}, ${year}\nscore ${shown(scores[i])}`)];
      }),
    );
    return montage(cells, { columns: this.visits.length, title: "Discs over time", window: DISC_WINDOW });
  }
}

/** Black and white in disc volumes, whose bodies' median is 0.25. */
const DISC_WINDOW = [0.03, 0.5] as const;

/** Where a disc was not found. */
function emptyCell(caption: string) {
  return { values: new Float32Array(112 * 224), rows: 112, columns: 224, caption };
}

function yearOf(day: number): string {
  return `year ${(day / DAYS_PER_YEAR).toFixed(1)}`;
}

function shown(score: number | undefined): string {
  return score === undefined ? "–" : score.toFixed(2);
}

function signed(change: number): string {
  return `${change < 0 ? "−" : "+"}${Math.abs(change).toFixed(2)}`;
}

/**
 * Grades the visits of one patient, in turn.
 * @param onVisit called after each, such as a progress bar's step
 * @example const course = await gradeVisits(visits, { noise });
 */
export async function gradeVisits(
  visits: readonly Visit[],
  { noise, onVisit }: { readonly noise: Noise; readonly onVisit?: () => void },
): Promise<DiscCourse> {
  const graded: GradedVisit[] = [];
  for (const visit of visits) {
    graded.push({ ...visit, graded: await grade(visit.path) });
    onVisit?.();
  }
  return new DiscCourse(graded, noise);
}

/** The noise as a table: what a single reading is worth, and which change can be told from it. */
export function noiseTable({ rater, model }: Noise): Record<string, string | number>[] {
  return [["a rater, the same pictures twice", rater] as const, ["the model, two scans", model] as const].map(
    ([reading, error]) => ({
      reading,
      discs: error.cases,
      "standard error of measurement": Number(error.standardError.toFixed(3)),
      "smallest detectable change": Number(error.smallestDetectableChange.toFixed(3)),
      drift: Number(error.drift.toFixed(3)),
    }),
  );
}
