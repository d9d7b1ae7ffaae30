import { studyKey } from "../../imaging/index.js";
import { levelOf, vertebraOf } from "../../detection/index.js";
import { basename } from "node:path";
import { CohortError } from "../errors.js";
import { pseudonym } from "../pseudonym.js";
import type { SeriesRecord, StudyRecord } from "../records.js";
import { AnomalyList, shown } from "./anomalies.js";
import { counted } from "../../text/index.js";
import type { LabelPoint, PointedRecords } from "./labelPoint.js";
import { ReadingList } from "./readingList.js";
import { readText } from "./tables.js";

const NAME = "Tianchi";
/** The disc codes: v1 normal, v2 bulging, v3 protruded, v4 extruded, v5 Schmorl node. */
const DISC_CODES: readonly string[] = ["v1", "v2", "v3", "v4", "v5"];
/** The vertebra codes: v1 normal, v2 degenerated. */
const VERTEBRA_CODES: readonly string[] = ["v1", "v2"];

/** The grades that disc codes tell; undefined where they contradict each other. */
function gradesOf(codes: readonly string[]): Record<string, number> | undefined {
  const has = (code: string): boolean => codes.includes(code);
  if (has("v1")) return codes.length === 1 ? { bulging: 0, herniation: 0 } : undefined;
  const isHerniated = has("v3") || has("v4");
  return {
    ...(has("v2") && { bulging: 1 }),
    ...(isHerniated ? { herniation: 1 } : has("v2") && { herniation: 0 }),
  };
}

