/** What a cell declares, and how later cells declare it anew. To add a case, add a line to a table. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { TestKernel } from "../../kernel/harness.js";
import { rows, type Row } from "./rows.js";

/** Every form that gives `thing` a value, with the value's type. */
const FORMS: readonly (readonly [form: string, type: string])[] = [
  ["let thing", "undefined"],
  ["let thing = 1", "number"],
  ["const thing = 'text'", "string"],
  ["var thing = true", "boolean"],
  ["if (true) { var thing = 2 }", "number"],
  ["for (var thing = 1n; thing < 2n; thing++);", "bigint"],
  ["for (var [thing] of [['of']]);", "string"],
  ["for (var thing in { key: 1 });", "string"],
  ["for await (var thing of [Symbol()]);", "symbol"],
  ["function thing() {}", "function"],
  ["async function thing() {}", "function"],
  ["function* thing() {}", "function"],
  ["async function* thing() {}", "function"],
  ["class thing {}", "function"],
  ["abstract class thing { abstract run(): void }", "function"],
  ["@((value: unknown) => value as never) class thing {}", "function"],
  ["enum thing { A, B }", "object"],
  ["const enum thing { A }", "object"],
  ["namespace thing { export const inner = 1 }", "object"],
  ["namespace thing.deep { export const inner = 1 }", "object"],
  ["const { a: { thing } } = { a: { thing: 1n } }", "bigint"],
  ["let [, ...[thing = Symbol()]] = [0]", "symbol"],
  ["var { ...thing } = { rest: 1 }", "object"],
  ["using thing = { [Symbol.dispose]() {} }", "object"],
  ["await using thing = null", "object"],
  ["export const thing = 1", "number"],
  ["export default function thing() {}", "function"],
  ["export class thing {}", "function"],
  ["import thing from 'node:path'", "object"],
  ["import * as thing from 'node:os'", "object"],
  ["import { join as thing } from 'node:path'", "function"],
  ["import thing = require('node:path')", "object"],
];

describe("each form after each other", () => {
  let kernel: TestKernel;
  before(async () => {
    kernel = new TestKernel();
    await kernel.run("const typeInOldClosure = () => typeof thing");
  });
  after(() => kernel.close());
  for (const [later, type] of FORMS)
    it(later, async () => {
      const wrong: string[] = [];
      for (const [earlier] of FORMS) {
        await kernel.run(earlier);
        const { traceback, result } = await kernel.run(`${later}\ntypeInOldClosure()`);
        if (traceback !== "" || result !== `'${type}'`)
          wrong.push(`${earlier}: ${String(result)} ${traceback}`);
      }
      assert.deepEqual(wrong, []);
    });
});

