import { realpath } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { spawnKernel } from "../kernel/index.js";
import { executeNotebook } from "./execute.js";
import type { ExecuteOptions, Execution } from "./execute.js";
import { checkGoal, keepPrivately, writeOrKeep } from "./goal.js";
import {
  describeIdentity,
  findIdentity,
  identityInSources,
  IdentityError,
  refuseIdentity,
} from "./identity.js";
import type { NotebookIdentity } from "./identity.js";
import { formatNotebook, isLeftOut, NotebookError, readNotebook } from "./ipynb.js";
import { knownMetadata } from "./metadata.js";
import type { Notebook } from "./ipynb.js";
import { injectParameters, unknownParameters } from "./parameters.js";
import type { ParameterValues } from "./parameters.js";
import type { RunnableKernel } from "./stop.js";
import { compareNotebooks, hasOutputs, ranBehindError } from "./verify.js";
import type { Verification } from "./verify.js";

/** Said where a kernel was ended by force before it had told what its cells read. */
const UNHEARD =
  "The kernel no longer answered, so it is not known which patients' names its cells had read: look through the outputs yourself.";

type KernelOptions = Parameters<typeof spawnKernel>[0];

/** Which notebook runs, and on what. */
export interface NotebookOptions extends ExecuteOptions {
  /** The notebook's file; its folder is the working folder of its cells. */
  readonly path: string;
  /** The built kernel, `dist/kernel/main.js`. */
  readonly kernelPath: string;
  /** Packages that cells may import although the notebook's folder does not have them. */
  readonly fallbackPackages: KernelOptions["fallbackPackages"];
  /** The kernel's environment; this process' own by default. */
  readonly env?: KernelOptions["env"];
}

export interface RunOptions extends NotebookOptions {
  /** Where the executed notebook goes; in place when absent. */
  readonly output?: string;
  readonly parameters: ParameterValues;
  /** Write it elsewhere also when it looks like it tells who a patient is. */
  readonly allowIdentity?: boolean;
}

/** `notebook` is as it was written. */
export interface RunResult extends Execution {
  readonly outputPath: string;
  /** Sentences for people, such as a parameter that the notebook does not mention. */
  readonly warnings: readonly string[];
}

/**
 * Runs a notebook headless and writes it with its outputs, whole or not at all: also when a cell throws or the kernel
 * dies, then with what ran. A notebook that looks like it tells who a patient is, is written in place only. What has been
 * run is never lost: where it may not or cannot be written to its place, it is kept in a file that only its owner can read.
 * @throws NotebookError, ParameterError, KernelStartError before anything ran; the file is then untouched.
 * @throws IdentityError instead of writing to another file than the notebook's own: before anything ran where the code
 *   alone tells, otherwise naming the file that the run is kept in.
 * @throws KeptElsewhereError naming that file where writing failed.
 */
export async function runNotebook(options: RunOptions): Promise<RunResult> {
  const read = await readRunnable(options.path);
  const notebook = prepare(injectParameters(read, options.parameters));
  const outputPath = options.output ?? options.path;
  await checkGoal(outputPath);
  const passedOn = options.allowIdentity !== true && !(await isSameFile(outputPath, options.path));
  if (passedOn) refuseIdentity(identityInSources(notebook));

  const result = await executeNotebook(notebook, startKernel(options), options);
  const written = formatNotebook(result.notebook);
  if (passedOn && mayTellIdentity(result)) {
    const kept = await keepPrivately(outputPath, written, "private");
    refuseExecution(result, waysOn(kept, outputPath, result.identity));
  }
  await writeOrKeep(outputPath, written);
  const unknown = unknownParameters(read, options.parameters);
  const warnings = [
    ...unknown.map((name) => `The notebook's parameters cell does not mention "${name}".`),
    ...(options.allowIdentity === true ? [] : identityWarnings(result)),
  ];
  return { ...result, outputPath, warnings };
}

/**
 * Runs a notebook with parameters for a report without code; nothing is written. What looks like an identity in the
 * code, such as a parameter's path, is not in the report and is left out of the findings.
 * @throws NotebookError, ParameterError, KernelStartError before anything ran; what cells throw is told in the result.
 */
export async function runForReading(
  options: NotebookOptions & Pick<RunOptions, "parameters">,
): Promise<Execution> {
  const notebook = await readForReading(options.path, options.parameters);
  return withoutCode(await executeNotebook(notebook, startKernel(options), options));
}

/** A notebook with parameters, ready to be run. @throws NotebookError, ParameterError */
export async function readForReading(path: string, parameters: ParameterValues): Promise<Notebook> {
  return prepare(injectParameters(await readRunnable(path), parameters));
}

