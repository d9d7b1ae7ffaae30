import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { studySources } from "../../imaging/index.js";
import type { ListOptions } from "../../imaging/index.js";
import type { Manifest, ManifestStudy } from "../manifest/manifest.js";
import { pseudonym, shiftedDay } from "../pseudonym.js";
import type { Told } from "./told.js";
import type { Unit } from "./unit.js";

function toldOf(study: string, told: ManifestStudy, salt: string): Told {
  const { patient, dataset, age, sex, day, scanner, more, files } = told;
  return {
    ...(patient === undefined ? {} : { patient }),
    ...(dataset === undefined ? {} : { dataset }),
    ...(age === undefined ? {} : { age }),
    ...(sex === undefined ? {} : { sex }),
    ...(day === undefined ? {} : { day: shiftedDay(salt, patient ?? study, day) }),
    ...(scanner === undefined ? {} : { scanner }),
    ...(more === undefined ? {} : { more }),
    files: files.map(({ spacing, contrast, series }) => ({
      ...(spacing === undefined ? {} : { spacing }),
      ...(contrast === undefined ? {} : { contrast }),
      ...(series === undefined ? {} : { series }),
    })),
  };
}

/** A study without an id: what its file or folder tells. */
async function unnamed(told: ManifestStudy, salt: string, listing: ListOptions): Promise<Unit[]> {
  const paths = told.files.map(({ path }) => resolve(path));
  const [first] = paths as [string];
  const sources = existsSync(first) ? await studySources(first, { ...listing, pictures: true }) : [];
  const named = (study: string, own: Partial<Unit>): Unit => ({
    study,
    paths,
    told: toldOf(study, told, salt),
    ...own,
  });
  if (sources.length === 0) return [named(pseudonym(salt, "study", `path ${first}`), {})];
  if (sources.length === 1 || paths.length > 1) return [named(pseudonym(salt, "study", sources[0]!.key), {})];
  // A folder of several studies: what is told holds for each.
  return sources.map(({ key, paths: own, study }) => {
    const unit = named(pseudonym(salt, "study", key), { paths: own.map((path) => resolve(path)) });
    const files = own.map(() => unit.told!.files[0]!);
    return { ...unit, told: { ...unit.told!, files }, ...(study === undefined ? {} : { key: study }) };
  });
}

/** The studies of a manifest. @throws ImagingError where a folder that it names cannot be read */
export async function manifestUnits(manifest: Manifest, salt: string, listing: ListOptions): Promise<Unit[]> {
  const units: Unit[] = [];
  for (const one of manifest.studies) {
    const { study } = one;
    if (study === undefined) units.push(...(await unnamed(one, salt, listing)));
    else
      units.push({
        study,
        paths: one.files.map(({ path }) => resolve(path)),
        told: toldOf(study, one, salt),
      });
  }
  return units;
}
