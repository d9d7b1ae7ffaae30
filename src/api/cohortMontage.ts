import { modelsFolder } from "../analysis/index.js";
import {
  CohortError,
  discPictures,
  type CohortStore,
  type DiscName,
  type ResultRow,
} from "../cohort/index.js";
import { detectSpine, type Spine } from "../detection/index.js";
import { montage, type Montage, type MontageOptions } from "../figures/index.js";
import type { Volume } from "../imaging/index.js";
import { requireOptions } from "../statistics/index.js";
import { CohortTable } from "./cohortTable.js";

/** What a montage of a cohort's discs may be told. */
export type DiscMontageOptions = MontageOptions & {
  readonly limit?: number;
  readonly caption?: (row: ResultRow) => string;
};

const MONTAGE_OPTIONS = {
  columns: true,
  title: true,
  width: true,
  window: true,
  limit: true,
  caption: true,
} as const;

function captionOf(row: ResultRow): string {
  const { pfirrmann, reference, predicted } = row;
  const grade =
    typeof pfirrmann === "number"
      ? `Pfirrmann ${pfirrmann}`
      : typeof reference === "number" && typeof predicted === "number"
        ? `${reference} → ${predicted}`
        : "";
  return [`${row.level as string}  ${row.study as string}`, grade].filter((line) => line !== "").join("\n");
}

/** As `Cohort.montage`. */
export async function discMontage(
  store: CohortStore,
  rows: readonly ResultRow[] | CohortTable,
  options: MontageOptions & { readonly limit?: number; readonly caption?: (row: ResultRow) => string } = {},
): Promise<Montage> {
  requireOptions("montage", options, MONTAGE_OPTIONS);
  const { limit = 24, caption = captionOf, ...rest } = options;
  const all = rows instanceof CohortTable ? await rows.rows(limit) : rows.slice(0, limit);
  const names = all.map((row): DiscName => {
    if (typeof row.study !== "string" || typeof row.level !== "string")
      throw new CohortError(
        "query",
        "A montage needs rows with the columns study and level; select these too.",
      );
    return { study: row.study, level: row.level, series: typeof row.series === "string" ? row.series : "" };
  });
  const spines = new WeakMap<Volume, Promise<Spine>>();
  const pictures = await discPictures(store, names, async (volume, level) => {
    const spine = spines.get(volume) ?? detectSpine(volume, modelsFolder());
    spines.set(volume, spine);
    const disc = (await spine).discs.find((one) => one.level === level);
    return disc && { ...disc.centre, slice: disc.slice };
  });
  if (all.length > 0 && pictures.every((picture) => picture === undefined))
    throw new CohortError("query", "None of these discs was found in its images; check their levels.");
  const cells = pictures.flatMap((picture, i) =>
    picture === undefined ? [] : [{ ...picture, caption: caption(all[i]!) }],
  );
  return montage(cells, rest);
}
