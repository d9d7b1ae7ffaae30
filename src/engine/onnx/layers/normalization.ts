import type { Emission, TrainingStep } from "./layer.js";
import { parameterName } from "./layer.js";

/** Keras' default, which Niemeyer's network was built with. */
export const EPSILON = 1e-3;

/** Inference: running statistics. */
export function batchNormalizationForward(emission: Emission): string {
  const parameters = ["scale", "shift", "mean", "variance"].map((role) => parameterName(emission, role));
  return emission.graph.op("BatchNormalization", [emission.inputs[0]!, ...parameters], {
    epsilon: { float: EPSILON },
  });
}

/**
 * Training: statistics of the batch, in two passes about the mean and summed hierarchically (rows and columns, then
 * samples): mean(x²) − mean(x)² loses 3.5 % of the gradient in single precision.
 */
export function batchNormalizationTraining(emission: Emission): TrainingStep {
  const { graph, placed, batch } = emission;
  const [channels, rows = 1, columns = 1] = placed.inputShape as [number, number?, number?];
  const isMap = placed.inputShape.length === 3;
  const count = graph.scalar(batch * rows * columns);
  const perChannel = (tensor: string): string => graph.sum(isMap ? graph.sum(tensor, [2, 3]) : tensor, [0]);
  const spread = (tensor: string): string =>
    graph.reshape(tensor, isMap ? [1, channels, 1, 1] : [1, channels]);
  const scale = parameterName(emission, "scale");

  const mean = graph.op("Div", [perChannel(emission.inputs[0]!), count]);
  const centred = graph.op("Sub", [emission.inputs[0]!, spread(mean)]);
  const variance = graph.op("Div", [perChannel(graph.op("Mul", [centred, centred])), count]);
  const inverse = graph.op("Reciprocal", [
    graph.op("Sqrt", [graph.op("Add", [variance, graph.scalar(EPSILON)])]),
  ]);
  const gain = graph.op("Mul", [scale, inverse]);
  const output = graph.op("Add", [
    graph.op("Mul", [centred, spread(gain)]),
    spread(parameterName(emission, "shift")),
  ]);

  return {
    output,
    statistics: { [parameterName(emission, "mean")]: mean, [parameterName(emission, "variance")]: variance },
    backward: (gradient) => {
      const shiftGradient = perChannel(gradient);
      const scaleGradient = graph.op("Mul", [inverse, perChannel(graph.op("Mul", [gradient, centred]))]);
      // dx = gain (dy − mean(dy) − normalised mean(dy normalised))
      const slope = graph.op("Neg", [
        graph.op("Div", [graph.op("Mul", [graph.op("Mul", [gain, inverse]), scaleGradient]), count]),
      ]);
      const offset = graph.op("Neg", [graph.op("Div", [graph.op("Mul", [gain, shiftGradient]), count])]);
      const correction = graph.op("Add", [graph.op("Mul", [centred, spread(slope)]), spread(offset)]);
      const inputGradient = graph.op("Add", [graph.op("Mul", [gradient, spread(gain)]), correction]);
      return {
        inputs: [inputGradient],
        parameters: { [scale]: scaleGradient, [parameterName(emission, "shift")]: shiftGradient },
      };
    },
  };
}
