/** What single cells give: values, errors, awaits, syntax of every kind. To add a case, add a line to a table. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { TestKernel } from "./harness.js";

/** The last cell's result as text, `undefined` where it shows nothing, or what its traceback must match. */
type Expected = string | undefined | RegExp;
type Row = readonly [name: string, cells: readonly string[], expected: Expected];

function rows(title: string, table: readonly Row[]): void {
  describe(title, () => {
    let kernel: TestKernel;
    before(() => {
      kernel = new TestKernel();
    });
    after(() => kernel.close());
    for (const [name, cells, expected] of table)
      it(name, { timeout: 10_000 }, async () => {
        const runs = [];
        for (const cell of cells) runs.push(await kernel.run(cell));
        const last = runs.at(-1)!;
        const said = runs.map(({ traceback }) => traceback).join("\n");
        assert.equal(last.outcome.status, expected instanceof RegExp ? "error" : "ok", said);
        if (expected instanceof RegExp) assert.match(last.traceback, expected);
        else assert.equal(last.result, expected, said);
      });
  });
}

// One case, one line:
// prettier-ignore
rows("last expression", [
  ["shown", ["1 + 1"], "2"],
  ["a semicolon hides it", ["1 + 1;"], undefined],
  ["a semicolon on the next line hides it", ["1 + 1\n;"], undefined],
  ["two semicolons hide it", ["1 + 1;;"], undefined],
  ["a comment behind it", ["1 + 1 // sum;"], "2"],
  ["a block comment behind it", ["1 + 1 /* ; */"], "2"],
  ["a comment behind the semicolon", ["1 + 1; // hidden"], undefined],
  ["comments on the lines below", ["1 + 1\n// done;\n/* really; */\n"], "2"],
  ["over many lines", ["[1,\n 2]\n  .map((n) => n * 2)\n"], "[ 2, 4 ]"],
  ["only the last", ["1; 2\n3"], "3"],
  ["after a declaration on the same line", ["let z = 3 + 4\n;z * z"], "49"],
  ["undefined shows nothing", ["undefined"], undefined],
  ["void shows nothing", ["void 0"], undefined],
  ["null", ["null"], "null"],
  ["false", ["false"], "false"],
  ["minus zero", ["-0"], "-0"],
  ["NaN", ["0 / 0"], "NaN"],
  ["big integer", ["2n ** 64n"], "18446744073709551616n"],
  ["symbol", ["Symbol('s')"], "Symbol(s)"],
  ["text", ["'text'"], "'text'"],
  ["text with quotes", [`"it's"`], `"it's"`],
  ["empty text", ["''"], "''"],
  ["emoji", ["'👩‍👧'"], "'👩‍👧'"],
  ["template", ["`${1 + 1} and\n${'two'}`"], "'2 and\\ntwo'"],
  ["regular expression", ["/a\\/[/]b/giu"], "/a\\/[/]b/giu"],
  ["object", ["{ a: 1, 'b-c': [2] }"], "{ a: 1, 'b-c': [ 2 ] }"],
  ["object with an await", ["{ a: await Promise.resolve(1) }"], "{ a: 1 }"],
  ["object with a method and a spread", ["{ m() {}, ...{ s: 1 }, get g() { return 1 } }"], "{ m: [Function: m], s: 1, g: [Getter] }"],
  ["object in shorthand", ["const short = 1", "{ short }"], "{ short: 1 }"],
  ["empty object", ["{}"], "{}"],
  ["object in parentheses", ["({ a: 1 })"], "{ a: 1 }"],
  ["object with a comment behind it", ["{ a: 1, b: 2 } // both;"], "{ a: 1, b: 2 }"],
  ["object with a comment above it", ["// both\n{ a: 1, b: 2 }"], "{ a: 1, b: 2 }"],
  ["object over many lines", ["{\n  a: 1,\n  b: 2,\n}\n"], "{ a: 1, b: 2 }"],
  ["block", ["{ 1 }"], undefined],
  ["block of statements", ["{ let q = 1; q++ }"], undefined],
  ["arrow function", ["() => 1"], "[Function (anonymous)]"],
  ["arrow function with a body", ["async (x: number) => { await x }"], "[AsyncFunction (anonymous)]"],
  ["function expression", ["(function named() {})"], "[Function: named]"],
  ["class expression", ["(class Shown extends Map {})"], "[class Shown extends Map]"],
  ["nameless class expression", ["(class {})"], "[class (anonymous)]"],
  ["a function declaration shows nothing", ["function quiet() {}"], undefined],
  ["a class declaration shows nothing", ["class Quiet {}"], undefined],
  ["a const shows nothing", ["const quiet1 = 1"], undefined],
  ["assignment", ["let x1\nx1 = 5"], "5"],
  ["assignment by pattern", ["let x2\n;[x2] = [6]"], "[ 6 ]"],
  ["increment", ["let x3 = 1", "x3++"], "1"],
  ["comma", ["1, 2"], "2"],
  ["comma with an await", ["await Promise.resolve(1), Promise.resolve(2)"], "Promise { 2 }"],
  ["conditional", ["true ? 'yes' : 'no'"], "'yes'"],
  ["with a type", ["(1 as unknown) as string"], "1"],
  ["satisfies", ["({ a: 1 }) satisfies { a: number }"], "{ a: 1 }"],
  ["non-null", ["[1][0]!"], "1"],
  ["type assertion in angles", ["<number>(<unknown>7)"], "7"],
  ["resolved promise is not awaited", ["Promise.resolve(1)"], "Promise { 1 }"],
  ["pending promise", ["new Promise(() => {})"], "Promise { <pending> }"],
  ["thenable is not awaited", ["let calls = 0; const t = { then() { calls++ } }\nt", "calls"], "0"],
  ["if statement shows nothing", ["if (true) 1"], undefined],
  ["for statement shows nothing", ["for (const i of [1]) i"], undefined],
  ["object without a prototype", ["Object.create(null)"], "[Object: null prototype] {}"],
  ["circle", ["const round: any = {}; round.me = round\nround"], "<ref *1> { me: [Circular *1] }"],
  ["error as a value", ["new RangeError('not thrown').message"], "'not thrown'"],
  ["an object whose inspection throws", ["({ [Symbol.for('nodejs.util.inspect.custom')]() { throw new Error('shy') } })"], /shy/],
  ["typed array", ["new Uint8Array(2)"], "Uint8Array(2) [ 0, 0 ]"],
  ["Map and Set", ["[new Map([[1, 2]]), new Set([3])]"], "[ Map(1) { 1 => 2 }, Set(1) { 3 } ]"],
]);