/** One marked point with the ids around it, still unchecked. */
interface Mark {
  /** Where it stands in the file, such as `study 3, image 1, point 7`. */
  readonly place: string;
  readonly study: string;
  readonly series: string;
  readonly instance: string;
  readonly coordinate: unknown;
  readonly tag: Readonly<Record<string, unknown>>;
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

/** UIDs never become ids; the data set's name is the key, so that a UID leads to the same id on every machine. */
function idOf(kind: "study" | "series" | "unit", uid: string): string {
  return pseudonym(NAME, kind, uid);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value.trim() : "";
}

/** The objects of a list; what is no list or no object is reported. */
function entries(value: unknown, place: string, anomalies: AnomalyList): Readonly<Record<string, unknown>>[] {
  const list: unknown[] = Array.isArray(value) ? value : [];
  const objects = list.filter((one) => typeof one === "object" && one !== null);
  if (!Array.isArray(value) || objects.length < list.length)
    anomalies.add({
      code: "bad-entry",
      message: `A list is not as it should be: ${place}.`,
      isLeftOut: true,
    });
  return objects.map(objectOf);
}

/** All marks of a document, and reports of entries without ids. */
function marksOf(document: unknown, anomalies: AnomalyList): Mark[] {
  return entries(document, "the whole file", anomalies).flatMap((one, i) => {
    const place = `study ${i + 1}`;
    const uid = textOf(one.studyUid);
    if (uid === "") {
      anomalies.add({ code: "bad-id", message: `There is no studyUid: ${place}.`, isLeftOut: true });
      return [];
    }
    const study = idOf("study", uid);
    return entries(one.data, place, anomalies).flatMap((image, j) => {
      const at = `${place}, image ${j + 1}`;
      const seriesUid = textOf(image.seriesUid);
      const instanceUid = textOf(image.instanceUid);
      const series = seriesUid === "" ? "" : idOf("series", seriesUid);
      const instance = instanceUid === "" ? "" : idOf("unit", instanceUid);
      return entries(image.annotation, at, anomalies).flatMap((annotation) =>
        entries(objectOf(annotation.data).point, at, anomalies).map((point, k) => ({
          place: `${at}, point ${k + 1}`,
          study,
          series,
          instance,
          coordinate: point.coord,
          tag: objectOf(point.tag),
        })),
      );
    });
  });
}

function codesOf(text: string): string[] {
  return [
    ...new Set(
      text
        .split(/[,，;]/)
        .map((code) => code.trim().toLowerCase())
        .filter((code) => code !== ""),
    ),
  ];
}

function pointOf({ coordinate, study, series, instance }: Mark, level: string): LabelPoint | undefined {
  const [x, y] = Array.isArray(coordinate) ? (coordinate as unknown[]) : [];
  const isPlace = [x, y].every((one) => typeof one === "number" && Number.isFinite(one) && one >= 0);
  return isPlace ? { study, series, instance, level, x: x as number, y: y as number } : undefined;
}

/** What reading a mark adds to. */
interface Collected {
  readonly list: ReadingList;
  readonly anomalies: AnomalyList;
  /** Discs with a Schmorl node, and vertebrae by code, which have no home. */
  readonly homeless: Map<string, number>;
}

function readDisc(mark: Mark, level: string, { list, anomalies, homeless }: Collected): void {
  const report = (code: string, message: string): void => {
    anomalies.add({ code, message: `${message}: ${mark.place}.`, isLeftOut: true });
  };
  const given = codesOf(textOf(mark.tag.disc));
  const codes = given.filter((code) => DISC_CODES.includes(code));
  if (codes.length < given.length)
    report("unknown-code", `The codes of disc ${level} hold one that is none of v1 to v5`);
  if (codes.includes("v5")) homeless.set("v5", (homeless.get("v5") ?? 0) + 1);
  const grades = gradesOf(codes);
  if (grades === undefined)
    report(
      "contradiction",
      `Disc ${level} is called normal (v1) and something else as well (${codes.join(",")})`,
    );
  else if (codes.length === 0) report("no-grades", `Disc ${level} has no code`);
  else if (Object.keys(grades).length > 0)
    list.add({ study: mark.study, series: mark.series, level, rater: NAME, model: "", reading: 1, grades });
}

function readVertebra(mark: Mark, vertebra: string, { anomalies, homeless }: Collected): void {
  const codes = codesOf(textOf(mark.tag.vertebra));
  for (const code of codes)
    if (VERTEBRA_CODES.includes(code))
      homeless.set(`vertebra ${code}`, (homeless.get(`vertebra ${code}`) ?? 0) + 1);
    else {
      const message = `The code of vertebra ${vertebra} is neither v1 nor v2: ${mark.place}.`;
      anomalies.add({ code: "unknown-code", message, isLeftOut: true });
    }
}

function reportHomeless(homeless: ReadonlyMap<string, number>, anomalies: AnomalyList): void {
  const nodes = homeless.get("v5") ?? 0;
  const schmorl = `${counted(nodes, "disc has", "discs have")} a Schmorl node (v5); it is not told at which endplate, so no key of a reading can hold it.`;
  anomalies.summarise(nodes, "code-without-home", schmorl, true);
  for (const [code, meaning] of [
    ["v1", "normal"],
    ["v2", "degenerated"],
  ] as const) {
    const count = homeless.get(`vertebra ${code}`) ?? 0;
    const message = `${counted(count, "vertebra is", "vertebrae are")} ${meaning} (vertebra ${code}); readings are of discs and cannot hold it.`;
    anomalies.summarise(count, "code-without-home", message, true);
  }
}

/**
 * Imports a Tianchi lumbar annotation file:
 * `[{studyUid, data: [{seriesUid, instanceUid, annotation: [{data: {point: [{coord: [x, y], tag: {identification, disc | vertebra}}]}}]}]}]`.
 *
 * | disc code | meaning | bulging | herniation |
 * | --- | --- | --- | --- |
 * | v1 | normal | 0 | 0 |
 * | v2 | bulging | 1 | 0, or 1 beside v3 or v4 |
 * | v3 | protruded | absent, or 1 beside v2 | 1 |
 * | v4 | extruded | absent, or 1 beside v2 | 1 |
 * | v5 | Schmorl node (intravertebral) | absent | absent |
 *
 * Codes may stand in a list (`v2,v5`). A Schmorl node and the vertebra codes (v1 normal, v2 degenerated) have no home in a
 * reading of a disc and are counted as anomalies; v1 beside another code is a contradiction and left out. UIDs become
 * pseudonyms that are the same everywhere; patient and study are one, contrast and plane are not told, the rater is
 * `Tianchi`. The marked places of discs and vertebrae come as `points`.
 * @param path the JSON file
 * @throws CohortError "file" where it is absent, no JSON, or no list of studies
 */
export async function importTianchi(path: string): Promise<PointedRecords> {
  const file = basename(path);
  const { document, encoding } = await readAnnotations(path);
  const anomalies = new AnomalyList(file);
  anomalies.addEncoding(encoding);
  const collected: Collected = { list: new ReadingList(anomalies), anomalies, homeless: new Map() };
  const [studies, series] = [new Map<string, StudyRecord>(), new Map<string, SeriesRecord>()];
  const points: LabelPoint[] = [];
  for (const mark of marksOf(document, anomalies)) {
    const { study, series: id } = mark;
    studies.set(study, { study, patient: study, dataset: NAME });
    if (id !== "")
      series.set(`${study}/${id}`, { series: id, study, contrast: "unknown", orientation: "unknown" });
    const identification = textOf(mark.tag.identification);
    const [level, vertebra] = [levelOf(identification), vertebraOf(identification)];
    const name = level ?? vertebra;
    if (name === undefined) {
      const message = `The identification is neither a disc nor a vertebra, but ${shown(identification)}: ${mark.place}.`;
      anomalies.add({ code: "unknown-level", message, isLeftOut: true });
      continue;
    }
    const point = pointOf(mark, name);
    if (point === undefined) {
      const message = `The coordinates of ${name} are no place in an image: ${mark.place}.`;
      anomalies.add({ code: "bad-coordinate", message, isLeftOut: true });
    } else points.push(point);
    if (level !== undefined) readDisc(mark, level, collected);
    else readVertebra(mark, name, collected);
  }
  reportHomeless(collected.homeless, anomalies);
  return {
    studies: [...studies.values()],
    series: [...series.values()],
    readings: collected.list.readings,
    points,
    anomalies: anomalies.list(),
  };
}

/** The list in an annotation file. @throws CohortError "file" */
async function readAnnotations(
  path: string,
): Promise<{ readonly document: unknown[]; readonly encoding: string | undefined }> {
  const file = basename(path);
  const { text, encoding } = await readText(path);
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new CohortError("file", `${file} is not JSON; Tianchi's annotations are a JSON list of studies.`);
  }
  if (!Array.isArray(document))
    throw new CohortError("file", `${file} is JSON but no list of studies, which Tianchi's annotations are.`);
  return { document, encoding };
}

/**
 * The studies of an annotation file as {@link importTianchi} calls them, by the key under which `listStudies` finds their images.
 * @throws CohortError "file" where it is absent, no JSON, or no list of studies
 */
export async function tianchiStudies(path: string): Promise<ReadonlyMap<string, string>> {
  const { document } = await readAnnotations(path);
  return new Map(
    document.flatMap((one): [string, string][] => {
      const uid = textOf(objectOf(one).studyUid);
      return uid === "" ? [] : [[studyKey(uid), idOf("study", uid)]];
    }),
  );
}
