import { createHash } from "node:crypto";
import { link, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { checkedJson } from "../../text/index.js";
import type { Schema } from "../../text/index.js";
import { CohortError } from "../errors.js";
import { draftPath, writeError } from "../files.js";
import { newSalt } from "../pseudonym.js";

/**
 * A folder that several machines write their part of a cohort to: `cohort.json` with what they share, and one Parquet file
 * a shard.
 */
export interface SharedFolder {
  readonly path: string;
  /** Secret of the pseudonyms, the same for all parts. */
  readonly salt: string;
}

const SETTINGS = "cohort.json";
const SHARED_SETTINGS: Schema<Pick<SharedFolder, "salt">> = v.object({ salt: v.string() });
const SHARD = /^shard-[0-9a-z-]+\.parquet$/;

async function saltIn(path: string): Promise<string | undefined> {
  const text = await readFile(join(path, SETTINGS), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const { value, problem } = checkedJson(text, SHARED_SETTINGS);
  if (problem !== undefined)
    throw new CohortError(
      "file",
      `${SETTINGS} in the cohort's folder is damaged (${problem}); take another folder.`,
    );
  return value.salt;
}

/** Opens a shared folder, or makes one; of several processes that make it at once, one gives the secret. */
export async function openSharedFolder(path: string): Promise<SharedFolder> {
  const kind = await stat(path).catch(() => undefined);
  if (kind !== undefined && !kind.isDirectory())
    throw new CohortError("not-a-cohort", "Parts of a batch are written to a folder; this is a file.");
  await mkdir(path, { recursive: true }).catch((thrown: unknown) => {
    throw writeError(thrown);
  });
  const known = await saltIn(path);
  if (known !== undefined) return { path, salt: known };
  const own = draftPath(join(path, SETTINGS));
  try {
    await writeFile(own, `${JSON.stringify({ salt: newSalt() })}\n`);
    // A link fails where the name is taken, whole or not at all: whoever came first has given the secret.
    await link(own, join(path, SETTINGS)).catch((thrown: unknown) => {
      if ((thrown as NodeJS.ErrnoException).code !== "EEXIST") throw thrown;
    });
  } catch (thrown) {
    throw writeError(thrown);
  } finally {
    await rm(own, { force: true });
  }
  return { path, salt: (await saltIn(path))! };
}

/** Opens a shared folder that is there. @throws CohortError where it is none */
export async function existingSharedFolder(path: string): Promise<SharedFolder> {
  const salt = await saltIn(path);
  if (salt === undefined)
    throw new CohortError(
      "file",
      `There is no ${SETTINGS} there; give the folder that a batch wrote its shards to.`,
    );
  return { path, salt };
}

/** Path of a shard's file. @throws CohortError for a name of anything but letters, digits and hyphens */
export function shardPath({ path }: SharedFolder, name: string): string {
  if (!/^[0-9a-z-]+$/.test(name))
    throw new CohortError("queue", "A job in the queue has no proper name; it is not done.");
  return join(path, `shard-${name}.parquet`);
}

/** Paths of the shards in a folder, in the order of their names. */
export async function listShards({ path }: SharedFolder): Promise<string[]> {
  const names = await readdir(path);
  return names
    .filter((name) => SHARD.test(name))
    .sort()
    .map((name) => join(path, name));
}

/** A name for the work on certain studies with certain weights, by a certain reader's convention: the same work has the same name. */
export function shardName(studies: readonly string[], model: string, reader?: string): string {
  return createHash("sha256")
    .update(JSON.stringify([model, ...(reader === undefined ? [] : [`reader ${reader}`]), ...studies]))
    .digest("hex")
    .slice(0, 16);
}
