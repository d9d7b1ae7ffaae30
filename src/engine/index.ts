/**
 * Room `engine`: a network is described once, as a list of layers; from it come an ONNX inference graph and an ONNX
 * training graph (forward, loss, backward), both run by onnxruntime-node, and a tfjs model. Knows nothing of spines.
 */
export { createInputGradient } from "./inputGradient.js";
export type { InputGradient, ScoreGradient } from "./inputGradient.js";
export { channelsOfHead, placeOfMap } from "./mapPlace.js";
export { countParameters, isClassification, listParameters, placeLayers, sizeOf } from "./network.js";
export type { Layer, Loss, Network } from "./network.js";
export { niemeyerNetwork } from "./networks/niemeyer.js";
export { multitaskEncoder, multitaskNetwork } from "./networks/multitask.js";
export { unet } from "./networks/unet.js";
export { countOperations } from "./operations.js";
export { adam, momentumDescent, restricted } from "./optimizer.js";
export type { Optimizer } from "./optimizer.js";
export {
  configuredDevice,
  configuredThreads,
  createPredictor,
  createSession,
  runSession,
  runtimeInUse,
} from "./runtime.js";
export type { Predictor, Tensor } from "./runtime.js";
export { Trainer } from "./trainer.js";
export type { Batch } from "./trainer.js";
export {
  fromHalf,
  initialWeights,
  loadWeights,
  readTensors,
  saveWeights,
  toHalf,
  WeightsError,
  writeTensors,
} from "./weights.js";
export type { Weights } from "./weights.js";
export { listDropoutMasks } from "./onnx/graphs.js";
export { tfjsGradients } from "./tfjs/gradients.js";
export { loadTfjs } from "./tfjs/load.js";
export { createTfjsPredictor } from "./tfjs/predictor.js";
