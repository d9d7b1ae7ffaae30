import { toPatient } from "../imaging/index.js";
import type { Vec3, Volume } from "../imaging/index.js";
import { atSlice, placeInPlane } from "./frames.js";
import type { Anatomy, Body, Framed, PhantomDisc } from "./frames.js";
import { gradesOf, severityOf } from "./labels.js";
import type { RatedFeature } from "./labels.js";
import type { PhantomArtefacts, PhantomVariant } from "./options.js";
import { lateralOfSlice } from "./pathology.js";
import { bodySection } from "./shapes.js";

export interface TrueCorner {
  readonly patient: Vec3;
  /** Column and row. */
  readonly pixel: readonly [number, number];
  readonly slice: number;
}

export type CornerName = "anteriorSuperior" | "posteriorSuperior" | "posteriorInferior" | "anteriorInferior";

export interface TrueVertebra {
  readonly level: string;
  readonly confidence: 1;
  readonly centre: Vec3;
  /** In the body's own middle slice. */
  readonly corners: Readonly<Record<CornerName, TrueCorner>>;
  /** Column and row of the corners in every slice that meets the body. */
  readonly sections: readonly {
    readonly slice: number;
    readonly corners: Readonly<Record<CornerName, readonly [number, number]>>;
  }[];
}

/** Sizes of what a disc's findings are made of, mm. */
export interface TrueMeasures {
  readonly anteriorHeight: number;
  readonly posteriorHeight: number;
  readonly slip: number;
  readonly bulge: number;
  readonly herniation: number;
  /** Depth of the nodes and of changed marrow, above and below. */
  readonly nodes: readonly [number, number];
  readonly marrow: readonly [number, number];
}

export interface TrueDisc {
  readonly level: string;
  readonly confidence: 1;
  readonly centre: Vec3;
  readonly pixel: readonly [number, number];
  /** Degrees, positive when the back is lower. */
  readonly angle: number;
  readonly width: number;
  readonly height: number;
  readonly slice: number;
  readonly grades: ReturnType<typeof gradesOf>;
  /** What a simulated rater reads with noise ({@link import("./labels.js").severityOf}). */
  readonly severity: Readonly<Record<RatedFeature, number>>;
  readonly measures: TrueMeasures;
}

/** How the vertebrae are numbered. */
export interface TrueNumbering {
  readonly lumbar: number;
  readonly transitional: "none" | "sacralised" | "lumbarised";
  /** The lowest disc of full size, such as `"L5-S1"`; in a lumbarised spine `"S1-S2"`, in a sacralised one `"L4-L5"`. */
  readonly lowestDisc: string;
}

export interface TrueFlag {
  readonly code:
    "transitional" | "vertebra-count" | "fused" | "scoliosis" | "sacrum-out-of-view" | "few-discs" | "metal";
  readonly message: string;
}

/** What is true of a phantom, in the shape of `grade --json`. */
export interface PhantomTruth {
  readonly series: string;
  readonly vertebrae: readonly TrueVertebra[];
  readonly discs: readonly TrueDisc[];
  readonly flags: readonly TrueFlag[];
  readonly variant: PhantomVariant;
  readonly numbering: TrueNumbering;
  /** Cobb angle in degrees. */
  readonly cobb: number;
}

/** From this Cobb angle on a curve counts as scoliosis, degrees. */
const SCOLIOSIS = 10;
/** The six discs that are graded. */
const GRADED = 6;

function sliceOf(volume: Volume, lateral: number): number {
  const slice = Math.round((volume.slices - 1) / 2 - lateral / volume.spacing[2]);
  return Math.min(volume.slices - 1, Math.max(0, slice));
}

function place(volume: Volume, framed: Framed, u: number, v: number): TrueCorner {
  const { back, down } = placeInPlane(framed, u, v);
  const pixel = [back / volume.spacing[0], down / volume.spacing[1]] as const;
  const slice = sliceOf(volume, framed.lateral);
  return { patient: toPatient(volume, [pixel[0], pixel[1], slice]), pixel, slice };
}

function isInView(volume: Volume, [column, row]: readonly [number, number]): boolean {
  return column >= 0 && row >= 0 && column < volume.columns && row < volume.rows;
}

/** Corners in every slice that meets the body, to a hundredth of a pixel. */
function sectionsOf(volume: Volume, body: Body): TrueVertebra["sections"] {
  return Array.from({ length: volume.slices }, (_, slice) => slice).flatMap((slice) => {
    const x = lateralOfSlice(volume, slice);
    const section = bodySection(body, x - body.lateral);
    if (section === undefined) return [];
    const here = atSlice(body, x);
    const at = (side: -1 | 1, end: -1 | 1): readonly [number, number] => {
      const u = section.shift + side * section.half;
      const { back, down } = placeInPlane(here, u, end * section.tall(u));
      return [
        Math.round((100 * back) / volume.spacing[0]) / 100,
        Math.round((100 * down) / volume.spacing[1]) / 100,
      ];
    };
    const corners = {
      anteriorSuperior: at(-1, -1),
      posteriorSuperior: at(1, -1),
      posteriorInferior: at(1, 1),
      anteriorInferior: at(-1, 1),
    };
    return [{ slice, corners }];
  });
}

