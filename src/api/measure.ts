import { join } from "node:path";
import { createPredictor, EngineError, engineInUse, loadWeights, sizeOf } from "../engine/index.js";
import { renderPhantom } from "../phantom/index.js";
import { writeDicomSeries } from "../imaging/index.js";
import { median } from "../numbers/index.js";
import { detect, grade, hotspots, loadSeries, modelsFolder } from "../analysis/index.js";

/** Time of each step of a full scan: medians over the repeats, in seconds. */
export interface ScanTimes {
  readonly slices: number;
  readonly discs: number;
  /** The first run, which also loads the models. */
  readonly firstSeconds: number;
  readonly steps: readonly { readonly step: string; readonly seconds: number }[];
  /** The Pfirrmann network on one disc, on onnxruntime and on tfjs; absent where no tfjs is installed. */
  readonly peer?: { readonly own: number; readonly tfjs: number; readonly backend: string };
}

async function seconds<T>(work: () => Promise<T>): Promise<{ result: T; time: number }> {
  const started = performance.now();
  const result = await work();
  return { result, time: (performance.now() - started) / 1000 };
}

/** Median seconds of several calls, after one that is not counted. */
async function repeated(work: () => Promise<unknown>, repeats: number): Promise<number> {
  await work();
  const times: number[] = [];
  for (let i = 0; i < repeats; i++) times.push((await seconds(work)).time);
  return median(times);
}

async function comparePeer(repeats: number): Promise<ScanTimes["peer"]> {
  const tfjs = await engineInUse("tfjs").catch((error: unknown) => {
    if (error instanceof EngineError) return undefined;
    throw error;
  });
  if (tfjs === undefined) return undefined;
  const { network, weights } = await loadWeights(join(modelsFolder(), "pfirrmann.safetensors"));
  const shape = [1, network.input.channels, network.input.rows, network.input.columns];
  const feeds = { input: { values: new Float32Array(sizeOf(shape)).fill(0.5), shape } };
  const own = await createPredictor(network, weights, "onnxruntime");
  const other = await createPredictor(network, weights, "tfjs");
  return {
    own: await repeated(() => own.run(feeds), repeats * 4),
    tfjs: await repeated(() => other.run(feeds), Math.min(3, repeats)),
    backend: `${tfjs.name} ${tfjs.device}`,
  };
}

/** Measures load, detect, grade and hotspots on a synthetic DICOM study of 15 slices of 448 x 448 pixels in `folder`. */
export async function measureScan(folder: string, repeats: number): Promise<ScanTimes> {
  const { volume } = renderPhantom({
    seed: 448,
    columns: 448,
    rows: 448,
    slices: 15,
    inPlane: 0.625,
    sliceSpacing: 4,
  });
  await writeDicomSeries(folder, volume, {
    studySeed: "bench",
    seriesDescription: "T2 sagittal phantom",
    patientId: "phantom",
    repetitionTime: 3500,
    echoTime: 105,
  });
  const once = async (): Promise<{ times: number[]; discs: number }> => {
    const load = await seconds(() => loadSeries(folder));
    const detected = await seconds(() => detect(load.result));
    const graded = await seconds(() => grade(detected.result));
    const evidence = await seconds(() => hotspots(graded.result));
    return {
      times: [load.time, detected.time, graded.time, evidence.time],
      discs: graded.result.discs.length,
    };
  };
  const first = await once();
  const runs: number[][] = [];
  for (let i = 0; i < repeats; i++) runs.push((await once()).times);
  const peer = await comparePeer(repeats);
  const names = ["DICOM to volume", "detection", "grades", "hotspots"];
  return {
    slices: volume.slices,
    discs: first.discs,
    firstSeconds: first.times.reduce((sum, time) => sum + time, 0),
    steps: names.map((step, i) => ({ step, seconds: median(runs.map((times) => times[i]!)) })),
    ...(peer === undefined ? {} : { peer }),
  };
}
