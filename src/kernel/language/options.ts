import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import ts from "typescript";

/** How the cells of a folder are compiled, with the files that every cell sees. */
export interface Settings {
  readonly options: ts.CompilerOptions;
  /** Declaration files that belong to the program without being imported. */
  readonly ambient: readonly string[];
}

/** What the kernel needs, whatever the folder's tsconfig.json says. */
const FIXED: ts.CompilerOptions = {
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  moduleDetection: ts.ModuleDetectionKind.Force,
  allowImportingTsExtensions: true,
  noEmit: true,
  skipLibCheck: true,
  // A cell may import for later cells, and its prelude imports types and values alike.
  noUnusedLocals: false,
  noUnusedParameters: false,
  verbatimModuleSyntax: false,
  isolatedModules: false,
  erasableSyntaxOnly: false,
  // Options of output, which only conflict with each other here.
  composite: undefined,
  incremental: undefined,
  tsBuildInfoFile: undefined,
  declaration: undefined,
  declarationMap: undefined,
  isolatedDeclarations: undefined,
  emitDeclarationOnly: undefined,
  outFile: undefined,
  rootDir: undefined,
};

const DEFAULTS: ts.CompilerOptions = {
  strict: true,
  esModuleInterop: true,
  resolveJsonModule: true,
};

const LIBRARIES = ["lib.es2023.d.ts"];

/** Reads the nearest tsconfig.json of a folder; without one, or where it cannot be read, strict defaults hold. */
export function readSettings(folder: string): Settings {
  const path = ts.findConfigFile(folder, (name) => ts.sys.fileExists(name));
  const own = path === undefined ? undefined : parseConfig(path);
  const options: ts.CompilerOptions = { ...DEFAULTS, ...own?.options, ...FIXED };
  if (!isRecent(options.target)) options.target = ts.ScriptTarget.ES2022;
  options.lib ??= LIBRARIES;
  return withNodeTypes({ options, ambient: own?.ambient ?? [] }, folder);
}

/** Below ES2022 a cell could not await. */
function isRecent(target: ts.ScriptTarget | undefined): boolean {
  return target !== undefined && target >= ts.ScriptTarget.ES2022;
}

function parseConfig(path: string): Settings {
  const { config } = ts.readConfigFile(path, (name) => ts.sys.readFile(name)) as { config?: unknown };
  // The folder is not searched: only files that the configuration names itself are taken, if they declare for all.
  const host: ts.ParseConfigHost = {
    useCaseSensitiveFileNames: ts.sys.useCaseSensitiveFileNames,
    fileExists: (name) => ts.sys.fileExists(name),
    readFile: (name) => ts.sys.readFile(name),
    readDirectory: () => [],
  };
  const { options, fileNames } = ts.parseJsonConfigFileContent(config ?? {}, host, dirname(path));
  return { options, ambient: fileNames.filter((name) => name.endsWith(".d.ts")) };
}

/** Makes Node's types known: the folder's own, or those beside the kernel. */
function withNodeTypes({ options, ambient }: Settings, folder: string): Settings {
  // TypeScript also looks below the current folder, which is to be the notebook's, wherever this process was started.
  const host = { ...ts.sys, getCurrentDirectory: () => folder };
  const types = options.types ?? ts.getAutomaticTypeDirectiveNames(options, host);
  const from = join(folder, "notebook.ts");
  const { resolvedTypeReferenceDirective: own } = ts.resolveTypeReferenceDirective(
    "node",
    from,
    options,
    host,
  );
  const others = types.filter((name) => name !== "node");
  if (own?.resolvedFileName) return { options: { ...options, types: ["node", ...others] }, ambient };
  const fallback = kernelNodeTypes();
  return {
    options: { ...options, types: others },
    ambient: fallback === undefined ? ambient : [...ambient, fallback],
  };
}

function kernelNodeTypes(): string | undefined {
  try {
    return join(dirname(createRequire(import.meta.url).resolve("@types/node/package.json")), "index.d.ts");
  } catch {
    // An installation without them still knows the cells' own names.
    return undefined;
  }
}
