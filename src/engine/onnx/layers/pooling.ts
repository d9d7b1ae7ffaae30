import type { Emission, TrainingStep } from "./layer.js";

export function maxPoolingForward({ graph, inputs }: Emission): string {
  return graph.op("MaxPool", [inputs[0]!], { kernel_shape: [2, 2], strides: [2, 2] });
}

/** The gradient goes to the values that equal their window's maximum. */
export function maxPoolingTraining(emission: Emission): TrainingStep {
  const { graph, placed, batch, inputs } = emission;
  const output = maxPoolingForward(emission);
  const [channels, rows, columns] = placed.shape as [number, number, number];
  const maps = batch * channels;
  return {
    output,
    backward: (gradient) => {
      const window = (tensor: string): string => graph.reshape(tensor, [maps, rows, 1, columns, 1]);
      const isMaximum = graph.op("Equal", [
        graph.reshape(inputs[0]!, [maps, rows, 2, columns, 2]),
        window(output),
      ]);
      const spread = graph.op("Where", [isMaximum, window(gradient), graph.scalar(0)]);
      return { inputs: [graph.reshape(spread, [batch, channels, rows * 2, columns * 2])], parameters: {} };
    },
  };
}

export function upsamplingForward({ graph, inputs }: Emission): string {
  const scales = graph.floats("upsamplingScales", [4], new Float32Array([1, 1, 2, 2]));
  return graph.op("Resize", [inputs[0]!, "", scales], {
    mode: "nearest",
    coordinate_transformation_mode: "asymmetric",
    nearest_mode: "floor",
  });
}

/** The gradient of a repeated value is the sum over its repetitions: four times their average. */
export function upsamplingTraining(emission: Emission): TrainingStep {
  const { graph } = emission;
  return {
    output: upsamplingForward(emission),
    backward: (gradient) => {
      const average = graph.op("AveragePool", [gradient], { kernel_shape: [2, 2], strides: [2, 2] });
      return { inputs: [graph.op("Mul", [average, graph.scalar(4)])], parameters: {} };
    },
  };
}

export function globalAveragePoolingForward({ graph, inputs }: Emission): string {
  return graph.op("Flatten", [graph.op("GlobalAveragePool", [inputs[0]!])], { axis: 1 });
}

export function globalAveragePoolingTraining(emission: Emission): TrainingStep {
  const { graph, placed, batch } = emission;
  const [channels, rows, columns] = placed.inputShape as [number, number, number];
  return {
    output: globalAveragePoolingForward(emission),
    backward: (gradient) => {
      const share = graph.op("Div", [
        graph.reshape(gradient, [batch, channels, 1, 1]),
        graph.scalar(rows * columns),
      ]);
      return {
        inputs: [graph.op("Expand", [share, graph.integers([batch, channels, rows, columns])])],
        parameters: {},
      };
    },
  };
}
