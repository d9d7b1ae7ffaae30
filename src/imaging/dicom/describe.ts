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

/** Times in ms; `undefined` where the header does not say. */
export interface Timing {
  readonly echoTime?: number;
  readonly repetitionTime?: number;
  readonly inversionTime?: number;
  readonly scanningSequence: string;
  readonly description: string;
}

function contrastByWords(description: string): Contrast {
  if (/stir|tirm/i.test(description)) return "STIR";
  const match = /(?:^|[^a-z0-9])(t1|t2|pd)/i.exec(description);
  return match === null ? "unknown" : (match[1]!.toUpperCase() as Contrast);
}

/**
 * Weighting from the spin-echo times of routine spine protocols (ms): short inversion -> STIR; TE >= 60 with TR >= 1000
 * -> T2; TE <= 30 with TR < 1300, or with a long inversion (T1 FLAIR) -> T1; TE < 60 with TR >= 1500 -> PD.
 * For gradient echoes and where the times are silent, the description's words decide.
 */
export function guessContrast(timing: Timing): Contrast {
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
