import type { Contrast } from "../series.js";

/** Words of imaging protocols. A description is free text and may hold a name, so only these are let through. */
const PROTOCOL_WORDS = new Set(
  `t1 t2 t1w t2w t2star pd pdw stir tirm flair spair dixon water fat inphase opphase fs fatsat nofs sag sagittal sagital tra trans transversal
   ax axial cor coronal obl oblique tse fse frfse se ge gre spgr space cube vista bravo mprage flash medic merge trufi fiesta ciss haste propeller
   blade mde dwi adc diffusion epi ep2d iso 2d 3d lumbar lumbal lspine ls lws lwk spine cervical thoracic sacrum localizer loc scout survey plan
   mpr mip vibe post pre contrast gd phantom synthetic spinebook spinal wirbelsaeule rows`.split(/\s+/),
);

/** The protocol words of a series description, in order, at most 60 characters; "" when there are none. */
export function protocolWords(description: string): string {
  const words = description.split(/[^A-Za-z0-9]+/).filter((word) => PROTOCOL_WORDS.has(word.toLowerCase()));
  return words.join(" ").slice(0, 60);
}

/** What a header says of how a picture was taken. Times in ms; `undefined` where the header does not say. */
export interface Timing {
  readonly echoTime?: number;
  readonly repetitionTime?: number;
  readonly inversionTime?: number;
  readonly scanningSequence: string;
  readonly description: string;
  /** ScanOptions (0018,0022), ImageType (0008,0008) and SpectrallySelectedSuppression (0018,9025), values by backslashes. */
  readonly scanOptions?: string;
  readonly imageType?: string;
  readonly suppression?: string;
}

function contrastByWords(description: string): Contrast {
  if (/stir|tirm/i.test(description)) return "STIR";
  const match = /(?:^|[^a-z0-9])(t1|t2|pd)/i.exec(description);
  return match === null ? "unknown" : (match[1]!.toUpperCase() as Contrast);
}

const hasValue = (values: string | undefined, wanted: readonly string[]): boolean =>
  (values ?? "").split("\\").some((value) => wanted.includes(value.trim().toUpperCase()));

/** Words of a description, such as `t2`, `tse`, `fs`. */
const wordsOf = (description: string): string[] => description.toLowerCase().split(/[^a-z0-9]+/);
const FAT_SUPPRESSED = /(?:^|[^a-z])(?:spair|spir|fat[ _-]?(?:sat|sup)|chess)/i;
/** What tells that a technique is left out: "no fs", "w/o fatsat". */
const WITHOUT = /(?:no|non|without|w\/o|ohne)[ _-]*(?:fs|spair|spir|fat)/i;

/** What of Dixon's pictures this one is, if it is one. */
function dixonPart({ description, imageType }: Timing): "water" | "fat" | undefined {
  const words = wordsOf(description);
  const isDixon = /dixon|ideal|mdixon/i.test(description) || hasValue(imageType, ["DIXON"]);
  if (hasValue(imageType, ["WATER"]) || (isDixon && words.some((word) => ["w", "water"].includes(word))))
    return "water";
  if (hasValue(imageType, ["FAT"]) || (isDixon && words.some((word) => ["f", "fat"].includes(word))))
    return "fat";
  return undefined;
}

/** Whether fat's signal is suppressed, by spectral saturation (PS3.3 C.8.3.1: FS), inversion of fat alone (SPAIR, SPIR), or Dixon. */
function isFatSuppressed(timing: Timing): boolean {
  const { description, scanOptions, suppression } = timing;
  if (dixonPart(timing) === "water" || hasValue(suppression, ["FAT", "FAT_AND_WATER"])) return true;
  if (hasValue(scanOptions, ["FS", "SFS"])) return true;
  const named = FAT_SUPPRESSED.test(description) || wordsOf(description).includes("fs");
  return named && !WITHOUT.test(description);
}

/**
 * Weighting from the spin-echo times of routine spine protocols (ms): short inversion -> STIR; TE >= 60 with TR >= 1000
 * -> T2, with fat suppression where options, type or words say so (T2FS); TE <= 30 with TR < 1300, or with a long inversion (T1 FLAIR) -> T1;
 * TE < 60 with TR >= 1500 -> PD. For gradient echoes and where the times are silent, the description's words decide. Dixon's picture of fat has none
 * of these weightings.
 */
export function guessContrast(timing: Timing): Contrast {
  const weighting = guessWeighting(timing);
  if (dixonPart(timing) === "fat") return "unknown";
  return weighting === "T2" && isFatSuppressed(timing) ? "T2FS" : weighting;
}

function guessWeighting(timing: Timing): Contrast {
  const { echoTime: te, repetitionTime: tr, inversionTime: ti = 0, description } = timing;
  const words = contrastByWords(description);
  const inversion = ti > 0 && /IR/.test(timing.scanningSequence);
  if (words === "STIR" || (inversion && ti < 350)) return "STIR";
  if (te === undefined || tr === undefined || te <= 0 || tr <= 0) return words;
  // A gradient echo's weighting follows its flip angle more than its times.
  if (/GR/.test(timing.scanningSequence)) return words;
  if (te >= 60 && tr >= 1000) return "T2";
  if (te <= 30 && (tr < 1300 || inversion)) return "T1";
  return tr >= 1500 ? "PD" : words;
}
