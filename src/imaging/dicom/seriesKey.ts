import { dirname } from "node:path";
import { cross, dot, unit } from "../geometry.js";
import type { Problem } from "../series.js";
import { groupedBy, placesOf } from "./repeats.js";
import type { Slice } from "./slice.js";

/** Fewer single images than this are not taken for a series that was torn apart. */
const FEWEST_TORN = 3;

/** Slices that belong to one series, and what is told of how that was found. */
export interface Gathered {
  readonly key: string;
  readonly slices: readonly Slice[];
  readonly problems: readonly Problem[];
}

/** What the images of one series share besides its UID; the folder too where study and number do not say enough. */
function likeness({ file, path }: Slice): string {
  const { studyUid, seriesNumber, frameOfReferenceUid, rawDescription } = file;
  const folder = studyUid === "" || seriesNumber === "" ? dirname(path) : "";
  return [studyUid, seriesNumber, frameOfReferenceUid, rawDescription, file.modality, folder].join("|");
}

/** Whether slices lie in one plane, each at a place of its own: what is left of a stack, and not pictures of one place. */
function areOneStack(slices: readonly Slice[]): boolean {
  const axes = slices[0]!.frame.orientation;
  const normal = axes && unit(cross(axes[0], axes[1]));
  if (normal === undefined) return false;
  const isParallel = slices.every(({ frame }) => {
    const own = frame.orientation && unit(cross(...frame.orientation));
    return own !== undefined && dot(own, normal) > 0.999;
  });
  const along = ({ frame }: Slice) =>
    frame.position ? dot(frame.position, normal) : (frame.location ?? NaN);
  if (!isParallel || slices.some((slice) => Number.isNaN(along(slice)))) return false;
  return placesOf(slices, along).length === slices.length;
}

/** Series whose UID is new in each file: single images that are alike in all else and form one stack. */
function tornSeries(slices: readonly Slice[]): { torn: Gathered[]; others: Slice[] } {
  const perUid = groupedBy(slices, ({ file }) => file.seriesUid);
  const single = [...perUid.values()].flatMap((group) => (group.length === 1 ? group : []));
  const whole = single.filter(
    ({ file }) => file.studyUid !== "" && (file.seriesNumber !== "" || file.frameOfReferenceUid !== ""),
  );
  const alike = groupedBy(whole, (slice) => {
    const { file, frame } = slice;
    const echo = frame.echoTime?.toFixed(1) ?? "";
    return [likeness(slice), file.rows, file.columns, echo].join("|");
  });
  const torn = [...alike].flatMap(([key, group]): Gathered[] =>
    group.length < FEWEST_TORN || !areOneStack(group)
      ? []
      : [
          {
            key: `torn ${key}`,
            slices: group,
            problems: [
              {
                code: "repaired",
                message: `${group.length} images each have a SeriesInstanceUID (0020,000E) of their own but one study, series number, frame of reference and plane; they are read as one series.`,
              },
            ],
          },
        ],
  );
  const taken = new Set(torn.flatMap((one) => one.slices));
  return { torn, others: slices.filter((slice) => !taken.has(slice)) };
}

/** The slices of each series: by its UID, and where that is missing or new in each file, by what else its images share. */
export function gatherSeries(slices: readonly Slice[]): Gathered[] {
  const nameless = slices.filter(({ file }) => file.seriesUid === "");
  const { torn, others } = tornSeries(slices.filter(({ file }) => file.seriesUid !== ""));
  return [
    ...[...groupedBy(others, ({ file }) => file.seriesUid)].map(([key, group]) => ({
      key,
      slices: group,
      problems: [],
    })),
    ...torn,
    ...[...groupedBy(nameless, likeness)].map(([key, group]): Gathered => ({
      key: `nameless ${key}`,
      slices: group,
      problems: [
        {
          code: "repaired",
          message: `${group[0]!.name} has no SeriesInstanceUID (0020,000E); images of one study, series number, description and plane are read as one series.`,
        },
      ],
    })),
  ];
}