function vertebra(volume: Volume, body: Body): TrueVertebra {
  const [w, a, p] = [body.width / 2, body.anteriorHeight / 2, body.posteriorHeight / 2];
  return {
    level: body.level,
    confidence: 1,
    centre: place(volume, body, 0, 0).patient,
    corners: {
      anteriorSuperior: place(volume, body, -w, -a),
      posteriorSuperior: place(volume, body, w, -p),
      posteriorInferior: place(volume, body, w, p),
      anteriorInferior: place(volume, body, -w, a),
    },
    sections: sectionsOf(volume, body),
  };
}

function disc(volume: Volume, one: PhantomDisc): TrueDisc[] {
  const { condition } = one;
  if (condition === undefined) return [];
  const centre = place(volume, one, 0, 0);
  if (!isInView(volume, centre.pixel)) return [];
  return [
    {
      level: one.level,
      confidence: 1,
      centre: centre.patient,
      pixel: centre.pixel,
      slice: centre.slice,
      angle: (one.angle * 180) / Math.PI,
      width: one.width,
      height: (one.anteriorHeight + one.posteriorHeight) / 2,
      grades: gradesOf(condition),
      severity: severityOf(condition),
      measures: {
        anteriorHeight: one.anteriorHeight,
        posteriorHeight: one.posteriorHeight,
        slip: condition.slip,
        bulge: condition.bulge,
        herniation: condition.herniation,
        nodes: [condition.nodes[0]?.depth ?? 0, condition.nodes[1]?.depth ?? 0],
        marrow: condition.marrow,
      },
    },
  ];
}

function numberingOf({ variant, lumbar, discs }: Anatomy): TrueNumbering {
  const transitional = variant === "sacralised" || variant === "lumbarised" ? variant : "none";
  const lowest = discs.findLast(({ condition, isFused }) => condition !== undefined || isFused)!;
  return { lumbar, transitional, lowestDisc: lowest.level };
}

/** What a careful reader would remark on the whole picture. */
function flagsOf(
  anatomy: Anatomy,
  truth: Pick<PhantomTruth, "vertebrae" | "discs" | "numbering">,
  hasMetal: boolean,
): TrueFlag[] {
  const { lumbar, transitional, lowestDisc } = truth.numbering;
  const flags: TrueFlag[] = [];
  if (transitional !== "none")
    flags.push({
      code: "transitional",
      message: `The ${transitional === "sacralised" ? "last lumbar vertebra is sacralised" : "first sacral vertebra is lumbarised"}; the lowest full disc is ${lowestDisc}.`,
    });
  if (lumbar !== 5) flags.push({ code: "vertebra-count", message: `There are ${lumbar} lumbar vertebrae.` });
  for (const { isFused, level } of anatomy.discs)
    if (isFused) flags.push({ code: "fused", message: `The bodies at ${level} are fused.` });
  if (anatomy.cobb >= SCOLIOSIS)
    flags.push({
      code: "scoliosis",
      message: `The spine is bent to the side: Cobb angle ${anatomy.cobb.toFixed(0)}°.`,
    });
  if (!truth.vertebrae.some(({ level }) => level.startsWith("S")))
    flags.push({ code: "sacrum-out-of-view", message: "The sacrum is not in the picture." });
  if (truth.discs.length < GRADED)
    flags.push({ code: "few-discs", message: `Only ${truth.discs.length} discs are in the picture.` });
  if (hasMetal) flags.push({ code: "metal", message: "Metal leaves a void." });
  return flags;
}

/** Everything in view that is true of an anatomy. */
export function truthOf(
  { anatomy, artefacts }: { readonly anatomy: Anatomy; readonly artefacts: PhantomArtefacts },
  volume: Volume,
): PhantomTruth {
  const vertebrae = [...anatomy.bodies, anatomy.sacrum[0]!]
    .map((body) => vertebra(volume, body))
    .filter(({ corners }) => Object.values(corners).every(({ pixel }) => isInView(volume, pixel)));
  const discs = anatomy.discs.flatMap((one) => disc(volume, one));
  const numbering = numberingOf(anatomy);
  return {
    series: "phantom",
    vertebrae,
    discs,
    flags: flagsOf(anatomy, { vertebrae, discs, numbering }, artefacts.metal !== undefined),
    variant: anatomy.variant,
    numbering,
    cobb: anatomy.cobb,
  };
}
