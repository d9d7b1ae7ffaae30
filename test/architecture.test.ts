import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize, sep } from "node:path";
import test from "node:test";
import ts from "typescript";

/** The ground floor, which everyone may stand on and which stands on nothing of ours. */
const GROUND = ["text", "numbers"] as const;

/** What computes, and knows nothing of spines. */
const COMPUTING = ["imaging", "engine", "statistics", ...GROUND] as const;

/** Who may import whom. A room that is not a key here may not exist; a room may always import itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  text: [],
  numbers: [],
  package: [],
  protocol: [],
  // What draws by itself: kernel and figures show it.
  stills: ["package", ...GROUND],
  statistics: GROUND,
  imaging: GROUND,
  engine: GROUND,
  phantom: ["imaging", "package", ...GROUND],
  detection: ["imaging", "engine", ...GROUND],
  grading: ["detection", ...COMPUTING],
  training: ["grading", "detection", "phantom", ...COMPUTING],
  cohort: ["grading", "detection", "phantom", "package", ...COMPUTING],
  figures: ["stills", "imaging", "statistics", "protocol", "package", ...GROUND],
  analysis: ["figures", "grading", "detection", "phantom", "protocol", "package", ...COMPUTING],
  rating: ["analysis", "cohort", "figures", "grading", "detection", "protocol", "package", ...COMPUTING],
  reports: [
    "rating",
    "analysis",
    "cohort",
    "figures",
    "grading",
    "detection",
    "protocol",
    "package",
    ...COMPUTING,
  ],
  studies: ["training", "analysis", "figures", "grading", "detection", "phantom", "protocol", ...COMPUTING],
  api: [
    "studies",
    "reports",
    "rating",
    "analysis",
    "figures",
    "cohort",
    "training",
    "grading",
    "detection",
    "phantom",
    "protocol",
    "package",
    ...COMPUTING,
  ],
  kernel: ["stills", "package", "protocol", "text"],
  notebook: ["kernel", "package", "protocol", "text"],
  extension: ["protocol", "text"],
  renderers: ["protocol", "text"],
  // `read` lists series with thumbnails, to which a cell's api would add nothing.
  cli: ["api", "notebook", "cohort", "figures", "imaging", "text"],
};

const LONGEST_FILE = 350;
const LARGEST_ROOM = 6000;
/** Parts of large rooms that are counted by themselves: what each is for stands in its room's face. */
const INNER_ROOMS = [
  "cohort/importers",
  "imaging/dicom",
  "imaging/privacy",
  "kernel/run",
  "kernel/language",
  "kernel/jupyter",
  "renderers/slices",
  "renderers/volume",
  "training/datasets",
  "training/contrasts",
  "training/evaluation",
];

interface SourceFile {
  readonly path: string;
  readonly room: string;
  /** Rooms of ours that it imports, with the specifier as written. */
  readonly imports: readonly { readonly room: string; readonly specifier: string }[];
  /** Source files that it imports. */
  readonly files: readonly string[];
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .flatMap((path) => (statSync(path).isDirectory() ? filesBelow(path) : [path]))
    .map((path) => path.split(sep).join("/"))
    .sort();
}

/** The room that a path below src/ lies in. */
const roomOf = (path: string): string => path.split("/")[1]!;

function readSource(path: string): SourceFile {
  // TypeScript's own scan: static, re-exported, type-only and dynamic imports, and require.
  const { importedFiles } = ts.preProcessFile(readFileSync(path, "utf8"), true, true);
  const imports = importedFiles
    .map(({ fileName }) => fileName)
    .filter((specifier) => specifier.startsWith("."))
    .map((specifier) => ({
      specifier,
      goal: normalize(join(dirname(path), specifier))
        .split(sep)
        .join("/"),
    }))
    // The product's version stands in package.json only.
    .filter(({ goal }) => goal !== "package.json")
    .map(({ specifier, goal }) => ({
      room: goal.startsWith("src/") ? roomOf(goal) : `outside of src (${goal})`,
      specifier,
    }));
  const files = imports
    .map(({ specifier }) =>
      normalize(join(dirname(path), specifier))
        .split(sep)
        .join("/"),
    )
    .map((goal) => goal.replace(/\.js$/, ".ts"))
    .filter((goal) => existsSync(goal));
  return { path, room: roomOf(path), imports, files };
}

