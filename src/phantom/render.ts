import type { Volume } from "../imaging/index.js";
import { acquire } from "./acquire.js";
import { fatOf, sliceAppearance } from "./appearance.js";
import type { Appearance } from "./appearance.js";
import { shiftFat } from "./artefacts.js";
import { paintBackground } from "./background.js";
import { paintBody, paintBridge, paintDisc, paintOsteophytes } from "./bodies.js";
import type { Canvas } from "./canvas.js";
import { atSlice } from "./frames.js";
import type { Anatomy } from "./frames.js";
import type { PhantomArtefacts, PhantomContrast, PhantomOptions } from "./options.js";
import { pathologyOf } from "./pathology.js";
import type { PathologyMask } from "./pathology.js";
import { paintPosterior } from "./posterior.js";
import { drawScene, drawSubject } from "./scene.js";
import type { Scene } from "./scene.js";
import type { Sequence } from "./tissues.js";
import { truthOf } from "./truth.js";
import type { PhantomTruth } from "./truth.js";

/** A rendered phantom. */
export interface Phantom {
  /** Sagittal T2-like volume: columns front to back, rows head to feet, slices from the patient's left to right. */
  readonly volume: Volume;
  /** The same spine under T1 weighting, on the same grid; there when it was asked for. */
  readonly t1?: Volume;
  /** Dominant tissue of each voxel ({@link import("./canvas.js").PHANTOM_TISSUE}), in the order of the voxels. */
  readonly tissue: Uint8Array;
  readonly truth: PhantomTruth;
  /** The places of all findings, to check hotspots against. */
  readonly pathology: readonly PathologyMask[];
  /** Repetition and echo time of each series, ms. */
  readonly sequences: Readonly<Partial<Record<PhantomContrast, Sequence>>>;
  readonly artefacts: PhantomArtefacts;
}

/** A slice is the mean of what is seen at these shares of its thickness: partial volume. */
const SUB_SLICES = [-0.28, 0.28];

/** The anatomy as the slice at x meets it. */
function anatomyAt(anatomy: Anatomy, x: number): Anatomy {
  return {
    ...anatomy,
    bodies: anatomy.bodies.map((body) => atSlice(body, x)),
    discs: anatomy.discs.map((disc) => atSlice(disc, x)),
  };
}

function paintSlice(canvas: Canvas, anatomy: Anatomy, scene: Scene, look: Appearance, x: number): void {
  canvas.tissue.fill(0);
  paintBackground(canvas, anatomy, scene.profile, look, x, scene.vesselSide);
  for (const body of anatomy.bodies) paintPosterior(canvas, body, look, x, 2 + anatomy.sac[0]);
  for (const disc of [...anatomy.remnants, ...anatomy.discs]) paintDisc(canvas, disc, look, x);
  for (const body of anatomy.bodies) paintOsteophytes(canvas, body, look, x);
  // Disc i lies below body i.
  [...anatomy.bodies, ...anatomy.sacrum].forEach((body, i) => {
    const neighbours = { above: anatomy.discs[i - 1], below: anatomy.discs[i] };
    paintBody(canvas, body, neighbours, look, x);
  });
  for (const disc of anatomy.discs) if (disc.isFused) paintBridge(canvas, disc, look, x);
}

/** The signal of a slice: the mean over its thickness. The canvas keeps the last sub-slice's tissues. */
function signalOf(canvas: Canvas, scene: Scene, look: Appearance, middle: number): Float32Array {
  const mean = new Float32Array(canvas.signal.length);
  for (const share of SUB_SLICES) {
    const x = middle - share * scene.frame.sliceSpacing;
    paintSlice(canvas, anatomyAt(scene.anatomy, x), scene, sliceAppearance(look, x), x);
    for (let i = 0; i < mean.length; i++) mean[i]! += canvas.signal[i]! / SUB_SLICES.length;
  }
  return mean;
}

/** Voxels of one series, and their tissues. */
function renderSeries(scene: Scene, look: Appearance): { voxels: Int16Array; tissue: Uint8Array } {
  const { frame, artefacts } = scene;
  const { rows, columns, pixel, slices, sliceSpacing } = frame;
  const size = rows * columns;
  const voxels = new Int16Array(slices * size);
  const tissue = new Uint8Array(slices * size);
  const canvas: Canvas = {
    rows,
    columns,
    pixel,
    signal: new Float32Array(size),
    tissue: new Uint8Array(size),
  };
  const shift = artefacts.chemicalShift ?? 0;
  for (let slice = 0; slice < slices; slice++) {
    const x = ((slices - 1) / 2 - slice) * sliceSpacing;
    const signal = signalOf(canvas, scene, look, x);
    tissue.set(canvas.tissue, slice * size);
    if (shift > 0) shiftFat(signal, signalOf(canvas, scene, fatOf(look), x), frame, shift);
    acquire(signal, scene, look, x, voxels.subarray(slice * size, (slice + 1) * size));
  }
  return { voxels, tissue };
}

function volumeOf({ frame }: Pick<Scene, "frame">, voxels: Int16Array): Volume {
  const { rows, columns, pixel, slices, sliceSpacing } = frame;
  const first = ((slices - 1) / 2) * sliceSpacing;
  const [left, top] = [-columns * pixel * 0.5, rows * pixel * 0.5];
  return {
    voxels,
    columns,
    rows,
    slices,
    spacing: [pixel, pixel, sliceSpacing],
    // prettier-ignore
    affine: [
      0, 0, -sliceSpacing, first,
      pixel, 0, 0, left,
      0, -pixel, 0, top,
      0, 0, 0, 1,
    ],
    geometry: "patient",
  };
}

/**
 * What is true of the phantom that these options make, without rendering it: about a millisecond.
 * @throws PhantomError for options that no phantom can be made of
 */
export function phantomTruth(options: PhantomOptions): PhantomTruth {
  const subject = drawSubject(options);
  return truthOf(subject, volumeOf(subject, new Int16Array(0)));
}

/**
 * Renders a lumbar spine from a seed, with everything that is true of it.
 * @throws PhantomError for options that no phantom can be made of
 */
export function renderPhantom(options: PhantomOptions): Phantom {
  const scene = drawScene(options);
  const [t2, t1] = scene.series.map(({ look }) => renderSeries(scene, look));
  const volume = volumeOf(scene, t2!.voxels);
  return {
    volume,
    ...(t1 === undefined ? {} : { t1: volumeOf(scene, t1.voxels) }),
    tissue: t2!.tissue,
    truth: truthOf(scene, volume),
    pathology: pathologyOf(scene, volume),
    sequences: Object.fromEntries(scene.series.map(({ contrast, sequence }) => [contrast, sequence])),
    artefacts: scene.artefacts,
  };
}