// One case, one line:
// prettier-ignore
rows("empty cells and texts", [
  ["empty", [""], undefined],
  ["white space", [" \n\t\r\n "], undefined],
  ["semicolon", [";"], undefined],
  ["line comment", ["// nothing"], undefined],
  ["block comment", ["/* nothing\n at all */"], undefined],
  ["only types", ["type Only = 1"], undefined],
  ["carriage returns", ["let r1 = 1\r\nr1 + 1 // two\r\n"], "2"],
  ["carriage returns in a template", ["`a\r\nb`"], "'a\\nb'"],
  ["byte order mark", ["\uFEFFlet bom = 1\nbom"], "1"],
  ["byte order mark before an object", ["\uFEFF{ a: 1, b: 2 }"], "{ a: 1, b: 2 }"],
  ["line separator within a text", ["'a\u2028b'.length"], "3"],
  ["unicode names", ["const π = 3, größe = 1, 変数 = 2", "π + größe + 変数"], "6"],
  ["escaped name", ["let \\u0061bc = 4", "abc"], "4"],
  ["astral name", ["const 𝒳 = 5", "𝒳"], "5"],
  ["dollar and underscore", ["const $ = 1, _ = 2, $_$ = 3", "$ + _ + $_$"], "6"],
  ["use strict", ["'use strict'\nlet strict = 1\nstrict"], "1"],
  ["a text alone is no directive", ["'hello'"], "'hello'"],
  ["two texts", ["'first'\n'second'"], "'second'"],
  ["shebang", ["#!/usr/bin/env node\n1 + 1"], "2"],
  ["division and expressions", ["let a8 = 8, g = 2\na8 /g/ 1"], "4"],
  ["regular expression with sets", ["/[\\p{L}--[a-z]]/v.test('A')"], "true"],
  ["named groups", ["'2024-05'.replace(/(?<y>\\d+)-(?<m>\\d+)/, '$<m>/$<y>')"], "'05/2024'"],
  ["numeric separators", ["1_000_000 + 0b1010_0001 + 0xff"], "1000416"],
  ["10,000 lines", [Array.from({ length: 10_000 }, (_, i) => `let line${i} = ${i}`).join("\n"), "line9999"], "9999"],
  ["a line of 200,000 characters", [`'${"x".repeat(200_000)}'.length`], "200000"],
  ["a sum of 2,000 terms", [Array.from({ length: 2000 }, () => "1").join(" + ")], "2000"],
  ["nested 200 deep", [`${"[".repeat(200)}1${"]".repeat(200)}.flat(Infinity)[0]`], "1"],
  ["blocks nested 200 deep", [`${"{ if (1) ".repeat(200)}{ var deepest = 1 }${"}".repeat(200)}`, "deepest"], "1"],
]);

