import assert from "node:assert/strict";
import { describe, it } from "node:test";
import ts from "typescript";
import { itemsMissing, keyOfPlace, placesMissing, tellsType } from "../../src/extension/language/merge.js";
import { isCell, makePlugin, withQuietCells } from "../../src/extension/language/plugin.js";
import { shouldRestart } from "../../src/extension/language/restarts.js";

const CELL = "^/vscode-notebook-cell/127.0.0.1:8080/home/a b/study.ipynb#W0sZmlsZQ==.ts";

describe("merging with VS Code's own TypeScript", () => {
  it("gives items that it does not give, by their labels", () => {
    const own = [{ label: "at" }, { label: { label: "map" } }, { label: "data" }];
    const others = [{ label: { label: "at", description: "Array" } }, { label: "map" }];
    assert.deepEqual(itemsMissing(own, others), [{ label: "data" }]);
    assert.deepEqual(itemsMissing(own, []), own);
    assert.deepEqual(itemsMissing([], others), []);
  });

  const start = { line: 2, character: 6 };
  const location = { uri: new URL("file:///a.ts"), range: { start } };
  const link = {
    targetUri: new URL("file:///a.ts"),
    targetRange: { start: { line: 2, character: 0 } },
    targetSelectionRange: { start },
  };

  it("knows a location and a link to one place as the same", () => {
    assert.equal(keyOfPlace(location), keyOfPlace(link));
    const { targetUri, targetRange } = link;
    assert.equal(keyOfPlace({ targetUri, targetRange }), "file:///a.ts 2:0");
  });

  it("gives places that it does not give", () => {
    const other = { uri: new URL("file:///b.ts"), range: { start } };
    assert.deepEqual(placesMissing([location, other], [link]), [other]);
  });

  it("tells a type from a mere any", () => {
    for (const text of [
      "```typescript\nconst a: number\n```",
      "```typescript\nlet b: any[]\n```\n\nDocs.",
      "text",
    ])
      assert.ok(tellsType(text), text);
    for (const text of [
      "```typescript\nany\n```",
      "```typescript\nconst a: any\n```\n\nDocs: any",
      "```ts\n```",
      "",
    ])
      assert.ok(!tellsType(text), text);
  });
});

describe("restarts of the language server", () => {
  const minute = 60_000;
  it("bears three deaths within three minutes, and any number over a long time", () => {
    assert.ok(shouldRestart([0]));
    assert.ok(shouldRestart([0, 1, 2]));
    assert.ok(!shouldRestart([0, 1, 2, 3]));
    assert.ok(shouldRestart([0, 2, 4, 6, 8].map((time) => time * minute)));
  });
});

describe("the plugin of VS Code's TypeScript server", () => {
  const texts: Readonly<Record<string, string>> = {
    [CELL]: "%npm install\nconst data = [1]; data.",
    "/file.ts": "const = 1; [1].",
  };
  const service = (): ts.LanguageService =>
    ts.createLanguageService({
      getScriptFileNames: () => Object.keys(texts),
      getScriptVersion: () => "1",
      getScriptSnapshot: (path) =>
        texts[path] === undefined ? undefined : ts.ScriptSnapshot.fromString(texts[path]),
      getCurrentDirectory: () => "/",
      getCompilationSettings: () => ({ noLib: true }),
      getDefaultLibFileName: () => "lib.d.ts",
      fileExists: (path) => path in texts,
      readFile: (path) => texts[path],
      getScriptKind: () => ts.ScriptKind.TS,
    });
  const at = (path: string, word: string): [string, number] => [path, texts[path]!.indexOf(word)];

  it("knows cells of .ipynb notebooks", () => {
    assert.ok(isCell(CELL));
    assert.ok(isCell("^/vscode-notebook-cell/ts-nul-authority/c:/x/Untitled-1.ipynb#W1"));
    for (const path of ["/home/study.ipynb", "/a.ipynb#b.ts", "^/untitled/ts-nul-authority/a.ipynb#b"])
      assert.ok(!isCell(path), path);
    assert.ok(!isCell("^/vscode-notebook-cell/ts-nul-authority/a.github-issues#W1"));
  });

  it("answers nothing about cells to what our server is asked, and all else", () => {
    const quiet = withQuietCells(service(), isCell);
    assert.deepEqual(quiet.getSyntacticDiagnostics(CELL), []);
    assert.deepEqual(quiet.getSemanticDiagnostics(CELL), []);
    assert.equal(quiet.getQuickInfoAtPosition(...at(CELL, "data")), undefined);
    assert.equal(quiet.getCompletionsAtPosition(...at(CELL, "data"), undefined), undefined);
    assert.equal(quiet.getDefinitionAndBoundSpan(...at(CELL, "data.")), undefined);
    assert.equal(quiet.getRenameInfo(...at(CELL, "data"), {}).canRename, false);
    assert.ok(quiet.getNavigationTree(CELL).childItems!.length > 0, "the outline stays");
    assert.ok(quiet.getSyntacticDiagnostics("/file.ts").length > 0);
  });

  it("lets VS Code's TypeScript answer when it is told to, and looks for problems anew then", () => {
    const plugin = makePlugin();
    let refreshed = 0;
    const project = { refreshDiagnostics: () => refreshed++, isClosed: () => false };
    const info = { languageService: service(), project, config: { name: "spinebook-cells" } };
    const plugged = plugin.create(info as unknown as ts.server.PluginCreateInfo);
    // Until our server has started, nobody else answers.
    assert.ok(plugged.getSyntacticDiagnostics(CELL).length > 0);
    plugin.onConfigurationChanged!({ answersCells: true });
    assert.equal(refreshed, 0);
    plugin.onConfigurationChanged!({ answersCells: false });
    assert.equal(refreshed, 1);
    assert.equal(plugged.getSyntacticDiagnostics(CELL).length, 0);
    plugin.onConfigurationChanged!({ answersCells: true });
    assert.equal(refreshed, 2);
    assert.ok(plugged.getSyntacticDiagnostics(CELL).length > 0);
    assert.ok(plugged.getQuickInfoAtPosition(...at(CELL, "data")));
  });
});
