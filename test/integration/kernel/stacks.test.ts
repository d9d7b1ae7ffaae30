/** Stacks as cells throw and print them: no frame of the kernel's, no path of this machine. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { TestKernel } from "../../kernel/harness.js";

const OURS = /dist[\\/]kernel|main\.js|file:|node:|__spinebook__|notebook\.cell\.js/;

/** Each prints, shows or throws a stack. */
// prettier-ignore
const PRINTED: readonly (readonly [name: string, code: string, expected: RegExp])[] = [
  ["console.error of an error", "try { throw new Error('x') } catch (e) { console.error(e) }", /Error: x\n {4}at Cell \[\d+\], line 1:13/],
  ["console.log of a stack", "console.log(new Error('x').stack)", /Error: x\n {4}at Cell \[\d+\], line 1/],
  ["console.trace", "console.trace('here', 1)", /Trace: here 1\n {4}at Cell \[\d+\], line 1/],
  ["a stack within JSON", "console.log(JSON.stringify({ stack: new Error('x').stack }))", /Cell \[\d+\], line 1/],
  ["a stack by lines", "console.log(new Error('x').stack.split('\\n').map((line) => line.trim()))", /Cell \[\d+\], line 1/],
  ["a cause", "console.error(new Error('outer', { cause: new Error('inner') }))", /outer[^]*\[cause\]: Error: inner/],
  ["an AggregateError", "console.error(new AggregateError([new Error('one'), new Error('two')], 'many'))", /many[^]*one[^]*two/],
  ["a caught error of Node's", "try { require('node:fs').readFileSync('nope') } catch (e) { console.error(e) }", /ENOENT[^]*at Cell \[\d+\], line 1[^]*errno/],
  ["an error of Node's with a code", "try { Buffer.alloc('x' as never) } catch (e) { console.error(e) }", /TypeError \[ERR_INVALID_ARG_TYPE\]/],
  ["an error with properties", "console.log(Object.assign(new Error('x'), { a: 1, b: { c: 2 } }))", /line 1:\d+\) ?\{|line 1:\d+ \{\n/],
  ["errors in a list", "console.log([new Error('x'), { e: new TypeError('y') }])", /Error: x[^]*TypeError: y/],
  ["captureStackTrace", "const o: any = {}; Error.captureStackTrace(o); console.log(o.stack)", /at Cell \[\d+\], line 1/],
  ["after an await", "await null; const f = async () => { await null; throw new Error('x') }; try { await f() } catch (e) { console.error(e) }", /Error: x\n {4}at f \(Cell/],
  ["from a timer", "await new Promise<void>((r) => setTimeout(() => { console.error(new Error('x')); r() }, 0))", /Error: x\n/],
  ["from an import that fails", "try { await import('./nowhere.mjs') } catch (e) { console.error(e) }", /Cannot find module/],
  ["from a package's file", "require('node:fs').writeFileSync('thrower.cjs', 'module.exports = () => { throw new Error(`x`) }'); try { require('./thrower.cjs')() } catch (e) { console.error(e) }", /at [^\n]*\(?thrower\.cjs:1:/],
  ["by util.inspect", "console.log(require('node:util').inspect(new Error('x'), { compact: false }))", /Error: x/],
  ["by util.format", "process.stdout.write(require('node:util').format('%s %o', new Error('x'), new Error('y')) + '\\n')", /Error: x[^]*Error: y/],
  ["a function that is a cell's last value", "(Array.prototype as any).fail = () => { throw new Error('x') }", /Function/],
  ["and throws later", "try { ([] as any).fail() } catch (e) { console.error(e) } finally { delete (Array.prototype as any).fail }", /Error: x\n {4}at Array\.fail/],
  ["an uncaught one", "throw new Error('outer', { cause: new Error('inner') })", /outer[^]*inner/],
  ["an error as the last value", "new RangeError('kept')", /RangeError: kept\n {4}at Cell/],
  ["a displayed one", "display({ failed: new Error('kept') })", /kept/],
  ["a rejection", "await Promise.reject(new Error('rejected'))", /rejected/],
  ["eval", "eval('throw new Error(`in eval`)')", /in eval/],
  ["new Function", "new Function('null.x')()", /TypeError/],
  ["a regular expression that the engine refuses", "1\n;/(?<y>\\d)|(?<y>a)/.test('a')", /SyntaxError: Invalid regular expression[^]*line 2:/],
  ["a regular expression made at run time", "new RegExp('(')", /SyntaxError: Invalid regular expression: \/\(\//],
  ["JSON that is none", "JSON.parse('{')", /SyntaxError/],
  ["JSON that is none, in a file", "require('node:fs').writeFileSync('bad.json', '{'); await import('./bad.json')", /bad\.json/],
];

describe("stacks", { timeout: 300_000 }, () => {
  let kernel: TestKernel;
  before(() => {
    kernel = new TestKernel();
  });
  after(() => kernel.close());

  for (const [name, code, expected] of PRINTED)
    it(name, async () => {
      const run = await kernel.run(code);
      const said = run.events
        .flatMap((event) => {
          if (event.type === "stream") return [event.text];
          if (event.type === "error") return [event.ename, event.evalue, ...event.traceback];
          return event.type === "execute_result" || event.type === "display_data"
            ? [String(event.data["text/plain"])]
            : [];
        })
        .join("\n");
      assert.match(said, expected);
      assert.doesNotMatch(said, OURS);
      assert.ok(!said.includes(kernel.folder), said);
      const braces = (brace: string): number => said.split(brace).length;
      if (!name.includes("regular") && !name.startsWith("JSON")) assert.equal(braces("{"), braces("}"), said);
    });
});