/** One sentence for each import that the rules do not allow. */
function violations(files: readonly SourceFile[], rules: typeof MAY_IMPORT): string[] {
  return files.flatMap(({ path, room, imports }) =>
    imports
      .filter((goal) => goal.room !== room && !(rules[room] ?? []).includes(goal.room))
      .map((goal) => `${path} imports ${goal.specifier}: ${room} may not import ${goal.room}`),
  );
}

/** A circle in the graph room -> rooms, as a path that ends where it began; `undefined` when there is none. */
function findCircle(graph: Readonly<Record<string, readonly string[]>>): string[] | undefined {
  const done = new Set<string>();
  const walk = (room: string, trail: string[]): string[] | undefined => {
    if (trail.includes(room)) return [...trail.slice(trail.indexOf(room)), room];
    if (done.has(room)) return undefined;
    for (const next of graph[room] ?? []) {
      const circle = walk(next, [...trail, room]);
      if (circle) return circle;
    }
    done.add(room);
    return undefined;
  };
  for (const room of Object.keys(graph)) {
    const circle = walk(room, []);
    if (circle) return circle;
  }
  return undefined;
}

const sources = filesBelow("src")
  .filter((path) => path.endsWith(".ts") && path.split("/").length > 2)
  .map(readSource);

test("every room with sources is in the rules, and has a face that says what it is for", () => {
  const rooms = [...new Set(sources.map(({ room }) => room))];
  assert.ok(rooms.length > 0);
  for (const room of rooms) {
    assert.ok(room in MAY_IMPORT, `src/${room} is no room of the house`);
    const face = `src/${room}/index.ts`;
    assert.ok(existsSync(face), `${face} is missing`);
    assert.match(
      readFileSync(face, "utf8"),
      /^\/\*\*[\s\S]{40,}?\*\//,
      `${face} does not begin with its paragraph`,
    );
  }
});

test("rooms import only whom they may", () => {
  assert.deepEqual(violations(sources, MAY_IMPORT), []);
});

test("there is no circle, neither in the rules nor in the imports", () => {
  assert.equal(findCircle(MAY_IMPORT), undefined);
  const graph: Record<string, string[]> = {};
  for (const { room, imports } of sources)
    (graph[room] ??= []).push(...imports.map((goal) => goal.room).filter((goal) => goal !== room));
  assert.equal(findCircle(graph), undefined);
});

test("the checks find what they look for", () => {
  const wrong: SourceFile = {
    path: "src/imaging/x.ts",
    room: "imaging",
    imports: [{ room: "api", specifier: "../api/index.js" }],
    files: [],
  };
  assert.equal(violations([wrong], MAY_IMPORT).length, 1);
  assert.deepEqual(findCircle({ a: ["b"], b: ["c"], c: ["b"] }), ["b", "c", "b"]);
});

test("a room is entered by its face", () => {
  const past = sources.flatMap(({ path, room, imports }) =>
    imports
      .filter((goal) => goal.room !== room && !/\/index\.js$/.test(goal.specifier))
      .map(({ specifier }) => `${path} imports ${specifier}`),
  );
  assert.deepEqual(past, [], "what others take, a room's index.ts exports by name");
});

test("no file needs itself through others, for a type neither", () => {
  const graph = Object.fromEntries(sources.map(({ path, files }) => [path, files]));
  assert.equal(findCircle(graph), undefined);
});

test("file names are of one style: camelCase, and a room's face is index.ts", () => {
  const style = /^[a-z][A-Za-z0-9]*(?:\.entry|\.test|\.suite)?\.ts$/;
  const files = ["src", "test", "bench"].flatMap(filesBelow).filter((path) => path.endsWith(".ts"));
  assert.deepEqual(
    // Declarations of packages bear the packages' names.
    files.filter((path) => !style.test(path.split("/").at(-1)!) && !path.endsWith(".d.ts")),
    [],
  );
});

