import { convolutionPadding } from "../../network.js";
import type { Layer } from "../../network.js";
import type { Emission, TrainingStep } from "./layer.js";
import { parameterName } from "./layer.js";

type Convolution = Extract<Layer, { kind: "convolution" }>;

/** y = x * kernel + bias. */
export function convolutionForward(emission: Emission, layer: Convolution): string {
  const { kernel, stride = 1, dilation = 1 } = layer;
  const padding = convolutionPadding(layer);
  const inputs = [emission.inputs[0]!, parameterName(emission, "kernel"), parameterName(emission, "bias")];
  return emission.graph.op("Conv", inputs, {
    kernel_shape: [kernel, kernel],
    strides: [stride, stride],
    dilations: [dilation, dilation],
    pads: [padding, padding, padding, padding],
  });
}

/**
 * The kernel's gradient is taken tap by tap: for each of the kernel's positions, the input shifted by it, as a matrix,
 * times the output's gradient. This needs half the memory of im2col and is faster.
 */
function kernelGradient(emission: Emission, layer: Convolution, gradient: string): string {
  const { graph, placed, batch } = emission;
  const { kernel, stride = 1, dilation = 1, filters } = layer;
  const [channels] = placed.inputShape as [number, number, number];
  const [, rows, columns] = placed.shape as [number, number, number];
  const padding = convolutionPadding(layer);
  const pads = [0, 0, padding, padding, 0, 0, padding, padding];
  const padded =
    padding === 0 ? emission.inputs[0]! : graph.op("Pad", [emission.inputs[0]!, graph.integers(pads)]);
  const flat = graph.reshape(gradient, [batch, filters, rows * columns]);
  const taps: string[] = [];
  for (let u = 0; u < kernel; u++)
    for (let v = 0; v < kernel; v++) {
      const [top, left] = [u * dilation, v * dilation];
      const ends = [top + (rows - 1) * stride + 1, left + (columns - 1) * stride + 1];
      const shifted =
        kernel === 1 && stride === 1
          ? padded
          : graph.op("Slice", [
              padded,
              graph.integers([top, left]),
              graph.integers(ends),
              graph.integers([2, 3]),
              graph.integers([stride, stride]),
            ]);
      const matrix = graph.op("Transpose", [graph.reshape(shifted, [batch, channels, rows * columns])], {
        perm: [0, 2, 1],
      });
      taps.push(graph.reshape(graph.sum(graph.op("MatMul", [flat, matrix]), [0]), [filters, channels, 1]));
    }
  const stacked = taps.length === 1 ? taps[0]! : graph.op("Concat", taps, { axis: 2 });
  return graph.reshape(stacked, [filters, channels, kernel, kernel]);
}

/** Gradient of the input: a convolution with the flipped, transposed kernel; with a stride, a transposed convolution. */
export function convolutionInputGradient(emission: Emission, layer: Convolution, gradient: string): string {
  const { graph, placed } = emission;
  const { kernel, stride = 1, dilation = 1 } = layer;
  const padding = convolutionPadding(layer);
  const weights = parameterName(emission, "kernel");
  const reach = (kernel - 1) * dilation;
  if (stride === 1) {
    const swapped = graph.op("Transpose", [weights], { perm: [1, 0, 2, 3] });
    const flipped =
      kernel === 1
        ? swapped
        : graph.op("Slice", [
            swapped,
            graph.integers([-1, -1]),
            graph.integers([-1000, -1000]),
            graph.integers([2, 3]),
            graph.integers([-1, -1]),
          ]);
    const q = reach - padding;
    return graph.op("Conv", [gradient, flipped], {
      kernel_shape: [kernel, kernel],
      dilations: [dilation, dilation],
      pads: [q, q, q, q],
    });
  }
  const rest = ([1, 2] as const).map(
    (axis) => placed.inputShape[axis]! - ((placed.shape[axis]! - 1) * stride - 2 * padding + reach + 1),
  );
  return graph.op("ConvTranspose", [gradient, weights], {
    kernel_shape: [kernel, kernel],
    strides: [stride, stride],
    dilations: [dilation, dilation],
    pads: [padding, padding, padding, padding],
    output_padding: rest,
  });
}

export function convolutionTraining(emission: Emission, layer: Convolution): TrainingStep {
  return {
    output: convolutionForward(emission, layer),
    backward: (gradient) => ({
      inputs: [emission.wantsInputGradient ? convolutionInputGradient(emission, layer, gradient) : undefined],
      parameters: {
        [parameterName(emission, "kernel")]: kernelGradient(emission, layer, gradient),
        [parameterName(emission, "bias")]: emission.graph.sum(emission.graph.sum(gradient, [2, 3]), [0]),
      },
    }),
  };
}
