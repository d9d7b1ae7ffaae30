import { toPatient } from "../imaging/index.js";
import type { Vec3, Volume } from "../imaging/index.js";
import { placeInPlane } from "./anatomy.js";
import type { Anatomy, Body, Framed, PhantomDisc } from "./anatomy.js";
import { gradesOf } from "./labels.js";

export interface TrueCorner {
  readonly patient: Vec3;
  /** Column and row. */
  readonly pixel: readonly [number, number];
  readonly slice: number;
}

export interface TrueVertebra {
  readonly level: string;
  readonly confidence: 1;
  readonly centre: Vec3;
  readonly corners: Readonly<
    Record<"anteriorSuperior" | "posteriorSuperior" | "posteriorInferior" | "anteriorInferior", TrueCorner>
  >;
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
}

/** What is true of a phantom, in the shape of `grade --json`. */
export interface PhantomTruth {
  readonly series: string;
  readonly vertebrae: readonly TrueVertebra[];
  readonly discs: readonly TrueDisc[];
  readonly flags: readonly never[];
}

function place(volume: Volume, framed: Framed, u: number, v: number): TrueCorner {
  const { back, down } = placeInPlane(framed, u, v);
  const pixel = [back / volume.spacing[0], down / volume.spacing[1]] as const;
  const slice = Math.min(
    volume.slices - 1,
    Math.max(0, Math.round((volume.slices - 1) / 2 - framed.lateral / volume.spacing[2])),
  );
  return { patient: toPatient(volume, [pixel[0], pixel[1], slice]), pixel, slice };
}

function isInView(volume: Volume, { pixel }: TrueCorner): boolean {
  return pixel[0] >= 0 && pixel[1] >= 0 && pixel[0] < volume.columns && pixel[1] < volume.rows;
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
  };
}

function disc(volume: Volume, one: PhantomDisc): TrueDisc[] {
  if (one.condition === undefined) return [];
  const centre = place(volume, one, 0, 0);
  if (!isInView(volume, centre)) return [];
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
      grades: gradesOf(one.condition),
    },
  ];
}

/** Everything in view that is true of an anatomy. */
export function truthOf(anatomy: Anatomy, volume: Volume): PhantomTruth {
  const bodies = [...anatomy.bodies, anatomy.sacrum[0]!];
  const vertebrae = bodies
    .map((body) => vertebra(volume, body))
    .filter(({ corners }) => Object.values(corners).every((corner) => isInView(volume, corner)));
  return {
    series: "phantom",
    vertebrae,
    discs: anatomy.discs.flatMap((one) => disc(volume, one)),
    flags: [],
  };
}