// One case, one line:
// prettier-ignore
rows("await", [
  ["expression", ["await Promise.resolve(7)"], "7"],
  ["of a plain value", ["await 0"], "0"],
  ["in a declaration over two lines", ["const w1 = await\n(async () => 4)()", "w1"], "4"],
  ["in one of several", ["let w2 = await 1, w3", "[w2, w3]"], "[ 1, undefined ]"],
  ["in an argument", ["const same = (x: number) => x", "same(await Promise.resolve(4))"], "4"],
  ["in a template", ["`status: ${(await Promise.resolve({ status: 200 })).status}`"], "'status: 200'"],
  ["of an await", ["await (await Promise.resolve({ y: Promise.resolve(3) })).y"], "3"],
  ["in a default", ["const { d = await 2 } = {}", "d"], "2"],
  ["in a computed key", ["({ [await 'k']: 1 })"], "{ k: 1 }"],
  ["in a spread", ["[...(await [1, 2])]"], "[ 1, 2 ]"],
  ["in a condition", ["if (await true) { var w4 = 1 }", "w4"], "1"],
  ["in a switch", ["switch (await 1) { case await 1: var w5 = 'case' }", "w5"], "'case'"],
  ["in loops", ["let s = 0; for (let i = await 0; i < (await 3); i++) s += await i\nwhile ((await s) < 5) s++\ns"], "5"],
  ["for await of promises", ["let t1 = ''; for await (const x of [Promise.resolve('a'), 'b']) t1 += x\nt1"], "'ab'"],
  ["for await with a pattern", ["for await (const { n } of [{ n: 1 }]) var w6 = n", "w6"], "1"],
  ["for await of a generator", ["async function* gen() { yield 1; yield* [2] }\nlet t2 = 0; for await (const n of gen()) t2 += n\nt2"], "3"],
  ["in try", ["try { await Promise.reject(new Error('no')) } catch (e) { var w7 = e.message } finally { await 1 }", "w7"], "'no'"],
  ["in a throw", ["throw await new Error('awaited')"], /Error: awaited[^]*line 1:/],
  ["of a rejection", ["1\nawait Promise.reject(new Error('rejected'))"], /Error: rejected/],
  ["in a class's heritage and key", ["class K extends (await Map) { [await 'm']() { return 1 } }", "new K().m()"], "1"],
  ["in a static field of an async arrow", ["await (async () => { class L { static v = 1 } return L.v })()"], "1"],
  ["in an optional call", ["(await null)?.(await 1)"], undefined],
  ["in an async arrow's body", ["await (async (x: number) => (await x) + 1)(1)"], "2"],
  ["all at once", ["await Promise.all([1, Promise.resolve(2)])"], "[ 1, 2 ]"],
  ["in a class's static block", ["class B { static { await 1 } }"], /SyntaxError[^]*line 1:/],
  ["in an arrow's default", ["const f1 = (x = await 1) => x"], /SyntaxError[^]*line 1:/],
  ["in a plain function", ["function f2() {\n  await 1\n}"], /SyntaxError[^]*line 2:/],
  ["as a name", ["let await = 1"], /SyntaxError[^]*line 1:5/],
  ["cells wait for each other", ["await new Promise((r) => setTimeout(r, 20)); var order = 'first'", "order"], "'first'"],
]);

