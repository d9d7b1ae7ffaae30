import { drawCondition } from "./labels.js";
import { checkProgress, worsened } from "./course.js";
import { move } from "./frames.js";
import type { Anatomy, Body, PhantomDisc, PlanePoint } from "./frames.js";
import { OUTLINE, sideBend, withExtras } from "./individual.js";
import type { SpineForm } from "./individual.js";
import type { PhantomFamily, PhantomOptions, PhantomVariant } from "./options.js";
import { drawPopulationCondition } from "./population.js";
import type { Random } from "../numbers/index.js";
import { drawSacrum } from "./sacrum.js";

/** Number of bodies above the sacrum. */
const BODIES = 9;

/** Names of the bodies from the sacrum upward, with the first sacral one in front. */
export function levelNames(variant: PhantomVariant): { names: string[]; lumbar: number } {
  const lumbar = variant === "four-lumbar" ? 4 : variant === "six-lumbar" ? 6 : 5;
  const names = [
    ...(variant === "lumbarised" ? ["S2", "S1"] : ["S1"]),
    ...Array.from({ length: lumbar }, (_, i) => `L${lumbar - i}`),
    ...Array.from({ length: BODIES }, (_, i) => `T${12 - i}`),
  ];
  return { names: names.slice(0, BODIES + 1), lumbar };
}

/** From L5 upward: upper AP 35 mm, posterior height 24 to 26, anterior height of L5 30, +3 mm in the living. */
const WIDTH = [35, 35.5, 35, 34.5, 34, 32, 30, 29, 28];
const POSTERIOR_HEIGHT = [25, 26.5, 27.5, 28, 27.5, 26.5, 25, 24, 23];
const ANTERIOR_HEIGHT = [30, 29, 28.5, 28, 26.5, 25, 23.5, 22.5, 21.5];
const HALF_BREADTH = [25, 24, 23, 22, 21, 20, 18, 17, 16];
/** Mid height of healthy discs from L5-S1 upward. */
const DISC_HEIGHT = [11.5, 12.5, 11.5, 10.5, 9, 6.8, 5.4, 4.8, 4.4];
/** Front over mean height: lumbar discs are wedge-shaped. */
const DISC_WEDGE = [1.35, 1.25, 1.15, 1.1, 1.05, 1, 1, 1, 1];
/** Tilt in degrees of the bodies from L5 upward, for a typical back lying down. */
const TILT = [-23, -9, 0, 5, 8.5, 9.5, 8.5, 6.5, 4.5];

/** Height and width of a blocked disc over a healthy one's. */
const FUSED = [0.3, 0.8] as const;

/** A spine of this many bodies has its measures at these places of the tables above; others have one lumbar body more or less. */
const USUAL_LUMBAR = 5;

/**
 * A measure of the body (or the disc below it) that stands `i` above the sacrum. What is usual for a level goes with the level, not with the
 * count from below: a sixth lumbar vertebra stretches the lumbar part of the table, a missing one shortens it, and T12 keeps its own.
 */
function sizeAt(table: readonly number[], i: number, lumbar: number): number {
  const place = i < lumbar ? (i * (USUAL_LUMBAR - 1)) / (lumbar - 1) : i - lumbar + USUAL_LUMBAR;
  const [low, high] = [Math.floor(place), Math.min(table.length - 1, Math.ceil(place))];
  if (low >= table.length) return table.at(-1)!;
  return table[low]! + (place - low) * (table[high]! - table[low]!);
}

/**
 * Draws the anatomy of one person. The sacral promontory is put at `origin`.
 * @param extra a second stream, for what a usual spine does not have
 */