// One case, one line:
// prettier-ignore
rows("declarations", [
  ["let without a value forgets the earlier one", ["let a = 1", "let a", "typeof a"], "'undefined'"],
  ["var without a value keeps the earlier one", ["var b = 1", "var b", "b"], "1"],
  ["several in one statement", ["let c1 = 1, c2, c3 = c1 + 1", "[c1, c2, c3]"], "[ 1, undefined, 2 ]"],
  ["definite assignment", ["let sure!: number", "sure = 5", "sure"], "5"],
  ["function and its name", ["function named(a: number, b = 2) { return a + b }", "named"], "[Function: named]"],
  ["async function", ["async function later() { return 3 }", "await later()"], "3"],
  ["generator", ["function* three() { yield 1; yield* [2, 3] }", "[...three()]"], "[ 1, 2, 3 ]"],
  ["async generator", ["async function* ticks() { yield 1 }", "(await ticks().next()).value"], "1"],
  ["overloads", ["function over(a: string): 1\nfunction over(a: unknown) { return a }", "over('x')"], "'x'"],
  ["class and its name", ["class Plain { static n = 4 }", "[Plain.name, Plain.n]"], "[ 'Plain', 4 ]"],
  ["abstract class", ["abstract class Shape { abstract area(): number }", "Shape"], "[class Shape]"],
  ["enum, both ways", ["enum Level { L1 = 1, L2 }", "[Level.L2, Level[2]]"], "[ 2, 'L2' ]"],
  ["enum of texts", ["enum Word { A = 'a', B = `${A}b` }", "Word"], "{ A: 'a', B: 'ab' }"],
  ["enum of an earlier enum", ["enum E1 { X = 4 }", "enum E2 { Y = E1.X }\nE2.Y"], "4"],
  ["enum in two parts", ["enum Part { A }\nenum Part { B = 1 }", "[Part.A, Part.B]"], "[ 0, 1 ]"],
  ["const enum", ["const enum Fixed { A = 3 }", "Fixed.A"], "3"],
  ["namespace", ["namespace Space { export const q = 1; export function r() { return q } }", "Space.r()"], "1"],
  ["namespace with dots", ["namespace Out.In { export let v = 2 }", "Out.In.v"], "2"],
  ["namespace in two parts", ["namespace Two { export let a = 1 }\nnamespace Two { export let b = a }", "Two.b"], "1"],
  ["namespace on a class", ["class Both {}\nnamespace Both { export const x = 7 }", "Both.x"], "7"],
  ["namespace on a function", ["function call() { return 1 }\nnamespace call { export const x = 8 }", "call() + call.x"], "9"],
  ["namespace that is run again starts empty", ["namespace Once { export let a = 1 }", "namespace Once { export let b = 1 }", "Once"], "{ b: 1 }"],
  ["namespace of types", ["namespace Types { export type T = 1 }", "typeof Types"], "'undefined'"],
  ["alias of a namespace's member", ["namespace Far { export const near = 6 }", "import near = Far.near", "near"], "6"],
  ["declare", ["declare const d1: number; declare function d2(): void; declare class d3 {}", "typeof d1 + typeof d2"], "'undefinedundefined'"],
  ["declare module and global", ["declare global { interface Q {} }\ndeclare module 'm' { const x: 1 }"], undefined],
  ["types", ["interface I { a: 1 }\ntype T<K> = K extends I ? 1 : 2\nexport type { I }"], undefined],
  ["an interface leaves the value of its name", ["let dual = 1", "interface dual { a: 1 }", "dual"], "1"],
  ["using ends with the cell", ["let ended = 0", "using u = { [Symbol.dispose]() { ended++ } }\nended", "ended"], "1"],
  ["using in a block", ["let log = ''\n{ using v = { [Symbol.dispose]() { log += 'd' } }; log += 'b' }\nlog"], "'bd'"],
  ["await using", ["let gone = 0\n{ await using w = { async [Symbol.asyncDispose]() { gone = 1 } } }\ngone"], "1"],
  ["declarations beside using", ["using x1 = null\nconst x2 = 2\nfunction x3() { return x2 }\nclass x4 {}", "[x2, x3(), x4]"], "[ 2, 2, [class x4] ]"],
  ["using shows the last expression", ["using y1 = null\n1 + 1"], "2"],
  ["export in every form", ["export let e1 = 1; export function e2() {}; export class e3 {}; export enum e4 { A }", "[e1, e2, e3, e4.A]"], "[ 1, [Function: e2], [class e3], 0 ]"],
  ["export list", ["const f1 = 1; export { f1, f1 as f2 }", "f1"], "1"],
  ["export default of a value", ["export default 5"], "5"],
  ["export default of a value with a semicolon", ["export default 5;"], undefined],
  ["export default of a named class", ["export default class Main {}", "Main"], "[class Main]"],
  ["export default of a nameless function", ["export default function () { return 1 }"], undefined],
  ["a constant may be declared anew", ["const fixed = 1", "const fixed = 2", "let fixed = 3", "fixed = 4; fixed"], "4"],
  ["let twice in one cell", ["let twice = 1\nlet twice = 2"], /SyntaxError[^]*line [12]:5/],
  ["let and const in one cell", ["let mixed = 1; const mixed = 2"], /SyntaxError[^]*line 1:(5|22)/],
  ["var twice in one cell", ["var again = 1; var again = 2; again"], "2"],
  ["names of Object.prototype", ["let toString = 1, valueOf = 2, constructor = 3", "[toString, valueOf, constructor]"], "[ 1, 2, 3 ]"],
  ["names of Node's own", ["let exports = 1, module = 2, __dirname = 3", "[exports, module, __dirname]"], "[ 1, 2, 3 ]"],
  ["contextual keywords as names", ["let type = 1, as = 2, of = 3, async = 4, get = 5", "type + as + of + async + get"], "15"],
]);

