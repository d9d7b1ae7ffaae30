import type { Volume } from "../imaging/index.js";

/** mm that a sagittal picture measures at most: a whole spine with the head takes 0.9 m, and the largest field of view of a scanner is 0.6 m. */
const LARGEST = 1000;
/** mm that the longer side measures at least: three discs, the fewest that are taken for a spine, at a spacing half of the true one. */
const SMALLEST = 30;

/** Columns and rows of a picture in mm. */
function extentOf({ columns, rows, spacing }: Volume): readonly [number, number] {
  return [columns * spacing[0], rows * spacing[1]];
}

/** Whether a spine can be looked for: detection resamples to 1 mm, and needs memory as the picture's area. */
export function isPossibleExtent(volume: Volume): boolean {
  const longer = Math.max(...extentOf(volume));
  return longer >= SMALLEST && longer <= LARGEST;
}

/** What is wrong with the spacing of a picture that no spine fits into, or that is larger than a person. */
export function extentProblem(volume: Volume): string | undefined {
  if (isPossibleExtent(volume)) return undefined;
  const [width, height] = extentOf(volume).map(inWords);
  const spacing = [...new Set([volume.spacing[0], volume.spacing[1]].map(inWords))].join(" x ");
  const size = Math.max(...extentOf(volume)) > LARGEST ? "large" : "small";
  return `At ${spacing} mm a pixel the picture would be ${width} x ${height} mm, and no picture of a spine is that ${size}: check the pixel spacing.`;
}

function inWords(value: number): string {
  return String(Number(value.toPrecision(4)));
}
