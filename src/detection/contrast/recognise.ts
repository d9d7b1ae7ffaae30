import type { Contrast, Volume } from "../../imaging/index.js";
import type { Flag } from "../spine.js";
import type { TissueLabels } from "../tissueLabels.js";
import { contrastProbabilities, PICTURE_CONTRASTS } from "./model.js";
import type { ContrastModel, PictureContrast } from "./model.js";
import type { SeriesContrast } from "./seriesContrast.js";
import { contrastInputs, tissueSignals } from "./signals.js";

/** Weightings in sentences. */
const NAMES: Readonly<Record<Contrast, string>> = {
  T1: "T1",
  T2: "T2",
  T2FS: "T2 with fat suppression",
  STIR: "STIR (T2 with fat suppression)",
  PD: "PD",
  unknown: "of unknown weighting",
};

/** How a weighting is known, in sentences. */
const KNOWN_BY: Readonly<Record<SeriesContrast["knownBy"], string>> = {
  both: "by header and picture",
  header: "by its header",
  picture: "by its picture",
  told: "as told",
  neither: "by neither header nor picture",
};

/** What a series' weighting is taken for, and by what it is known, in words. */
export function contrastWords({ contrast, knownBy }: Pick<SeriesContrast, "contrast" | "knownBy">): string {
  return `${contrastName(contrast)}, ${KNOWN_BY[knownBy]}`;
}

/** A weighting in words, such as "T2 with fat suppression". */
export function contrastName(contrast: Contrast): string {
  return NAMES[contrast];
}

/** Whether fat gives little signal, so that marrow is dark. */
export function isFatSuppressed(contrast: Contrast): boolean {
  return contrast === "T2FS" || contrast === "STIR";
}

/** What pictures show of a header's weighting; PD was not among the pictures that were learned from. */
function shownAs(header: Contrast): PictureContrast | undefined {
  if (isFatSuppressed(header)) return "T2FS";
  return header === "T1" || header === "T2" ? header : undefined;
}

/**
 * Puts picture and header together. Both alike: what they say (STIR, where the header says so). One alone: that one. Headers of T2 do not always say
 * that fat is suppressed, so that T2 by the header and suppressed by the picture is suppressed. Any other two contradict each other:
 * the picture, which is what the networks see, decides, and it is flagged.
 */
export function combineContrast(
  header: Contrast,
  picture: SeriesContrast["picture"],
): Pick<SeriesContrast, "contrast" | "knownBy" | "contradiction"> {
  const shown = shownAs(header);
  const one = (contrast: Contrast, knownBy: SeriesContrast["knownBy"], contradiction = false) => ({
    contrast,
    knownBy,
    contradiction,
  });
  if (picture === "unsure") return one(header, header === "unknown" ? "neither" : "header");
  if (header === "unknown") return one(picture, "picture");
  if (header === "PD") return one("PD", "header");
  if (shown === picture) return one(header, "both");
  return one(picture, "picture", !(header === "T2" && picture === "T2FS"));
}

/** What the picture alone says of the weighting. @param map labels of the slice that is looked at */
export function pictureContrast(
  volume: Volume,
  map: TissueLabels,
  model: ContrastModel | undefined,
): Pick<SeriesContrast, "picture" | "probabilities"> {
  const signals = model === undefined ? undefined : tissueSignals(volume, map);
  const inputs = signals === undefined ? undefined : contrastInputs(signals);
  if (model === undefined || inputs === undefined) return { picture: "unsure" };
  const found = contrastProbabilities(inputs, model);
  const best = found.indexOf(Math.max(...found));
  return {
    picture: found[best]! >= model.sure ? PICTURE_CONTRASTS[best]! : "unsure",
    probabilities: { T1: found[0]!, T2: found[1]!, T2FS: found[2]! },
  };
}

/**
 * The weighting of a series by its header and its picture.
 * @param known what the header says; or what is certain, and then nothing else is asked
 */
export function seriesContrast(
  volume: Volume,
  map: TissueLabels,
  model: ContrastModel | undefined,
  known: { readonly header?: Contrast | undefined; readonly contrast?: Contrast | undefined } = {},
): SeriesContrast {
  const { header = "unknown", contrast } = known;
  const seen = pictureContrast(volume, map, model);
  return contrast === undefined
    ? { ...combineContrast(header, seen.picture), header, ...seen }
    : { contrast, knownBy: "told", contradiction: false, header, ...seen };
}

/** What a reader must know of a series' weighting; nothing for a T2 that is one. */
export function contrastFlags({ contrast, header, knownBy, picture, contradiction }: SeriesContrast): Flag[] {
  if (contradiction)
    return [
      {
        code: "contrast-contradiction",
        message: `The header makes this series ${contrastName(header)}, and its picture looks like ${contrastName(picture as PictureContrast)}; it is read as ${contrastName(contrast)}. Look which is true.`,
      },
    ];
  if (contrast === "T2") return [];
  if (contrast === "unknown")
    return [
      {
        code: "contrast-unknown",
        message:
          "Neither header nor picture tells the weighting of this series; only T2 is graded as it should be.",
      },
    ];
  return [
    {
      code: isFatSuppressed(contrast) ? "fat-suppressed" : "other-contrast",
      message: `This series is ${contrastName(contrast)} ${KNOWN_BY[knownBy]}, not T2 without fat suppression, which the graders were taught on. Grade that series of the study if there is one.`,
    },
  ];
}
