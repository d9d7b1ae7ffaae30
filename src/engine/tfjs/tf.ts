import type * as tfjs from "@tensorflow/tfjs-core";

/** The interface of tfjs-core, which all its packages share. */
export type Tf = typeof tfjs;
