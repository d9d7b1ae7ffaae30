import { existsSync, readFileSync, statSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import path from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import vm from "node:vm";
import type { CompiledModule } from "../compile/index.js";
import { live, stopped } from "./context.js";
import { Error, Map, Object, Promise, Reflect, String, SyntaxError } from "./primordials.js";
import { errorMessage, propertyOf } from "./safely.js";
import { scriptOf } from "./script.js";
import { IMPORTER } from "./stacks.js";
import { registerText } from "./traceback.js";

/** Compiles a local file's text; `name` is for messages. */
export type CompileModule = (name: string, text: string) => Promise<CompiledModule>;

type Namespace = Record<string, unknown>;
type Import = (specifier: unknown, options?: ImportCallOptions) => Promise<Namespace>;
type ModuleBody = (
  host: ModuleHost,
  exports: Namespace,
  require: (specifier: string) => Namespace,
  object: ObjectConstructor,
) => Promise<void>;

/** What compiled code may ask of the kernel. */
export interface ModuleHost {
  import: Import;
  meta: {
    readonly url: string;
    readonly dirname: string;
    readonly filename: string;
    resolve(specifier: string): string;
  };
  live: typeof live;
  stopped: typeof stopped;
}

/** A local TypeScript file that was loaded. */
interface LocalModule {
  readonly exports: Namespace;
  /** `mtimeMs:size` of the file when it was read. */
  readonly stamp: string;
  /** The local TypeScript files it imports statically. */
  readonly needs: readonly string[];
  readonly ready: Promise<void>;
}

const TYPESCRIPT = /\.[cm]?tsx?$/;
const JSON_FILE = /\.json$/;
/** Files of packages, and the kernel's own. */
const PACKAGED = /[\\/](?:node_modules|dist[\\/]kernel)[\\/]/;
/** TypeScript has no need of an attribute to import JSON, Node has. */
const AS_JSON: ImportCallOptions = { with: { type: "json" } };
const SUFFIXES = ["", ".ts", ".mts", ".tsx", ".js", ".mjs", ".cjs", "/index.ts", "/index.js"];

/**
 * Loads what cells import. Packages resolve from the notebook's folder as Node does it, with the `import` conditions;
 * a package that is not there may have a fallback. Local TypeScript files are compiled, and compiled anew after an edit.
 */
export class Loader {
  /** `require` as a file in the notebook's folder has it. */
  readonly require: NodeJS.Require;
  /** The host of cells. */
  readonly host: ModuleHost;
  private readonly nodeImport: Import;
  private readonly base: string;
  private readonly modules = new Map<string, LocalModule>();
  /** Files that Node loaded, with their times and sizes. */
  private readonly stamps = new Map<string, string>();

  constructor(
    folder: string,
    private readonly fallbacks: Readonly<Record<string, string>>,
    private readonly compile: CompileModule,
  ) {
    this.base = path.join(folder, IMPORTER);
    this.require = createRequire(this.base);
    this.host = this.hostOf(this.base);
    // Node resolves an import of a script from the script's file name: this one lies in the notebook's folder.
    const script = new vm.Script("(specifier, options) => import(specifier, options)", {
      filename: this.base,
      importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    });
    this.nodeImport = script.runInThisContext() as Import;
  }

  /**
   * Forgets local TypeScript files, which are then run anew.
   * @returns whether no other local code was loaded: Node keeps JavaScript modules, and what they hold, for ever
   */
  reset(): boolean {
    this.modules.clear();
    const loaded = [...this.stamps.keys(), ...Object.keys(this.require.cache)];
    return !loaded.some((file) => !JSON_FILE.test(file) && !PACKAGED.test(file));
  }

  private hostOf(file: string): ModuleHost {
    const meta = {
      url: pathToFileURL(file).href,
      dirname: path.dirname(file),
      filename: file,
      resolve: (specifier: string) => {
        const found = createRequire(file).resolve(specifier);
        return isBuiltin(found) ? found : pathToFileURL(found).href;
      },
    };
    return {
      meta,
      live,
      stopped,
      import: (specifier, options) => this.import(String(specifier), file, [], options),
    };
  }

  private async import(
    specifier: string,
    importer: string,
    chain: readonly string[],
    options?: ImportCallOptions,
  ): Promise<Namespace> {
    const file = localFile(specifier, path.dirname(importer));
    const given = options ?? (JSON_FILE.test(file ?? specifier) ? AS_JSON : undefined);
    if (file === undefined) return this.importPackage(specifier, given);
    if (!existsSync(file)) throw missingFile(specifier);
    if (TYPESCRIPT.test(file)) return this.importTypeScript(file, chain);
    // Node keeps a module for ever under its URL: the time in it makes an edited file a new module.
    const url = pathToFileURL(file);
    url.search = `?edited=${statSync(file).mtimeMs}`;
    this.forgetEdited(file);
    return this.nodeImport(url.href, given);
  }

  /** CommonJS modules are kept by their file besides: an edited one is read anew. */
  private forgetEdited(file: string): void {
    const stamp = stampOf(file);
    if (this.stamps.get(file) !== stamp && this.stamps.has(file))
      Reflect.deleteProperty(this.require.cache, file);
    this.stamps.set(file, stamp);
  }

  private async importPackage(specifier: string, options?: ImportCallOptions): Promise<Namespace> {
    try {
      return await this.nodeImport(specifier, options);
    } catch (error) {
      const fallback = Object.hasOwn(this.fallbacks, specifier) ? this.fallbacks[specifier] : undefined;
      if (!this.isMissing(error)) throw error;
      if (fallback !== undefined) return this.nodeImport(pathToFileURL(path.resolve(fallback)).href);
      throw missingPackage(specifier);
    }
  }

  /** Whether the package itself was not found, and not one that it needs. */
  private isMissing(error: unknown): boolean {
    const isAbsent = propertyOf(error, "code") === "ERR_MODULE_NOT_FOUND";
    return isAbsent && errorMessage(error).includes(`imported from ${this.base}`);
  }

  private async importTypeScript(file: string, chain: readonly string[]): Promise<Namespace> {
    const known = this.modules.get(file);
    const module = known && (chain.includes(file) || this.isFresh(file, [])) ? known : this.load(file, chain);
    // A file that is imported, by way of others, by itself gets what is there so far, as in ES modules.
    if (!chain.includes(file)) await module.ready;
    return module.exports;
  }

  private isFresh(file: string, seen: readonly string[]): boolean {
    const known = this.modules.get(file);
    if (known?.stamp !== stampOf(file)) return false;
    return known.needs.every((need) => seen.includes(need) || this.isFresh(need, [...seen, file]));
  }

  private load(file: string, chain: readonly string[]): LocalModule {
    const exports: Namespace = {};
    const needs: string[] = [];
    const module = {
      exports,
      stamp: stampOf(file),
      needs,
      ready: this.evaluate(file, exports, needs, [...chain, file]),
    };
    this.modules.set(file, module);
    module.ready.catch(() => {
      if (this.modules.get(file) === module) this.modules.delete(file);
    });
    return module;
  }

  private async evaluate(
    file: string,
    exports: Namespace,
    needs: string[],
    chain: readonly string[],
  ): Promise<void> {
    const name = path.relative(path.dirname(this.base), file);
    const compiled = await this.compile(name, readFileSync(file, "utf8"));
    const loaded = new Map<string, Namespace>();
    for (const specifier of compiled.imports) {
      const local = localFile(specifier, path.dirname(file));
      if (local !== undefined && TYPESCRIPT.test(local)) needs.push(local);
      loaded.set(specifier, await this.import(specifier, file, chain));
    }
    for (const taken of compiled.taken) {
      const module = loaded.get(taken.specifier);
      const local = localFile(taken.specifier, path.dirname(file));
      // One that is on its way here, in a circle, does not have all of its names yet.
      const isComplete = local === undefined || !chain.includes(local);
      if (module && isComplete && !Reflect.has(module, taken.name)) throw missingName(taken, name);
    }
    const filename = registerText(`${name}?${stampOf(file)}`, name, compiled);
    const body = scriptOf(compiled.code, filename).runInThisContext({ displayErrors: false }) as ModuleBody;
    const fromFile = createRequire(file);
    await body(
      this.hostOf(file),
      exports,
      (specifier) => loaded.get(specifier) ?? (fromFile(specifier) as Namespace),
      // TypeScript's output names it, and a cell may have covered it.
      Object,
    );
  }
}

/** Cells import through Node's own loader, which Node calls experimental in a warning that is no user's business. */
export function quietExperimentalLoader(): void {
  const emitWarning = process.emitWarning.bind(process) as (...args: unknown[]) => void;
  process.emitWarning = (...args: unknown[]): void => {
    if (!(typeof args[0] === "string" && args[0].includes("USE_MAIN_CONTEXT_DEFAULT_LOADER")))
      emitWarning(...args);
  };
}

/** The local TypeScript file that a specifier means; it need not be there. */
export function typescriptFile(specifier: string, folder: string): string | undefined {
  const file = localFile(specifier, folder);
  return file !== undefined && TYPESCRIPT.test(file) ? file : undefined;
}

/** The file that a relative, absolute or `file:` specifier means, as TypeScript finds it; `undefined` for packages. */
function localFile(specifier: string, folder: string): string | undefined {
  if (isBuiltin(specifier)) return undefined;
  const isUrl = specifier.startsWith("file:");
  if (!isUrl && !/^\.{0,2}[\\/]|^\.{1,2}$/.test(specifier) && !path.isAbsolute(specifier)) return undefined;
  const file = isUrl ? fileURLToPath(specifier) : path.resolve(folder, specifier);
  const found = SUFFIXES.map((suffix) => file + suffix).find(isFile);
  if (found !== undefined) return found;
  // TypeScript files import each other under the names of the JavaScript that they become.
  const source = file.replace(/\.([cm]?)js$/, ".$1ts");
  return isFile(source) ? source : file;
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() === true;
}

function stampOf(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat ? `${stat.mtimeMs}:${stat.size}` : "absent";
}

/** Node's own words, without the folders of this machine. */
function missingFile(specifier: string): Error {
  return Object.assign(new Error(`Cannot find module '${specifier}'`), { code: "ERR_MODULE_NOT_FOUND" });
}

/** ES modules' own words, with the place. */
function missingName({ specifier, name, line }: CompiledModule["taken"][number], file: string): Error {
  return new SyntaxError(
    `${file}, line ${line}: The requested module '${specifier}' does not provide an export named '${name}'`,
  );
}

function missingPackage(specifier: string): Error {
  const error = new Error(
    `Cannot find the package "${specifier}" from the notebook's folder. Install it: %npm install ${specifier}`,
  );
  return Object.assign(error, { code: "ERR_MODULE_NOT_FOUND" });
}
