import { encodeSlices, slicesBundle } from "../../src/figures/index.js";
import { renderPhantom } from "../../src/phantom/index.js";
import type { MimeBundle, Outline, SlicesPayload } from "../../src/protocol/index.js";

/** What is drawn: 15 slices of 448 x 448 pixels with twelve outlines and one heat layer. */
export async function subject(): Promise<{ readonly payload: SlicesPayload; readonly bundle: MimeBundle }> {
  const { volume, truth } = renderPhantom({
    seed: 448,
    columns: 448,
    rows: 448,
    slices: 15,
    inPlane: 0.625,
    sliceSpacing: 4,
  });
  const outlines = truth.vertebrae.map(({ level, corners }): Outline => ({
    kind: "vertebra",
    label: level,
    note: "",
    corners: [
      corners.anteriorSuperior,
      corners.posteriorSuperior,
      corners.posteriorInferior,
      corners.anteriorInferior,
    ].map(({ pixel }) => [pixel[0], pixel[1]] as const),
    slices: [0, 14],
  }));
  const payload = encodeSlices({
    volume,
    title: "T2 sagittal phantom, 15 slices",
    outlines,
    heat: [hotspot()],
  });
  return { payload, bundle: await slicesBundle(payload) };
}

/** A round hotspot of 64 x 32 pixels through all slices. */
function hotspot() {
  const [columns, rows, slices] = [64, 32, 15];
  const values = Uint8Array.from({ length: columns * rows * slices }, (_, i) => {
    const [column, row] = [i % columns, Math.floor(i / columns) % rows];
    return Math.round(255 * Math.exp(-(((column - 40) / 12) ** 2) - ((row - 16) / 8) ** 2));
  });
  return { label: "L4-L5 Pfirrmann", origin: [190, 280, 0] as const, columns, rows, slices, values };
}
