import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { loadWeights } from "../../../src/engine/index.js";
import { FEATURES } from "../../../src/grading/index.js";
import { samplesOfPhantom } from "../../../src/training/samples/index.js";
import type { DiscSample } from "../../../src/training/samples/index.js";
import { FURTHER_HEADS, trainOnSamples } from "../../../src/training/graders.js";

describe("training a grader in stages", () => {
  let folder: string;
  let samples: DiscSample[];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "spinebook-stages-"));
    samples = await samplesOfPhantom(1, 4, "models");
  });
  after(() => rm(folder, { recursive: true }));

  const recipe = (name: string) => ({
    kind: "multitask" as const,
    data: "",
    models: "models",
    width: 1,
    steps: 2,
    batchSize: 2,
    learningRate: 0.01,
    seed: 1,
    phantoms: 0,
    checkpoint: join(folder, `${name}.ckpt`),
    output: join(folder, `${name}.safetensors`),
  });
  const log = (): void => undefined;

  it("a phantom's slices are labelled with what they show, its discs with T1 beside T2", () => {
    assert.ok(samples.length >= 25, `${samples.length} samples`);
    assert.ok(samples.every(({ partner }) => partner !== undefined));
    const keys = FEATURES.map(({ key }) => key);
    for (const { labels } of samples) {
      for (const [key, allowed] of Object.entries(labels)) {
        assert.ok(keys.includes(key));
        assert.equal(allowed.length, 1);
      }
      const hasMarrow = labels.upperMarrowChange?.[0] === 1 || labels.lowerMarrowChange?.[0] === 1;
      if (labels.modic !== undefined && labels.modic[0]! > 0) assert.ok(hasMarrow);
    }
  });

  it("a stage of some heads changes those heads alone", async () => {
    await trainOnSamples(recipe("first"), samples, [], log);
    const then = [{ steps: 2, learningRate: 0.01, seed: 2, heads: ["modic"] }];
    await trainOnSamples({ ...recipe("both"), then }, samples, [], log);
    const [first, both] = await Promise.all(
      ["first", "both"].map(async (name) => (await loadWeights(join(folder, `${name}.safetensors`))).weights),
    );
    const changed = Object.keys(first!).filter(
      (name) => !Buffer.from(first![name]!.buffer).equals(Buffer.from(both![name]!.buffer)),
    );
    assert.deepEqual(changed.sort(), ["modic/bias", "modic/kernel"]);
    const layers = ["second", "measured"];
    const further = [{ ...then[0]!, heads: [...FURTHER_HEADS], layers }];
    await trainOnSamples({ ...recipe("layers"), then: further }, samples, [], log);
    const { weights } = await loadWeights(join(folder, "layers.safetensors"));
    const own = Object.keys(first!).filter((name) => first![name]!.some((w, i) => w !== weights[name]![i]));
    const names = [...new Set(own.map((name) => name.split("/")[0]!))].sort();
    assert.ok(["second", "measured"].every((layer) => names.includes(layer)));
    assert.ok(names.every((name) => layers.includes(name) || FURTHER_HEADS.some((head) => head === name)));
    await assert.rejects(
      trainOnSamples({ ...recipe("spoilt"), then: [{ ...then[0]!, layers }] }, samples, [], log),
      /must train all heads that read them/,
    );
  });

  it("another reader's discs teach the grade, through a head that is not saved", async () => {
    const other = samples.flatMap((sample) => {
      const label = sample.labels.pfirrmann;
      return label === undefined ? [] : [{ ...sample, reader: "B", labels: { "pfirrmann.B": label } }];
    });
    const startFrom = join(folder, "first.safetensors");
    const heads = ["pfirrmann"];
    await trainOnSamples({ ...recipe("other"), startFrom, heads, phantomShare: 0 }, other, [], log);
    const [before, after] = await Promise.all(
      ["first", "other"].map(async (name) => loadWeights(join(folder, `${name}.safetensors`))),
    );
    assert.deepEqual(after!.network, before!.network);
    const changed = Object.keys(before!.weights).filter((name) =>
      before!.weights[name]!.some((w, i) => w !== after!.weights[name]![i]),
    );
    assert.deepEqual(changed.sort(), ["pfirrmann/bias", "pfirrmann/kernel"]);
  });

  it("phantoms alone can be learned from", async () => {
    await trainOnSamples(recipe("phantoms"), [], samples, log);
    const { metadata } = await loadWeights(join(folder, "phantoms.safetensors"));
    assert.match(metadata.trainedOn!, /0 patients/);
  });

  it("the encoder can learn tissues first", async () => {
    const lines: string[] = [];
    await trainOnSamples({ ...recipe("tissues"), tissueSteps: 3 }, samples, [], (line) => lines.push(line));
    assert.ok(lines.some((line) => /the encoder learns the tissues of \d+ discs/.test(line)));
    assert.ok(
      lines.some((line) => line.startsWith("step 3/3")) && lines.some((line) => line.startsWith("step 2/2")),
    );
    const { metadata } = await loadWeights(join(folder, "tissues.safetensors"));
    assert.match(metadata.recipe!, /"tissueSteps":3/);
  });
});
