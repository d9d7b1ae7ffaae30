import type { Emission, TrainingStep } from "./layer.js";
import { parameterName } from "./layer.js";

export function leakyReluForward({ graph, inputs }: Emission, slope: number): string {
  return graph.op("LeakyRelu", [inputs[0]!], { alpha: { float: slope } });
}

export function leakyReluTraining(emission: Emission, slope: number): TrainingStep {
  const { graph } = emission;
  const output = leakyReluForward(emission, slope);
  return {
    output,
    backward: (gradient) => {
      const isPositive = graph.op("Greater", [output, graph.scalar(0)]);
      return {
        inputs: [graph.op("Where", [isPositive, gradient, graph.op("Mul", [gradient, graph.scalar(slope)])])],
        parameters: {},
      };
    },
  };
}

/** Name of the graph input with a dropout layer's mask: 0 for what is dropped, 1 / (1 − rate) for what stays. */
export function dropoutMaskName(layerName: string): string {
  return `mask/${layerName}`;
}

export function dropoutTraining({ graph, placed, batch, inputs }: Emission): TrainingStep {
  const isMap = placed.inputShape.length === 3;
  const mask = graph.input(dropoutMaskName(placed.name), [
    batch,
    placed.inputShape[0]!,
    ...(isMap ? [1, 1] : []),
  ]);
  return {
    output: graph.op("Mul", [inputs[0]!, mask]),
    backward: (gradient) => ({ inputs: [graph.op("Mul", [gradient, mask])], parameters: {} }),
  };
}

export function concatenationForward({ graph, inputs }: Emission): string {
  return graph.op("Concat", inputs, { axis: 1 });
}

export function concatenationTraining(emission: Emission): TrainingStep {
  const { graph, placed } = emission;
  const first = placed.inputShape[0]!;
  const part = (gradient: string, start: number, end: number): string =>
    graph.op("Slice", [gradient, graph.integers([start]), graph.integers([end]), graph.integers([1])]);
  return {
    output: concatenationForward(emission),
    backward: (gradient) => ({
      inputs: [part(gradient, 0, first), part(gradient, first, placed.shape[0]!)],
      parameters: {},
    }),
  };
}

export function additionForward({ graph, inputs }: Emission): string {
  return graph.op("Add", inputs);
}

export function additionTraining(emission: Emission): TrainingStep {
  return {
    output: additionForward(emission),
    backward: (gradient) => ({ inputs: [gradient, gradient], parameters: {} }),
  };
}

export function denseForward(emission: Emission): string {
  const parameters = ["kernel", "bias"].map((role) => parameterName(emission, role));
  return emission.graph.op("Gemm", [emission.inputs[0]!, ...parameters], { transB: 1 });
}

export function denseTraining(emission: Emission): TrainingStep {
  const { graph, inputs } = emission;
  const kernel = parameterName(emission, "kernel");
  return {
    output: denseForward(emission),
    backward: (gradient) => ({
      inputs: [emission.wantsInputGradient ? graph.op("MatMul", [gradient, kernel]) : undefined],
      parameters: {
        [kernel]: graph.op("Gemm", [gradient, inputs[0]!], { transA: 1 }),
        [parameterName(emission, "bias")]: graph.sum(gradient, [0]),
      },
    }),
  };
}
