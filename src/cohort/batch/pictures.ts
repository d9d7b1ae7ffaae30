import { basename, extname } from "node:path";
import type { Contrast, PictureSpacing } from "../../imaging/index.js";
import type { Unit } from "./unit.js";

/** What stands before a number in the name of a picture that names nobody. */
const WORDS = "case|id|image|img|mri|p|pat|patient|s|scan|slice|spine|study|sub|subject";
/** A number, perhaps behind such a word, and perhaps the weighting: `0012`, `case-7`, `12_t2`. A date has more digits. */
const PLAIN = new RegExp(`^((?:(?:${WORDS})[-_ ]?)?\\d{1,6})(?:[-_ ](t[12])w?)?$`, "i");

/** Whether a path is a picture by its name. */
export function isPictureFile(path: string): boolean {
  return /^\.(?:png|jpe?g)$/i.test(extname(path));
}

/**
 * Pictures of a folder as studies: one that is called by a number, as public sets call theirs, keeps it as its name, and `12_t1` beside
 * `12_t2` is its T1 partner; any other name may be a person's, and a pseudonym stands for it.
 * @param units each of one picture
 */
export function pictureUnits(units: readonly Unit[], spacing: PictureSpacing): Unit[] {
  const groups = new Map<string, { path: string; contrast?: Contrast }[]>();
  const named = (path: string): { key: string; contrast?: Contrast } | undefined => {
    const [, key, weighting] = PLAIN.exec(basename(path, extname(path))) ?? [];
    if (key === undefined) return undefined;
    return { key, ...(weighting === undefined ? {} : { contrast: weighting.toUpperCase() as Contrast }) };
  };
  for (const { study, paths } of units) {
    const path = paths[0]!;
    const { key = study, ...rest } = named(path) ?? {};
    groups.set(key, [...(groups.get(key) ?? []), { path, ...rest }]);
  }
  return [...groups].flatMap(([study, files]): Unit[] => {
    const weightings = files.map(({ contrast }) => contrast);
    const isPair = files.length === 2 && weightings.includes("T1") && weightings.includes("T2");
    const told = (list: typeof files): Pick<Unit, "paths" | "told"> => ({
      paths: list.map(({ path }) => path),
      told: {
        files: list.map(({ contrast }) => ({ spacing, ...(contrast === undefined ? {} : { contrast }) })),
      },
    });
    if (files.length === 1 || isPair) return [{ study, ...told(files) }];
    // Two pictures of one name lie in two folders: neither has the name.
    return files.map((file) => ({
      study: units.find(({ paths }) => paths[0] === file.path)!.study,
      ...told([file]),
    }));
  });
}
