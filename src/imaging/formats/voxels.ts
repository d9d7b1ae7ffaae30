import { endianness } from "node:os";

import { ImagingError } from "../errors.js";

/** Numbers as stored in a file, before rescaling. */
export type Samples =
  Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array | Float32Array | Float64Array;

/**
 * Rescaled voxels, `sample x slope + intercept`: Int16Array when that only shifts whole numbers and all of them fit,
 * else Float32Array. Values that are not finite become 0, so that statistics downstream stay numbers.
 * @throws ImagingError "malformed" where a finite sample is scaled beyond what 32-bit floats hold
 */
export function rescale(samples: Samples, slope: number, intercept: number): Int16Array | Float32Array {
  // Most files: whole numbers that are taken as they are.
  if (slope === 1 && intercept === 0 && fitsInt16(samples)) return new Int16Array(samples);
  if (!isFloat(samples) && slope === 1 && Number.isInteger(intercept)) {
    let low = 0;
    let high = 0;
    for (let i = 0; i < samples.length; i++) {
      const sample = samples[i]!;
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
    const sample = samples[i]!;
    const value = Math.fround(sample * slope + intercept);
    if (!Number.isFinite(value) && Number.isFinite(sample)) throw beyondRange(slope, intercept);
    result[i] = Number.isFinite(value) ? value : 0;
  }
  return result;
}

/** A picture of infinities or of zeros in their place would be a wrong one without a word. */
function beyondRange(slope: number, intercept: number): ImagingError {
  return new ImagingError(
    "malformed",
    `Its values, scaled by ${slope.toPrecision(3)} with an offset of ${intercept.toPrecision(3)}, are beyond 3.4e38; its header or values are damaged: copy or export it again.`,
  );
}

function fitsInt16(samples: Samples): boolean {
  return samples instanceof Int16Array || samples instanceof Int8Array || samples instanceof Uint8Array;
}

function isFloat(samples: Samples): boolean {
  return samples instanceof Float32Array || samples instanceof Float64Array;
}

/** Sample types that the file formats share. */
export type SampleType =
  "int8" | "uint8" | "int16" | "uint16" | "int32" | "uint32" | "int64" | "uint64" | "float32" | "float64";

const READERS: Record<SampleType, { bytes: 1 | 2 | 4 | 8; view(buffer: ArrayBuffer): Samples }> = {
  int8: { bytes: 1, view: (buffer) => new Int8Array(buffer) },
  uint8: { bytes: 1, view: (buffer) => new Uint8Array(buffer) },
  int16: { bytes: 2, view: (buffer) => new Int16Array(buffer) },
  uint16: { bytes: 2, view: (buffer) => new Uint16Array(buffer) },
  int32: { bytes: 4, view: (buffer) => new Int32Array(buffer) },
  uint32: { bytes: 4, view: (buffer) => new Uint32Array(buffer) },
  int64: { bytes: 8, view: (buffer) => wholeNumbers(Float64Array.from(new BigInt64Array(buffer), Number)) },
  uint64: { bytes: 8, view: (buffer) => wholeNumbers(Float64Array.from(new BigUint64Array(buffer), Number)) },
  float32: { bytes: 4, view: (buffer) => new Float32Array(buffer) },
  float64: { bytes: 8, view: (buffer) => new Float64Array(buffer) },
};

/** Whole numbers as an Int32Array where all of them fit, so that they can become Int16 voxels; else unchanged. */
export function wholeNumbers(values: Float64Array): Int32Array | Float64Array {
  return values.every((value) => value === (value | 0)) ? Int32Array.from(values) : values;
}

/** Whether samples of the type are whole numbers. */
export function isWhole(type: SampleType): boolean {
  return !type.startsWith("float");
}

/** Bytes of one sample. */
export function sampleBytes(type: SampleType): number {
  return READERS[type].bytes;
}

/** The first `count` samples of `bytes` in the given byte order, as a copy; `bytes` must hold them. */
export function readSamples(
  bytes: Uint8Array,
  type: SampleType,
  count: number,
  littleEndian: boolean,
): Samples {
  const reader = READERS[type];
  // The copy starts where a typed array may start, and swapping leaves the file's own bytes as they are.
  const copy = Buffer.from(new ArrayBuffer(count * reader.bytes));
  copy.set(bytes.subarray(0, copy.length));
  if (littleEndian !== (endianness() === "LE")) {
    if (reader.bytes === 2) copy.swap16();
    if (reader.bytes === 4) copy.swap32();
    if (reader.bytes === 8) copy.swap64();
  }
  return reader.view(copy.buffer);
}

/** Copies voxels little endian into `target`, which has room for exactly them. */
export function writeVoxels(target: Uint8Array, voxels: Int16Array | Float32Array): void {
  const view = new DataView(target.buffer, target.byteOffset, target.byteLength);
  if (voxels instanceof Float32Array)
    for (let i = 0; i < voxels.length; i++) view.setFloat32(4 * i, voxels[i]!, true);
  else for (let i = 0; i < voxels.length; i++) view.setInt16(2 * i, voxels[i]!, true);
}
