import { basename, dirname, join } from "node:path";
import ts from "typescript";
import { keyOfSpecifier, linkCells, readCell, type CellLink, type CellNames } from "./cells.js";
import { Files, installationStamp } from "./files.js";
import { readSettings, type Settings } from "./options.js";
import { declarationsOf } from "./queries.js";
import type { QueryColumns } from "../../protocol/index.js";

/** A cell as the client has it. */
export interface Cell {
  readonly id: string;
  readonly text: string;
}

/** What a notebook's language service is made with. */
export interface ProjectOptions {
  /** The notebook's path; it need not exist. */
  readonly notebook: string;
  /** Package name -> declaration file, used where the notebook's folder has no such package. */
  readonly packageTypes?: Readonly<Record<string, string>>;
  /** A declaration file with the globals of cells. */
  readonly globals?: string;
}

/** A cell as TypeScript sees it: a module beside the notebook. */
export interface CellModule {
  readonly id: string;
  readonly key: number;
  readonly path: string;
  readonly source: string;
  readonly names: CellNames;
  readonly link: CellLink;
  /** Prelude, the cell's text, epilogue. */
  readonly text: string;
  readonly version: number;
}

/** A declaration file, which TypeScript takes as one for all cells. */
const QUERIES = "queries.d.ts";

/** Parsed files that all notebooks of this process share, such as TypeScript's libraries. */
const registry = ts.createDocumentRegistry(ts.sys.useCaseSensitiveFileNames, process.cwd());

/** The cells of one notebook and the files around them, as the host of a TypeScript language service. */
export class Project {
  /** The cells in the notebook's order. */
  cells: readonly CellModule[] = [];
  /** Counts what changed outside of the cells. */
  generation = 0;

  private readonly folder: string;
  private readonly files = new Files();
  private readonly keys = new Map<string, number>();
  private byId = new Map<string, CellModule>();
  private byPath = new Map<string, CellModule>();
  private settings: Settings;
  private installation: string;
  private resolutions: ts.ModuleResolutionCache;
  private versions = 0;
  /** Declares the rows of queries, as a file beside the notebook; absent until one has run. */
  private queries: { readonly text: string; readonly version: number } | undefined;
  private complete: string | undefined;
  private readonly service: ts.LanguageService;
  /** Whether types were once so deep that TypeScript's recursion overflowed. */
  private deep = false;
  private typed: ts.Program | undefined;

  constructor(private readonly options: ProjectOptions) {
    this.folder = slashes(dirname(options.notebook));
    this.installation = installationStamp(this.folder);
    this.settings = readSettings(this.folder);
    this.resolutions = this.newResolutions();
    this.service = ts.createLanguageService(this.host(), registry);
  }

  /** Takes the notebook's cells; those whose text and names in sight did not change keep their version. */
  setCells(cells: readonly Cell[]): void {
    const read = cells.map(({ id, text }) => {
      const known = this.byId.get(id);
      return known?.source === text ? known.names : readCell(text);
    });
    this.link(cells, read);
    if (installationStamp(this.folder) !== this.installation) this.refresh();
  }

  /** Puts every earlier name in sight of one cell, which completion needs; other cells import only what they mention. */
  completeNames(id: string): void {
    if (this.complete === id) return;
    this.complete = id;
    this.link(
      this.cells.map((cell) => ({ id: cell.id, text: cell.source })),
      this.cells.map(({ names }) => names),
    );
  }

  /** Takes the queries that the cells have run. */
  setQueries(queries: readonly QueryColumns[]): void {
    const text = declarationsOf(queries);
    if (text === this.queries?.text) return;
    this.queries = { text, version: ++this.versions };
    this.generation++;
  }

  /** Looks anew at installed packages and at tsconfig.json. */
  refresh(): void {
    this.generation++;
    this.installation = installationStamp(this.folder);
    this.settings = readSettings(this.folder);
    this.files.forget();
    this.resolutions = this.newResolutions();
    this.replace(this.cells.map((cell) => ({ ...cell, version: ++this.versions })));
  }

  /**
   * Puts a question to TypeScript. In a long notebook, where each cell's types follow from the one before, TypeScript's
   * recursion may overflow the stack; the types are then worked out from the first cell on, where each is a short step.
   */
  ask<Answer>(question: (service: ts.LanguageService) => Answer): Answer {
    if (this.deep) this.typeInOrder();
    try {
      return question(this.service);
    } catch (error) {
      if (!(error instanceof RangeError) || this.deep) throw error;
      this.deep = true;
      // What overflowed is left half done; a new version makes TypeScript begin anew.
      this.replace(this.cells.map((cell) => ({ ...cell, version: ++this.versions })));
      this.typeInOrder();
      return question(this.service);
    }
  }

  cell(id: string): CellModule | undefined {
    return this.byId.get(id);
  }

  cellOfPath(path: string): CellModule | undefined {
    return this.byPath.get(path);
  }

  /** The tree of a module or of a file of the program. */
  sourceFile(path: string): ts.SourceFile | undefined {
    return this.service.getProgram()?.getSourceFile(path);
  }

  dispose(): void {
    this.service.dispose();
  }

  private typeInOrder(): void {
    const program = this.service.getProgram();
    if (!program || program === this.typed) return;
    this.typed = program;
    const checker = program.getTypeChecker();
    for (const { path } of this.cells) {
      const file = program.getSourceFile(path);
      const module = file && checker.getSymbolAtLocation(file);
      for (const symbol of module ? checker.getExportsOfModule(module) : []) typeOf(checker, symbol);
    }
  }

