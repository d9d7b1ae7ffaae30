import { decode } from "fast-png";
import { FEATURES, inStanding, isReadByReaders } from "../grading/index.js";
import type { RgbImage } from "../imaging/index.js";
import type { GradedSpine } from "../analysis/index.js";
import { label, stillSvg, svgToPng } from "../figures/index.js";

/** Sizes in SVG units. */
const MARGIN = 16;
const LINE = 20;
const COLUMN = 62;
const NAMES = 170;

/** The middle slice with outlines, and below it a table of all grades: one column a disc, one row a feature. */
export function gradedSheetSvg(graded: GradedSpine): string {
  const still = stillSvg(graded.slices([]), { heat: null });
  const [width, height] = ["width", "height"].map((name) =>
    Number(new RegExp(`^<svg[^>]* ${name}="([0-9.]+)"`).exec(still)![1]),
  ) as [number, number];
  const rows = [
    ["", ...graded.discs.map(({ level }) => level)],
    ...FEATURES.map(({ key, name }) => [name, ...graded.discs.map((disc) => cell(disc.grades[key]!))]),
  ];
  const table = MARGIN + NAMES + COLUMN * graded.discs.length + MARGIN;
  const whole = Math.max(width, table);
  const bottom = height + MARGIN + LINE * (rows.length + 2);
  const texts = rows.flatMap((row, i) =>
    row.map((words, j) => {
      const x = j === 0 ? MARGIN : MARGIN + NAMES + COLUMN * (j - 0.5);
      const style = `text-anchor="${j === 0 ? "start" : "middle"}"${i === 0 ? ' font-weight="bold"' : ""}`;
      return label(x, height + MARGIN + LINE * (i + 0.7), words, style);
    }),
  );
  const reader = graded.discs[0]?.grades.pfirrmann!.reader;
  const convention = reader === undefined ? "" : `. Pfirrmann as reader ${reader} gives it`;
  const notice = `Spinebook. Research use only. Not a medical device. * learned from phantoms only${convention}`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${whole}" height="${bottom}" viewBox="0 0 ${whole} ${bottom}" ` +
    `font-family="DejaVu Sans" font-size="12" fill="#fff"><rect width="100%" height="100%" fill="#000"/>` +
    `<g transform="translate(${(whole - width) / 2} 0)">${still}</g>${texts.join("")}` +
    `${label(MARGIN, bottom - LINE / 2, notice, 'font-size="10"')}</svg>`
  );
}

function cell(given: GradedSpine["discs"][number]["grades"][string]): string {
  const { grade, fractional, trainedOn } = given;
  const score = fractional === undefined ? "" : ` (${fractional.toFixed(1)})`;
  // The score between grades would leave no room for the mark.
  if (given.standing !== undefined) return inStanding(String(grade), given);
  return `${grade}${score}${isReadByReaders(trainedOn) ? "" : " *"}`;
}

/** {@link gradedSheetSvg} as RGB pixels. */
export async function gradedSheet(graded: GradedSpine): Promise<RgbImage> {
  const { width, height, channels, data } = decode(await svgToPng(gradedSheetSvg(graded)));
  const pixels = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++)
    for (let k = 0; k < 3; k++) pixels[3 * i + k] = data[channels * i + Math.min(k, channels - 1)]!;
  return { pixels, columns: width, rows: height };
}
