import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type CompletionItem,
  type Hover,
  type Position,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  type WorkspaceEdit,
} from "vscode-languageserver/node";
import { linkCells, readCell } from "../../../src/kernel/language/cells.js";
import { CellLanguageService } from "../../../src/kernel/language/index.js";
import type { Place } from "../../../src/kernel/language/place.js";
import { pieceAt, splitText } from "../../../src/kernel/language/split.js";

const SERVER = process.env["SPINEBOOK_LANGUAGE"] ?? "dist/kernel/language.js";

describe("names of a cell", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["const { a, b: { c = 1 }, ...d } = f(), [e, , [g]] = h;", "a c d e g"],
    ["import d, { a as b } from 'm'; import * as n from 'n'; import type { T } from 't';", "d b n T"],
    ["import x = require('m');", "x"],
    ["interface I {} type A = I; enum E { p } namespace N { const q = 1 } class C {}", "I A E N C"],
    ["for (var i = 0; i < 2; i++) { var j = 1; let k = 2; } function f() { var l; }", "i j f"],
    ["declare global { var q: number } declare module 'm' {}", ""],
    ["export const y = 1; export default function z() {}", "y z"],
    ["%npm install left-pad\nconst a = 1", "a"],
    ["%%bash\nconst a = 1", ""],
    ["const", ""],
  ];
  for (const [text, names] of cases)
    it(JSON.stringify(text), () => {
      assert.equal([...readCell(text).declarations.keys()].join(" "), names);
    });

  it("imports from the nearest earlier cell, and only what is mentioned", () => {
    const cells = ["const a = 1, b = 2", "const a = 3", "a + c", "export const c = a"].map(readCell);
    const links = linkCells(cells, [7, 8, 9, 10], undefined);
    assert.deepEqual(
      links.map(({ imports }) => [...imports]),
      [[], [], [["a", 1]], [["a", 1]]],
    );
    assert.equal(links[2]!.prelude, 'import { a } from "cell:8";export {  };\n');
    assert.ok(!links[3]!.prelude.includes("export { c"), "the cell exports it itself");
    assert.deepEqual([...linkCells(cells, [7, 8, 9, 10], 2)[2]!.imports.keys()].sort(), ["a", "b"]);
  });
});

describe("splitText", () => {
  const pieces = (text: string): string[] => {
    const found = splitText(text);
    assert.equal(found.map((piece) => piece.text).join(""), text);
    for (const { start, text: piece } of found) assert.ok(text.startsWith(piece, start));
    return found.map((piece) => piece.text.trim());
  };

  it("splits where a name is declared anew", () => {
    assert.deepEqual(pieces("const a = 1;\nlet b = a;\n\n// new\nconst a = 2;\nb + a"), [
      "const a = 1;\nlet b = a;",
      "// new\nconst a = 2;\nb + a",
    ]);
    assert.equal(pieces("import * as fs from 'fs';\nimport * as fs from 'fs';").length, 2);
    assert.equal(pieces("interface A { a: 1 }\ninterface A { b: 1 }").length, 2);
  });

  it("keeps together what TypeScript merges", () => {
    assert.equal(
      pieces("function f(a: string): void;\nfunction f(a: number): void;\nfunction f() {}").length,
      1,
    );
    assert.equal(pieces("type G = 1;\nconst G = 1;").length, 1);
    assert.equal(pieces("class C {}\nnamespace C { export const a = 1 }").length, 1);
    assert.deepEqual(pieces(""), [""]);
  });

  it("gives the end of a piece to that piece", () => {
    const found = splitText("let a;let a;");
    assert.deepEqual(
      [0, 6, 7, 12].map((offset) => pieceAt(found, offset)),
      [0, 0, 1, 1],
    );
  });
});