// One case, one line:
// prettier-ignore
rows("syntax errors", [
  ["missing value", ["let a = 1\nlet b = ;"], /line 2:9/],
  ["missing bracket", ["f(1"], /line 1:4/],
  ["missing brace", ["function f() {\n  1"], /line 2:4/],
  ["too many braces", ["1\n}"], /line 2:1/],
  ["open text", ["let s = 'abc\n1"], /line 1:/],
  ["open template", ["let t = `abc\n1"], /SyntaxError/],
  ["open comment", ["1 /* abc"], /SyntaxError/],
  ["open regular expression", ["let r = /abc\n1"], /line 1:9/],
  ["faulty regular expression", ["1\n/(/"], /SyntaxError[^]*line 2:/],
  ["two names", ["let x + 10;"], /line 1:7/],
  ["two dots", ["await Promise..resolve()"], /line 1:15/],
  ["const without a value", ["1\nconst c"], /SyntaxError[^]*line 2:7/],
  ["reserved name", ["let class = 1"], /SyntaxError[^]*line 1:/],
  ["reserved in strict code", ["let yield = 1"], /SyntaxError[^]*line 1:5/],
  ["octal number", ["010"], /SyntaxError[^]*line 1:1/],
  ["with", ["with (Math) { PI }"], /SyntaxError/],
  ["return", ["1\nreturn 5"], /SyntaxError[^]*line 2:1/],
  ["return within a block", ["if (1) { return }"], /SyntaxError[^]*line 1:10/],
  ["break", ["break"], /SyntaxError[^]*line 1:1/],
  ["continue outside a loop", ["1\nif (1) continue"], /SyntaxError[^]*line 2:8/],
  ["unknown label", ["for (;;) { break nowhere }"], /SyntaxError[^]*line 1:/],
  ["super", ["super.x"], /SyntaxError[^]*line 1:1/],
  ["new.target", ["1\nnew.target"], /SyntaxError[^]*line 2:1/],
  ["unknown private field", ["class A { m() { return this.#nope } }"], /SyntaxError[^]*line 1:/],
  ["two parameters of one name", ["function f(a, a) {}"], /SyntaxError[^]*line 1:1[25]/],
  ["let twice in a block", ["{\n  let t = 1\n  let t = 2\n}"], /SyntaxError[^]*line [23]:7/],
  ["delete of a name", ["let d = 1\ndelete d"], /SyntaxError[^]*line 2:/],
  ["assignment to an optional chain", ["let o: any\no?.x = 1"], /SyntaxError[^]*line 2:1/],
  ["?? beside ||", ["1 ?? 2 || 3"], /SyntaxError/],
  ["minus before a power", ["-1 ** 2"], /SyntaxError[^]*line 1:1/],
  ["import inside a block", ["{\n  import x from 'y'\n}"], /SyntaxError[^]*line 2:3/],
  ["export inside a block", ["{ export const x = 1 }"], /SyntaxError[^]*line 1:3/],
  ["decorator before a variable", ["@d let x = 1"], /SyntaxError[^]*line 1:1/],
  ["after carriage returns", ["let a = 1\r\nlet b = ;\r\n"], /line 2:9/],
  ["after a byte order mark", ["\uFEFF\nlet b = ;"], /line 2:9/],
  ["type parameter without a name", ["const f = <>(x) => x"], /SyntaxError[^]*line 1:/],
  ["an enum's member without a comma", ["enum E { A B }"], /line 1:12/],
]);

