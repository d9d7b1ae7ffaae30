/** What the extension and the viewer's webview say to each other. */

import type { SeriesPlace } from "./place.js";

/** A position in patient space, LPS mm. */
export type PatientPoint = readonly [number, number, number];

/** The part of `spinebook detect --json` that the viewer draws. */
export interface DetectedSpine {
  /** What the series is called that the outlines were found in. */
  readonly series: string;
  /** The pictures that they were found in; on no others are they drawn. */
  readonly place: SeriesPlace;
  readonly vertebrae: readonly {
    readonly level: string;
    readonly centre: PatientPoint;
    readonly corners: Readonly<
      Record<
        "anteriorSuperior" | "posteriorSuperior" | "posteriorInferior" | "anteriorInferior",
        { readonly patient: PatientPoint }
      >
    >;
  }[];
  readonly discs: readonly {
    readonly level: string;
    readonly centre: PatientPoint;
    /** Degrees by which the front-to-back axis is turned in the sagittal picture; positive when the back is lower. */
    readonly angle: number;
    /** mm along the axis and across it. */
    readonly width: number;
    readonly height: number;
  }[];
  readonly flags: readonly { readonly message: string }[];
}

/** From the extension to the viewer. */
export type ToViewer =
  /** A volume is being read. */
  | { readonly type: "loading" }
  /** A single uncompressed NIfTI-1 file; the title names the series without identity. */
  | {
      readonly type: "volume";
      readonly bytes: Uint8Array;
      /** Id of the series, where it is known. */
      readonly series?: string | undefined;
      readonly title: string;
      readonly problems: readonly string[];
    }
  /** The volume cannot be had; a sentence for people. */
  | { readonly type: "failed"; readonly message: string }
  | { readonly type: "spine"; readonly spine: DetectedSpine }
  /** Nothing was found; a sentence for people, empty where the reader stopped the search. */
  | { readonly type: "spineFailed"; readonly message: string };

/** From the viewer to the extension. */
export type FromViewer =
  /** It listens and wants its volume. */
  | { readonly type: "ready" }
  /** The reader wants vertebrae and discs. */
  | { readonly type: "detect" };
