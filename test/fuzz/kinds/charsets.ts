import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { decodeText, readings } from "../../../src/imaging/dicom/charsets.js";
import { ImagingError, readSeries } from "../../../src/imaging/index.js";
import { bytes, NAMES } from "../../imaging/charsetNames.js";
import { sliceFile } from "../../imaging/dicomFiles.js";
import { faultOfMessage } from "../checkImages.js";
import type { Kind, Verdict } from "../kind.js";
import type { Random } from "../random.js";

const TERMS = [
  ...[6, 13, 87, 100, 101, 109, 110, 126, 127, 138, 144, 148, 149, 158, 159, 166, 192, 203, 58].flatMap(
    (number) => [`ISO_IR ${number}`, `ISO 2022 IR ${number}`],
  ),
  ..."GB18030 GBK gbk UTF-8 utf8 latin1 ISO-IR-100 iso_ir_87 ISO_IR nonsense \u0000 ISO_IR99999999999 IR -1 ISO_2022_IR_6".split(
    " ",
  ),
  "",
  " ",
  "ISO 2022 IR 100 ISO 2022 IR 87",
  "constructor",
  "__proto__",
];
const ESCAPES =
  "(B (J $B $@ $(D )I $)C $)A -A -B -C -D -L -G -F -H -M -b -T $ ( ) - $( $) %G (Z $(Z %/I".split(" ");
/** Letters of scripts, by the first and the last code point of a stretch without gaps. */
const SCRIPTS: readonly (readonly [from: number, to: number])[] = [
  [0x61, 0x7a],
  [0xe0, 0xf6],
  [0x100, 0x130],
  [0x3b1, 0x3c9],
  [0x430, 0x44f],
  [0x561, 0x586],
  [0x5d0, 0x5ea],
  [0x628, 0x63a],
  [0x905, 0x914],
  [0xe01, 0xe2e],
  [0x10d0, 0x10f0],
  [0x3042, 0x3093],
  [0x30a2, 0x30f3],
  [0x4e00, 0x9fa5],
  [0xac00, 0xd7a3],
  [0x20000, 0x2a6d6],
];

/** A family name that no message may tell, and the given one, with the bytes that hold both and what declares them. */
interface Planted {
  readonly terms: string;
  readonly bytes: Uint8Array;
  /** How a folder or a file calls the person. */
  readonly parts: readonly string[];
}

function terms(random: Random): string {
  const count = random.once(30) ? 1 + random.below(500) : 1 + random.below(4);
  return Array.from({ length: count }, () => random.pick(TERMS)).join("\\");
}

/** Random bytes with escape sequences, delimiters and whole names among them. */
function noise(random: Random): Buffer {
  const count = random.once(30) ? random.below(4000) : random.below(12);
  const parts = Array.from({ length: count }, () => {
    const kind = random.below(5);
    if (kind === 0) return Buffer.from(`\x1b${random.pick(ESCAPES)}`, "latin1");
    if (kind === 1) return Buffer.from(random.pick(["\\", "^", "=", "\r\n", "\t", " ", "\x1b"]), "latin1");
    return kind === 2 ? bytes(random.pick(NAMES)[1]) : random.bytes(random.below(24));
  });
  return Buffer.concat(parts).subarray(0, 60_000);
}

function ownName(random: Random): Planted {
  const [from, to] = random.pick(SCRIPTS);
  const word = () =>
    Array.from({ length: 4 + random.below(5) }, () =>
      String.fromCodePoint(from + random.below(to - from + 1)),
    ).join("");
  const parts = [word(), word()];
  // What is UTF-8 is read as such under every declaration.
  return { terms: random.once(2) ? "ISO_IR 192" : terms(random), bytes: Buffer.from(parts.join("^")), parts };
}

function knownName(random: Random): Planted {
  const named = NAMES.filter(([, , text]) => /^\p{L}{2,}\^\p{L}{2,}$/u.test(text));
  const [declared, written, text] = random.pick(named);
  return { terms: declared, bytes: bytes(written), parts: text.split("^") };
}

/** Whether a part of a name stands in a text; short Latin ones as words, since "Doe" is also in "does". */
function holds(text: string, part: string): boolean {
  const plain = (given: string) => given.normalize("NFC").toLowerCase();
  if (/^[a-z]{1,4}$/i.test(part)) return new RegExp(`(?<!\\p{L})${part}(?!\\p{L})`, "iu").test(text);
  return plain(text).includes(plain(part));
}

/** What is wrong with a message, or the name in it. */
function faultOf(message: string, { parts }: Planted): string | undefined {
  return parts.some((part) => holds(message, part))
    ? `a message names the patient: "${message}"`
    : faultOfMessage(message);
}

async function messagesOf(path: string): Promise<{ outcome: string; messages: readonly string[] }> {
  try {
    const series = await readSeries(path);
    await Promise.all(series.map((one) => one.load()));
    return {
      outcome: "read",
      messages: series.flatMap(({ problems }) => problems.map(({ message }) => message)),
    };
  } catch (thrown) {
    if (thrown instanceof ImagingError) return { outcome: thrown.code, messages: [thrown.message] };
    throw thrown;
  }
}

/** Values in any character set: they are read without an error, and files that are named after their patient are not named. */
export const charsets: Kind = {
  name: "charsets",
  needsData: false,
  make: (random) => {
    const declared = terms(random);
    const value = noise(random);
    const planted = random.once(2) ? ownName(random) : knownName(random);
    const tooMuch = random.once(2) ? noise(random).subarray(0, 4000) : Buffer.alloc(0);
    const file = Buffer.from(
      sliceFile(random.below(20), {
        0x00080005: ["CS", planted.terms],
        0x00080090: ["PN", tooMuch],
        0x0008103e: ["LO", noise(random).subarray(0, 4000)],
        0x00100010: ["PN", planted.bytes],
        0x00104000: ["LT", tooMuch],
        0x00280030: random.once(2) ? undefined : ["DS", "1\\1"],
      }),
    );
    // Without its last pixels it has something to be said of it.
    const broken = random.once(3) ? file : file.subarray(0, file.length - 1 - random.below(40));
    const name = `${planted.parts.join(random.pick([" ", "_", "^", "-", ", "]))}.dcm`;
    return {
      what: `${value.length} bytes as ${JSON.stringify(declared.slice(0, 80))}, a file named after a patient of ${JSON.stringify(planted.terms.slice(0, 80))}`,
      bytes: broken,
      extension: ".dcm",
      check: async (scratch): Promise<Verdict> => {
        const sets = declared.split("\\");
        if (![decodeText(value, sets), ...readings(value, sets)].every((text) => typeof text === "string"))
          return { outcome: "read", fault: "a value is no text" };
        const path = join(scratch, name);
        writeFileSync(path, broken);
        const { outcome, messages } = await messagesOf(path);
        const fault = messages.map((message) => faultOf(message, planted)).find((one) => one !== undefined);
        return { outcome, ...(fault === undefined ? {} : { fault }) };
      },
    };
  },
};