// One case, one line:
// prettier-ignore
rows("patterns", [
  ["object", ["const { a, b: c } = { a: 1, b: 2 }", "[a, c]"], "[ 1, 2 ]"],
  ["nested", ["let [ii, { abc: { kk } }] = [0, { abc: { kk: 1 } }]", "[ii, kk]"], "[ 0, 1 ]"],
  ["defaults", ["const { d = 1, e: [f = d + 1] = [] } = {}", "[d, f]"], "[ 1, 2 ]"],
  ["default that is null", ["const { nil = 1 } = { nil: null }", "nil"], "null"],
  ["rest", ["const { g, ...h } = { g: 1, x: 2, y: 3 }", "h"], "{ x: 2, y: 3 }"],
  ["array rest and holes", ["const [, j, , ...k] = [1, 2, 3, 4, 5]", "[j, k]"], "[ 2, [ 4, 5 ] ]"],
  ["computed key", ["const key = 'deep'\nconst { [key + 1]: l } = { deep1: 9 }", "l"], "9"],
  ["quoted and numeric keys", ["const { 'a-b': m, 0: n } = { 'a-b': 1, 0: 2 }", "[m, n]"], "[ 1, 2 ]"],
  ["of a text", ["const [first, ...others] = 'añ😀'", "[first, others]"], "[ 'a', [ 'ñ', '😀' ] ]"],
  ["swap", ["let s = 1, t = 2", "[s, t] = [t, s]; [s, t].join()"], "'2,1'"],
  ["assignment in parentheses", ["let u1; ({ u1 } = { u1: 3 })", "u1"], "3"],
  ["empty", ["const {} = { a: 1 }, [] = [1]"], undefined],
  ["several in one statement", ["var { v } = { v: 1 }, [w] = [2], { x: { y } } = { x: { y: 3 } }", "[v, w, y]"], "[ 1, 2, 3 ]"],
  ["a function's name from a default", ["const { fn = () => 1 } = {}", "fn"], "[Function: fn]"],
  ["of null", ["const { none } = null"], /TypeError/],
  ["of something not iterable", ["const [noItem] = {}"], /TypeError: .* is not iterable/],
  ["with awaits", ["const { z1 = await 1, [await 'k']: z2 } = await { k: 2 }", "[z1, z2]"], "[ 1, 2 ]"],
  ["in parameters", ["function pick({ a: [q = 1] = [], ...r }: any = {}) { return [q, r] }", "pick({ b: 2 })"], "[ 1, { b: 2 } ]"],
]);

