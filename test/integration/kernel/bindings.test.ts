/** JavaScript's own errors for constants and for names that are used too early. To add a case, add a line to a table. */
import { rows } from "./rows.js";

const CONSTANT = /TypeError: (Assignment to constant variable\.|Cannot assign to read only property)/;

// One case, one line:
// prettier-ignore
rows("constants", [
  ["assigned in the same cell", ["const a1 = 1\na1 = 2"], /TypeError: Assignment to constant variable\.[^]*line 2:/],
  ["and keep their value", ["a1"], "1"],
  ["assigned in a later cell", ["const a2 = 1", "a2 = 2"], /TypeError: Assignment to constant variable\.[^]*line 1:/],
  ["added to", ["const a3 = 1", "a3 += 2"], CONSTANT],
  ["counted up", ["const a4 = 1", "a4++"], CONSTANT],
  ["counted down, before its value", ["const a5 = 1\n--a5"], CONSTANT],
  ["logical assignment", ["const a6 = 0", "a6 ||= 2"], CONSTANT],
  ["logical assignment that assigns nothing", ["const a7 = 1", "a7 ||= 2"], "1"],
  ["array pattern", ["const a8 = 1", "let o8; [o8, a8] = [1, 2]"], CONSTANT],
  ["object pattern", ["const a9 = 1", "({ a9 } = { a9: 2 })"], CONSTANT],
  ["object pattern, renamed, with a default", ["const b1 = 1", "({ x: b1 = 3 } = {} as any)"], CONSTANT],
  ["nested pattern with a rest", ["const b2 = 1", "({ x: [, ...b2] } = { x: [1, 2] } as any)"], CONSTANT],
  ["what a loop runs through", ["const b3 = 1", "for (b3 of [1]);"], CONSTANT],
  ["what a loop in runs through", ["const b4 = 1", "for (b4 in { a: 1 });"], CONSTANT],
  ["a pattern that a loop runs through", ["const b5 = 1", "for ([b5] of [[1]]);"], CONSTANT],
  ["of a pattern", ["const { b6, x: [b7] } = { b6: 1, x: [2] }", "b7 = 1"], CONSTANT],
  ["in a function of the same cell", ["const b8 = 1; function set8() { b8 = 2 }", "set8()"], CONSTANT],
  ["in a function of an earlier cell", ["function set9() { b9 = 2 }", "const b9 = 1", "set9()"], CONSTANT],
  ["with a type", ["const c1 = 1 as number", "(c1 as number) = 2"], CONSTANT],
  ["exported", ["export const c2 = 1", "c2 = 2"], CONSTANT],
  ["a function of one's own", ["const c3 = () => 1", "c3 = () => 2"], CONSTANT],
  ["caught", ["const c4 = 1", "let said; try { c4 = 2 } catch (e) { said = [e instanceof TypeError, e.message] }\nsaid"], "[ true, 'Assignment to constant variable.' ]"],
  ["the value is computed first", ["const c5 = 1; let ran = 0", "try { c5 = ran++ as never } catch {}\nran"], "1"],
  ["declared anew as let", ["const c6 = 1", "let c6 = 2", "c6 = 3; c6 += 1; c6"], "4"],
  ["declared anew as a function", ["const c7 = 1", "function c7() {}", "c7 = 3 as never; c7"], "3"],
  ["declared anew by var", ["const c8 = 1", "var c8 = 2", "c8++; c8"], "3"],
  ["a function that assigned the constant assigns the variable", ["const d1 = 1; function setD1() { d1 = 5 }", "let d1 = 2", "setD1(); d1"], "5"],
  ["a local one of the same name", ["const d2 = 1", "{ let d2 = 2; d2 = 3 }\n((d2) => { d2 = 4 })(1)\nd2"], "1"],
  ["a property of the same name", ["const d3 = 1", "const o3 = { d3: 1 }; o3.d3 = 2; o3.d3"], "2"],
  ["what it holds may change", ["const d4 = [1]", "d4.push(2); d4[0] = 3; d4"], "[ 3, 2 ]"],
  ["a cell that fails before it", ["throw new Error('stop')\nconst d5 = 1"], /stop/],
  ["leaves the name free", ["d5 = 2 as never; d5"], "2"],
]);