  private link(cells: readonly Cell[], names: readonly CellNames[]): void {
    const keys = cells.map(({ id }) => this.keyOf(id));
    const complete = cells.findIndex(({ id }) => id === this.complete);
    const links = linkCells(names, keys, complete < 0 ? undefined : complete);
    this.replace(
      cells.map(({ id, text: source }, index) => {
        const key = keys[index]!;
        const link = links[index]!;
        const text = link.prelude + names[index]!.text + link.epilogue;
        const known = this.byId.get(id);
        const version = known?.text === text ? known.version : ++this.versions;
        return { id, key, path: this.pathOf(key), source, names: names[index]!, link, text, version };
      }),
    );
  }

  private replace(cells: readonly CellModule[]): void {
    this.cells = cells;
    this.byId = new Map(cells.map((cell) => [cell.id, cell]));
    this.byPath = new Map(cells.map((cell) => [cell.path, cell]));
  }

  /** A cell keeps its number when others are put before it. */
  private keyOf(id: string): number {
    const key = this.keys.get(id) ?? this.keys.size + 1;
    this.keys.set(id, key);
    return key;
  }

  /** A question mark, which no system puts into file names by itself, keeps this from meeting a real file. */
  private pathOf(key: number): string {
    return this.pathBeside(`cell-${key}.ts`);
  }

  private pathBeside(name: string): string {
    // A notebook may lie in the root of a disk, whose path ends with a slash.
    return `${this.folder.replace(/\/$/, "")}/${basename(this.options.notebook)}?${name}`;
  }

  /** A file of the program that is on no disk. */
  private virtual(path: string): { readonly text: string; readonly version: number } | undefined {
    return this.byPath.get(path) ?? (path === this.pathBeside(QUERIES) ? this.queries : undefined);
  }

  private newResolutions(): ts.ModuleResolutionCache {
    const canonical = (name: string): string =>
      ts.sys.useCaseSensitiveFileNames ? name : name.toLowerCase();
    return ts.createModuleResolutionCache(this.folder, canonical, this.settings.options);
  }

  private host(): ts.LanguageServiceHost {
    const globals = (): string[] =>
      this.options.globals === undefined ? [] : [slashes(this.options.globals)];
    return {
      getScriptFileNames: () => [
        ...this.cells.map(({ path }) => path),
        ...this.settings.ambient.map(slashes),
        ...globals(),
        ...(this.queries ? [this.pathBeside(QUERIES)] : []),
      ],
      getScriptVersion: (path) => this.virtual(path)?.version.toString() ?? this.files.version(path) ?? "",
      getScriptSnapshot: (path) => {
        const virtual = this.virtual(path);
        return virtual ? ts.ScriptSnapshot.fromString(virtual.text) : this.files.snapshot(path);
      },
      getCurrentDirectory: () => this.folder,
      getCompilationSettings: () => this.settings.options,
      getDefaultLibFileName: (options) => ts.getDefaultLibFilePath(options),
      fileExists: (path) => this.virtual(path) !== undefined || ts.sys.fileExists(path),
      readFile: (path) => this.virtual(path)?.text ?? ts.sys.readFile(path),
      directoryExists: (path) => ts.sys.directoryExists(path),
      getDirectories: (path) => ts.sys.getDirectories(path),
      readDirectory: (...search) => ts.sys.readDirectory(...search),
      realpath: (path) => (this.virtual(path) ? path : (ts.sys.realpath?.(path) ?? path)),
      useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
      resolveModuleNameLiterals: (literals, from, redirected, options, file) =>
        literals.map((literal) => {
          const mode = ts.getModeForUsageLocation(file, literal, options);
          return this.resolve(literal.text, from, redirected, options, mode);
        }),
    };
  }

  private resolve(
    specifier: string,
    from: string,
    redirected: ts.ResolvedProjectReference | undefined,
    options: ts.CompilerOptions,
    mode: ts.ResolutionMode,
  ): ts.ResolvedModuleWithFailedLookupLocations {
    const key = this.byPath.has(from) ? keyOfSpecifier(specifier) : undefined;
    if (key !== undefined) return found(this.pathOf(key), ts.Extension.Ts, false);
    const own = ts.resolveModuleName(specifier, from, options, ts.sys, this.resolutions, redirected, mode);
    const types = this.options.packageTypes;
    const isTyped =
      own.resolvedModule !== undefined && !/\.[cm]?js$/.test(own.resolvedModule.resolvedFileName);
    if (isTyped || types === undefined || !Object.hasOwn(types, specifier)) return own;
    return found(slashes(types[specifier]!), ts.Extension.Dts, true);
  }
}

/** Has the type of what an export stands for worked out, with what a call of it returns. */
function typeOf(checker: ts.TypeChecker, symbol: ts.Symbol): void {
  const goal = (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol);
  for (const signature of checker.getTypeOfSymbol(goal).getCallSignatures()) signature.getReturnType();
}

function found(
  resolvedFileName: string,
  extension: ts.Extension,
  isExternalLibraryImport: boolean,
): ts.ResolvedModuleWithFailedLookupLocations {
  return { resolvedModule: { resolvedFileName, extension, isExternalLibraryImport } };
}

/** TypeScript knows forward slashes only. */
function slashes(path: string): string {
  return join(path).replaceAll("\\", "/");
}
