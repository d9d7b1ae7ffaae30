/** One rule per layer kind: how it is written into an inference graph, and into a training graph with its backward part. */
import { convolutionForward, convolutionTraining } from "./convolution.js";
import type { Emission, TrainingStep } from "./layer.js";
import { batchNormalizationForward, batchNormalizationTraining } from "./normalization.js";
import * as pooling from "./pooling.js";
import * as simple from "./simple.js";

export type { Emission, Gradients, TrainingStep } from "./layer.js";
export { dropoutMaskName } from "./simple.js";

/** Writes a layer for inference; returns its output. */
export function emitForward(emission: Emission): string {
  const { layer } = emission.placed;
  switch (layer.kind) {
    case "convolution":
      return convolutionForward(emission, layer);
    case "leakyRelu":
      return simple.leakyReluForward(emission, layer.slope);
    case "batchNormalization":
      return batchNormalizationForward(emission);
    case "dropout":
      return emission.inputs[0]!;
    case "maxPooling":
      return pooling.maxPoolingForward(emission);
    case "upsampling":
      return pooling.upsamplingForward(emission);
    case "concatenation":
      return simple.concatenationForward(emission);
    case "addition":
      return simple.additionForward(emission);
    case "globalAveragePooling":
      return pooling.globalAveragePoolingForward(emission);
    case "dense":
      return simple.denseForward(emission);
  }
}

/** Writes a layer for training; the backward part is written when its rule is called. */
export function emitTraining(emission: Emission): TrainingStep {
  const { layer } = emission.placed;
  switch (layer.kind) {
    case "convolution":
      return convolutionTraining(emission, layer);
    case "leakyRelu":
      return simple.leakyReluTraining(emission, layer.slope);
    case "batchNormalization":
      return batchNormalizationTraining(emission);
    case "dropout":
      return simple.dropoutTraining(emission);
    case "maxPooling":
      return pooling.maxPoolingTraining(emission);
    case "upsampling":
      return pooling.upsamplingTraining(emission);
    case "concatenation":
      return simple.concatenationTraining(emission);
    case "addition":
      return simple.additionTraining(emission);
    case "globalAveragePooling":
      return pooling.globalAveragePoolingTraining(emission);
    case "dense":
      return simple.denseTraining(emission);
  }
}
