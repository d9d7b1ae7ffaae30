/** Share of the brightest values above which nothing is taken as signal level (vessels, coil flare). */
const BRIGHT = 0.99;
/** Below this share of the bright level a pixel is air. */
const AIR = 0.08;

export interface IntensityScale {
  readonly mean: number;
  readonly deviation: number;
}

/** Mean and standard deviation of the values that are not air; scanner units have no meaning of their own. */
export function intensityScale(values: ArrayLike<number>): IntensityScale {
  const step = Math.max(1, Math.floor(values.length / 20000));
  const sample = new Float64Array(Math.ceil(values.length / step));
  for (let i = 0; i < sample.length; i++) sample[i] = values[i * step]!;
  sample.sort();
  const bright = sample[Math.floor((sample.length - 1) * BRIGHT)]!;
  const low = sample[0]!;
  const signal = sample.filter((value) => value > low + AIR * (bright - low) && value <= bright);
  if (signal.length === 0) return { mean: low, deviation: 1 };
  const mean = signal.reduce((sum, value) => sum + value, 0) / signal.length;
  const variance = signal.reduce((sum, value) => sum + (value - mean) ** 2, 0) / signal.length;
  return { mean, deviation: Math.sqrt(variance) || 1 };
}
