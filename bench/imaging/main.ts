// `npm run bench:imaging`: MB of pixels read per second for each transfer syntax, and seconds to index 10,000 files, beside
// pydicom and dcm2niix in the same run. Rounds alternate between the contenders; medians are printed.
import { existsSync } from "node:fs";
import { mkdtemp, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { readSeries } from "../../src/imaging/index.js";
import { median, onDcm2niix, onPydicom, time, type Seconds } from "./contenders.js";
import { writeFiles } from "./study.js";

const FILES = Number(process.argv[2] ?? 10_000);
const ROUNDS = 3;
const REPEATS = 7;

/** Files of each syntax; those of a line hold the same images. */
const SUBJECTS: readonly (readonly [syntax: string, files: readonly string[]])[] = [
  ["uncompressed, 512 x 512", ["nema_wg04/REF/MR1_UNC", "nema_wg04/REF/MR3_UNC"]],
  ["RLE", ["nema_wg04/RLE/MR1_RLE", "nema_wg04/RLE/MR3_RLE"]],
  ["JPEG lossless", ["nema_wg04/JPLL/MR1_JPLL", "nema_wg04/JPLL/MR3_JPLL"]],
  ["JPEG extended, 12 bit", ["nema_wg04/JPLY/MR1_JPLY", "nema_wg04/JPLY/MR3_JPLY"]],
  ["JPEG-LS lossless", ["nema_wg04/JLSL/MR1_JLSL", "nema_wg04/JLSL/MR3_JLSL"]],
  ["JPEG-LS near-lossless", ["nema_wg04/JLSN/MR1_JLSN", "nema_wg04/JLSN/MR3_JLSN"]],
  ["JPEG 2000 lossless", ["nema_wg04/J2KR/MR1_J2KR", "nema_wg04/J2KR/MR3_J2KR"]],
  ["JPEG 2000 lossy", ["nema_wg04/J2KI/MR1_J2KI", "nema_wg04/J2KI/MR3_J2KI"]],
  ["big endian, 10 frames", ["pydicom_mr/emri_small_big_endian.dcm"]],
  ["uncompressed, 10 frames", ["pydicom_mr/emri_small.dcm"]],
];

/** Reads files with their voxels and tells how many bytes of 16 bits these are. */
async function readAll(paths: readonly string[]): Promise<number> {
  let bytes = 0;
  for (const path of paths)
    for (const series of await readSeries(path)) bytes += 2 * (await series.load()).voxels.length;
  return bytes;
}

/** Seconds of both as a cell of a table: our ratio over it, or why there is none. */
function beside(own: readonly number[], other: Seconds, show: (seconds: number) => string): string {
  if (typeof other === "string") return other;
  return `${show(median(other))} (${(median(other) / median(own)).toFixed(2)} x the time)`;
}

/** The runs of several rounds together; the reason where a contender has none. */
function joined(rounds: readonly Seconds[]): Seconds {
  return rounds.find((seconds) => typeof seconds === "string") ?? (rounds as readonly number[][]).flat();
}

async function benchSyntaxes(data: string): Promise<void> {
  const files = Object.fromEntries(
    SUBJECTS.map(([syntax, names]) => [syntax, names.map((name) => join(data, name))]),
  );
  const own: Record<string, number[]> = {};
  const megabytes: Record<string, number> = {};
  const peers: Record<string, Seconds[]> = {};
  let version = "";
  for (let round = 0; round < ROUNDS; round++) {
    for (const [syntax, paths] of Object.entries(files)) {
      megabytes[syntax] = (await readAll(paths)) / 1e6;
      (own[syntax] ??= []).push(...(await time(() => readAll(paths), REPEATS)));
    }
    const answer = onPydicom({ repeats: REPEATS, files });
    if (typeof answer !== "string") version = answer.version;
    for (const syntax of Object.keys(files))
      (peers[syntax] ??= []).push(typeof answer === "string" ? answer : answer.seconds[syntax]!);
  }
  console.log(`| transfer syntax | MB | spinebook | pydicom ${version} |\n| --- | --- | --- | --- |`);
  for (const syntax of Object.keys(files)) {
    const speed = (seconds: number) => `${(megabytes[syntax]! / seconds).toFixed(1)} MB/s`;
    const mine = own[syntax]!;
    console.log(
      `| ${syntax} | ${megabytes[syntax]!.toFixed(2)} | ${speed(median(mine))} | ${beside(mine, joined(peers[syntax]!), speed)} |`,
    );
  }
}

async function benchIndex(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "bench-imaging-"));
  try {
    const { bavail, bsize } = await statfs(folder);
    if (bavail * bsize < FILES * 25_000)
      throw new Error(`${basename(folder)} has no room for ${FILES} files of 21 kB.`);
    await writeFiles(folder, FILES);
    const own: number[] = [];
    const [pydicom, dcm2niix]: [Seconds[], Seconds[]] = [[], []];
    let series = 0;
    let memory = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const index = async () => {
        series = (await readSeries(folder)).length;
        memory = Math.max(memory, process.memoryUsage().rss);
      };
      own.push(...(await time(index, 1)));
      const answer = onPydicom({ repeats: 1, folder });
      pydicom.push(typeof answer === "string" ? answer : answer.seconds.index!);
      dcm2niix.push(onDcm2niix(folder, 1));
    }
    const seconds = (value: number) => `${value.toFixed(2)} s`;
    console.log(`\n| ${FILES} files of 21 kB in nested folders | median of ${ROUNDS} |\n| --- | --- |`);
    console.log(
      `| spinebook, index of ${series} series | ${seconds(median(own))}, at most ${(memory / 1e6).toFixed(0)} MB of memory |`,
    );
    console.log(`| pydicom, headers | ${beside(own, joined(pydicom), seconds)} |`);
    console.log(`| dcm2niix, to NIfTI | ${beside(own, joined(dcm2niix), seconds)} |`);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const data = join(process.env.SPINEBOOK_DATA ?? "../shared/data", "dicom");
if (existsSync(data)) await benchSyntaxes(data);
else console.log("No conformance data, so no speed of transfer syntaxes.");
await benchIndex();
