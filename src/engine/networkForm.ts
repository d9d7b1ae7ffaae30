import * as v from "valibot";
import { finiteNumber, recordOf, wholeNumber } from "../text/index.js";
import type { Schema } from "../text/index.js";
import { LOSSES } from "./network.js";
import type { Layer, Network } from "./network.js";

const PLACED = { name: v.optional(v.string()), from: v.optional(v.string()) };
const COUNT = wholeNumber(1);

const LAYER: Schema<Layer> = v.variant("kind", [
  v.object({
    ...PLACED,
    kind: v.literal("convolution"),
    filters: COUNT,
    kernel: COUNT,
    stride: v.optional(COUNT),
    dilation: v.optional(COUNT),
    padding: v.picklist(["same", "valid"]),
  }),
  v.object({ ...PLACED, kind: v.literal("leakyRelu"), slope: finiteNumber() }),
  v.object({ ...PLACED, kind: v.literal("dropout"), rate: finiteNumber() }),
  v.object({ ...PLACED, kind: v.picklist(["concatenation", "addition"]), with: v.string() }),
  v.object({ ...PLACED, kind: v.literal("dense"), units: COUNT }),
  v.object({
    ...PLACED,
    kind: v.picklist(["batchNormalization", "maxPooling", "upsampling", "globalAveragePooling"]),
  }),
]);

/** A network's description as weights and checkpoints hold it. */
export const NETWORK: Schema<Network> = v.object({
  name: v.string(),
  input: v.object({ channels: COUNT, rows: COUNT, columns: COUNT }),
  extraInputs: v.optional(recordOf(COUNT)),
  layers: v.array(LAYER),
  outputs: v.array(v.object({ name: v.string(), loss: v.picklist(LOSSES) })),
  exposed: v.optional(v.array(v.string())),
});