/** A run as a report without code shows it: findings in the code are none of the report's. */
export function withoutCode(result: Execution): Execution {
  const isShown = ({ cellIndex, part }: NotebookIdentity): boolean =>
    part === "output" || cellIndex === "metadata" || result.notebook.cells[cellIndex]?.cell_type !== "code";
  return { ...result, identity: result.identity.filter(isShown) };
}

/**
 * Runs a notebook again as it stands and compares its outputs with those in its file, which is not written.
 * @param tolerance How far numbers may be off, relative to the larger; 0: exact.
 * @throws NotebookError also when the notebook holds no outputs to compare with.
 */
export async function verifyNotebook(options: NotebookOptions, tolerance: number): Promise<Verification> {
  const stored = await readRunnable(options.path);
  if (!hasOutputs(stored))
    throw new NotebookError(
      `${basename(options.path)} was never run, or its outputs were cleared: there is nothing to compare with.`,
    );
  const allowErrors = options.allowErrors === true || ranBehindError(stored);
  const fresh = await executeNotebook(prepare(stored), startKernel(options), { ...options, allowErrors });
  return compareNotebooks(stored, fresh.notebook, tolerance);
}

/** Whether a run is not to be passed on: something was found in it, or not all could be looked for. */
export function mayTellIdentity({ identity, identityKnown }: Execution): boolean {
  return identity.length > 0 || !identityKnown;
}

/**
 * Refuses to pass on a run that may tell who a patient is.
 * @param way What else there is to say, such as where the run is kept
 * @throws IdentityError naming the first place, or saying that not all could be looked for
 */
export function refuseExecution(result: Execution, way: string): void {
  refuseIdentity(result.identity, way);
  if (!result.identityKnown) throw new IdentityError(`${UNHEARD} ${way}`);
}

/** Where a run is kept that was not written to its place, what was found in it, and what to do. */
function waysOn(kept: string, goal: string, found: readonly NotebookIdentity[]): string {
  const all = found.length <= 1 ? "" : ` All places: ${found.map(describeIdentity).join("; ")}.`;
  const remove = found.length === 0 ? "Look through it" : "Remove what is named there";
  return `Nothing of the run is lost: it is in ${kept}, which only you can read. ${remove} and copy it to ${goal}; of a phantom or test data it may be copied as it is.${all}`;
}

/**
 * What a run would be refused for, without running: what looks like an identity in the notebook with its parameters and
 * its saved outputs. Names that only the cells read from files are known when they have run.
 * @throws NotebookError, ParameterError
 */
export async function checkNotebook(path: string, parameters: ParameterValues): Promise<NotebookIdentity[]> {
  const notebook = injectParameters(await readRunnable(path), parameters);
  return findIdentity(notebook);
}

/** Starts a kernel in the notebook's folder. */
export function startKernel({
  path,
  kernelPath,
  fallbackPackages,
  env,
}: Omit<NotebookOptions, "onProgress">): RunnableKernel {
  const cwd = dirname(resolve(path));
  return spawnKernel({ kernelPath, cwd, fallbackPackages, ...(env === undefined ? {} : { env }) });
}

async function readRunnable(path: string): Promise<Notebook> {
  const notebook = await readNotebook(path);
  refuseOtherLanguages(notebook, basename(path));
  return notebook;
}

/** Whether two paths lead to one file, also by a link. */
async function isSameFile(a: string, b: string): Promise<boolean> {
  const [first, second] = await Promise.all([a, b].map((path) => realpath(path).catch(() => resolve(path))));
  return first === second;
}

function identityWarnings({ identity, identityKnown }: Execution): string[] {
  return [
    ...identity.map((found) => `${describeIdentity(found)}; remove it before the notebook is passed on.`),
    ...(identityKnown ? [] : [UNHEARD]),
  ];
}

/** A notebook that says which language it is in, and says another one, is not run as TypeScript. */
function refuseOtherLanguages(notebook: Notebook, name: string): void {
  const { language: own, kernelLanguage } = knownMetadata(notebook);
  const language = own ?? kernelLanguage;
  if (language !== undefined && !["typescript", "javascript"].includes(language.toLowerCase()))
    throw new NotebookError(`${name} is a notebook in ${language}; Spinebook runs TypeScript.`);
}

/** The notebook before its run: no outputs of an earlier one, and the language it runs in. */
function prepare(notebook: Notebook): Notebook {
  const { languageInfo } = knownMetadata(notebook);
  return {
    ...notebook,
    metadata: {
      kernelspec: { display_name: "Spinebook (TypeScript)", language: "typescript", name: "spinebook" },
      ...notebook.metadata,
      language_info: {
        file_extension: ".ts",
        mimetype: "text/x.typescript",
        ...languageInfo,
        name: "typescript",
      },
    },
    cells: notebook.cells.map((cell) =>
      cell.cell_type === "code" && !isLeftOut(cell) ? { ...cell, outputs: [], execution_count: null } : cell,
    ),
  };
}