export function drawAnatomy(
  random: Random,
  extra: Random,
  {
    severity,
    variant,
    family,
    progress,
    form,
  }: {
    variant: PhantomVariant;
    family: PhantomFamily;
    severity: NonNullable<PhantomOptions["severity"]>;
    progress: PhantomOptions["progress"];
    form: SpineForm;
  },
  origin: PlanePoint,
): Anatomy {
  const size = random.boundedNormal(1, 0.06);
  const lordosis = random.between(0.55, 1.4);
  const sacralSlope = ((-38 * (0.6 + 0.4 * lordosis) + random.boundedNormal(0, 4)) * Math.PI) / 180;
  const lean = random.boundedNormal(0, 2.5);
  const { shift, roll, cobb } = sideBend(random, extra, variant);
  const { names, lumbar } = levelNames(variant);
  const [waist, corner, hollowness] = OUTLINE[family].map(([low, high]) => extra.between(low, high)) as [
    number,
    number,
    number,
  ];
  // A lumbarised S1 is one more body of lumbar kind.
  const free = variant === "lumbarised" ? lumbar + 1 : lumbar;
  const usual = (table: readonly number[], i: number): number => sizeAt(table, i, free);
  const fused = variant === "fused" ? 1 + Math.floor(extra.between(0, 3)) : -1;

  const bodies: Body[] = [];
  const discs: PhantomDisc[] = [];
  let top = origin;
  let below = sacralSlope;
  for (let i = 0; i < BODIES; i++) {
    const isRudiment = variant === "sacralised" && i === 0;
    const upright = ((usual(TILT, i) * lordosis + lean + random.boundedNormal(0, 1.2)) * Math.PI) / 180;
    // A transitional vertebra stands as the sacrum does, blocked ones as each other.
    const tilt =
      isRudiment || i === fused ? below + ((isRudiment ? form.rudiment.turn : 4) * Math.PI) / 180 : upright;
    const drawn =
      severity === "population" ? drawPopulationCondition(random, i) : drawCondition(random, i, severity);
    const level = `${names[i + 1]!}-${names[i]!}`;
    const condition = isRudiment || i === fused ? undefined : worsened(drawn, progress?.[level] ?? 0);
    const [shrink, narrow] = isRudiment
      ? [form.rudiment.height, form.rudiment.width]
      : i === fused
        ? FUSED
        : [1, 1];
    const healthy = usual(DISC_HEIGHT, i) * size * random.boundedNormal(1, 0.08);
    const heightFactor = condition?.heightFactor ?? shrink;
    const slip = condition?.slip ?? 0;
    const height = healthy * heightFactor;
    const wedge = 1 + (usual(DISC_WEDGE, i) - 1) * Math.min(1, heightFactor);
    const angle = (tilt + below) / 2;
    const width = usual(WIDTH, i) * size * random.boundedNormal(1, 0.03);
    const halfBreadth = usual(HALF_BREADTH, i) * size * (isRudiment ? 1.25 : 1);
    discs.unshift({
      level,
      centre: move(top, angle, -slip / 2, -height / 2),
      angle,
      lateral: shift(i),
      roll: roll(i),
      width: width * 0.98 * narrow,
      anteriorHeight: height * wedge,
      posteriorHeight: height * (2 - wedge),
      halfBreadth,
      condition,
      isFused: i === fused,
    });
    const bottom = move(top, angle, -slip, -height);
    const isSquare = isRudiment || (variant === "lumbarised" && i === 0);
    const [anteriorHeight, posteriorHeight] = [
      (isSquare ? 28 : usual(ANTERIOR_HEIGHT, i)) * size * random.boundedNormal(1, 0.04),
      (isSquare ? 27 : usual(POSTERIOR_HEIGHT, i)) * size * random.boundedNormal(1, 0.04),
    ];
    const mean = (anteriorHeight + posteriorHeight) / 2;
    bodies.unshift({
      level: names[i + 1]!,
      centre: move(bottom, tilt, 0, -mean / 2),
      angle: tilt,
      lateral: shift(i + 0.5),
      roll: roll(i + 0.5),
      width,
      anteriorHeight,
      posteriorHeight,
      halfBreadth,
      hollow: random.between(0.6, 2) * hollowness * (isSquare ? 0.5 : 1),
      waist: isSquare ? waist * 0.4 : waist,
      corner,
      isSacral: false,
      osteophytes: [0, 0],
      haemangioma: undefined,
    });
    top = move(bottom, tilt, 0, -mean);
    below = tilt;
  }
  checkProgress(
    progress,
    discs.filter(({ condition }) => condition !== undefined).map(({ level }) => level),
  );
  const { sacrum, remnants } = drawSacrum(random, size, origin, sacralSlope, {
    first: variant === "lumbarised" ? 2 : 1,
    corner,
  });
  return {
    variant,
    lumbar,
    cobb,
    conus: form.conus,
    bodies: withExtras(extra, bodies, discs),
    sacrum,
    discs,
    remnants,
    sac: [random.boundedNormal(14.5, 1.4), random.boundedNormal(11, 1.3)],
    subcutaneousFat: random.between(6, 38),
    backMuscle: random.between(38, 55) * size,
    belly: random.between(60, 110),
  };
}