// One case, one line:
// prettier-ignore
rows("var and scopes", [
  ["block", ["{ var a = 1 }", "a"], "1"],
  ["if without braces", ["if (1) var b = 1; else var c = 2", "[b, c]"], "[ 1, undefined ]"],
  ["for", ["for (var i = 0, n = 3; i < n; i++) var last = i", "[i, n, last]"], "[ 3, 3, 2 ]"],
  ["for without a value", ["for (var empty; !empty; empty = 1);", "empty"], "1"],
  ["for of with a pattern", ["for (var [{ p }, [q]] of [[{ p: 1 }, [2]]]) { await 1 }", "[p, q]"], "[ 1, 2 ]"],
  ["for in with a pattern", ["for (var [x, y] in { xy: 1 });", "x + y"], "'xy'"],
  ["try, catch and finally", ["try { var t = 1; throw 2 } catch (e) { var u = e } finally { var v = 3 }", "[t, u, v]"], "[ 1, 2, 3 ]"],
  ["switch", ["switch (2) { case 1: var s1 = 1; case 2: var s2 = 2; break; default: var s3 = 3 }", "[s1, s2, s3]"], "[ undefined, 2, undefined ]"],
  ["label", ["mark: var l = 1", "l"], "1"],
  ["while and do", ["while (true) { var w = 1; break }\ndo { var d = w + 1 } while (false)", "d"], "2"],
  ["deep", ["{ if (1) { for (;;) { try { switch (1) { case 1: var deep = 1 } } finally { break } } } }", "deep"], "1"],
  ["within a function it stays", ["(() => { var hidden = 1 })()", "typeof hidden"], "'undefined'"],
  ["within a class it stays", ["class K { static { var inner = 1 } m() { var inner2 = 1 } }", "typeof inner + typeof inner2"], "'undefinedundefined'"],
  ["closures share a loop's var", ["var fs: (() => number)[] = []\nfor (var c1 = 0; c1 < 2; c1++) fs.push(() => c1)\nfs.map((f) => f())"], "[ 2, 2 ]"],
  ["closures keep a loop's let", ["const gs = []\nfor (let c2 = 0; c2 < 2; c2++) gs.push(() => c2)\ngs.map((g) => g())"], "[ 0, 1 ]"],
  ["let in a block stays", ["{ let block = 1 }", "typeof block"], "'undefined'"],
  ["let in a loop stays", ["for (let loop = 0; loop < 1; loop++);", "typeof loop"], "'undefined'"],
  ["class and enum in a block stay", ["if (1) { class InBlock {}; enum Inner { A } }", "typeof InBlock + typeof Inner"], "'undefinedundefined'"],
  ["function in a block stays, as in strict code", ["if (1) { function inBlock() {} }", "typeof inBlock"], "'undefined'"],
  ["a block's let hides the global", ["let outer = 1", "{ let outer = 2 }\nouter"], "1"],
  ["a parameter hides the global", ["let par = 1", "((par: number) => par)(2)"], "2"],
  ["a block assigns the global", ["let target = 1", "{ let z; target = 11 }\ntarget"], "11"],
]);

// One case, one line:
// prettier-ignore
rows("functions and closures", [
  ["called before its definition", ["const early = soon()\nfunction soon() { return 'hoisted' }", "early"], "'hoisted'"],
  ["hoisted above an await", ["await 0\nconst waited = late()\nasync function late() { return 1 }", "await waited"], "1"],
  ["each calls the other", ["even(4)\nfunction even(n: number): boolean { return n === 0 || odd(n - 1) }\nfunction odd(n: number): boolean { return n !== 0 && even(n - 1) }\neven(3)"], "false"],
  ["sees a later redefinition", ["function inner() { return 1 }", "function outer() { return inner() }", "function inner() { return 2 }", "outer()"], "2"],
  ["sees a later redefinition as an arrow", ["const inner = () => 3", "outer()"], "3"],
  ["sees a later const", ["const factor = 2\nconst scale = (x: number) => x * factor", "const factor = 10", "scale(1)"], "10"],
  ["sees what is declared later", ["function ahead() { return yet }", "const yet = 5", "ahead()"], "5"],
  ["recursion survives a new name", ["function fact(n: number): number { return n < 2 ? 1 : n * fact(n - 1) }", "fact(5)"], "120"],
  ["a counter", ["let count = 0\nfunction increment() { count++ }", "increment(); increment()", "count"], "2"],
  ["async assignment is seen later", ["let done = 0; let told!: () => void; const late = new Promise<void>((r) => (told = r))\nsetTimeout(() => { done = 1; told() }, 0);", "await late\ndone"], "1"],
  ["the last of two in one cell", ["function dup() { return 1 }\nfunction dup() { return 2 }\ndup()"], "2"],
  ["assignment before let does not stick", ["var again = 1\nagain = 2", "again"], "2"],
  ["a private closure stays private", ["const make = () => { let n = 0; return () => ++n }\nconst one = make(), two = make()", "one(); one(); two()"], "1"],
  ["default parameter that names a global", ["let size = 3\nfunction sized(n = size) { return n }", "size = 4", "sized()"], "4"],
  ["arguments and new.target", ["function args() { return [arguments.length, new.target] }", "args(1, 2)"], "[ 2, undefined ]"],
  ["redefined class: a subclass keeps its base", ["class Base { v() { return 1 } }", "class Sub extends Base {}", "class Base { v() { return 2 } }", "[new Sub().v(), new Sub() instanceof Base]"], "[ 1, false ]"],
  ["and takes the new base when run again", ["class Sub extends Base {}", "[new Sub().v(), new Sub() instanceof Base]"], "[ 2, true ]"],
  ["an object of a redefined class", ["class Item { kind = 'old' }\nconst item = new Item()", "class Item { kind = 'new' }", "[item.kind, item instanceof Item]"], "[ 'old', false ]"],
  ["a class names itself, also when it is gone", ["class Self { static make() { return new Self() } }\nconst Kept = Self", "const Self = 1", "Kept.make()"], "Self {}"],
  ["a function that runs while it is redefined", ["async function slow() { await 1; return helper() }\nfunction helper() { return 'a' }", "const running = slow()\nfunction helper() { return 'b' }\nawait running"], "'b'"],
  ["throw midway keeps what was declared", ["let before1 = 1; function hoisted1() { return 2 }\nthrow new Error('stop')\nlet after1 = 3"], /Error: stop/],
  ["and its functions", ["[before1, hoisted1(), typeof after1]"], "[ 1, 2, 'undefined' ]"],
  ["a cell that cannot be compiled declares nothing", ["let halfway = 1\nlet = = 2", "typeof halfway"], "'undefined'"],
  ["nor does it forget", ["let stays = 1", "let stays = ;", "stays"], "1"],
]);

