import type { Random } from "../numbers/index.js";

/** The condition of one disc and the endplates beside it, from which both its picture and its labels are made. */
export interface DiscCondition {
  /** Continuous Pfirrmann grade, 1 to 5. */
  readonly degeneration: number;
  /** Height over that of a healthy disc of the level. */
  readonly heightFactor: number;
  /** Forward slip of the vertebra above, in mm. */
  readonly slip: number;
  /** Front-to-back diameter of the dural sac at the disc over the usual one. */
  readonly canalFactor: number;
  /** Schmorl nodes of the endplates above and below: depth and half width in mm, position along the endplate −1 to 1. */
  readonly nodes: readonly [EndplateNode | undefined, EndplateNode | undefined];
  /** Depth in mm of changed marrow above and below; 0 for none. */
  readonly marrow: readonly [number, number];
  /** Modic type of the changed marrow, 0 to 3. */
  readonly modic: number;
  /** How far in mm the disc reaches beyond the bodies: all round (bulge) and at one place behind (herniation). */
  readonly bulge: number;
  readonly herniation: number;
}

export interface EndplateNode {
  readonly depth: number;
  readonly halfWidth: number;
  readonly position: number;
}

/** A Schmorl node: 2 to 8 mm deep, 5 to 15 mm wide, mostly in the middle third. */
export function drawNode(random: Random): EndplateNode {
  return {
    depth: random.between(3, 7),
    halfWidth: random.between(3.5, 7.5),
    position: random.between(-0.5, 0.45),
  };
}

/**
 * Draws a disc's condition: one latent severity makes all findings likelier together, as in people.
 * @param index disc counted from the sacrum: slips are most frequent at L4-L5, nodes in the upper levels.
 */
export function drawCondition(random: Random, index: number, severity: "mixed" | "healthy"): DiscCondition {
  const degeneration = severity === "healthy" ? random.between(1, 2.4) : random.between(0.55, 5.45);
  const grade = Math.min(5, Math.max(1, degeneration));
  const s = (grade - 1) / 4;
  const collapsed =
    grade > 4.5
      ? random.between(0.28, 0.55)
      : grade > 3.5
        ? random.between(0.6, 0.95)
        : random.between(0.86, 1.08);
  const has = (base: number, gain: number): boolean =>
    random.chance(severity === "healthy" ? base / 4 : base + gain * s);
  const modic = has(0.01, 0.5) ? (random.chance(0.3) ? 1 : random.chance(0.85) ? 2 : 3) : 0;
  const both = random.chance(0.6);
  const first = random.chance(0.5);
  const depth = (): number => random.between(5, 14);
  const marrow: [number, number] =
    modic === 0 ? [0, 0] : [both || first ? depth() : 0, both || !first ? depth() : 0];
  const nodeChance = index >= 3 ? 0.12 : 0.06;
  const herniation = has(0.01, 0.18) ? random.between(4, 8) : 0;
  return {
    degeneration: grade,
    heightFactor: collapsed,
    slip: has(0.005, index === 1 ? 0.15 : 0.06) ? random.between(3.5, 8) : 0,
    canalFactor: has(0.01, 0.22) ? random.between(0.3, 0.5) : random.between(0.85, 1.1),
    nodes: [
      has(nodeChance, 0.2) ? drawNode(random) : undefined,
      has(nodeChance, 0.2) ? drawNode(random) : undefined,
    ],
    marrow,
    modic,
    bulge: has(0.02, 0.6) ? random.between(2, 4) : random.between(0, 0.8),
    herniation,
  };
}

/** Jamaludin's narrowing grade 1 to 4 of a height relative to a healthy disc's; 4 is "endplates almost in contact". */
export function narrowingGrade(heightFactor: number): number {
  return heightFactor > 0.85 ? 1 : heightFactor > 0.7 ? 2 : heightFactor > 0.42 ? 3 : 4;
}

/** Grades in the shape of `grade --json`. */
export function gradesOf(condition: DiscCondition) {
  const binary = (present: boolean): { grade: number } => ({ grade: present ? 1 : 0 });
  return {
    pfirrmann: { grade: Math.round(condition.degeneration), fractional: condition.degeneration },
    narrowing: { grade: narrowingGrade(condition.heightFactor) },
    spondylolisthesis: binary(condition.slip > 2),
    centralCanalStenosis: binary(condition.canalFactor < 0.6),
    upperEndplateDefect: binary(condition.nodes[0] !== undefined),
    lowerEndplateDefect: binary(condition.nodes[1] !== undefined),
    upperMarrowChange: binary(condition.marrow[0] > 0),
    lowerMarrowChange: binary(condition.marrow[1] > 0),
    herniation: binary(condition.herniation > 0),
    bulging: binary(condition.bulge > 1.5),
    modic: { grade: condition.modic },
  };
}

/**
 * Latent severities from which grades follow, as a rater would weigh them: Pfirrmann 1 to 5 and narrowing 1 to 4 on
 * their own scales with thresholds halfway between grades; findings in units of a typical one's distance from the
 * threshold at 0, about 1 where present and −1 where absent.
 */
export function severityOf(condition: DiscCondition): Record<RatedFeature, number> {
  const { heightFactor: height } = condition;
  const [first, second, third] = [0.85, 0.7, 0.42];
  const narrowing =
    height > second
      ? 1.5 + (first - height) / (first - second)
      : height > third
        ? 2.5 + (second - height) / (second - third)
        : 3.5 + (third - height) / (second - third);
  const finding = (size: number, typical: number): number => (size > 0 ? size / typical : -1);
  return {
    pfirrmann: condition.degeneration,
    narrowing: Math.min(4, Math.max(1, narrowing)),
    spondylolisthesis: condition.slip > 0 ? (condition.slip - 2) / 3 : -1,
    centralCanalStenosis: (0.6 - condition.canalFactor) / 0.2,
    upperEndplateDefect: finding(condition.nodes[0]?.depth ?? 0, 4),
    lowerEndplateDefect: finding(condition.nodes[1]?.depth ?? 0, 4),
    upperMarrowChange: finding(condition.marrow[0], 8),
    lowerMarrowChange: finding(condition.marrow[1], 8),
    herniation: finding(condition.herniation, 5),
    bulging: (condition.bulge - 1.5) / 1.25,
  };
}

/** Features that a simulated rater grades. */
export const RATED_FEATURES = [
  "pfirrmann",
  "narrowing",
  "spondylolisthesis",
  "centralCanalStenosis",
  "upperEndplateDefect",
  "lowerEndplateDefect",
  "upperMarrowChange",
  "lowerMarrowChange",
  "herniation",
  "bulging",
] as const;

export type RatedFeature = (typeof RATED_FEATURES)[number];
