import { createHash } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { checkedJson } from "../../../text/index.js";
import type { Schema } from "../../../text/index.js";
import { CohortError } from "../../errors.js";
import { writeWhole } from "../../files.js";
import type { SharedFolder } from "../folder.js";
import { UNIT } from "../unit.js";
import type { Unit } from "../unit.js";

/**
 * The list of a batch's studies with their ways from the studies' folder. It lies beside the shards: folders are often called
 * as patients, and what the queue's server holds, whoever may read it there, is the name of this list and numbers in it.
 */
const NAME = /^[0-9a-f]{16}$/;

const pathOf = ({ path }: SharedFolder, name: string): string => join(path, `.studies-${name}.json`);

/** Writes the list, whole. @returns its name, the same for the same studies */
export async function writeManifest(shared: SharedFolder, units: readonly Unit[]): Promise<string> {
  const text = `${JSON.stringify(units)}\n`;
  const name = createHash("sha256").update(text).digest("hex").slice(0, 16);
  await writeWhole(pathOf(shared, name), (unfinished) => writeFile(unfinished, text));
  return name;
}

const MANIFEST: Schema<Unit[]> = v.array(UNIT);

/** The studies of a list by their numbers in it. @throws CohortError where the list is not there, or has no such numbers */
export async function unitsOf(
  shared: SharedFolder,
  name: string,
  numbers: readonly number[],
): Promise<Unit[]> {
  if (!NAME.test(name))
    throw new CohortError("queue", "A job in the queue names no list of studies; it is not done.");
  const text = await readFile(pathOf(shared, name), "utf8").catch(() => {
    throw new CohortError(
      "queue",
      "The list of the batch's studies is not in the cohort's folder as this worker sees it; give it the folder that the batch writes to.",
    );
  });
  const { value: list = [] } = checkedJson(text, MANIFEST);
  return numbers.map((number) => {
    const unit = list[number];
    if (unit === undefined)
      throw new CohortError(
        "queue",
        "The list of the batch's studies is damaged, or another one than the job's; start the batch again.",
      );
    return unit;
  });
}

/** Takes the list away when its studies are done. */
export async function removeManifest(shared: SharedFolder, name: string): Promise<void> {
  await rm(pathOf(shared, name), { force: true });
}
