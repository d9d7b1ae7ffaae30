import type { DataSet } from "dicom-parser";
import type { Problem } from "../series.js";
import { decimals, item } from "./values.js";

/** Elements of decimal numbers that are read, and how many values they have; IS among them. */
const NUMBERS: readonly (readonly [tag: string, name: string, count: number])[] = [
  ["x00180050", "SliceThickness", 1],
  ["x00180080", "RepetitionTime", 1],
  ["x00180081", "EchoTime", 1],
  ["x00180082", "InversionTime", 1],
  ["x00180087", "MagneticFieldStrength", 1],
  ["x00180088", "SpacingBetweenSlices", 1],
  ["x00200013", "InstanceNumber", 1],
  ["x00200032", "ImagePositionPatient", 3],
  ["x00200037", "ImageOrientationPatient", 6],
  ["x00201041", "SliceLocation", 1],
  ["x00280008", "NumberOfFrames", 1],
  ["x00280030", "PixelSpacing", 2],
  ["x00281052", "RescaleIntercept", 1],
  ["x00281053", "RescaleSlope", 1],
];
/** Functional groups that hold such elements: measures, orientation, position, rescale, timing. */
const GROUPS = ["x00289110", "x00209116", "x00209113", "x00289145", "x00189112"];
/** What unreadable values of these mean is told with the stack. */
const TOLD_WITH_STACK: ReadonlySet<string> = new Set(["x00200032", "x00200037", "x00280030"]);
/** How far from 1 the length of a direction vector lies that rounding does not explain. */
const UNIT_TOLERANCE = 0.01;

/** The root of a data set and the functional groups in it that hold numbers (PS3.3 section C.7.6.16). */
function places(root: DataSet): DataSet[] {
  const frames = (root.elements.x52009230?.items ?? []).flatMap(({ dataSet }) => dataSet ?? []);
  const holders = [...[item(root, "x52009229")].flatMap((set) => set ?? []), ...frames, root];
  return [root, ...holders.flatMap((set) => GROUPS.flatMap((group) => item(set, group) ?? []))];
}

/** What is wrong with one element of numbers; none where it is absent or as it should be. */
function faultsOf(set: DataSet, [tag, name, count]: (typeof NUMBERS)[number]): Problem[] {
  const found = decimals(set, tag);
  if (found === undefined) return [];
  const where = `${name} (${tag.slice(1, 5)},${tag.slice(5)})`;
  const values = found.values.slice(0, count);
  if (values.some(Number.isNaN))
    return TOLD_WITH_STACK.has(tag)
      ? []
      : [
          {
            code: "malformed",
            message: `has a ${where} that is no number; it is read as if it were absent.`,
          },
        ];
  const repairs = [
    ...(found.commas ? [`has a decimal comma in ${where}; it is read as a decimal point.`] : []),
    ...(found.separators ? [`has commas between the values of ${where}; each is read by itself.`] : []),
    ...(found.zeros ? [`has zero bytes within ${where}; each value is read up to them.`] : []),
    ...(tag === "x00280030" && values.length === 1
      ? [`has only one value in ${where}; it is taken for rows and columns.`]
      : []),
    ...(tag === "x00200037" && values.length === 6 && !areUnit(values)
      ? [`has direction vectors in ${where} that are not 1 long; they are made so.`]
      : []),
  ];
  return repairs.map((message) => ({ code: "repaired", message }));
}

function areUnit(values: readonly number[]): boolean {
  return [values.slice(0, 3), values.slice(3)].every(
    (vector) => Math.abs(Math.hypot(...vector) - 1) <= UNIT_TOLERANCE,
  );
}

/** Numbers of a file that are read although they are not written as they should be, or not read at all; each kind once. */
export function numberProblems(root: DataSet, name: string): Problem[] {
  const problems = places(root).flatMap((set) => NUMBERS.flatMap((entry) => faultsOf(set, entry)));
  const once = new Map(problems.map((problem) => [problem.message, problem]));
  return [...once.values()].map(({ code, message }) => ({ code, message: `${name} ${message}` }));
}

/** Other kinds of images (PS3.3 section C.7.3.1.1.1), so that no word for MR is looked for in them. */
const OTHER_MODALITIES: ReadonlySet<string> = new Set(
  "CR CT DX ES IO MG NM OP OPT OT PT RF RG RTIMAGE SC SEG SM US XA XC".split(" "),
);
const MR_WORDS: ReadonlySet<string> = new Set(["MR", "MRI", "NMR", "MRT", "IRM", "RM", "MAGNETIC RESONANCE"]);
/** MR Image Storage and its enhanced kinds. */
const MR_CLASSES = /^1\.2\.840\.10008\.5\.1\.4\.1\.1\.4(\.[134])?$/;

/** The modality by its defined term, where another word for MR stands, or an unknown one with the class of MR images. */
export function modalityOf(
  given: string,
  sopClass: string | undefined,
  name: string,
): { modality: string; problems: readonly Problem[] } {
  const word = given.split("\\", 1)[0]!.trim().toUpperCase();
  const isOther = OTHER_MODALITIES.has(word);
  const isMr = MR_WORDS.has(word) || (word !== "" && !isOther && MR_CLASSES.test(sopClass ?? ""));
  if (!isMr) return { modality: given.slice(0, 16).replace(/[^A-Z0-9_ ]/gi, ""), problems: [] };
  const problems: Problem[] =
    given === "MR"
      ? []
      : [
          {
            code: "repaired",
            message: `${name} has a Modality (0008,0060) that is no defined term; it is taken for MR.`,
          },
        ];
  return { modality: "MR", problems };
}