// One case, one line:
// prettier-ignore
rows("names used too early", [
  ["let", ["e1\nlet e1 = 1"], /ReferenceError: Cannot access 'e1' before initialization[^]*line 1:1/],
  ["const", ["1 + e2\nconst e2 = 1"], /ReferenceError: Cannot access 'e2' before initialization/],
  ["class", ["new E3()\nclass E3 {}"], /ReferenceError: Cannot access 'E3' before initialization/],
  ["within its own value", ["let e4: number = e4 + 1"], /ReferenceError: Cannot access 'e4'/],
  ["though an earlier cell has the name", ["let e5 = 1", "let e5: number = e5 + 1"], /ReferenceError: Cannot access 'e5'/],
  ["whose value then stays", ["e5"], "1"],
  ["typeof", ["typeof e6\nlet e6 = 1"], /ReferenceError: Cannot access 'e6'/],
  ["in a function that is called too early", ["f7()\nfunction f7() { return e7 }\nlet e7 = 1"], /ReferenceError: Cannot access 'e7'/],
  ["in a function by way of another", ["f8()\nlet e8 = 1\nfunction f8() { return g8() }\nfunction g8() { return e8 }"], /ReferenceError: Cannot access 'e8'/],
  ["in an arrow that is called too early", ["const f9 = () => e9\nf9()\nconst e9 = 1"], /ReferenceError: Cannot access 'e9'/],
  ["in a callback", ["[1].map(() => g1)\nconst g1 = 1"], /ReferenceError: Cannot access 'g1'/],
  ["in a class's base", ["class G2 extends G3 {}\nclass G3 {}"], /ReferenceError: Cannot access 'G3'/],
  ["in a static field", ["class G4 { static v = g4 }\nconst g4 = 1"], /ReferenceError: Cannot access 'g4'/],
  ["in a template and in shorthand", ["`${{ g5 }}`\nlet g5 = 1"], /ReferenceError: Cannot access 'g5'/],
  ["within its own pattern's value", ["const { g6 } = g6 as any"], /ReferenceError: Cannot access 'g6'/],
  ["assigned", ["g7 = 1\nlet g7 = 2"], /ReferenceError: Cannot access 'g7'/],
  ["called", ["g8()\nconst g8 = () => 1"], /ReferenceError: Cannot access 'g8'/],
  ["in a callback that runs later", ["let seen9; const wait9 = new Promise<void>((r) => setTimeout(() => { seen9 = g9; r() }, 0))\nconst g9 = 7\nawait wait9\nseen9"], "7"],
  ["in a function that is called later", ["function f10() { return g10 }\nconst g10 = 3\nf10()"], "3"],
  ["in a function of a class", ["class G11 { m() { return g11 } }\nconst g11 = 4\nnew G11().m()"], "4"],
  ["pattern defaults may use their neighbours", ["const { h1 = 1, h2 = h1 + 1 } = {} as any\nh2"], "2"],
  ["and one of several the ones before it", ["let h3 = 1, h4 = h3 + 1\nh4"], "2"],
  ["a class within itself", ["class H5 { static one = new H5(); static n = H5.name }\nH5.n"], "'H5'"],
  ["a function above uses what is below", ["const run6 = () => h6()\nconst h6 = () => 5\nrun6()"], "5"],
  ["var is undefined, as ever", ["h7\nvar h7 = 1\ntypeof h7"], "'number'"],
  ["a local of the same name", ["((h8: number) => h8)(1)\nlet h8 = 2\nh8"], "2"],
  ["a type of the same name", ["let h9: H10 | undefined\ninterface H10 { a: 1 }\nclass H11 {}\nh9"], undefined],
  ["in a loop that an earlier cell still runs", ["let h12 = 1; let got12 = 0\nconst tick12 = () => { got12 = h12 }", "await null\ntick12()\nlet h12 = 2\ngot12"], "1"],
]);
