import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { readSeries } from "../../imaging/index.js";
import type { Volume } from "../../imaging/index.js";
import { counted } from "../../text/index.js";
import { readMaskedStack } from "./maskedStack.js";
import {
  byPatient,
  gatherSpider,
  hasOverview,
  readGradings,
  readOverview,
  SPIDER_CREDIT,
} from "./spiderTables.js";
import type { Dataset, DatasetSeries, SeriesKind } from "./types.js";

/** Names of its files: `1_t1.mha`, `1_t2.mha`, `1_t2_SPACE.mha`. */
const FILE = /^((\d{1,6})_(t1|t2|t2_SPACE))\.mha$/;

const KINDS: Readonly<Record<string, SeriesKind>> = { t1: "T1", t2: "T2", t2_SPACE: "SPACE" };

/**
 * Opens SPIDER as its publisher packs it (Zenodo 10.5281/zenodo.10159290): `images/` and `masks/` with a MetaImage for each series,
 * `radiological_gradings.csv` and `overview.csv`. Nothing of the images is read before it is asked for. Without the overview the number of
 * discs in view is not known.
 * @throws DataError where a table is not as published
 */
export async function openSpiderPublished(folder: string): Promise<Dataset> {
  const [gradings, overview, images, masks] = await Promise.all([
    readGradings(folder).then(byPatient),
    hasOverview(folder) ? readOverview(folder) : undefined,
    readdir(join(folder, "images")),
    readdir(join(folder, "masks")).catch((): string[] => []),
  ]);
  const masked = new Set(masks);
  const files = images.sort().flatMap((file) => {
    const [, name, patient, kind] = FILE.exec(file) ?? [];
    return name === undefined ? [] : [{ file, name, patient: patient!, kind: KINDS[kind!]! }];
  });
  const seriesOf = (patient: string): DatasetSeries[] =>
    files
      .filter((one) => one.patient === patient)
      .map(({ file, name, kind }) => {
        const [image, mask] = [join(folder, "images", file), join(folder, "masks", file)];
        const load = async (): Promise<Volume> => (await readSeries(image))[0]!.load();
        const loadMasked: DatasetSeries["loadMasked"] = (use) =>
          readMaskedStack({ patient, name, image, mask }, use);
        return {
          ...{ name, kind, load, place: () => ({ path: image }), discs: overview?.get(name)?.discs },
          ...(masked.has(file) ? { loadMasked } : {}),
        };
      });
  const [others, bare] = [
    images.filter((file) => !FILE.test(file) && !file.startsWith(".")).length,
    files.filter(({ file }) => !masked.has(file)).length,
  ];
  return {
    layout: "spider-published",
    title: "SPIDER as published",
    credit: SPIDER_CREDIT,
    ...gatherSpider(
      gradings,
      files.map(({ patient }) => patient),
      seriesOf,
    ),
    remarks: [
      ...(overview === undefined
        ? ["overview.csv is not there: how many discs a series shows is not known."]
        : []),
      ...(others > 0
        ? [`${counted(others, "file", "files")} of images/ not named as published left out.`]
        : []),
      ...(bare > 0 ? [`${counted(bare, "series has", "series have")} no mask in masks/.`] : []),
    ],
  };
}
