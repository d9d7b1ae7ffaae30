import { existsSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { OWN_TABLE } from "./gradesTable.js";
import { LSMA_FILE, openLsmaExcerpt } from "./lsmaExcerpt.js";
import { hasPatientFolders, LSMA_TABLE, openLsmaPublished, SUDIRMAN_FOLDER } from "./lsmaPublished.js";
import { DataError } from "./publishedTable.js";
import { openRsna, RSNA_GRADES, RSNA_IMAGES, RSNA_SERIES } from "./rsna.js";
import { openSpiderExcerpt } from "./spiderExcerpt.js";
import { openSpiderPublished } from "./spiderPublished.js";
import { GRADINGS_FILE, OVERVIEW_FILE } from "./spiderTables.js";
import { openStudyFolder } from "./studyFolder.js";
import type { Dataset, LayoutKey } from "./types.js";

/** Something that lies in a folder of some layout. */
interface Sign {
  /** As a person reads it. */
  readonly what: string;
  readonly isThere: (folder: string) => Promise<boolean>;
}

/** How a data set lies on disk, and who opens it. */
interface Layout {
  readonly key: LayoutKey;
  readonly title: string;
  /** All of them together, and no layout named before, make a folder this data set. */
  readonly signs: readonly Sign[];
  readonly open: (folder: string, log: (line: string) => void) => Promise<Dataset>;
}

const named = (name: string): Sign => ({
  what: name,
  isThere: (folder) => Promise.resolve(existsSync(join(folder, name))),
});

const holding = (subfolder: string, pattern: RegExp, what: string): Sign => ({
  what: `${subfolder}/${what}`,
  isThere: async (folder) =>
    (await readdir(join(folder, subfolder)).catch((): string[] => [])).some((name) => pattern.test(name)),
});

/** The layouts in the order in which they are looked for. */
const LAYOUTS: readonly Layout[] = [
  {
    key: "spider-published",
    title: "SPIDER as published",
    signs: [named(GRADINGS_FILE), holding("images", /^\d+_t[12](_SPACE)?\.mha$/, "N_t2.mha")],
    open: openSpiderPublished,
  },
  {
    key: "spider-excerpt",
    title: "SPIDER excerpt",
    signs: [
      named(GRADINGS_FILE),
      named(OVERVIEW_FILE),
      holding("midslices", /_t2\.png$/, "N_t2.png"),
      named("space"),
    ],
    open: openSpiderExcerpt,
  },
  {
    key: "lsma-published",
    title: "LSMA-PQR with Sudirman's DICOM",
    signs: [
      named(LSMA_TABLE),
      { what: `${SUDIRMAN_FOLDER}/0001/ (patients' folders)`, isThere: hasPatientFolders },
    ],
    open: openLsmaPublished,
  },
  {
    key: "lsma-excerpt",
    title: "LSMA-PQR excerpt",
    signs: [named(LSMA_FILE), named("t2")],
    open: openLsmaExcerpt,
  },
  {
    key: "rsna",
    title: "RSNA 2024",
    signs: [named(RSNA_GRADES), named(RSNA_SERIES), named(RSNA_IMAGES)],
    open: openRsna,
  },
  { key: "studies", title: "own studies", signs: [named(OWN_TABLE)], open: openStudyFolder },
];

/** What was looked for, and for layouts of which a part is there, what lacks. */
async function refusal(folder: string): Promise<DataError> {
  const lines: string[] = [];
  for (const { title, signs } of LAYOUTS) {
    const there = await Promise.all(signs.map((sign) => sign.isThere(folder)));
    const lacking = signs.filter((_, i) => !there[i]).map(({ what }) => what);
    const isPartly = lacking.length < signs.length;
    lines.push(
      isPartly
        ? `${title}: ${signs
            .filter((_, i) => there[i])
            .map(({ what }) => what)
            .join(", ")} there, but not ${lacking.join(", ")}`
        : `${title}: ${lacking.join(", ")}`,
    );
  }
  const packed = ["images.zip", "masks.zip", SUDIRMAN_FOLDER + ".zip"].filter((name) =>
    existsSync(join(folder, name)),
  );
  const hint = packed.length === 0 ? "" : ` Unpack ${packed.join(" and ")} there first.`;
  return new DataError(
    `This folder is no data set that is known.${hint} Looked for: ${lines.join("; ")}. Name the folder in which these lie.`,
  );
}

/**
 * The layout of a folder.
 * @throws DataError that says what was looked for where it is none that is known
 */
export async function recogniseLayout(folder: string): Promise<LayoutKey> {
  return (await layoutOf(folder)).key;
}

async function layoutOf(folder: string): Promise<Layout> {
  const found = await stat(folder).catch(() => undefined);
  if (found === undefined)
    throw new DataError("There is no such folder of data; check the path that was given.");
  if (!found.isDirectory())
    throw new DataError(
      "The data set is not a folder; name the folder that holds it. A cohort's file goes with train --data and evaluate MODELS; in a cell, give its data sets (await cohort.datasets()).",
    );
  for (const layout of LAYOUTS) {
    const there = await Promise.all(layout.signs.map((sign) => sign.isThere(folder)));
    if (there.every(Boolean)) return layout;
  }
  throw await refusal(folder);
}

/** Opens the data set in a folder, whatever its layout. @throws DataError */
export async function openDataset(folder: string, log: (line: string) => void): Promise<Dataset> {
  return (await layoutOf(folder)).open(folder, log);
}
