/**
 * Room `notebook`: `.ipynb` files outside of any editor. Reads and writes nbformat 4.5 without losing what it does not
 * know, runs a notebook headless on the kernel with parameters, and turns one into a single offline HTML report.
 */
export { writeAtomically } from "../package/index.js";
export {
  codeCell,
  formatNotebook,
  KERNEL_DIED,
  markdownCell,
  NotebookError,
  parseNotebook,
  readNotebook,
  joinLines,
  tagsOf,
  writeNotebook,
} from "./ipynb.js";
export type { Cell, JsonObject, Notebook, Output } from "./ipynb.js";
export { NO_OUTPUTS, outputsOf, reduceOutputs } from "./outputs.js";
export type { OutputsState } from "./outputs.js";
export {
  declaredParameters,
  injectParameters,
  ParameterError,
  parseParameter,
  unknownParameters,
} from "./parameters.js";
export type { DeclaredParameter, ParameterValues } from "./parameters.js";
export type { RunnableKernel } from "./stop.js";
export {
  describeIdentity,
  findIdentity,
  IdentityError,
  identityInSources,
  refuseIdentity,
} from "./identity.js";
export type { NotebookIdentity } from "./identity.js";
export { outOfOrder } from "./outOfOrder.js";
export { executeNotebook, KernelStartError } from "./execute.js";
export type { CellRun, ExecuteOptions, RunProgress } from "./execute.js";
export { runEach } from "./each.js";
export type { EachEnd, EachOptions } from "./each.js";
export { firstDifference, sameNumber, sameText } from "./differences.js";
export { compareNotebooks, hasOutputs, ranBehindError } from "./verify.js";
export type { CellDifference, Verification } from "./verify.js";
export { checkGoal, keepPrivately, writeOrKeep } from "./goal.js";
export {
  checkNotebook,
  mayTellIdentity,
  refuseExecution,
  runForReading,
  runNotebook,
  verifyNotebook,
} from "./run.js";
export type { NotebookOptions, RunOptions, RunResult } from "./run.js";
export { htmlReport, reportPage } from "./report/report.js";
export type { ReportOptions } from "./report/report.js";
export { reportScripts } from "./report/script.js";
export { installKernelSpec, KERNEL_NAME, kernelsFolder, removeKernelSpec } from "./kernelspec.js";
