import { mkdir, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runSpinebook } from "../spinebookCommand.js";
import { pathKey, sourceKey } from "./sources.js";
import { parseSeries, type ListedSeries } from "./studyList.js";

/** How many studies' lists and pictures are kept; the least recently used go first. */
const KEPT = 300;
const LIST = "series.json";

/** Lists the series of studies by the `spinebook` command, and keeps lists and pictures so that a second look is instant. */
export class StudyReader {
  /** @param store folder of its own for what is kept; it may not exist yet */
  constructor(
    private readonly extensionFolder: string,
    private readonly store: string,
  ) {}

  /**
   * The series at `path`, with pictures.
   *
   * @throws CommandError with a sentence for people; Error when what the command says cannot be understood
   */
  async read(path: string, signal: AbortSignal): Promise<ListedSeries[]> {
    const key = await sourceKey(path);
    const folder = join(this.store, `${key.path}-${key.state}`);
    const known = await keptList(folder);
    if (known !== undefined) return known;
    await this.forget(path);
    await mkdir(folder, { recursive: true });
    try {
      const args = ["read", path, "--json", "--thumbnails", folder];
      const text = await runSpinebook(this.extensionFolder, args, { signal });
      const series = parseSeries(text);
      await writeFile(join(folder, LIST), text);
      await this.trim();
      return series;
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** Deletes what is kept of a path. */
  async forget(path: string): Promise<void> {
    const kept = await this.kept();
    const own = kept.filter((name) => name.startsWith(`${pathKey(path)}-`));
    await Promise.all(own.map((name) => rm(join(this.store, name), { recursive: true, force: true })));
  }

  private async kept(): Promise<string[]> {
    return readdir(this.store).catch(() => []);
  }

  private async trim(): Promise<void> {
    const names = await this.kept();
    if (names.length <= KEPT) return;
    const dated = await Promise.all(
      names.map(async (name) => ({ name, used: (await stat(join(this.store, name))).mtimeMs })),
    );
    dated.sort((a, b) => b.used - a.used);
    for (const { name } of dated.slice(KEPT))
      await rm(join(this.store, name), { recursive: true, force: true });
  }
}

async function keptList(folder: string): Promise<ListedSeries[] | undefined> {
  try {
    const series = parseSeries(await readFile(join(folder, LIST), "utf8"));
    const now = new Date();
    await utimes(folder, now, now);
    return series;
  } catch {
    return undefined; // not read yet, or by another version
  }
}
