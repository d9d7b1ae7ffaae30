import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { Script } from "node:vm";
import {
  codeCachePath,
  loadWithCodeCache,
  readCodeCache,
  writeCodeCache,
} from "../../src/kernel/codeCache.js";
import { codeCacheIn } from "../../src/package/index.js";

const folder = mkdtempSync(join(tmpdir(), "code-cache-"));
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("the cache of compiled code", () => {
  it("lies where each system keeps caches", () => {
    const home = "home";
    const of = (platform: string, env = {}) => codeCacheIn({ env, platform, home });
    assert.equal(of("linux"), join(home, ".cache", "spinebook", "code"));
    assert.equal(of("linux", { XDG_CACHE_HOME: "elsewhere" }), join("elsewhere", "spinebook", "code"));
    assert.equal(of("darwin"), join(home, "Library", "Caches", "spinebook", "code"));
    assert.equal(of("win32", { LOCALAPPDATA: "local" }), join("local", "spinebook", "code"));
  });

  it("is read as it was written, by the owner alone, and not at all where a byte differs", () => {
    const path = join(folder, "damage", "a-1.bin");
    writeCodeCache(path, "a", Buffer.from("code"));
    assert.equal(readCodeCache(path)?.toString(), "code");
    const bytes = readFileSync(path);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(path, bytes);
    assert.equal(readCodeCache(path), undefined);
    writeFileSync(path, "short");
    assert.equal(readCodeCache(path), undefined);
    assert.equal(readCodeCache(join(folder, "absent.bin")), undefined);
  });

  it("keeps the six newest of a file", () => {
    const many = join(folder, "many");
    for (let i = 1; i <= 8; i++) {
      const path = join(many, `a-${i}.bin`);
      writeCodeCache(path, "a", Buffer.from("code"));
      utimesSync(path, 1000 + i, 1000 + i);
    }
    writeCodeCache(join(many, "b-1.bin"), "b", Buffer.from("code"));
    assert.deepEqual(readdirSync(many).sort(), [3, 4, 5, 6, 7, 8].map((i) => `a-${i}.bin`).concat("b-1.bin"));
  });

  it("has another name for a file that was changed", () => {
    const file = join(folder, "changed.cjs");
    writeFileSync(file, "module.exports = 1;");
    const before = codeCachePath(folder, file, "changed");
    writeFileSync(file, "module.exports = 10;");
    assert.notEqual(codeCachePath(folder, file, "changed"), before);
  });

  it("gives what require gives, with code of its own, of another program, and with none", () => {
    const file = join(folder, "module.cjs");
    writeFileSync(
      file,
      "exports.sum = (a, b) => a + b; exports.name = require('node:path').basename(__filename);",
    );
    const cache = join(folder, "cache");
    for (const code of [undefined, Buffer.from("no code"), new Script("0").createCachedData()]) {
      if (code !== undefined) writeCodeCache(codeCachePath(cache, file, "module"), "module", code);
      const { sum, name } = loadWithCodeCache(file, "module", cache) as {
        sum: (a: number, b: number) => number;
        name: string;
      };
      assert.equal(sum(2, 3), 5);
      assert.equal(name, "module.cjs");
    }
  });
});
