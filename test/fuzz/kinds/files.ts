import { writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { check, problemCodes } from "../checkImages.js";
import type { Kind } from "../kind.js";
import { mutate } from "../mutate.js";
import { readSubject, subjectNames } from "../subject.js";

const known = new Map<string, Promise<string[]>>();

/** Published DICOM and NIfTI files, broken anywhere: an image or a clear error, and no picture where pixels are gone. */
export const files: Kind = {
  name: "files",
  needsData: true,
  make: (random, data) => {
    const name = random.pick(subjectNames(data));
    const extension = extname(name) === ".nii" ? ".nii" : ".dcm";
    const { what, bytes, pixelsMissing } = mutate(readSubject(data, name), random);
    return {
      what: `${name}, ${what}`,
      bytes,
      extension,
      check: async (scratch) => {
        const codes = known.get(name) ?? problemCodes(join(data, name));
        known.set(name, codes);
        const path = join(scratch, `case${extension}`);
        writeFileSync(path, bytes);
        return check(path, pixelsMissing, await codes);
      },
    };
  },
};