// One case, one line:
// prettier-ignore
rows("imports", [
  ["default", ["import path from 'node:path'", "path.posix.join('a', 'b')"], "'a/b'"],
  ["default, under its own name", ["import { default as posix } from 'node:path/posix'", "posix.sep"], "'/'"],
  ["named and renamed", ["import { basename, extname as ext } from 'node:path'", "basename('/x') + ext('y.z')"], "'x.z'"],
  ["namespace", ["import * as util from 'node:util'", "util.format('%d', 1)"], "'1'"],
  ["default and namespace", ["import os, * as all from 'node:os'", "os === all.default"], "true"],
  ["default and named", ["import p, { sep } from 'node:path/posix'", "p.sep === sep"], "true"],
  ["for its effects", ["import 'node:fs'", "import {} from 'node:fs'"], undefined],
  ["below its use", ["const joined = join('a')\nimport { join } from 'node:path'", "joined"], "'a'"],
  ["shown in the same cell", ["import { sep as s } from 'node:path/posix'\ns"], "'/'"],
  ["type", ["import type { A } from 'not-there'\nimport type B from 'not-there'\nimport type * as C from 'not-there'"], undefined],
  ["only types inside braces", ["import { type A, type B } from 'not-there'"], undefined],
  ["a type beside a value", ["import { type ParsedPath, dirname } from 'node:path'", "dirname('/a/b')"], "'/a'"],
  ["a type that does not say so", ["import { ParsedPath, relative } from 'node:path'", "relative('/a', '/a/b')"], "'b'"],
  ["require", ["import fs = require('node:fs')", "typeof fs.statSync"], "'function'"],
  ["JSON with attributes", ["require('fs').writeFileSync('d.json', '{\"n\":1}')", "import data from './d.json' with { type: 'json' }\ndata"], "{ n: 1 }"],
  ["JSON again after an edit", ["require('fs').writeFileSync('d.json', '{\"n\":222}')", "import data from './d.json' with { type: 'json' }\ndata"], "{ n: 222 }"],
  ["JavaScript again after an edit", ["require('fs').writeFileSync('m.mjs', 'export let n = 1')", "import { n } from './m.mjs'", "await new Promise((r) => setTimeout(r, 20)); require('fs').writeFileSync('m.mjs', 'export let n = 2')", "import { n } from './m.mjs'\nn"], "2"],
  ["CommonJS again after an edit", ["require('fs').writeFileSync('m.cjs', 'exports.n = 1')", "import { n } from './m.cjs'", "await new Promise((r) => setTimeout(r, 20)); require('fs').writeFileSync('m.cjs', 'exports.n = 2')", "import { n } from './m.cjs'\nn"], "2"],
  ["a name that is a text", ["require('fs').writeFileSync('t.mjs', 'const q = 3; export { q as \"a b\" }')", "import { 'a b' as q } from './t.mjs'\nq"], "3"],
  ["dynamic", ["const { join: j } = await import('node:path')\nj('a')"], "'a'"],
  ["dynamic within a function", ["const load = async (name: string) => (await import(name)).sep", "await load('node:path/posix')"], "'/'"],
  ["dynamic with attributes", ["(await import('./d.json', { with: { type: 'json' } })).default.n > 0"], "true"],
  ["dynamic of nothing there", ["await import('./nowhere.ts')"], /nowhere\.ts/],
  ["import.meta", ["import.meta.url.startsWith('file:') && import.meta.dirname === process.cwd()"], "true"],
  ["import.meta.resolve", ["import.meta.resolve('node:fs')"], "'node:fs'"],
  ["assignment to an imported name", ["import { sep as mine } from 'node:path'", "mine = 1", "mine"], "1"],
  ["a cell that fails to import keeps the older name", ["import { sep as older } from 'node:path/posix'", "import { older } from 'not-there'", "older"], "'/'"],
]);

