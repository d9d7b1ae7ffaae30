import { initialWeights } from "../engine/index.js";
import type { Layer, Network, Weights } from "../engine/index.js";
import { featureOf } from "../grading/index.js";

/**
 * Readers beside the default one, while a grader is trained: each has a head of its own behind the Pfirrmann head, whose logits it shifts by one
 * number a grade, so that P(grade | reader) ∝ P(grade) · exp(shift of reader and grade). What tells the grades apart is thereby learned from
 * all readers together, what each of them calls a grade from that reader alone. (Anderson's stereotype model, JRSS B 46:1, 1984, with the
 * readers' slopes equal.) The weights that are saved are without these heads: borders are fitted anew on the trained network.
 */

const PFIRRMANN = featureOf("pfirrmann");

/** Name of a reader's head, which also is the key of this reader's labels. */
export function readerHead(reader: string): string {
  return `${PFIRRMANN.key}.${reader}`;
}

/** A grader's network with a head for each of these readers. */
export function withReaderHeads(network: Network, readers: readonly string[]): Network {
  const own = network.outputs.find(({ name }) => name === PFIRRMANN.key)!;
  const heads = readers.map((reader): Layer => ({
    kind: "dense",
    units: PFIRRMANN.classes.length,
    from: PFIRRMANN.key,
    name: readerHead(reader),
  }));
  return {
    ...network,
    layers: [...network.layers, ...heads],
    outputs: [...network.outputs, ...readers.map((reader) => ({ ...own, name: readerHead(reader) }))],
  };
}

/** Weights of a network without readers' heads, with heads that as yet shift nothing. */
export function addReaderHeads(weights: Weights, network: Network, readers: readonly string[]): Weights {
  const added = Object.entries(initialWeights(withReaderHeads(network, readers), 0)).filter(
    ([name]) => !(name in weights),
  );
  const units = PFIRRMANN.classes.length;
  for (const [name, values] of added) {
    values.fill(0);
    if (name.endsWith("/kernel")) for (let k = 0; k < units; k++) values[k * units + k] = 1;
  }
  return { ...weights, ...Object.fromEntries(added) };
}

/** Whether a parameter of a reader's head is one that is trained: the shifts are, the identity before them is not. */
export function isFixed(parameter: string, readers: readonly string[]): boolean {
  return readers.some((reader) => parameter === `${readerHead(reader)}/kernel`);
}

/** Weights without readers' heads. */
export function removeReaderHeads(weights: Weights, readers: readonly string[]): Weights {
  const heads = readers.map((reader) => `${readerHead(reader)}/`);
  return Object.fromEntries(
    Object.entries(weights).filter(([name]) => !heads.some((head) => name.startsWith(head))),
  );
}
