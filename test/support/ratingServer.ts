/** A rating session in a process of its own, to be killed, with its page's address. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { spinebook } from "./cli.js";

/** Discs of a session: the first five of four phantoms. */
export const DISCS = 20;
const STUDIES = 4;

/** What must never leave the kernel: the pseudonyms of studies and series (and with them levels, see the test). */
export const SECRETS = ["PATIENT-47", "SERIES-81"];

const SCRIPT = `
import { readFile, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { detect, loadSeries, rate } from API;
const [folder, options] = process.argv.slice(2);
const discs = [];
for (let study = 1; study <= ${STUDIES}; study++) {
  const scan = await loadSeries(folder + "/made/study-00" + study + "/dicom");
  const found = folder + "/found-" + study + ".json";
  if (!existsSync(found)) {
    const spine = await detect(scan);
    await writeFile(found, JSON.stringify(spine.discs.slice(-${DISCS / STUDIES})));
  }
  for (const { centre, ...disc } of JSON.parse(await readFile(found, "utf8")))
    discs.push({ ...disc, ...centre, study: "PATIENT-47" + study, series: "SERIES-81" + study, images: scan });
}
await writeFile(folder + "/cases.json", JSON.stringify(discs.map(({ study, series, level }) => ({ study, series, level }))));
const session = await rate(discs, JSON.parse(options));
process.stdout.write((await session.address()) + "\\n");
setInterval(() => undefined, 1000);
`;

/** Writes the phantoms and the script. */
export async function prepareRating(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const made = join(folder, "made");
  const { code, stderr } = spinebook(["phantom", made, "--seed", "47", "--studies", String(STUDIES)]);
  if (code !== 0) throw new Error(stderr);
  const api = JSON.stringify(pathToFileURL(resolve("dist/api.js")).href);
  await writeFile(join(folder, "serve.mjs"), SCRIPT.replace("API", api));
}

export interface ServedRating {
  readonly address: string;
  /** Ends the process as a crash would. */
  kill(): Promise<void>;
}

/** Starts a session. @param options of `rate` */
export async function serveRating(folder: string, options: object): Promise<ServedRating> {
  const server = spawn(process.execPath, [join(folder, "serve.mjs"), folder, JSON.stringify(options)], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, SPINEBOOK_THREADS: "1" },
  });
  return { address: await firstLine(server), kill: () => killed(server) };
}

async function firstLine(server: ChildProcess): Promise<string> {
  let text = "";
  for await (const part of server.stdout!) {
    text += String(part);
    if (text.includes("\n")) return text.slice(0, text.indexOf("\n"));
  }
  throw new Error("the rating session ended before it said its address");
}

async function killed(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exit = once(server, "exit");
  server.kill("SIGKILL");
  await exit;
}