test(`no source file is longer than ${LONGEST_FILE} lines, and no room than ${LARGEST_ROOM}`, () => {
  const lines = sources.map(({ path }) => ({
    path,
    lines: readFileSync(path, "utf8").split("\n").length - 1,
  }));
  assert.deepEqual(
    lines.filter((file) => file.lines > LONGEST_FILE),
    [],
    "split these into files with one thing each",
  );
  const sizes = new Map<string, number>();
  for (const { path, lines: count } of lines) {
    const room = INNER_ROOMS.find((inner) => path.startsWith(`src/${inner}/`)) ?? roomOf(path);
    sizes.set(room, (sizes.get(room) ?? 0) + count);
  }
  assert.deepEqual(
    [...sizes].filter(([, size]) => size > LARGEST_ROOM),
    [],
  );
});

/** The arrows of the picture in docs/architecture.md, with its groups taken apart: room -> rooms below it. */
function drawnRules(): Record<string, string[]> {
  const picture = /```mermaid\n([\s\S]*?)```/.exec(readFileSync("docs/architecture.md", "utf8"))![1]!;
  const groups: Record<string, string[]> = {};
  for (const [, name, body] of picture.matchAll(/subgraph (\w+)[^\n]*\n([\s\S]*?)\n {2}end/g))
    groups[name!] = body!.trim().split(/\s+/);
  const rules: Record<string, string[]> = Object.fromEntries(
    [...Object.values(groups).flat(), "cli"].map((room) => [room, []]),
  );
  const list = (words: string): string[] =>
    words.split("&").flatMap((word) => groups[word.trim()] ?? [word.trim()]);
  for (const [, from, to] of picture.matchAll(/^ {2}([^\n]+) --> ([^\n]+)$/gm))
    for (const room of list(from!)) rules[room]!.push(...list(to!));
  return rules;
}

test("the picture of the house is the house", () => {
  const drawn = drawnRules();
  assert.deepEqual(Object.keys(drawn).sort(), Object.keys(MAY_IMPORT).sort());
  // The picture leaves the ground floor out, which all but a few may stand on; `protocol` lies there and is drawn.
  const above = (rooms: readonly string[]): string[] =>
    [...new Set(rooms)].filter((room) => room !== "text" && room !== "numbers").sort();
  for (const [room, rooms] of Object.entries(MAY_IMPORT)) {
    if (["statistics", "imaging", "engine"].includes(room)) continue;
    assert.deepEqual(above(drawn[room]!), above(rooms), room);
  }
});

/** Files that are or would be committed, without those that are not text; `undefined` outside of a git checkout. */
function committedTexts(): { path: string; text: string }[] | undefined {
  const { status, stdout } = spawnSync(
    "git",
    ["ls-files", "--cached", "--others", "--exclude-standard", "-z"],
    {
      encoding: "utf8",
      maxBuffer: 2 ** 26,
    },
  );
  if (status !== 0) return undefined;
  return stdout
    .split("\0")
    .filter((path) => path !== "" && existsSync(path) && statSync(path).isFile())
    .map((path) => ({ path, text: readFileSync(path, "latin1") }))
    .filter(({ text }) => !text.includes("\0"));
}

test("committed files name no package registry and no folder of a particular machine", (t) => {
  const texts = committedTexts();
  if (!texts) {
    t.skip("this is no git checkout");
    return;
  }
  assert.ok(texts.some(({ path }) => path === "package.json"));
  // Written in pieces, so that this file does not hold what it forbids.
  const forbidden = [
    ["", "work", ""],
    ["", "root", ""],
  ].map((parts) => parts.join("/"));
  const machinePath = new RegExp(`(?<![\\w.~-])(?:${forbidden.join("|")})`);
  const configured = process.env.npm_config_registry;
  const hosts = [["registry", "npmjs", "org"].join("."), ...(configured ? [new URL(configured).host] : [])];
  const found = texts
    .filter(({ text }) => machinePath.test(text) || hosts.some((host) => text.includes(host)))
    .map(({ path }) => path);
  assert.deepEqual(found, []);
});

test("package-lock.json names no address that packages come from", () => {
  assert.ok(!readFileSync("package-lock.json", "utf8").includes('"resolved": "http'));
});

test("npm has nothing to warn of in this checkout: its first lines are a newcomer's first", () => {
  const windows = process.platform === "win32";
  const { stderr, status } = spawnSync(windows ? "npm.cmd" : "npm", ["config", "get", "fund"], {
    encoding: "utf8",
    shell: windows,
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name))),
  });
  assert.equal(status, 0);
  assert.doesNotMatch(stderr, /warn/i);
});
