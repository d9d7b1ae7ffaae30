/** Where a learning rate stands that falls when the validation loss does not. */
export interface Plateau {
  readonly learningRate: number;
  /** Lowest validation loss so far. */
  readonly best: number | null;
  /** Epochs since then, or since the rate was lowered. */
  readonly waited: number;
}

/** A loss must be lower by this to count as lower (Keras' ReduceLROnPlateau has the same). */
const LEAST_GAIN = 1e-4;

/** The schedule before the first epoch. */
export function startPlateau(learningRate: number): Plateau {
  return { learningRate, best: null, waited: 0 };
}

/**
 * The schedule after an epoch with this validation loss: after `patience` epochs without a lower one the learning rate is
 * divided by `divisor` (Niemeyer 2021: by 10 after 10 epochs on a plateau) and counting starts anew.
 */
export function afterEpoch(plateau: Plateau, loss: number, patience: number, divisor: number): Plateau {
  const { learningRate, best, waited } = plateau;
  if (best === null || loss < best - LEAST_GAIN) return { learningRate, best: loss, waited: 0 };
  if (waited + 1 < patience) return { learningRate, best, waited: waited + 1 };
  return { learningRate: learningRate / divisor, best, waited: 0 };
}
