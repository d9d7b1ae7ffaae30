/** What the thread that draws is asked, and what it answers. */
import type { MessagePort } from "node:worker_threads";

/** A still picture of a figure of plotly's. */
export interface Still {
  /** A whole drawing, with its own width and height; what was left out stands below. */
  readonly svg: string;
  /** The drawing at twice its size, where it was asked for. */
  readonly png?: Uint8Array;
  /** What of the figure is not in it, each as a phrase: `a map from the network`. */
  readonly leftOut: readonly string[];
  /** Whether anything of the figure is in it. */
  readonly isDrawn: boolean;
}

export interface StillRequest {
  /** The figure as JSON. */
  readonly figure: string;
  readonly theme: "light" | "dark" | "print";
  /** Pixels; the figure's own, or 700, unless given. */
  readonly width?: number | undefined;
  readonly isPicture: boolean;
}

/** What the thread starts with. */
export interface Start {
  readonly port: MessagePort;
  /** Set and notified with each answer. */
  readonly flag: Int32Array;
  /** Files: the page without a browser, and the drawer. */
  readonly page: string;
  readonly drawer: string;
}
