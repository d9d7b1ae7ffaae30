import assert from "node:assert/strict";
import test from "node:test";
import {
  lowerQuantile,
  median,
  middleValue,
  quantileOfSorted,
  Random,
  uniformGenerator,
} from "../../src/numbers/index.js";

test("each seeding goes on giving the numbers that weights, phantoms and intervals were made with", () => {
  const training = new Random(7);
  assert.deepEqual(
    [training.uniform(), training.normal(), training.normal(), training.integer(10)],
    [0.09190615639090538, -0.8511222369710414, -0.6833042075209457, 7],
  );
  assert.equal(new Random(2 ** 40 + 3).uniform(), 0.19767612870782614);
  const phantom = new Random(7, "phantom");
  assert.deepEqual(
    [phantom.uniform(), phantom.boundedNormal(), phantom.boundedNormal(3, 2), phantom.between(1, 2)],
    [0.8971792503725737, 0.5646728608190895, 3.8854933771588245, 1.832074562087655],
  );
  assert.equal(new Random(4294967295, "phantom").uniform(), 0.7711234609596431);
  const statistics = uniformGenerator(7);
  assert.deepEqual(
    [statistics(), statistics(), statistics()],
    [0.17272426839917898, 0.4059670804999769, 0.9226569575257599],
  );
});

test("a generator goes on from the state of another", () => {
  const one = new Random(3);
  one.uniform();
  const other = new Random(one.state());
  assert.equal(one.uniform(), other.uniform());
});

test("order statistics leave their list as it is", () => {
  const values = [5, 1, 4, 2];
  assert.equal(median(values), 3);
  assert.equal(median([5, 1, 4]), 4);
  assert.equal(middleValue(values), 4);
  assert.equal(lowerQuantile(values, 0.5), 2);
  assert.equal(lowerQuantile(values, 1), 5);
  assert.equal(quantileOfSorted([1, 2, 4, 5], 0.5), 4);
  assert.equal(quantileOfSorted(Float64Array.of(1, 2, 4, 5), 0.1), 1);
  assert.deepEqual(values, [5, 1, 4, 2]);
  assert.deepEqual(
    [median([]), middleValue([]), lowerQuantile([], 0.5), quantileOfSorted([], 0.5)],
    [NaN, undefined, undefined, undefined],
  );
});
