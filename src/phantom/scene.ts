import { drawAnatomy } from "./anatomy.js";
import { drawAppearance, familyAppearance, fatSuppressed, t1Appearance } from "./appearance.js";
import type { Appearance } from "./appearance.js";
import { placeMetal, withArtefacts } from "./artefacts.js";
import type { Frame, Metal } from "./artefacts.js";
import { visitRandom } from "./course.js";
import type { Anatomy, PlanePoint } from "./frames.js";
import { drawForm } from "./individual.js";
import { checkOptions, drawArtefacts, drawVariant } from "./options.js";
import type { PhantomArtefacts, PhantomContrast, PhantomOptions, PhantomVariant } from "./options.js";
import { profileOf } from "./profile.js";
import type { Profile } from "./profile.js";
import { Random } from "../numbers/index.js";
import { ROUTINE } from "./tissues.js";
import type { Sequence } from "./tissues.js";

/** Everything that a seed and options decide before a voxel is painted. */
export interface Scene {
  readonly frame: Frame & { readonly slices: number; readonly sliceSpacing: number };
  readonly anatomy: Anatomy;
  readonly profile: Profile;
  readonly artefacts: PhantomArtefacts;
  readonly metal: readonly Metal[];
  /** Series in the order in which they are rendered: T2 first. */
  readonly series: readonly { contrast: PhantomContrast; sequence: Sequence; look: Appearance }[];
  readonly vesselSide: number;
  readonly noise: Float32Array;
  /** The stream that goes on with the noise of the slices. */
  readonly random: Random;
}

/** mm from the top to the bottom of a small picture. */
const SMALL_VIEW = [180, 215] as const;

/** Draws the grid: in-plane 0.6 to 0.78 mm, 11 to 17 slices of 3.6 to 5 mm, 295 to 335 mm high, unless asked otherwise. */
function drawFrame(
  random: Random,
  extra: Random,
  options: PhantomOptions,
  variant: PhantomVariant,
): Scene["frame"] {
  const isotropic = variant === "isotropic" ? extra.between(0.9, 1.1) : undefined;
  const pixel = options.inPlane ?? isotropic ?? random.between(0.6, 0.78);
  const columns =
    options.columns ??
    (variant === "isotropic"
      ? 16 * Math.round(270 / pixel / 16)
      : 16 * Math.round(random.between(384, 448) / 16));
  const height =
    variant === "small-view"
      ? extra.between(...SMALL_VIEW)
      : options.rows === undefined
        ? random.between(295, 335)
        : 0;
  const rows = options.rows ?? 16 * Math.round(height / pixel / 16);
  const wanted = options.slices ?? (isotropic === undefined ? 11 + 2 * Math.floor(random.between(0, 4)) : 64);
  const sliceSpacing = options.sliceSpacing ?? isotropic ?? random.between(3.6, 5);
  return { rows, columns, pixel, slices: wanted, sliceSpacing };
}

/** Where the promontory lies: low enough for T12, or below the picture. */
function drawOrigin(random: Random, extra: Random, { rows, columns, pixel }: Frame, variant: PhantomVariant) {
  const high = rows * pixel;
  const origin = {
    back: columns * pixel * random.between(0.42, 0.5),
    down: Math.max(high * random.between(0.7, 0.78), Math.min(232, high * 0.82)),
  };
  return variant === "no-sacrum" ? { ...origin, down: high + extra.between(4, 22) } : origin;
}

/** How far from the first visit's place a person lies at a later one, mm at most. */
const REPOSITIONING = 6;

/** The spine's place at a visit: nobody lies down twice at quite the same place. */
function atVisit(origin: PlanePoint, options: PhantomOptions): PlanePoint {
  const random = visitRandom(options);
  if (random === undefined) return origin;
  const offset = (): number => random.between(-REPOSITIONING, REPOSITIONING);
  return { back: origin.back + offset(), down: origin.down + offset() };
}

/** TR 2500 to 5500 and TE 80 to 130 ms for T2, 400 to 700 and 8 to 15 for T1. */
function drawSequences(extra: Random): Record<PhantomContrast, Sequence> {
  return {
    T2: {
      repetitionTime: Math.round(extra.between(2500, 5500)),
      echoTime: Math.round(extra.between(80, 130)),
    },
    T1: { repetitionTime: Math.round(extra.between(400, 700)), echoTime: Math.round(extra.between(8, 15)) },
  };
}

/** The person and the grid of a scene, and the streams of random numbers that go on from there. */
export interface Subject extends Pick<Scene, "frame" | "anatomy" | "artefacts"> {
  readonly random: Random;
  readonly extra: Random;
}

/**
 * Draws who is examined and how. What a usual phantom has comes from one stream of random numbers and everything else
 * from a second one, so that options change only what they name.
 * @throws PhantomError for options that no phantom can be made of
 */
export function drawSubject(options: PhantomOptions): Subject {
  checkOptions(options);
  const random = new Random(options.seed, "phantom");
  const extra = new Random(options.seed ^ 0x5f3759df, "phantom");
  const variant = options.variant === "drawn" ? drawVariant(extra) : (options.variant ?? "usual");
  const frame = drawFrame(random, extra, options, variant);
  const origin = atVisit(drawOrigin(random, extra, frame, variant), options);
  const [severity, family] = [options.severity ?? "mixed", options.family ?? "standard"];
  // A third stream: what was drawn before there were such forms stays as it was.
  const form = drawForm(new Random(options.seed ^ 0x2545f491, "phantom"));
  const anatomy = drawAnatomy(
    random,
    extra,
    { severity, variant, family, progress: options.progress, form },
    origin,
  );
  const artefacts = options.artefacts === "drawn" ? drawArtefacts(extra) : (options.artefacts ?? {});
  return { frame, anatomy, artefacts, random, extra };
}

/**
 * Draws everything that is decided before a voxel is painted.
 * @throws PhantomError for options that no phantom can be made of
 */
export function drawScene(options: PhantomOptions): Scene {
  const { frame, anatomy, artefacts, random, extra } = drawSubject(options);
  const family = options.family ?? "standard";
  const sequences = options.artefacts === "drawn" ? drawSequences(extra) : ROUTINE;
  const t2 = drawAppearance(random, options.appearance ?? "physics", sequences.T2);
  const vesselSide = random.between(-16, 16);
  const ownRandom = visitRandom(options) ?? random;
  const noise = Float32Array.from({ length: 65521 }, () => ownRandom.boundedNormal());
  const suppress = (look: Appearance): Appearance =>
    options.fatSuppression === undefined ? look : fatSuppressed(look, options.fatSuppression);
  const looks = {
    T2: withArtefacts(suppress(familyAppearance(t2, family, extra)), artefacts),
    T1: withArtefacts(familyAppearance(t1Appearance(t2, extra, sequences.T1), family, extra), artefacts),
  };
  const contrasts: PhantomContrast[] = options.contrasts?.includes("T1") ? ["T2", "T1"] : ["T2"];
  return {
    frame,
    anatomy,
    profile: profileOf(anatomy, frame.rows, frame.pixel),
    artefacts,
    metal: artefacts.metal === undefined ? [] : placeMetal(anatomy, extra, artefacts.metal),
    series: contrasts.map((contrast) => ({
      contrast,
      sequence: sequences[contrast],
      look: looks[contrast],
    })),
    vesselSide,
    noise,
    random: ownRandom,
  };
}
