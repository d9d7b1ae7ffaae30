import type { MimeBundle } from "../protocol/index.js";

/** The method by which the kernel asks an object for its display. */
export const jupyterDisplay: unique symbol = Symbol.for("Jupyter.display");

/** Something that shows itself when it is the last value of a cell. */
export interface Displayable {
  [jupyterDisplay](): MimeBundle | Promise<MimeBundle>;
}

/** A value whose only purpose is to be looked at. */
export class Display implements Displayable {
  constructor(private readonly make: () => MimeBundle | Promise<MimeBundle>) {}

  [jupyterDisplay](): MimeBundle | Promise<MimeBundle> {
    return this.make();
  }
}

/** Wraps a mime bundle, or a function that makes it when it is asked for, into something that shows itself. */
export function displayable(bundle: MimeBundle | (() => MimeBundle | Promise<MimeBundle>)): Display {
  return new Display(typeof bundle === "function" ? bundle : () => bundle);
}
