/** Numbers as stored in a file, before rescaling. */
export type Samples =
  Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array | Float32Array | Float64Array;

/**
 * Rescaled voxels, `sample x slope + intercept`: Int16Array when that only shifts whole numbers and all of them fit,
 * else Float32Array. Values that are not finite become 0, so that statistics downstream stay numbers.
 */
export function rescale(samples: Samples, slope: number, intercept: number): Int16Array | Float32Array {
  if (!isFloat(samples) && slope === 1 && Number.isInteger(intercept)) {
    let low = 0;
    let high = 0;
    for (const sample of samples) {
      if (sample < low) low = sample;
      if (sample > high) high = sample;
    }
    if (low + intercept >= -32768 && high + intercept <= 32767) {
      const result = new Int16Array(samples.length);
      for (let i = 0; i < samples.length; i++) result[i] = samples[i]! + intercept;
      return result;
    }
  }
  const result = new Float32Array(samples.length);
  for (let i = 0; i < samples.length; i++) {
    const value = samples[i]! * slope + intercept;
    result[i] = Number.isFinite(value) ? value : 0;
  }
  return result;
}

function isFloat(samples: Samples): boolean {
  return samples instanceof Float32Array || samples instanceof Float64Array;
}

/** Sample types that the file formats share. */
export type SampleType = "int8" | "uint8" | "int16" | "uint16" | "int32" | "uint32" | "float32" | "float64";

const READERS: Record<
  SampleType,
  { bytes: number; make(n: number): Samples; read(view: DataView, at: number, little: boolean): number }
> = {
  int8: { bytes: 1, make: (n) => new Int8Array(n), read: (view, at) => view.getInt8(at) },
  uint8: { bytes: 1, make: (n) => new Uint8Array(n), read: (view, at) => view.getUint8(at) },
  int16: { bytes: 2, make: (n) => new Int16Array(n), read: (view, at, little) => view.getInt16(at, little) },
  uint16: {
    bytes: 2,
    make: (n) => new Uint16Array(n),
    read: (view, at, little) => view.getUint16(at, little),
  },
  int32: { bytes: 4, make: (n) => new Int32Array(n), read: (view, at, little) => view.getInt32(at, little) },
  uint32: {
    bytes: 4,
    make: (n) => new Uint32Array(n),
    read: (view, at, little) => view.getUint32(at, little),
  },
  float32: {
    bytes: 4,
    make: (n) => new Float32Array(n),
    read: (view, at, little) => view.getFloat32(at, little),
  },
  float64: {
    bytes: 8,
    make: (n) => new Float64Array(n),
    read: (view, at, little) => view.getFloat64(at, little),
  },
};

/** Bytes of one sample. */
export function sampleBytes(type: SampleType): number {
  return READERS[type].bytes;
}

/** The first `count` samples of `bytes` in the given byte order; `bytes` must hold them. */
export function readSamples(
  bytes: Uint8Array,
  type: SampleType,
  count: number,
  littleEndian: boolean,
): Samples {
  const reader = READERS[type];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const samples = reader.make(count);
  for (let i = 0; i < count; i++) samples[i] = reader.read(view, i * reader.bytes, littleEndian);
  return samples;
}
