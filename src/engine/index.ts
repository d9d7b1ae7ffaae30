/**
 * Room `engine`: a network is described once, as a list of layers; from it come an ONNX inference graph and an ONNX
 * training graph (forward, loss, backward), both run by onnxruntime-node, and the same on tfjs, where
 * `SPINEBOOK_ENGINE` asks for it. Knows nothing of spines.
 */
export type { Batch } from "./batchGradients.js";
export { createInputGradient, createPredictor, engineInUse, warnWhereSlow } from "./create.js";
export { configuredEngine, EngineError } from "./engines.js";
export type { EngineName } from "./engines.js";
export { fileDigest, oncePerFolder, readFitted } from "./fittedFile.js";
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
export { configuredDevice, configuredThreads, createSession, runSession } from "./runtime.js";
export type { Predictor, RuntimeInUse, Tensor } from "./runtime.js";
export { Trainer } from "./trainer.js";
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