describe("CellLanguageService", () => {
  let folder: string;
  let service: CellLanguageService;
  let texts: readonly string[];

  const set = (...cells: string[]): void => {
    texts = cells;
    service.setCells(cells.map((text, index) => ({ id: String(index), text })));
  };
  /** Cell and offset of the n-th occurrence of a text. */
  const at = (cell: number, word: string, shift = 0): [string, number] => {
    const offset = texts[cell]!.indexOf(word);
    assert.ok(offset >= 0, `${word} is not in cell ${cell}`);
    return [String(cell), offset + shift];
  };
  const problems = (cell: number): string[] =>
    service
      .diagnostics(String(cell))
      .map(({ severity, code, start, end }) => `${severity} ${code} ${texts[cell]!.slice(start, end)}`);
  const written = (places: readonly Place[]): string[] =>
    places.map((place) => `${place.id ?? "file"}:${place.start}`).sort();
  const names = (cell: number, offset: number): string[] =>
    service.complete(String(cell), offset).map(({ name }) => name);
  /** The cells after a rename. */
  const renamed = (cell: number, word: string, to: string): string[] => {
    const edits = service.rename(...at(cell, word), to);
    return texts.map((text, index) =>
      edits
        .filter(({ id }) => id === String(index))
        .sort((one, other) => other.start - one.start)
        .reduce((done, { start, end, newText }) => done.slice(0, start) + newText + done.slice(end), text),
    );
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "spinebook-language-"));
    writeFileSync(join(folder, "local.ts"), "/** Twice. */\nexport const twice = (x: number) => 2 * x;\n");
    mkdirSync(join(folder, "types"));
    writeFileSync(
      join(folder, "types", "spine.d.ts"),
      "/** A level. */\nexport declare const level: string;\n",
    );
    writeFileSync(join(folder, "types", "globals.d.ts"), "declare function display(value: unknown): void;\n");
    service = new CellLanguageService({
      notebook: join(folder, "a notebook.ipynb"),
      packageTypes: { spinebook: join(folder, "types", "spine.d.ts") },
      globals: join(folder, "types", "globals.d.ts"),
    });
  });
  afterEach(() => {
    service.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it("knows the rows of queries that have run, by their texts", () => {
    writeFileSync(
      join(folder, "types", "spine.d.ts"),
      `declare global { interface SpinebookQueryRows {} }
       export declare const cohort: {
         sql<const Text extends keyof SpinebookQueryRows>(text: Text): Promise<SpinebookQueryRows[Text][]>;
         sql(text: string): Promise<Record<string, unknown>[]>;
       };`,
    );
    const query = 'SELECT level, count(*) AS n, "a ""b""" FROM discs';
    set(
      `import { cohort } from "spinebook";\nconst rows = await cohort.sql(${JSON.stringify(query)});`,
      "rows[0].",
    );
    assert.ok(!names(1, 8).includes("level"));
    const columns = [
      { name: "level", type: "string" },
      { name: "n", type: "number | null" },
      { name: 'a "b"', type: "string }; evil: {" },
    ];
    service.setQueries([{ text: query, columns }]);
    assert.deepEqual(names(1, 8).sort(), ['a "b"', "level", "n"]);
    set(texts[0]!, "rows[0].level.");
    assert.ok(names(1, 14).includes("toUpperCase"));
    set(texts[0]!, "const wrong: number = rows[0].level;");
    assert.deepEqual(problems(1), ["warning 2322 wrong"]);
    // Another text is another query.
    set(texts[0]!.replace("FROM discs", "FROM studies"), "rows[0].");
    assert.ok(!names(1, 8).includes("level"));
    service.setQueries([]);
  });

  it("knows Node's globals and the kernel's, not a browser's", () => {
    service.dispose();
    service = new CellLanguageService({
      notebook: join(folder, "a notebook.ipynb"),
      globals: resolve("src/kernel/globals.d.ts"),
    });
    set(
      `const answer: string | null = prompt("Which level?", { password: true });
       for (const n of progress([1, 2])) console.log(n, structuredClone(n), performance.now(), process.pid);
       await fetch("x:", { signal: interruptSignal }); display(display.html("")).update(Buffer.from("a"));
       comms.onOpen("t", (comm) => comm.send({})); new AbortController(); new Blob([]); new WebAssembly.Memory({ initial: 1 });`,
      "document.title; alert(1); name;",
    );
    assert.deepEqual(problems(0), []);
    assert.deepEqual(problems(1), ["warning 2304 alert", "warning 2304 name"]);
  });

  it("finds nothing to say about what cells may do", () => {
    set(
      "import * as fs from 'node:fs';\nimport type { Stats } from 'node:fs';\nlet count = 0; const items = []; let later;",
      "count += 1; count++; [count] = [2]; items.push(1); later = 3;\nconst data = fs.readdirSync('.');",
      "const data: Stats = fs.statSync('.'); data.size;\nawait Promise.resolve(count);",
      "{ a: count, b: [data.size] }",
      "import os = require('node:os');\nos.cpus();\nfor (var k = 0; k < 2; k++) display(k);\n%npm install x",
      "import { level } from 'spinebook'; import { twice } from './local.ts';\ntwice(k) + level",
      "interface Grade { level: string }\nconst grade: Grade = { level };",
      "interface Grade { level: number }\nconst other: Grade = { level: 1 };",
      "",
      "// a comment",
    );
    assert.deepEqual(
      texts.flatMap((_, cell) => problems(cell)),
      [],
    );
  });

  it("warns of types and packages, and calls only syntax an error", () => {
    set(
      "const n: number = 'a'; missing;",
      "import x from 'nope';",
      "const s: string = n;",
      "function f( {",
      "{",
    );
    assert.deepEqual(problems(0), ["warning 2322 n", "warning 2304 missing"]);
    assert.deepEqual(problems(1), ["warning 2307 'nope'"]);
    assert.deepEqual(problems(2), ["warning 2322 s"]);
    assert.match(problems(3).join(), /^error/);
    assert.match(problems(4).join(), /^error/);
    set("const n = 'a';", "", "const s: string = n;", "export { s } from 'x';", "");
    assert.deepEqual(
      texts.map((_, cell) => problems(cell).length),
      [0, 0, 0, 1, 0],
    );
  });

  it("names the cell where two types share a name", () => {
    set("interface G { a: 1 }\nconst g: G = { a: 1 };", "interface G { b: 1 }\nconst h: G = g;");
    const [problem] = service.diagnostics("1");
    assert.match(problem!.message, /G/);
    assert.doesNotMatch(problem!.message, /\?cell|import\(/);
  });

  it("completes names of earlier cells, members, types and imports", () => {
    set(
      "import * as fs from 'node:fs';\nconst alpha = [1]; interface Beta { b: 1 }",
      "const gamma = 1",
      "alpha.",
      "",
      "let b: ",
    );
    assert.ok(names(2, 6).includes("at"));
    const found = names(3, 0);
    for (const name of ["alpha", "gamma", "fs", "display"]) assert.ok(found.includes(name), name);
    assert.ok(!found.includes("Beta"), "a type is no value");
    assert.ok(names(4, 7).includes("Beta"));
    assert.ok(!names(1, 0).includes("b"), "later cells are not in sight");
    assert.equal(
      service.completionDetail("3", 0, { name: "alpha", source: undefined })?.signature,
      "const alpha: number[]",
    );
  });

  it("shows signatures and docstrings without the traces of preludes", () => {
    set("/** Adds. @param a first */\nfunction add(a: number, b = 1) { return a + b }", "add(1, 2)");
    assert.deepEqual(service.hover(...at(1, "add")), {
      start: 0,
      end: 3,
      signature: "add(a: number, b?: number): number",
      documentation: "Adds.\n\n*@param* `a` — first",
    });
    const help = service.signatureHelp(...at(1, "2"));
    assert.equal(help?.activeParameter, 1);
    assert.equal(help.signatures[0]?.label, "add(a: number, b?: number): number");
  });

  it("goes to the nearest earlier cell, and to files", () => {
    set("const a = 1", "const a = 2", "a; twice(1)", "import { twice } from './local'", "a; twice(2)");
    assert.deepEqual(written(service.definition(...at(2, "a"))), ["1:6"]);
    const [place] = service.definition(...at(4, "twice"));
    assert.equal(place?.path?.endsWith("local.ts"), true);
  });

  it("finds references over cells and renames them, with no trace of preludes", () => {
    set(
      "let count = 0; const { size } = { size: 1 };",
      "count++; const o = { count };",
      "count + o.count + size",
      "const count = 1",
      "count",
    );
    assert.deepEqual(written(service.references(...at(2, "count"))), ["0:4", "1:0", "1:21", "2:0"]);
    const after = [
      "let total = 0; const { size } = { size: 1 };",
      "total++; const o = { count: total };",
      "total + o.count + size",
      "const count = 1",
      "count",
    ];
    assert.deepEqual(renamed(0, "count", "total"), after);
    assert.deepEqual(renamed(2, "count", "total"), after);
    assert.deepEqual(renamed(2, "size", "n").slice(0, 3), [
      "let count = 0; const { size: n } = { size: 1 };",
      texts[1],
      "count + o.count + n",
    ]);
    assert.throws(() => service.rename(...at(0, "0"), "x"), /rename/);
    assert.throws(() => service.rename(...at(0, "count"), "1x"), /cannot be a name/);
  });

  it("renames an import of a package here only", () => {
    set("import { join } from 'node:path'", "join('a', 'b')");
    assert.deepEqual(renamed(1, "join", "glue"), [
      "import { join as glue } from 'node:path'",
      "glue('a', 'b')",
    ]);
  });

  it("keeps ids through insertions and follows a file's changes", () => {
    set("import { twice } from './local'", "const t: number = twice(1)");
    assert.deepEqual(problems(1), []);
    writeFileSync(join(folder, "local.ts"), "export const twice = (x: number) => `${x}${x}`;\n");
    service.refresh();
    assert.deepEqual(problems(1), ["warning 2322 t"]);
    service.setCells([
      { id: "new", text: "const first = 1" },
      { id: "0", text: texts[0]! },
      { id: "1", text: "const t: string = twice(first)" },
    ]);
    assert.deepEqual(service.diagnostics("1"), []);
  });

  it("respects the folder's tsconfig.json", () => {
    writeFileSync(
      join(folder, "tsconfig.json"),
      '{ "compilerOptions": { "strict": false, "noUnusedLocals": true, "target": "es5", "module": "commonjs" } }',
    );
    set("function f(x) { return x }\nlet unused = 1; await 1");
    assert.deepEqual(problems(0), []);
  });

  it("bears a long chain of inferred types", () => {
    const link = (index: number): string =>
      index === 0
        ? "const v0 = 0;"
        : `const f${index} = (x: number) => ({ x, y: [v${index - 1}].map((v) => v + x) });\nconst v${index} = f${index}(1).y[0]!;`;
    set(...Array.from({ length: 200 }, (_, index) => link(index)), "v199.");
    assert.ok(names(200, 5).includes("toFixed"));
  });
});

describe("the language server", { skip: !existsSync(SERVER) && `${SERVER} is not built` }, () => {
  let folder: string;
  let server: ChildProcess;
  let connection: ProtocolConnection;
  const published: PublishDiagnosticsParams[] = [];
  let wake = (): void => undefined;

  const notebook = (): string => pathToFileURL(join(folder, "study.ipynb")).href;
  const cell = (index: number): string => `vscode-notebook-cell:/study.ipynb#${index}`;
  const at = (
    uri: string,
    line: number,
    character: number,
  ): { textDocument: { uri: string }; position: Position } => ({
    textDocument: { uri },
    position: { line, character },
  });
  /** The first problems of a document, among those that are or will be published, that pass. */
  const problemsOf = async (
    uri: string,
    passes: (messages: readonly string[]) => boolean,
  ): Promise<PublishDiagnosticsParams> => {
    for (;;) {
      const found = published.find(
        (one) => one.uri === uri && passes(one.diagnostics.map(({ message }) => message as string)),
      );
      if (found) return found;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "spinebook-server-"));
    server = spawn(process.execPath, [SERVER, "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
    connection = createProtocolConnection(
      new StreamMessageReader(server.stdout!),
      new StreamMessageWriter(server.stdin!),
    );
    connection.onNotification("textDocument/publishDiagnostics", (params: PublishDiagnosticsParams) => {
      published.push(params);
      wake();
    });
    connection.listen();
    await connection.sendRequest("initialize", { processId: process.pid, rootUri: null, capabilities: {} });
    await connection.sendNotification("initialized", {});
    const texts = ["const data = [1, 2];\nlet count = 0;", "const bad: string = data[0];", "count.;"];
    await connection.sendNotification("notebookDocument/didOpen", {
      notebookDocument: {
        uri: notebook(),
        notebookType: "jupyter-notebook",
        version: 1,
        cells: texts.map((_, index) => ({ kind: 2, document: cell(index) })),
      },
      cellTextDocuments: texts.map((text, index) => ({
        uri: cell(index),
        languageId: "typescript",
        version: 1,
        text,
      })),
    });
  });
  after(async () => {
    await connection.sendRequest("shutdown");
    const ended = new Promise((resolve) => server.once("exit", resolve));
    await connection.sendNotification("exit");
    await ended;
    connection.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it("completes and resolves", async () => {
    const items = await connection.sendRequest<CompletionItem[]>(
      "textDocument/completion",
      at(cell(2), 0, 6),
    );
    const item = items.find(({ label }) => label === "toFixed");
    assert.ok(item);
    const resolved = await connection.sendRequest<CompletionItem>("completionItem/resolve", item);
    assert.match(resolved.detail ?? "", /toFixed/);
  });

  it("hovers and renames over cells", async () => {
    const hover = await connection.sendRequest<Hover>("textDocument/hover", at(cell(1), 0, 21));
    assert.deepEqual(hover.contents, { kind: "markdown", value: "```typescript\nconst data: number[]\n```" });
    const edit = await connection.sendRequest<WorkspaceEdit>("textDocument/rename", {
      ...at(cell(1), 0, 21),
      newName: "values",
    });
    assert.deepEqual(Object.keys(edit.changes ?? {}).sort(), [cell(0), cell(1)]);
    await assert.rejects(
      async () => connection.sendRequest("textDocument/rename", { ...at(cell(1), 0, 25), newName: "x" }),
      /rename/,
    );
  });

  it("publishes warnings and takes them back", async () => {
    const { diagnostics } = await problemsOf(cell(1), (messages) => messages.length === 1);
    assert.equal(diagnostics[0]?.severity, 2);
    assert.equal((await problemsOf(cell(2), (messages) => messages.length > 0)).diagnostics[0]?.severity, 1);
    published.length = 0;
    await connection.sendNotification("notebookDocument/didChange", {
      notebookDocument: { uri: notebook(), version: 2 },
      change: {
        cells: {
          textContent: [
            {
              document: { uri: cell(1), version: 2 },
              changes: [
                {
                  range: { start: { line: 0, character: 11 }, end: { line: 0, character: 17 } },
                  text: "number",
                },
              ],
            },
          ],
        },
      },
    });
    // The folder has no setting that makes `data[0]` possibly undefined.
    await problemsOf(cell(1), (messages) => messages.length === 0);
  });

  it("reads a text that joins the cells", async () => {
    const uri = pathToFileURL(join(folder, "joined.ts")).href;
    const text = "const a = 1;\nconst a = 'x';\na.\n";
    await connection.sendNotification("textDocument/didOpen", {
      textDocument: { uri, languageId: "typescript", version: 1, text },
    });
    const items = await connection.sendRequest<CompletionItem[]>("textDocument/completion", at(uri, 2, 2));
    assert.ok(items.some(({ label }) => label === "padStart"));
    const hover = await connection.sendRequest<Hover>("textDocument/hover", at(uri, 0, 6));
    assert.deepEqual(hover.range, { start: { line: 0, character: 6 }, end: { line: 0, character: 7 } });
  });
});
