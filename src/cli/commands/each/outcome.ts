import { describeIdentity, joinLines, mayTellIdentity, tagsOf } from "../../../notebook/index.js";
import type { EachEnd, JsonObject, Notebook } from "../../../notebook/index.js";
import { failureLine } from "../run/progress.js";
import type { MadeReport } from "./made.js";
import type { EachTask } from "./tasks.js";
import { withoutNames } from "./withoutNames.js";

/** Of more warnings a report itself tells. */
const MOST_WARNINGS = 20;

/** What became of a row that ran. */
export async function outcomeOf(
  task: EachTask,
  { execution, tellsIdentity }: EachEnd,
  allowIdentity: boolean,
): Promise<Pick<MadeReport, "state" | "message" | "warnings">> {
  const [failed] = execution.failures;
  if (failed) {
    const clean = await withoutNames(task);
    const line = failureLine({ ...failed, error: clean(failed.error ?? "") });
    const message = tellsIdentity(line)
      ? `Cell ${failed.index + 1} failed; its error tells who the patient is.`
      : line;
    return { state: "failed", message, warnings: [] };
  }
  if (!allowIdentity && mayTellIdentity(execution)) {
    const [found] = execution.identity;
    const message = found === undefined ? "The kernel no longer answered" : describeIdentity(found);
    return { state: "withheld", message: `${message}; the report was not written.`, warnings: [] };
  }
  const warnings = warningsOf(execution.notebook);
  if (warnings.length === 0) return { state: "made", warnings };
  return { state: "made", warnings: warnings.map(await withoutNames(task)) };
}

/** Lines of the text of cells tagged `warnings` that begin with a dash. */
function warningsOf({ cells }: Notebook): string[] {
  const texts = cells.flatMap((cell) =>
    cell.cell_type !== "code" || !tagsOf(cell).includes("warnings")
      ? []
      : cell.outputs.map(
          (output) =>
            joinLines("data" in output ? (output.data as JsonObject)["text/plain"] : output["text"]) ?? "",
        ),
  );
  const lines = texts.flatMap((text) => text.split("\n")).filter((line) => line.startsWith("- "));
  return lines.slice(0, MOST_WARNINGS).map((line) => line.slice(2));
}
