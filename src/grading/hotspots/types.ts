import type { CropFrame } from "../discCrop.js";
import type { Feature } from "../features.js";
import type { Grader, Graders } from "../graders.js";
import type { FeatureGrade, NetworkEvidence } from "../report.js";

/**
 * Ways of finding what in the picture raises a score.
 * - `classActivation`: the maps before global average pooling, weighted by the head (Zhou et al. 2016); free, since
 *   grading keeps the maps. As pooling is followed by one linear layer, Grad-CAM at these maps is the same.
 * - `layerActivation`: gradient times activation at the finer maps before the last max pooling (after Jiang et al. 2021).
 * - `gradientInput`: gradient times image (Shrikumar et al. 2017).
 * - `integratedGradients`: mean gradient on the way from the blurred image, times the way (Sundararajan et al. 2017).
 * - `smoothGradient`: size of the mean gradient over noisy copies of the image (Smilkov et al. 2017).
 * - `guidedBackpropagation`: size of the gradient that never was negative on its way (Springenberg et al. 2015). What
 *   Jamaludin et al. 2017 show; it hardly depends on the weights (Adebayo et al. 2018), so never the default.
 * - `occlusion`: how much the score falls when a patch is blurred away (Zeiler and Fergus 2014); slow, but asks the
 *   network itself.
 */
export const HOTSPOT_METHODS = [
  "classActivation",
  "layerActivation",
  "gradientInput",
  "integratedGradients",
  "smoothGradient",
  "guidedBackpropagation",
  "occlusion",
] as const;

export type HotspotMethod = (typeof HOTSPOT_METHODS)[number];

/** Which hotspots to find, and how. */
export interface HotspotOptions {
  /** The method for all features; the best one measured for each feature by default. */
  readonly method?: HotspotMethod;
  /** Levels such as "L4-L5"; all discs by default. */
  readonly levels?: readonly string[];
  /** Feature keys; all features by default. */
  readonly features?: readonly string[];
}

/** Which stack of pictures: a name made of its voxels, columns, rows and slices, and its affine to LPS mm. */
export interface StackPlace {
  readonly series: string;
  readonly size: readonly number[];
  readonly affine: readonly number[];
}

/** Evidence for one feature of one disc: a heat volume in the disc's own frame. */
export interface Hotspot {
  readonly level: string;
  readonly feature: Feature;
  readonly grade: FeatureGrade;
  /** How the evidence was found. */
  readonly method: HotspotMethod;
  readonly frame: CropFrame;
  /** The upright stack in which it was found: over the pictures of another one it must not be drawn. */
  readonly place: StackPlace;
  /** Slices of the upright stack that the heat covers, one map each. */
  readonly slices: readonly number[];
  /** Rows and columns of a map over the crop's square. */
  readonly size: number;
  /** Rows and columns at each edge of a map that can have no heat, as the network has no map there. */
  readonly margin: number;
  /** [slice][row][column], 0 (no evidence) to 1 (the strongest of this disc and feature times the grade's probability). */
  readonly heat: Float32Array;
}

/** The score that evidence is sought for: a class of a head. */
export interface Aim {
  readonly head: string;
  /** Index of the class; its logit less the mean of the other classes' logits is the score. */
  readonly target: number;
}

/** What evidence of a grade is sought for: "present" of binary features, the grade given of others. */
export function aimOf({ key, classes }: Feature, { grade }: FeatureGrade): Aim {
  return { head: key, target: classes.length === 2 ? 1 : classes.indexOf(grade) };
}

/** The network whose evidence a feature's heat is: Niemeyer's has no other grade than the Pfirrmann grade. */
export function graderOf({ key }: Feature): keyof Graders {
  return key === "pfirrmann" ? "pfirrmann" : "multitask";
}

/** What a network saw of one disc, with the network. */
export interface Reading {
  readonly grader: Grader;
  readonly evidence: NetworkEvidence;
}

/** Maps of evidence over the crop's square: [slice][row][column], positive for, negative against. */
export interface EvidenceMaps {
  /** Rows and columns. */
  readonly size: number;
  readonly values: Float32Array;
  /** Rows and columns at each edge that the network has no map of; none unless given. */
  readonly margin?: number;
}

/** Finds evidence for several scores of one disc at once. */
export type FindEvidence = (reading: Reading, aims: readonly Aim[]) => Promise<EvidenceMaps[]>;

/** Weight of each class's logit in the score of an aim: 1 for the target, −1 / (classes − 1) for each other. */
export function directionOf({ weights }: Grader, { head, target }: Aim): Float32Array {
  const classes = weights[`${head}/bias`]!.length;
  return Float32Array.from({ length: classes }, (_, k) => (k === target ? 1 : -1 / Math.max(1, classes - 1)));
}

/** Whether a hotspot is of a grade whose heat is shown: of Pfirrmann always, of other features where they were found. */
export function isShownAsHeat({ feature, grade }: Pick<Hotspot, "feature" | "grade">): boolean {
  return feature.key === "pfirrmann" || grade.grade !== feature.classes[0];
}
