import { detectSpine } from "../../detection/index.js";
import { renderPhantom } from "../../phantom/index.js";
import type { PhantomOptions } from "../../phantom/index.js";
import { jupyterDisplay } from "../../figures/index.js";
import type { Displayable } from "../../figures/index.js";
import type { MimeBundle } from "../../protocol/index.js";
import { modelsFolder } from "../../analysis/index.js";
import { spineExcerpt } from "./excerpt.js";

/** The paper's four kinds of spines in which detection fails, as phantoms. */
const CASES: readonly { readonly name: string; readonly options: Omit<PhantomOptions, "seed"> }[] = [
  { name: "a. Fused vertebral bodies", options: { variant: "fused" } },
  { name: "b. Transitional vertebra", options: { variant: "lumbarised" } },
  { name: "c. Scoliosis", options: { variant: "scoliosis" } },
  {
    name: "d. Poor contrast and resolution",
    options: { inPlane: 1.6, columns: 192, rows: 192, artefacts: { signalToNoise: 3, kSpace: 0.6 } },
  },
];

/** A spine of Fig. 3, and what the system said of it. As the last value of a cell it shows its slices. */
export interface FailureCase extends Displayable {
  readonly name: string;
  /** What is unusual about the phantom. */
  readonly truth: string;
  /** Flags that the system raised, or why it refused to read. */
  readonly flags: readonly string[];
  /** True discs that were found under their own name, and how many there are. */
  readonly named: string;
  /** Probability that the system gives to its own numbering; NaN where it read nothing. */
  readonly sureness: number;
}

async function readCase(seed: number, { name, options }: (typeof CASES)[number]): Promise<FailureCase> {
  const phantom = renderPhantom({ seed, severity: "population", ...options });
  const { truth, volume } = phantom;
  const told = truth.flags.map(({ message }) => message).join(" ") || "Coarse pixels, much noise.";
  try {
    const spine = await detectSpine(volume, modelsFolder());
    const named = truth.discs.filter((own) =>
      spine.discs.some((disc) => {
        const [column, row] = spine.stack.toOriginal([disc.centre.column, disc.centre.row, disc.slice]);
        const distance = Math.hypot(
          (column - own.pixel[0]) * volume.spacing[0],
          (row - own.pixel[1]) * volume.spacing[1],
        );
        return disc.level === own.level && distance < 10;
      }),
    );
    const flags = spine.flags.map(({ message }) => message);
    const shown = spineExcerpt(spine, { title: name, slices: 3, remark: flags.join(" ") });
    return {
      ...{ name, truth: told, flags, named: `${named.length} of ${truth.discs.length}` },
      sureness: spine.numbering.posterior,
      [jupyterDisplay]: () => shown[jupyterDisplay](),
    };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const refused: MimeBundle = { "text/plain": `${name}: ${message}` };
    return {
      ...{ name, truth: told, flags: [message], named: `0 of ${truth.discs.length}` },
      sureness: NaN,
      [jupyterDisplay]: () => refused,
    };
  }
}

/** Kinds of spines in {@link failureCases}: so many times `each` phantoms are read. */
export const FAILURE_KINDS = CASES.length;

/**
 * Fig. 3: spines in which detection is likely to fail, as phantoms, with the flags that the system raises and how many discs it
 * names rightly. Four kinds: fused bodies, a transitional vertebra, scoliosis, poor contrast and resolution.
 * @returns `each` cases of each kind, kind by kind
 */
export async function failureCases({
  seed,
  each,
  onCase,
}: {
  /** Of the first phantom of each kind. */
  readonly seed: number;
  readonly each: number;
  readonly onCase?: () => void;
}): Promise<FailureCase[]> {
  const cases: FailureCase[] = [];
  for (const kind of CASES)
    for (let i = 0; i < each; i++) {
      cases.push(await readCase(seed + i, kind));
      onCase?.();
    }
  return cases;
}

/** One row a case: what is there, and what the system said. */
export function failureTable(cases: readonly FailureCase[]): Record<string, string>[] {
  return cases.map(({ name, truth, flags, named, sureness }) => ({
    case: name,
    "what is true": truth,
    "flags raised": flags.join(" ") || "none",
    "discs named rightly": named,
    "sure of its numbering": Number.isNaN(sureness) ? "–" : `${Math.round(100 * sureness)} %`,
  }));
}
