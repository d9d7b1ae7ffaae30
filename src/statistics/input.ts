/** Checks shared by the metrics of this room: what goes in is right, or an error says what is wrong and where. */

/** A sequence of numbers: an array or a typed array. */
export type Numbers = ArrayLike<number>;

/** A class name: a grade (3, 1.7) or a word ("central"). */
export type Label = string | number;

/** Throws unless the two sequences are of one length, which is not zero. */
export function requirePaired(
  a: ArrayLike<unknown>,
  b: ArrayLike<unknown>,
  nameA: string,
  nameB: string,
): void {
  if (a.length !== b.length)
    throw new RangeError(
      `${nameA} has ${a.length} items but ${nameB} has ${b.length}: they must list the same cases in the same order.`,
    );
  if (a.length === 0) throw new RangeError(`${nameA} is empty: a metric needs at least one case.`);
}

/** Throws at the first item that is not a finite number. */
export function requireFinite(values: Numbers, name: string): void {
  for (let i = 0; i < values.length; i++)
    if (!Number.isFinite(values[i]))
      throw new RangeError(`${name}[${i}] is ${String(values[i])}: leave out cases without a value first.`);
}

/** Throws at the first item outside 0 … 1. */
export function requireProbabilities(values: Numbers, name: string): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!(value >= 0 && value <= 1))
      throw new RangeError(`${name}[${i}] is ${String(value)}: a probability lies between 0 and 1.`);
  }
}

/** Throws at the first outcome that is neither 0 nor 1. */
export function requireBinary(values: Numbers, name: string): void {
  for (let i = 0; i < values.length; i++)
    if (values[i] !== 0 && values[i] !== 1)
      throw new RangeError(`${name}[${i}] is ${String(values[i])}: an outcome is 0 (absent) or 1 (present).`);
}

/** The weight of each of `count` cases: one each where none are given; their sum is positive. */
export function caseWeights(weights: Numbers | undefined, count: number): Numbers {
  if (weights === undefined) return new Float64Array(count).fill(1);
  if (weights.length !== count)
    throw new RangeError(
      `There are ${weights.length} case weights for ${count} cases: give one weight per case.`,
    );
  let total = 0;
  for (let i = 0; i < count; i++) {
    const weight = weights[i]!;
    if (!(weight >= 0 && weight < Infinity))
      throw new RangeError(`Case weight ${i} is ${String(weight)}: weights are finite and not negative.`);
    total += weight;
  }
  if (!(total > 0)) throw new RangeError("All case weights are zero: at least one case must count.");
  return weights;
}

/** Position of each class in the list, in the order given. Throws where the list is empty or names a class twice. */
export function classPositions(classes: readonly Label[]): Map<Label, number> {
  if (classes.length === 0)
    throw new RangeError("The list of classes is empty: name every possible class, in order.");
  const positions = new Map(classes.map((label, position) => [label, position]));
  if (positions.size !== classes.length)
    throw new RangeError(`The list of classes names a class twice: ${classes.join(", ")}.`);
  return positions;
}

/** Sum of the values. */
export function sum(values: Numbers): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}