// One case, one line:
// prettier-ignore
rows("errors", [
  ["an unknown name", ["nowhere"], /ReferenceError: nowhere is not defined[^]*line 1:1/],
  ["typeof an unknown name", ["typeof nowhere"], "'undefined'"],
  ["assignment to an unknown name", ["1\nundeclared = 1"], /ReferenceError: undeclared is not defined[^]*line 2:1/],
  ["deletes a global", ["globalThis.gone = 1", "delete globalThis.gone", "typeof gone"], "'undefined'"],
  ["frozen object", ["Object.freeze([1]).push(2)"], /TypeError: Cannot add property 1/],
  ["getter only", ["({ get g() { return 1 } }).g = 2"], /TypeError[^]*line 1:/],
  ["this within a function", ["(function (this: unknown) { return this })()"], undefined],
  ["this at the top", ["this === globalThis"], "true"],
  ["const within a function", ["(() => { const c = 1; c = 2 })()"], /TypeError: Assignment to constant variable[^]*line 1:/],
  ["too early within a function", ["(() => { early; let early = 1 })()"], /ReferenceError[^]*line 1:10/],
  ["too deep a recursion", ["function deep(): number { return deep() + 1 }\ndeep()"], /RangeError: Maximum call stack/],
  ["in a function of an earlier cell", ["1\nfunction fails() {\n  throw new Error('far')\n}", "fails()"], /Cell \[\d+\], line 3:9[^]*Cell \[\d+\], line 1:1/],
  ["in a hoisted function below", ["below()\n\nfunction below() {\n  null.x\n}"], /line 4:8/],
  ["in a template over lines", ["`a\n${\nnull.x}`"], /line 3:6/],
  ["after carriage returns", ["1\r\n2\r\nnull.x"], /line 3:6/],
  ["in a class's static field", ["class S {\n  static v = null.x\n}"], /line 2:19/],
  ["in a getter", ["class G { get v() { throw new Error('get') } }", "new G().v"], /Error: get/],
  ["in a decorated class", ["const keep = (v: any) => v\n@keep class D {\n  m() { null.x }\n}\nnew D().m()"], /line 3:14/],
  ["in a callback", ["[1].map((n) => {\n  throw new TypeError('map')\n})"], /TypeError: map[^]*line 2:9/],
  ["of a class of one's own", ["class MyError extends Error { override name = 'MyError' }\nthrow new MyError('mine')"], /MyError: mine/],
  ["with a cause", ["throw new Error('outer', { cause: new Error('inner') })"], /outer[^]*inner/],
  ["several at once", ["throw new AggregateError([new Error('one')], 'many')"], /many[^]*one/],
  ["no error but a text", ["throw 'text'"], /Uncaught 'text'/],
  ["from a native module", ["let native; try { require('fs').readFileSync('none') } catch (e) { native = e }\nnative instanceof Error"], "true"],
  ["JSON", ["JSON.parse('{')"], /SyntaxError[^]*line 1:6/],
  ["eval sees globals and keeps its own", ["let seen = 1", "eval('let own = seen; own')"], "1"],
  ["new Function sees globals", ["new Function('return seen + 1')()"], "2"],
]);

