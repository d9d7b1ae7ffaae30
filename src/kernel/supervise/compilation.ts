import { Worker } from "node:worker_threads";
import type { CompiledCell, CompiledModule, Completeness, References } from "../compile/index.js";

/** What the compiling thread gives for each kind of question. */
export interface Answers {
  readonly cell: CompiledCell;
  readonly module: CompiledModule;
  readonly completeness: Completeness;
  readonly references: References;
}

/** A text for the compiling thread. */
export interface Question<Kind extends keyof Answers = keyof Answers> {
  readonly kind: Kind;
  readonly text: string;
  /** For a cell: the constants of earlier ones. */
  readonly constants?: readonly string[];
}

/** Why a text cannot be compiled; line and column count from 1. */
export interface Problem {
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

export type Outcome<Kind extends keyof Answers> =
  { readonly value: Answers[Kind]; readonly problem?: undefined } | { readonly problem: Problem };

export interface Order {
  readonly id: number;
  readonly question: Question;
}
export type Answer = { readonly id: number } & Outcome<keyof Answers>;

interface Waiting {
  readonly question: Question;
  readonly resolve: (outcome: Outcome<keyof Answers>) => void;
}

/** The compiling thread, seen from the supervisor, which stays free to hear an interrupt while a text is compiled. */
export class Compilation {
  private worker: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private counter = 0;

  constructor() {
    this.worker = this.start();
  }

  /** Compiles a text or looks at it; texts come out in the order in which they went in. */
  ask<Kind extends keyof Answers>(question: Question<Kind>): Promise<Outcome<Kind>> {
    const id = ++this.counter;
    return new Promise((resolve) => {
      this.waiting.set(id, { question, resolve: resolve as Waiting["resolve"] });
      this.worker.postMessage({ id, question } satisfies Order);
    });
  }

  /** Gives up the cells that are being compiled; their questions are never answered. What else waits is asked anew. */
  dropCells(): void {
    const cells = [...this.waiting].filter(([, { question }]) => question.kind === "cell");
    if (cells.length === 0) return;
    for (const [id] of cells) this.waiting.delete(id);
    void this.worker.terminate();
    this.worker = this.start();
    for (const [id, { question }] of this.waiting) this.worker.postMessage({ id, question } satisfies Order);
  }

  private start(): Worker {
    // The bundles lie in one folder, dist/kernel.
    const worker = new Worker(new URL("./compiler.js", import.meta.url));
    worker.on("message", ({ id, ...outcome }: Answer) => {
      this.waiting.get(id)?.resolve(outcome);
      this.waiting.delete(id);
    });
    // Memory that runs out, or a stack that does: the texts that wait are given up, the kernel lives on.
    worker.on("error", (error) => {
      if (worker !== this.worker) return;
      this.worker = this.start();
      const problem: Problem = { message: `The compiler gave up: ${error.message}`, line: 1, column: 1 };
      for (const { resolve } of this.waiting.values()) resolve({ problem });
      this.waiting.clear();
    });
    return worker;
  }
}
