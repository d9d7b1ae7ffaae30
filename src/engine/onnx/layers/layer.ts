import type { PlacedLayer } from "../../network.js";
import type { GraphBuilder } from "../builder.js";

/** What a layer needs to write itself into a graph. */
export interface Emission {
  readonly graph: GraphBuilder;
  readonly placed: PlacedLayer;
  /** Names of the tensors that it reads, in the order of `placed.reads`. */
  readonly inputs: readonly string[];
  /** Samples in a batch; training graphs have fixed shapes. Unused for inference. */
  readonly batch: number;
  /** False for the first layers, whose input is the image: its gradient is not needed unless asked for. */
  readonly wantsInputGradient: boolean;
}

/** Gradients that a layer's backward part yields: for each tensor read (absent: not needed) and for each parameter. */
export interface Gradients {
  readonly inputs: readonly (string | undefined)[];
  readonly parameters: Readonly<Record<string, string>>;
}

/** A layer's forward tensor and the rule that writes its backward part, given the gradient of that tensor. */
export interface TrainingStep {
  readonly output: string;
  readonly backward: (gradient: string) => Gradients;
  /** Batch statistics that training keeps running averages of: parameter name -> tensor. */
  readonly statistics?: Readonly<Record<string, string>>;
}

/** Name of one of the layer's parameters in graphs and weight files. */
export function parameterName(emission: Emission, role: string): string {
  return `${emission.placed.name}/${role}`;
}
