import type { Weights } from "./weights.js";

/** Changes weights in place, given the gradients of one step. State can be written to a checkpoint and put back. */
export interface Optimizer {
  /** Moving averages per parameter and kind, as tensors: `kind/parameter` -> values. */
  readonly state: Record<string, Float32Array>;
  step(weights: Weights, gradients: Readonly<Record<string, Float32Array>>, learningRate: number): void;
}

export interface OptimizerOptions {
  /** L2 regularisation λ: λ‖w‖² is added to the loss for every kernel (not for biases and normalisation). */
  readonly l2?: number;
}

function buffer(state: Record<string, Float32Array>, key: string, length: number): Float32Array {
  return (state[key] ??= new Float32Array(length));
}

function regularised(name: string, l2: number): number {
  return name.endsWith("/kernel") ? 2 * l2 : 0;
}

/** Stochastic gradient descent with momentum (Niemeyer: 0.9). */
export function momentumDescent(momentum: number, { l2 = 0 }: OptimizerOptions = {}): Optimizer {
  const state: Record<string, Float32Array> = {};
  return {
    state,
    step(weights, gradients, learningRate) {
      for (const [name, gradient] of Object.entries(gradients)) {
        const values = weights[name]!;
        const velocity = buffer(state, `velocity/${name}`, values.length);
        const decay = regularised(name, l2);
        for (let i = 0; i < values.length; i++) {
          velocity[i] = momentum * velocity[i]! - learningRate * (gradient[i]! + decay * values[i]!);
          values[i]! += velocity[i]!;
        }
      }
    },
  };
}

/** Adam (Kingma and Ba 2015) with L2 regularisation decoupled from the averages (AdamW, Loshchilov and Hutter 2019). */
export function adam({ l2 = 0 }: OptimizerOptions = {}): Optimizer {
  const [first, second, epsilon] = [0.9, 0.999, 1e-8];
  const state: Record<string, Float32Array> = {};
  return {
    state,
    step(weights, gradients, learningRate) {
      const clock = buffer(state, "clock", 1);
      const time = ++clock[0]!;
      const rate = (learningRate * Math.sqrt(1 - second ** time)) / (1 - first ** time);
      for (const [name, gradient] of Object.entries(gradients)) {
        const values = weights[name]!;
        const mean = buffer(state, `mean/${name}`, values.length);
        const square = buffer(state, `square/${name}`, values.length);
        const decay = 1 - learningRate * regularised(name, l2);
        for (let i = 0; i < values.length; i++) {
          const g = gradient[i]!;
          mean[i] = first * mean[i]! + (1 - first) * g;
          square[i] = second * square[i]! + (1 - second) * g * g;
          values[i] = values[i]! * decay - (rate * mean[i]!) / (Math.sqrt(square[i]!) + epsilon);
        }
      }
    },
  };
}

/** An optimiser that leaves all parameters as they are but those whose name fits. */
export function restricted(optimizer: Optimizer, isTrained: (name: string) => boolean): Optimizer {
  return {
    state: optimizer.state,
    step(weights, gradients, learningRate) {
      const own = Object.entries(gradients).filter(([name]) => isTrained(name));
      optimizer.step(weights, Object.fromEntries(own), learningRate);
    },
  };
}
