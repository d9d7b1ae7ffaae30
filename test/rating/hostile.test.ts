import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { rate, Scan } from "../../src/api/index.js";
import type { RatableDisc } from "../../src/api/index.js";
import { RatingFile } from "../../src/rating/log/index.js";
import { LONGEST_QUESTION } from "../../src/protocol/index.js";
import { syntheticVolume } from "../support/displays.js";

const images = new Scan("T2", syntheticVolume(), []);
const discs: RatableDisc[] = [34, 74].map((row, i) => ({
  ...{ study: `PATIENT-${i}`, series: "SERIES-1", level: "L4-L5", images },
  ...{ slice: 4, column: 80, row, angle: 0, width: 42, height: 9 },
}));

describe("the server of rating pages", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "spinebook-hostile-"));
  });
  after(() => rm(folder, { recursive: true }));

  it("a hostile client is refused and harms nothing", async () => {
    const log = join(folder, "hostile.jsonl");
    const session = await rate(discs, { rater: "reader four", log });
    const address = await session.address();
    const { host, pathname } = new URL(address);
    const good = {
      method: "POST",
      path: `${pathname}message`,
      headers: { host, origin: `http://${host}`, "content-type": "application/json" },
      body: '{"type":"open"}',
    };
    const { headers } = good;
    const page = { ...good, method: "GET", path: pathname, body: "" };
    assert.equal((await send(address, good)).status, 200);
    const refused: readonly (readonly [string, Sent, number])[] = [
      ["another secret", { ...good, path: `/${"A".repeat(32)}/message` }, 404],
      ["no secret", { ...good, path: "/message" }, 404],
      ["the root", { ...page, path: "/" }, 404],
      ["a way up", { ...page, path: `${pathname}../../package.json` }, 404],
      ["a file", { ...page, path: `${pathname}spine.js` }, 404],
      ["another site", { ...good, headers: { ...headers, origin: "https://example.org" } }, 403],
      ["no origin", { ...good, headers: { host, "content-type": "application/json" } }, 403],
      ["a null origin", { ...good, headers: { ...headers, origin: "null" } }, 403],
      ["another name", { ...page, headers: { host: "example.org" } }, 403],
      [
        "a rebound name",
        { ...good, headers: { ...headers, host: "evil.example", origin: "http://evil.example" } },
        403,
      ],
      [
        "a script of another site",
        {
          ...page,
          path: `${pathname}rating.js`,
          headers: { host, "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" },
        },
        403,
      ],
      ["a form", { ...good, headers: { ...headers, "content-type": "text/plain" } }, 415],
      ["a huge body", { ...good, body: JSON.stringify({ type: "x".repeat(LONGEST_QUESTION * 60) }) }, 413],
      ["no JSON", { ...good, body: '{"type":' }, 400],
      ["another method", { ...good, method: "PUT" }, 405],
      ["a message by GET", { ...good, method: "GET", body: "" }, 405],
    ];
    for (const [what, sent, status] of refused)
      assert.equal((await send(address, sent)).status, status, what);
    const view = {
      id: "i",
      position: 0,
      slice: 5,
      box: { column: 50, row: 50, width: 40, height: 30 },
      isChanged: false,
      seconds: 1,
    };
    const wrong: readonly unknown[] = [
      ...[null, 7, "open", [], {}, { type: "constructor" }, { type: "case", position: -1 }],
      ...[{ type: "case", position: 1e9 }, { type: "case", position: "0" }, { type: "case" }],
      { type: "grade", ...view, grade: 2.5 },
      { type: "grade", ...view, grade: "2" },
      { type: "grade", ...view, grade: 2, slice: 999 },
      { type: "grade", ...view, grade: 2, box: { column: 1, row: 1, width: -4, height: 1 } },
      { type: "grade", ...view, grade: 2, position: 20 },
      { type: "grade", ...view, grade: 2, id: "x".repeat(1000) },
      { type: "grade", ...view, grade: 2, seconds: -1 },
      { type: "skip", ...view, reason: "" },
      // Only what cannot be shown is skipped without slice and region.
      { type: "skip", id: "i", position: 0, reason: "not gradable: other reason" },
      { type: "skip", ...view, reason: "y".repeat(1000) },
      { type: "undo", id: "i", position: 0.5 },
    ];
    for (const question of wrong) {
      const { status, text } = await send(address, { ...good, body: JSON.stringify(question) });
      const answer = JSON.parse(text) as { type: string; message: string };
      assert.deepEqual([status, answer.type], [200, "failed"], JSON.stringify(question));
      assert.doesNotMatch(text, /PATIENT|SERIES|\/tmp/);
    }
    assert.deepEqual(await new RatingFile(log).all(), []);
    const still = await send(address, {
      ...good,
      body: JSON.stringify({ type: "grade", ...view, grade: 2 }),
    });
    assert.equal((JSON.parse(still.text) as { type: string }).type, "state");
    // The same verdict twice, as when an answer was lost, is one.
    await send(address, { ...good, body: JSON.stringify({ type: "grade", ...view, grade: 2 }) });
    assert.equal((await new RatingFile(log).all()).length, 1);
    await session.close();
  });
});

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A request whose path and headers nothing tidies up. */
function send(
  address: string,
  { method, path, headers, body }: Sent,
): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(address);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method, path, headers, agent: false }, (response) => {
      let text = "";
      response.on("data", (part: Buffer) => (text += part.toString()));
      response.on("end", () => {
        resolve({ status: response.statusCode!, text });
      });
    });
    // A refused body is not read to its end; then the answer counts, and not that the rest could not be sent.
    sent.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE" && error.code !== "ECONNRESET") reject(error);
    });
    sent.end(body);
  });
}

describe("rate", () => {
  it("says what it takes, of anything else", async () => {
    const wrong = (sources: unknown, options: unknown) =>
      rate(sources as RatableDisc[], options as { rater: string });
    const rater = { rater: "reader 1" };
    await assert.rejects(wrong(images, rater), /comes as a list of scans.*put it in brackets/);
    await assert.rejects(wrong(["a path"], rater), /Number 1 of what is to be rated is none of: scans/);
    await assert.rejects(wrong([...discs, null], rater), /Number 3 of what/);
    await assert.rejects(wrong([{ spine: 3 }], rater), /Number 1 of what/);
    for (const options of [undefined, null, "reader 1", {}])
      await assert.rejects(wrong(discs, options), /Say who rates/);
  });
});
