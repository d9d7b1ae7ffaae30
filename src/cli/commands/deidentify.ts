import { randomBytes } from "node:crypto";
import { readFile, stat, writeFile } from "node:fs/promises";
import { imaging } from "../../api/index.js";
import { parseArguments, UsageError } from "../command.js";
import type { Command } from "../command.js";

/** What is said of files that have no copy. */
const REASONS: Readonly<Record<keyof imaging.DeidentifyResult["leftOut"], string>> = {
  "not-dicom": "no DICOM",
  unreadable: "cannot be read",
  "unreadable-folder": "folders that cannot be read; what lies in them has no copy",
  "no-image": "DICOM without an image",
  "other-class": "no MR or CT image (captures, reports and documents show or say who the patient is)",
  "burned-in": "may show a name in its pixels",
  pixels: "pixels in a form that is not written anew, so that something may be hidden beside them",
  mosaic: "Siemens mosaic, which cannot be read without its private elements",
  "identity-left": "identity was found in the copy, as in a comment inside of compressed pixels",
  "same-uid": "another image with the same UID was written before",
};

/** Reasons by which no MR or CT image is left out: there was none in the file. */
const NO_IMAGE: ReadonlySet<string> = new Set<imaging.LeftOut>(["not-dicom", "no-image", "other-class"]);

export const deidentify: Command = {
  name: "deidentify",
  summary: "write copies of DICOM images without the patient's identity",
  example: "spinebook deidentify study/ copy/",
  usage: `spinebook deidentify IN OUT [--secret FILE] [--dates shift] [--json]

Writes a copy of every MR and CT image below IN (a folder, or a file) as OUT/PATIENT/STUDY/SERIES/IMAGE.dcm. A copy holds
only elements of an allow-list (DICOM PS3.15, Basic Application Confidentiality Profile): UIDs and ids are replaced
consistently, dates, free text and private elements are gone. Images that may show a name in their pixels are left out.
What is left out is counted by the reason; the exit code is 1 where that is an image, or a file or folder that cannot be
read. Archives are not opened: unpack them first.

      --secret FILE  file with the secret that pseudonyms derive from, so that a later run gives the same ones; made if
                     it is not there. Whoever has it can tell who a known patient is: keep it apart from the copies.
                     Without it the secret is forgotten after the run.
      --dates shift  shift dates by up to a year, each patient's by its own number of days, instead of leaving them out
      --json         print how many files were written and left out as JSON`,

  async run(args, context) {
    const { values, positionals } = parseArguments(
      args,
      { secret: { type: "string", path: "written" }, dates: { type: "string" }, json: { type: "boolean" } },
      ["the folder with the images", "the folder for the copies"],
    );
    const [input, output] = positionals as [string, string];
    if (values.dates !== undefined && values.dates !== "shift" && values.dates !== "remove")
      throw new UsageError(`"${values.dates}" is nothing that --dates knows; give shift or remove.`);
    // Looked at before the secret is made, so that a wrong path leaves no file behind.
    await stat(input).catch(() => {
      throw new imaging.ImagingError("no-files", "The folder with the images is not there; check its path.");
    });
    const result = await imaging.deidentifyFolder(
      input,
      output,
      { secret: await secretOf(values.secret), dates: values.dates ?? "remove" },
      (done) => {
        if (done % 1000 === 0) context.log(`${done} files ...`);
      },
    );
    for (const [reason, count] of Object.entries(result.leftOut)) {
      const kinds = reason === "not-dicom" ? ` (${imaging.leftOutWords(result.notDicom ?? [])})` : "";
      context.log(`Left out ${count}: ${REASONS[reason as keyof typeof REASONS]}${kinds}.`);
    }
    const differing = [
      [result.severalNames, "names"],
      [result.severalBirthDates, "birth dates"],
    ] as const;
    for (const [count, what] of differing)
      if (count !== undefined)
        context.log(
          `${count === 1 ? "One patient has" : `${count} patients have`} files with different ${what} under one id; if those are different people, copy them apart, each with a secret of its own.`,
        );
    if (values.json) context.out(JSON.stringify(result));
    else
      context.out(
        `${result.written} images of ${result.patients} patients in ${result.series} series are written.`,
      );
    const isWhole = Object.keys(result.leftOut).every((reason) => NO_IMAGE.has(reason));
    return result.written > 0 && isWhole ? 0 : 1;
  },
};

/** The secret in a file, which is made for its owner alone where it is not there; a secret for this run without a file. */
async function secretOf(path: string | undefined): Promise<Uint8Array> {
  const fresh = randomBytes(32);
  if (path === undefined) return fresh;
  const known = await readFile(path).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  });
  if (known !== undefined) return known;
  await writeFile(path, fresh, { mode: 0o600, flag: "wx" });
  return fresh;
}
