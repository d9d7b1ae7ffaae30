import type { CompiledModule } from "../compile/index.js";
import type { ToThread } from "../link.js";
import { Error, Map, Promise } from "./primordials.js";

/** Local files are compiled in another thread: sends each there, and hands out what comes back. */
export class FarCompiler {
  private readonly waiting = new Map<number, (answer: ToThread) => void>();
  private count = 0;

  constructor(private readonly send: (id: number, name: string, text: string) => void) {}

  /**
   * Compiles a local file's text; `name` is for messages.
   * @throws Error where it is not TypeScript, with the place.
   */
  compile(name: string, text: string): Promise<CompiledModule> {
    const id = ++this.count;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, ({ module, problem }) => {
        if (module) resolve(module);
        else reject(new Error(problem));
      });
      this.send(id, name, text);
    });
  }

  /** Takes an answer. @returns how many are still to come */
  answer(answer: ToThread): number {
    const take = this.waiting.get(answer.id);
    this.waiting.delete(answer.id);
    take?.(answer);
    return this.waiting.size;
  }
}
