import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { CohortError } from "../errors.js";
import type { CohortStore } from "../store/store.js";
import type { Unit } from "./unit.js";

/**
 * Refuses studies that are called as ones of the cohort and come from other files, both of which are there: numbers of two collections are
 * two people's, and the second would pass for graded already. Where the earlier files have gone the images were moved.
 * @throws CohortError "collision"
 */
export async function requireSameFiles(store: CohortStore, units: readonly Unit[]): Promise<void> {
  const named = units.filter(({ told }) => told !== undefined);
  if (named.length === 0) return;
  const rows = await store.sql("SELECT study, list(location) AS places FROM locations GROUP BY study");
  const known = new Map(rows.map(({ study, places }) => [study, places as readonly string[]]));
  const strange = named.filter(({ study, paths }) => {
    const places = known.get(study);
    return (
      places !== undefined &&
      !places.some((place) => paths.includes(resolve(place))) &&
      places.some((place) => existsSync(place))
    );
  });
  const [first] = strange;
  if (first === undefined) return;
  throw new CohortError(
    "collision",
    `Study ${first.study}${strange.length > 1 ? ` (and ${strange.length - 1} more)` : ""} is in this cohort already, from another file: equal numbers may be two people's. Give these studies ids of their own in a manifest, or grade them into another cohort. Nothing was graded.`,
  );
}
