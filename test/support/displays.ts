import type { Volume } from "../../src/imaging/volume.js";
import type { GradesPayload, Outline } from "../../src/protocol/index.js";
import { encodeSlices, type HeatInput } from "../../src/figures/index.js";
import { placeOf } from "../../src/figures/pictures/place.js";

/** A made-up spine of ellipses in a gradient: enough to see what a display does with a picture. */
export function syntheticVolume(columns = 160, rows = 240, slices = 9): Volume {
  const voxels = new Int16Array(columns * rows * slices);
  for (let slice = 0; slice < slices; slice++)
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++) {
        const index = (slice * rows + row) * columns + column;
        voxels[index] = intensity(column / columns, row / rows, slice / Math.max(1, slices - 1));
      }
  return {
    voxels,
    columns,
    rows,
    slices,
    spacing: [1, 1, 4],
    affine: [0, 0, 4, 0, 1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 0, 1],
    geometry: "patient",
  };
}

function intensity(x: number, y: number, z: number): number {
  const body = Math.exp(-(((x - 0.55) / 0.4) ** 4)) * 250 * (1 - 0.4 * Math.abs(z - 0.5));
  const within = (y * 6) % 1;
  const spine = Math.abs(x - 0.5) < 0.13;
  if (spine) return Math.round(within < 0.72 ? 420 + 60 * z : 180 + 80 * Math.floor(y * 6) * z);
  const canal = Math.abs(x - 0.69) < 0.03;
  return Math.round(canal ? 900 : body + 40 * Math.sin(x * 40) * Math.cos(y * 50));
}

const LEVELS = ["L1", "L2", "L3", "L4", "L5"];
const DISCS = ["L1-L2", "L2-L3", "L3-L4", "L4-L5", "L5-S1"];

export function syntheticOutlines(): readonly Outline[] {
  return LEVELS.flatMap((level, i) => {
    const top = i * 40 + 1;
    const vertebra = {
      kind: "vertebra",
      label: level,
      note: "",
      corners: box(59, top, 101, top + 27),
      slices: [1, 7],
    } as const;
    const note = i === 3 ? "Pfirrmann 4" : "Pfirrmann 2";
    const disc = {
      kind: "disc",
      label: DISCS[i]!,
      note,
      corners: box(58, top + 29, 102, top + 38),
      slices: [1, 7],
    } as const;
    return [vertebra, disc];
  });
}

function box(left: number, top: number, right: number, bottom: number) {
  return [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
  ] as const;
}

/** A round hotspot in each disc. */
export function syntheticHeat(feature: string): readonly HeatInput[] {
  return DISCS.map((level, i) => {
    const [columns, rows, slices] = [48, 20, 5];
    const values = new Uint8Array(columns * rows * slices);
    for (let index = 0; index < values.length; index++) {
      const [column, row] = [index % columns, Math.floor(index / columns) % rows];
      values[index] = Math.round(255 * Math.exp(-(((column - 36) / 8) ** 2) - ((row - 10) / 5) ** 2));
    }
    return {
      label: `${level} ${feature}`,
      origin: [56, i * 40 + 24, 2] as const,
      columns,
      rows,
      slices,
      values,
    };
  });
}

const FEATURES = [
  { key: "pfirrmann", name: "Pfirrmann", classes: ["1", "2", "3", "4", "5"] },
  { key: "narrowing", name: "Narrowing", classes: ["none", "slight", "moderate", "severe"] },
  { key: "centralCanalStenosis", name: "Central canal stenosis", classes: ["absent", "present"] },
  { key: "herniation", name: "Herniation", classes: ["absent", "present"] },
];

/** Grades of five discs; the picture is left out where `slices` is false. */
export function syntheticGrades(slices: boolean): GradesPayload {
  const picture = encodeSlices({
    volume: syntheticVolume(),
    title: "",
    outlines: syntheticOutlines(),
    heat: syntheticHeat("Pfirrmann"),
    found: placeOf(syntheticVolume()),
  });
  return {
    version: 1,
    title: "Grades, T2 sagittal",
    features: FEATURES,
    discs: DISCS.map((level, i) => ({
      level,
      slice: 2 + i,
      grades: FEATURES.map((feature, f) => {
        const top = (i + f) % feature.classes.length;
        const rest = 0.3 / (feature.classes.length - 1);
        return {
          feature: feature.key,
          grade: feature.classes.length === 2 ? top : top + 1,
          ...(feature.key === "pfirrmann" ? { fractional: top + 1.2 } : {}),
          probabilities: feature.classes.map((name, c) => [name, c === top ? 0.7 : rest] as const),
          trainedOn: f === 3 ? "synthetic" : "clinical",
        };
      }),
    })),
    flags: [{ code: "transitional", message: "The lowest disc may be transitional: check the numbering." }],
    ...(slices ? { slices: picture } : {}),
  };
}

/** The eleven features of a graded disc, the later ones learned from synthetic images, without pictures. */
export function wideGrades(): GradesPayload {
  const { discs, ...payload } = syntheticGrades(false);
  const names = [
    "Pfirrmann",
    "Narrowing",
    "Spondylolisthesis",
    "Central canal stenosis",
    "Upper endplate defect",
    "Lower endplate defect",
    "Upper marrow change",
    "Lower marrow change",
    "Herniation",
    "Bulging",
    "Modic type",
  ];
  const features = names.map((name, i) => ({
    ...{ key: `f${i}`, name },
    classes:
      i === 0
        ? ["1", "2", "3", "4", "5"]
        : i === 1
          ? ["none", "slight", "moderate", "severe"]
          : ["absent", "present"],
  }));
  return {
    ...payload,
    features,
    discs: discs.map((disc, row) => ({
      ...disc,
      grades: features.map(({ key, classes }, i) => {
        const top = (row + i) % classes.length;
        const rest = 0.3 / (classes.length - 1);
        return {
          feature: key,
          grade: classes.length === 2 ? top : top + 1,
          ...(i === 0 ? { fractional: top + 1.2, set: "2–4" } : {}),
          probabilities: classes.map((name, c) => [name, c === top ? 0.7 : rest] as const),
          trainedOn: i >= 8 ? "synthetic" : i === 3 && row < 2 ? "synthetic" : "clinical",
        };
      }),
    })),
  };
}
