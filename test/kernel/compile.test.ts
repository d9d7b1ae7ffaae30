import assert from "node:assert/strict";
import { SourceMap, type SourceMapPayload } from "node:module";
import { describe, it } from "node:test";
import { CellSyntaxError, compileCell, compileModule } from "../../src/kernel/compile/index.js";

/** The statements of a compiled cell, on one line. */
function body(source: string): string {
  const { code } = compileCell(source);
  assert.ok(code.startsWith("(async (__spinebook__) => {"));
  return code.slice(code.indexOf("\n"), code.lastIndexOf("})")).replace(/\s+/g, " ").trim();
}

describe("compileCell", () => {
  const cases: readonly (readonly [string, string, string, string])[] = [
    ["let without a value", "let x: number;", "x = void 0;", "x"],
    ["var without a value keeps what is there", "var x: number;", "", "x"],
    ["const", "const a = 1, b: string = 'x';", "a = 1; b = 'x';", "a,b"],
    [
      "object pattern",
      "const { a, b: { c = 1 }, ...d } = f();",
      "({ a, b: { c = 1 }, ...d } = f());",
      "a,c,d",
    ],
    ["array pattern", "let [a, , [b = 2], ...c] = f();", "[a, , [b = 2], ...c] = f();", "a,b,c"],
    [
      "function before its use",
      "f(); async function f<T>(x?: T) { await x }",
      "f = async function (x) { await x; }; __spinebook__.floating(f());",
      "f",
    ],
    [
      "awaits in loops",
      "for (const a of b) await f(a); for await (const c of d) e(c); while (1) (async () => await g())()",
      "for (const a of b) await __spinebook__.live(f(a)); for await (const c of d) { if (__spinebook__.stopped()) await __spinebook__.live(0); e(c); } while (1) (async () => await g())();",
      "",
    ],
    ["generator", "function* g() { yield 1 }", "g = function* () { yield 1; };", "g"],
    ["class", "abstract class A<T> extends B<T> { abstract m(): void }", "A = class A extends B { };", "A"],
    ["enum", "enum E { A }", 'E = void 0; (function (E) { E[E["A"] = 0] = "A"; })(E || (E = {}));', "E"],
    [
      "namespace",
      "namespace N { export const q = 1 }",
      "N = void 0; (function (N) { N.q = 1; })(N || (N = {}));",
      "N",
    ],
    ["types", "interface I { a: 1 } type T = I; declare const d: T; import type { U } from 'u';", "", ""],
    ["export", "export const e = 1; export { e as f }", "e = 1;", "e"],
    ["var in a block", "if (q) { var x = 1 }", "if (q) { { x = 1; } }", "x"],
    [
      "var in loops",
      "for (var i = 0; i < 1; i++) ; for (var { k } of z) ;",
      "for (i = 0; i < 1; i++) ; for ({ k } of z) ;",
      "i,k",
    ],
    ["let in loops stays", "for (let i = 0; i < 1; i++) ;", "for (let i = 0; i < 1; i++) ;", ""],
    [
      "var in a function stays",
      "g(() => { var x = 1; });",
      "__spinebook__.floating(g(() => { var x = 1; }));",
      "",
    ],
    [
      "default and named import",
      "import d, { a as b, type T } from 'm'",
      `({ "default": d, "a": b } = __spinebook__.pick(await __spinebook__.import('m'), 'm', { d: "default", b: "a" }));`,
      "d,b",
    ],
    [
      "default and namespace import",
      "import d, * as n from 'm'",
      `({ "default": d } = __spinebook__.pick(n = await __spinebook__.import('m'), 'm', { d: "default" }));`,
      "d,n",
    ],
    ["bare import", "import 'm'", "await __spinebook__.import('m');", ""],
    [
      "import attributes",
      "import j from './j.json' with { type: 'json' }",
      `({ "default": j } = __spinebook__.pick(await __spinebook__.import('./j.json', { with: { type: 'json' } }), './j.json', { j: "default" }));`,
      "j",
    ],
    ["import()", "const f = () => import('m');", "f = () => __spinebook__.import('m');", "f"],
    ["import = require", "import fs = require('fs')", `fs = require('fs');`, "fs"],
    ["import.meta", "g(import.meta.dirname);", "__spinebook__.floating(g(__spinebook__.meta.dirname));", ""],
    ["last expression", "1\nx as number", "1; __spinebook__.result = x;", ""],
    ["last expression with a comment behind it", "x // shown", "__spinebook__.result = x; // shown", ""],
    ["last expression with a semicolon", "x;", "x;", ""],
    ["awaited last expression", "await x", "__spinebook__.result = await x;", ""],
    ["object literal", "{ a: 1, ...b }", "__spinebook__.result = ({ a: 1, ...b });", ""],
    [
      "block",
      "{ const inner = 1; use(inner) }",
      "{ const inner = 1; __spinebook__.floating(use(inner)); }",
      "",
    ],
    ["export default of a value", "export default 5", "__spinebook__.result = 5;", ""],
    ["calls in loops are left alone", "while (f()) g();", "while (f()) g();", ""],
    [
      "a name used before it is there",
      "f(a); let a = 1, b = 2; a;",
      '__spinebook__.floating(f(__spinebook__.bindings.a)); a = 1; __spinebook__.declared("a"); b = 2; a;',
      "a,b",
    ],
    [
      "a constant that is assigned",
      "const c = 1; c += 2; ({ c } = d); for (c of e) ;",
      "c = 1; __spinebook__.bindings.c += 2; ({ c: __spinebook__.bindings.c } = d); for (__spinebook__.bindings.c of e) ;",
      "c",
    ],
    ["nothing", "", "", ""],
  ];
  for (const [name, source, expected, names] of cases)
    it(name, () => {
      assert.equal(body(source), expected);
      assert.equal(compileCell(source).names.join(), names);
    });

  it("maps compiled positions to the author's", () => {
    const source = "interface A {\n  b: 1\n}\n\nconst x = 1\n  fail(x)";
    const { code, map } = compileCell(source);
    const lines = code.split("\n");
    const line = lines.findIndex((text) => text.includes("fail"));
    const entry = new SourceMap(JSON.parse(map) as SourceMapPayload).findEntry(
      line,
      lines[line]!.indexOf("fail"),
    );
    assert.ok("originalLine" in entry);
    assert.deepEqual([entry.originalLine, entry.originalColumn], [5, 2]);
  });

  it("says where the syntax is wrong", () => {
    for (const [source, line, column] of [
      ["const a = 1\nconst b = ;", 2, 11],
      ["f(", 1, 3],
      ["let x = 1\n\nexport * from 'm'", 3, 1],
    ] as const)
      assert.throws(
        () => compileCell(source),
        (error) => error instanceof CellSyntaxError && error.line === line && error.column === column,
        source,
      );
  });
});

describe("compileModule", () => {
  it("lists the imports that code needs, not those of types or in texts", () => {
    const { imports } = compileModule(
      "import a from 'a'; import { T } from 't'; import type { U } from 'u'; export * from './b.js'; import 'side';\n" +
        "export const s: T | string = a + 'require(\"text\")';",
    );
    assert.deepEqual(imports, ["a", "./b.js", "side"]);
  });

  it("lists the names that it takes from others, not those of types", () => {
    const { taken } = compileModule(
      "import d, { b as c, type T, U } from 'a';\nexport { e as f, V } from 'g';\nexport const s: U | T = d(c);",
    );
    assert.deepEqual(
      taken.map(({ specifier, name, line }) => `${specifier} ${name} ${line}`),
      ["a default 1", "a b 1", "g e 2"],
    );
  });
});
