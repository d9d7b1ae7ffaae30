// What every cell finds as globals, for editors. Not part of any module: the language service adds this file to cells.

/** A display that can be given new content. */
interface SpinebookDisplayHandle {
  readonly id: string;
  /** Shows another value in the same place, also from a later cell. */
  update(value: unknown): void;
}

/** A value that shows itself in one given form. */
interface SpinebookDisplayable {
  [key: symbol]: () => Readonly<Record<string, unknown>>;
}

interface SpinebookDisplay {
  /**
   * Shows a value below the cell: by its own `Symbol.for("Jupyter.display")` method where it has one; arrays of objects
   * as a table, figures of plotly's (`{ data, layout }`) as a plot, anything else as text.
   *
   * @param options.id Showing something under an id that another display has replaces that display's content.
   * @param options.caption Markdown; below a figure, above a table. HTML reports number captions.
   * @param options.label `fig-...` or `tbl-...`, by which a text cell refers to it: `@fig-heights`.
   */
  (
    value: unknown,
    options?: { readonly id?: string; readonly caption?: string; readonly label?: string },
  ): SpinebookDisplayHandle;
  /** HTML: `display(display.html("<b>L4-L5</b>"))`, or as a cell's last value. */
  html(text: string): SpinebookDisplayable;
  svg(text: string): SpinebookDisplayable;
  markdown(text: string): SpinebookDisplayable;
  /** A PNG, JPEG, GIF or WebP picture. `alternative` is for those who cannot see it. */
  image(bytes: Uint8Array, alternative?: string): SpinebookDisplayable;
  /** A JSON value as a tree that opens and closes. */
  json(value: unknown): SpinebookDisplayable;
}

/** Shows values below the cell. */
declare const display: SpinebookDisplay;

/** A progress bar in one display. */
interface SpinebookProgress<T> extends Iterable<T>, AsyncIterable<T> {
  /** Counts `steps` (1 by default) more as done. */
  step(steps?: number): void;
  /** Says that all is done, where the count does not. */
  finish(): void;
}

/**
 * Shows a progress bar with the time that is left.
 *
 * @example
 * for (const study of progress(studies, "Grading")) await grade(study);
 * @example
 * const bar = progress(100);
 * bar.step();
 */
declare function progress(total: number, label?: string): SpinebookProgress<never>;
declare function progress<T>(items: Iterable<T> | AsyncIterable<T>, label?: string): SpinebookProgress<T>;

/**
 * Asks the user and waits for the answer; `null` when there is none.
 *
 * @param options.password The answer is not shown while it is typed.
 */
declare function prompt(question?: string, options?: { readonly password?: boolean }): string | null;

/** Is aborted when the user interrupts the present cell; for functions that take a signal, such as `fetch`. */
declare const interruptSignal: AbortSignal;

/** One end of a two-way channel between a cell and a display. */
interface SpinebookComm {
  readonly id: string;
  send(data: Readonly<Record<string, unknown>>): void;
  onMessage(handler: (data: Readonly<Record<string, unknown>>) => void): void;
  onClose(handler: (data: Readonly<Record<string, unknown>>) => void): void;
  close(data?: Readonly<Record<string, unknown>>): void;
}

/** Jupyter's comms: messages between cells and displays. */
declare const comms: {
  /** Opens a channel to what the front end has under this name. */
  open(target: string, data?: Readonly<Record<string, unknown>>): SpinebookComm;
  /** Answers channels that the front end opens under this name. */
  onOpen(
    target: string,
    handler: (comm: SpinebookComm, data: Readonly<Record<string, unknown>>) => void,
  ): void;
};

/**
 * A document without a browser, for cells and for libraries that draw with elements (Observable Plot, D3): it measures and lays out
 * nothing. Typed loosely, as cells are not given the types of browsers.
 */
declare const document: any;
/** The window of {@link document}. */
declare const window: any;

/** Node has it, but its types leave it to those of browsers, which cells are not given: they know no `document`. */
declare namespace WebAssembly {
  type Value = number | bigint | object | null | undefined;
  type Imports = Record<string, Record<string, unknown>>;
  class Module {
    constructor(bytes: ArrayBuffer | ArrayBufferView);
    static exports(module: Module): { name: string; kind: string }[];
    static imports(module: Module): { module: string; name: string; kind: string }[];
  }
  class Instance {
    constructor(module: Module, imports?: Imports);
    // The exports are known at run time only: functions, memories, tables, globals.
    readonly exports: Record<string, any>;
  }
  class Memory {
    constructor(size: { initial: number; maximum?: number; shared?: boolean });
    readonly buffer: ArrayBuffer;
    /** @returns the earlier size in pages of 64 KiB */
    grow(pages: number): number;
  }
  class Table {
    constructor(size: { element: "anyfunc" | "externref"; initial: number; maximum?: number });
    readonly length: number;
    get(index: number): unknown;
    set(index: number, value?: unknown): void;
    grow(by: number): number;
  }
  class Global {
    constructor(type: { value: string; mutable?: boolean }, value?: Value);
    value: Value;
  }
  class CompileError extends Error {}
  class LinkError extends Error {}
  class RuntimeError extends Error {}
  function compile(bytes: ArrayBuffer | ArrayBufferView): Promise<Module>;
  function instantiate(module: Module, imports?: Imports): Promise<Instance>;
  function instantiate(
    bytes: ArrayBuffer | ArrayBufferView,
    imports?: Imports,
  ): Promise<{ module: Module; instance: Instance }>;
  function validate(bytes: ArrayBuffer | ArrayBufferView): boolean;
}
