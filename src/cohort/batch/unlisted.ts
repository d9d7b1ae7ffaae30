import * as v from "valibot";
import { checked, checkedJson } from "../../text/index.js";
import type { Schema } from "../../text/index.js";
import { CohortError } from "../errors.js";
import { pseudonym } from "../pseudonym.js";
import type { Cell } from "../store/values.js";
import type { CohortStore } from "../store/store.js";
import { UNIT } from "./unit.js";
import type { Unit, UnitResult } from "./unit.js";

const PATHS: Schema<string[]> = v.array(v.string());

/** Studies that only reading brings to light: their images lie between those of another one in its folder. */
export class Unlisted {
  private readonly units: Map<string, Unit>;
  private readonly known: Set<string>;
  private found: Unit[] = [];

  constructor(
    listed: readonly Unit[],
    private readonly salt: string,
  ) {
    this.units = new Map(listed.map((unit) => [unit.study, unit]));
    this.known = new Set(listed.flatMap(({ key }) => key ?? []));
  }

  /** Studies that nobody knew of before this result. */
  note({ study, seen = [] }: UnitResult): Unit[] {
    const unit = this.units.get(study);
    // All series of a unit without a key are its own.
    if (unit?.key === undefined) return [];
    const found = seen
      .filter((key) => !this.known.has(key))
      .map((key): Unit => ({ study: pseudonym(this.salt, "study", key), paths: unit.paths, key }));
    for (const one of found) {
      this.known.add(one.key!);
      this.units.set(one.study, one);
    }
    this.found.push(...found);
    return found;
  }

  /** Those found since the last call. */
  take(): Unit[] {
    return this.found.splice(0);
  }
}

/** A found study as a row of the store. */
export function foundRow({ study, key, paths }: Unit): Cell[] {
  return [study, key ?? null, JSON.stringify(paths)];
}

/** Studies that earlier runs found. */
export async function foundUnits(store: CohortStore): Promise<Unit[]> {
  const rows = await store.sql(`SELECT study, "key", paths FROM found`);
  return rows.map(({ study, key, paths }) => {
    const list = checkedJson(typeof paths === "string" ? paths : "", PATHS);
    const { value, problem } = checked({ study, key: key ?? undefined, paths: list.value }, UNIT);
    if (problem === undefined) return value;
    throw new CohortError(
      "damaged",
      "What an earlier run found is damaged in the cohort's file; grade the folder into a new cohort.",
    );
  });
}
