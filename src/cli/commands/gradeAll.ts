import { findStudies, grade, ReaderError, type GradedSpine } from "../../api/index.js";
import { writeAtomically } from "../../notebook/index.js";
import { isExpected, sentenceOf } from "../errors.js";
import type { CommandContext } from "../command.js";
import { csvOf, gradeLines } from "./gradeText.js";
import { requirePath, spacingOf, type SourceValues } from "./source.js";

/** What came of one study: its grades, or why there are none. */
interface Outcome {
  readonly study: string;
  readonly graded?: GradedSpine;
  readonly problem?: string;
}

/**
 * Grades every study below a path, one after another; what cannot be graded is told and stops nothing.
 * @returns the exit code: 0 all graded, 1 one was not, or there was none, or it was stopped
 */
export async function gradeAll(
  path: string,
  values: SourceValues & {
    readonly json?: boolean | undefined;
    readonly csv?: string | undefined;
    readonly reader?: string | undefined;
  },
  { out, log, signal }: CommandContext,
): Promise<number> {
  const spacing = spacingOf(values);
  await requirePath(path);
  const studies = await findStudies(path, spacing);
  const outcomes: Outcome[] = [];
  for (const [i, study] of studies.entries()) {
    if (signal.aborted) break;
    log(`Study ${study.id}, ${i + 1} of ${studies.length}`);
    const outcome = await gradeOne(study.id, () => study.load(), values.reader);
    outcomes.push(outcome);
    if (values.json) continue;
    out(`Study ${study.id}`);
    for (const line of outcome.graded === undefined
      ? [`  ! ${outcome.problem!}`]
      : gradeLines(outcome.graded))
      out(line);
  }
  if (values.csv !== undefined)
    await writeAtomically(
      values.csv,
      csvOf(
        outcomes.flatMap(({ study, graded }) => (graded?.table() ?? []).map((row) => ({ study, ...row }))),
      ),
    );
  if (values.json)
    out(
      JSON.stringify({
        studies: outcomes.map(({ study, graded, problem }) => ({
          study,
          ...(graded?.toJSON() ?? { problem }),
        })),
      }),
    );
  const done = outcomes.filter(({ graded }) => graded !== undefined).length;
  if (studies.length === 0) log("No study with a sagittal series was found there.");
  else log(`${done} of ${studies.length} studies graded${signal.aborted ? ", then stopped" : ""}.`);
  return done > 0 && done === studies.length ? 0 : 1;
}

async function gradeOne(
  study: string,
  load: () => ReturnType<Awaited<ReturnType<typeof findStudies>>[number]["load"]>,
  reader: string | undefined,
): Promise<Outcome> {
  try {
    return { study, graded: await grade(await load(), reader === undefined ? {} : { reader }) };
  } catch (error) {
    // Without the reader no study can be graded.
    if (!(error instanceof Error) || !isExpected(error) || error instanceof ReaderError) throw error;
    return { study, problem: sentenceOf(error) };
  }
}