// One case, one line:
// prettier-ignore
rows("TypeScript and classes", [
  ["generic arrow", ["const id = <T,>(x: T) => x, id2 = <T extends object>(x: T): T => x", "id(1)"], "1"],
  ["as const", ["const ro = [1, 'a'] as const", "ro"], "[ 1, 'a' ]"],
  ["parameter properties", ["class P { constructor(readonly a: number, private b = 2) {} }", "new P(1)"], "P { a: 1, b: 2 }"],
  ["fields, declared and optional", ["class F { a?: number; declare b: string; c!: boolean; d = 1 }", "new F()"], "F { a: undefined, c: undefined, d: 1 }"],
  ["override, implements, index signature", ["class O extends Map implements Iterable<unknown> { [k: string]: any; override get size() { return 9 } }", "new O().size"], "9"],
  ["private fields", ["class V { #x = 1; has(o: object) { return #x in o }; get x() { return this.#x } }", "const v = new V();\n[v.x, v.has(v), v.has({})]"], "[ 1, true, false ]"],
  ["static block and private static", ["class T { static #n = 1; static n = 0; static { T.n = T.#n + 1 } }", "T.n"], "2"],
  ["accessor", ["class A { accessor x = 1 }", "const acc = new A(); acc.x++; acc.x"], "2"],
  ["getter and setter", ["class S { #v = 0; get v() { return this.#v } set v(n) { this.#v = n * 2 } }", "const s1 = new S(); s1.v = 2; s1.v"], "4"],
  ["decorator of a class", ["function tag(c: any, context: any) { c.tag = context.name }\n@tag class Tagged {}", "(Tagged as any).tag"], "'Tagged'"],
  ["decorators of members", ["const twice = (f: any) => function (this: any) { return 2 * f.call(this) }\nclass M { @twice m() { return 2 } }", "new M().m()"], "4"],
  ["decorator from an earlier cell on a static", ["class N { @twice static m() { return 3 }; static n = N.m() }", "N.n"], "6"],
  ["decorators leave no helpers", ["Object.keys(globalThis).filter((k) => k.startsWith('__'))"], "[]"],
  ["symbols as keys", ["class I { *[Symbol.iterator]() { yield 1 } }", "[...new I()]"], "[ 1 ]"],
  ["new operators", ["let n1: any = null; n1 ??= 1; n1 &&= n1 + 1; n1 ||= 9;\n[n1 ?? 0, n1?.x?.y, 2 ** 3]"], "[ 2, undefined, 8 ]"],
  ["type predicates and assertions", ["function isText(x: unknown): x is string { return typeof x === 'string' }", "isText('a')"], "true"],
  ["instantiation expression", ["const MapOfText = Map<string, number>", "new MapOfText().size"], "0"],
  ["unique symbol and template types", ["declare const u: unique symbol; type K = `a${string}`; const k1: K = 'ab'\nk1"], "'ab'"],
  ["labelled loops", ["let hits = 0\nouter: for (const a of [1, 2]) for (const b of [1, 2]) { if (b === 2) continue outer; if (a === 2) break outer; hits++ }\nhits"], "1"],
  ["getters in objects", ["const lazy = { get now() { return 1 }, set now(v) {} }", "lazy.now"], "1"],
  ["tagged template", ["const raw = String.raw`\\n${1}`\nraw"], "'\\\\n1'"],
  ["array of this realm", ["[[] instanceof Array, {} instanceof Object, (() => 1) instanceof Function]"], "[ true, true, true ]"],
  ["typed array of this realm", ["[new Uint8Array() instanceof Uint8Array, Buffer.from('a') instanceof Uint8Array]"], "[ true, true ]"],
  ["errors of this realm", ["let e1: any; try { null.x } catch (e) { e1 = e }\n[e1 instanceof TypeError, e1 instanceof Error, require instanceof Function]"], "[ true, true, true ]"],
  ["structuredClone keeps the realm", ["structuredClone(new Map()) instanceof Map"], "true"],
]);
