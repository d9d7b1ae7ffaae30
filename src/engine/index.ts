/**
 * Room `engine`: a network is described once, as a list of layers; from it come an ONNX inference graph and an ONNX
 * training graph (forward, loss, backward), both run by onnxruntime-node, and a tfjs model. Knows nothing of spines.
 */
export * from "./inputGradient.js";
export * from "./mapPlace.js";
export * from "./network.js";
export * from "./networks/niemeyer.js";
export * from "./networks/multitask.js";
export * from "./networks/unet.js";
export * from "./operations.js";
export * from "./optimizer.js";
export * from "./runtime.js";
export * from "./trainer.js";
export * from "./weights.js";
export { inferenceGraph, listDropoutMasks, trainingGraph } from "./onnx/graphs.js";
export { inputGradientGraph } from "./onnx/inputGradient.js";
export type { InputGradientOptions } from "./onnx/inputGradient.js";
export { tfjsGradients } from "./tfjs/gradients.js";
export { loadTfjs } from "./tfjs/load.js";
export type { Tfjs, TfjsBackend } from "./tfjs/load.js";
export { createTfjsPredictor } from "./tfjs/predictor.js";
