import { types } from "node:util";
import { presentRun } from "../run/context.js";
import { shielded } from "../run/intrinsics.js";
import { Map, Math, Object } from "../run/primordials.js";
import type { Run } from "../run/run.js";
import { textOf } from "../run/safely.js";
import type { CellCaption } from "../compile/cellCaption.js";
import { mimeBundle } from "./bundle.js";
import { givenCaption } from "./caption.js";
import { forms } from "./forms.js";
import { Progress } from "./progress.js";
import type { Shown } from "./shown.js";
import type { ImportPackage } from "./vega.js";

/** Sends what is shown of a value; `update` where it replaces what is there, which then keeps its caption. */
export type SendDisplay = (run: Run, shown: Shown, id: string, update: boolean, caption: CellCaption) => void;

/** What cells may say of a display. */
interface DisplayOptions {
  readonly id?: string;
  readonly caption?: string;
  readonly label?: string;
}

/** What `display` returns: the display can be given new content from any cell. */
export class DisplayHandle {
  constructor(
    readonly id: string,
    private readonly show: (value: unknown) => void,
  ) {}

  /** Shows another value in the same place. */
  update(value: unknown): void {
    this.show(value);
  }
}

/** The displays of a session and the functions by which cells make them. */
export class Displays {
  /** Which run last showed a display id that a cell chose. */
  private readonly owners = new Map<string, Run>();
  private counter = 0;
  private readonly prefix = Math.random().toString(36).slice(2, 8);

  constructor(
    private readonly send: SendDisplay,
    private readonly importPackage: ImportPackage,
  ) {}

  /** The function `display` of cells, with the forms in which a value may be shown. */
  asGlobal(): object {
    const display = (value: unknown, options?: DisplayOptions): DisplayHandle =>
      shielded(() => this.display(value, options?.id, givenCaption(options?.caption, options?.label)));
    return Object.assign(display, forms);
  }

  /** The function `progress` of cells. */
  progress(items: unknown, label?: unknown): Progress<unknown> {
    let handle: DisplayHandle | undefined;
    const bar: Progress<unknown> = new Progress(items, label === undefined ? "" : textOf(label), () => {
      if (handle) handle.update(bar);
      else handle = this.display(bar);
    });
    bar.refresh();
    return bar;
  }

  /** Shows a value in the present run; under an id that a cell chose, in the place where that id was shown. */
  display(value: unknown, chosen?: string, caption: CellCaption = {}): DisplayHandle {
    const id = chosen === undefined ? `${this.prefix}-${++this.counter}` : textOf(chosen);
    const run = presentRun();
    if (run) this.show(run, value, id, chosen !== undefined && this.isUpdate(id, run), caption);
    return new DisplayHandle(id, (next) => {
      shielded(() => {
        const later = presentRun();
        if (later) this.show(later, next, id, true);
      });
    });
  }

  private show(run: Run, value: unknown, id: string, update: boolean, caption: CellCaption = {}): void {
    const shown = mimeBundle(value, this.importPackage);
    const send = (made: Shown): void => {
      this.send(run, made, id, update, caption);
    };
    if (types.isPromise(shown)) run.waitFor(sendLater(shown, send));
    else send(shown);
  }

  /** Whether showing `id` in `run` updates an output that is there: a cell that runs anew shows its displays anew. */
  private isUpdate(id: string, run: Run): boolean {
    const owner = this.owners.get(id);
    if (owner !== undefined && (owner === run || owner.cellId !== run.cellId)) return true;
    this.owners.set(id, run);
    return false;
  }
}

async function sendLater(made: Promise<Shown>, send: (shown: Shown) => void): Promise<void> {
  const shown = await made;
  shielded(() => {
    send(shown);
  });
}