// One case, one line:
// prettier-ignore
rows("globals that a cell takes", [
  ...["process", "Map", "Promise", "Error", "console", "setTimeout", "JSON", "Array", "Symbol", "Set", "RegExp", "Date", "WeakRef"].map((name): Row => [`const ${name}`, [`const ${name} = 'mine'`, name], "'mine'"]),
  ...["Function", "WeakMap", "Reflect", "Proxy", "URL", "Buffer", "global", "require", "display", "queueMicrotask", "structuredClone", "AbortController", "SyntaxError", "TypeError", "Number", "BigInt", "Intl", "clearTimeout", "setImmediate", "encodeURI", "parseInt"].map((name): Row => [`class ${name}`, [`class ${name} {}`, `${name}.name`], `'${name}'`]),
  ["a function named as a global", ["function fetch() { return 'no net' }", "fetch()"], "'no net'"],
  ["globalThis.x", ["globalThis.fromGlobal = 1", "fromGlobal"], "1"],
  ["errors are still reported", ["null.x"], /TypeError: Cannot read properties of null[^]*line 1:6/],
  ["thrown values are still reported", ["throw { code: 3 }"], /code: 3/],
  ["syntax errors are still reported", ["let = = 1"], /SyntaxError[^]*line 1:/],
  ["a table is still shown", ["[{ a: 1 }, { a: 2 }]"], "[ { a: 1 }, { a: 2 } ]"],
  ["awaiting still works", ["await (async () => 5)()"], "5"],
  ["imports still work", ["import { sep } from 'node:path/posix'", "sep"], "'/'"],
  ["a prototype with more", ["({}).__proto__.more = 1; [].__proto__.extra = 2", "let clean = 1\nclean", "delete ({}).__proto__.more && delete [].__proto__.extra"], "true"],
  ["eval, which strict code keeps", ["let eval = 1"], /SyntaxError/],
  ["undefined, which the language keeps", ["let undefined = 1"], /SyntaxError|TypeError/],
]);

// One case, one line; each in a kernel of its own, which the case may leave unusable:
// prettier-ignore
for (const [name, use, expected] of [
  ["Math", "null.x", /TypeError[^]*line 1:6/],
  ["encodeURIComponent", "1 + 1", "2"],
  ["String", "import { sep } from 'node:path/posix'\nsep", "'/'"],
  ["Object", "require('fs').writeFileSync('o.ts', 'export const n: number = 1')\n;(await import('./o.ts')).n", "1"],
  ["globalThis", "const afterwards = 1\nafterwards", "1"],
] as const)
  rows(`${name} taken`, [["breaks nothing", [`const ${name} = 'mine'`, use], expected]]);
