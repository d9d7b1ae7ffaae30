import { existsSync } from "node:fs";
import dicomParser, { type DataSet } from "dicom-parser";
import {
  deidentify,
  findIdentity,
  ImagingError,
  type DeidentifyOptions,
  type Identity,
} from "../../../src/imaging/index.js";
import { element, sequence } from "../../../src/imaging/dicom/writing/elements.js";
import { encapsulated, sliceFile, type Overrides } from "../../imaging/dicomFiles.js";
import { JPEG_FRAME } from "../jpegFrame.js";
import type { Kind, Verdict } from "../kind.js";
import { mutate } from "../mutate.js";
import type { Random } from "../random.js";
import { dicomSubject, readSubject, subjectNames, type Subject } from "../subject.js";
import { withElements } from "../../support/dicomElements.js";

const [ROWS, COLUMNS] = [24, 20];
const JPEG = "1.2.840.10008.1.2.4.50";
/** Markers in elements, and in pixel data beside the pixels; upper case, as all VRs may hold it. */
const NAMED = "QXVRSMARKER";
const BESIDE = Buffer.from("qxtailmarker-beside-pixels");
const IDENTITIES: readonly Identity[] = [{ form: "id", kind: "marker", value: NAMED }];

/** Elements in which a marker is planted: names, numbers, dates, free text, codes, sequences, and groups of nobody. */
function plantedElements(random: Random): Record<number, Uint8Array> {
  const text = () => random.pick([NAMED, `${NAMED}^A`, `of ${NAMED}`, `x\\${NAMED}`]);
  const plain: readonly (readonly [tag: number, vr: string])[] = [
    [0x00080050, "SH"], [0x00080080, "LO"], [0x00080090, "PN"], [0x00081010, "SH"], [0x0008103e, "LO"], [0x00081030, "LO"],
    [0x00100010, "PN"], [0x00100020, "LO"], [0x00101040, "LO"], [0x00104000, "LT"], [0x00180015, "CS"], [0x00181000, "LO"],
    [0x00181030, "LO"], [0x00204000, "LT"], [0x00321060, "LO"], [0x00400254, "LO"], [0x00290010, "LO"], [0x00291001, "UN"],
    [0x00291002, "LT"], [0x00189004, "CS"], [0x00204000, "LT"], [0x00082111, "ST"],
  ]; // prettier-ignore
  const chosen = plain.filter(() => random.once(3));
  const nested = sequence(0x00400275, [
    [element(0x00321060, "LO", text()), element(0x00400007, "LO", text())],
  ]);
  const elements: Record<number, Uint8Array> = Object.fromEntries(
    chosen.map(([tag, vr]) => [tag, element(tag, vr, text())]),
  );
  if (random.once(3)) elements[0x00400275] = nested;
  return elements;
}

const samples = Uint8Array.from({ length: ROWS * COLUMNS * 2 }, (_, i) => (i * 3) % 250);

/** A file of our own with markers in its elements and beside its pixels. */
function ownFile(random: Random): Subject {
  const layout = (bits: number): Overrides => ({
    0x00280010: ["US", ROWS],
    0x00280011: ["US", COLUMNS],
    0x00280100: ["US", bits],
    0x00280101: ["US", bits],
    0x00280102: ["US", bits - 1],
  });
  const planted = plantedElements(random);
  if (random.once(2)) {
    const pixels = Buffer.concat([samples, BESIDE]);
    const bytes = sliceFile(0, { ...layout(16), ...planted, 0x7fe00010: ["OW", pixels] });
    return dicomSubject("plain", Buffer.from(bytes));
  }
  const frame = JPEG_FRAME;
  const segment = Buffer.concat([
    Buffer.from([0xff, random.pick([0xfe, 0xe1, 0xed]), 0, 2 + BESIDE.length]),
    BESIDE,
  ]);
  const marked = random.once(2)
    ? Buffer.concat([frame.subarray(0, 2), segment, frame.subarray(2)])
    : Buffer.concat([frame, BESIDE]);
  const bytes = sliceFile(0, { ...layout(8), ...planted, 0x7fe00010: encapsulated(marked) }, JPEG);
  return dicomSubject("JPEG", Buffer.from(bytes));
}

/** A published file in explicit little endian with markers in its elements; `undefined` for one written otherwise. */
function publishedFile(random: Random, data: string): Subject | undefined {
  const name = random.pick(subjectNames(data).filter((one) => !one.endsWith(".nii")));
  const { bytes } = readSubject(data, name);
  const set = dicomParser.parseDicom(bytes);
  if (set.string("x00020010") !== "1.2.840.10008.1.2.1" || bytes.length > 2e6) return undefined;
  return dicomSubject(name, Buffer.from(withElements(bytes, plantedElements(random))));
}

function parsed(bytes: Uint8Array): DataSet | undefined {
  try {
    return dicomParser.parseDicom(bytes);
  } catch {
    return undefined;
  }
}

/** Whether a broken file's pixels are still where and what they were, so that what lay beside them still does. */
function keepsPixels(broken: Buffer, { bytes }: Subject): boolean {
  const [before, now] = [parsed(bytes)!, parsed(broken)];
  const [old, pixels] = [before.elements.x7fe00010!, now?.elements.x7fe00010];
  if (now === undefined || pixels === undefined) return false;
  const shape = (set: DataSet) =>
    ["x00280002", "x00280010", "x00280011", "x00280100"].map((tag) => set.uint16(tag)).join() +
    (set.string("x00280008") ?? "");
  const data = (file: Buffer, { dataOffset, length }: { dataOffset: number; length: number }) =>
    file.subarray(dataOffset, dataOffset + length);
  return shape(before) === shape(now) && data(broken, pixels).equals(data(bytes, old));
}

async function verdictOf(broken: Buffer, subject: Subject, options: DeidentifyOptions): Promise<Verdict> {
  const copy = await deidentify(broken, options);
  if (typeof copy === "string") return { outcome: copy };
  const written = Buffer.from(copy.bytes);
  if (findIdentity(written, IDENTITIES).length > 0 || written.includes(NAMED))
    return { outcome: "copied", fault: "the marker of an element is in the copy" };
  if (written.includes(BESIDE) && keepsPixels(broken, subject))
    return { outcome: "copied", fault: "the marker beside the pixels is in the copy" };
  if (Object.values(copy).some((value) => typeof value === "string" && value.includes(NAMED)))
    return { outcome: "copied", fault: "a marker is in what is told of the copy" };
  return parsed(written) === undefined
    ? { outcome: "copied", fault: "the copy cannot be read" }
    : { outcome: "copied" };
}

/** Copies without identity of broken files: there is one without what was planted, or a reason why there is none. */
export const deidentified: Kind = {
  name: "deidentify",
  needsData: false,
  make: (random, data) => {
    const usesOwn = random.once(2) || !existsSync(data);
    const subject = (usesOwn ? undefined : publishedFile(random, data)) ?? ownFile(random);
    const { what, bytes } = random.once(4)
      ? { what: "whole", bytes: subject.bytes }
      : mutate(subject, random);
    const options: DeidentifyOptions = {
      secret: Buffer.from("a secret of enough bytes"),
      dates: random.pick(["remove", "shift"]),
    };
    return {
      what: `${subject.name}, ${what}`,
      bytes,
      extension: ".dcm",
      check: async () => {
        try {
          return await verdictOf(bytes, subject, options);
        } catch (thrown) {
          if (thrown instanceof ImagingError)
            return { outcome: thrown.code, fault: `throws "${thrown.message}"` };
          throw thrown;
        }
      },
    };
  },
};
