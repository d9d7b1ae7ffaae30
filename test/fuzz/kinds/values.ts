import { mimeBundle } from "../../../src/kernel/display/bundle.js";
import { forms } from "../../../src/kernel/display/forms.js";
import {
  errorMessage,
  errorName,
  inspected,
  isError,
  keysOf,
  propertyOf,
  textOf,
} from "../../../src/kernel/run/safely.js";
import { reportOf } from "../../../src/kernel/run/traceback.js";
import { describeVariables } from "../../../src/kernel/run/variables.js";
import { storableBundle } from "../../../src/notebook/storable.js";
import type { VariableInfo } from "../../../src/protocol/messages.js";
import { hostileValue } from "../hostileValues.js";
import type { Kind, Verdict } from "../kind.js";

const VARIABLE = "hostile";
const JSON_TYPE = /^application\/(?:.*\+)?json$|\+json$/;
/** nbformat's own limit is none; what one value shows must stay far below a display's budget. */
const MOST_CHARACTERS = 20e6;

/** Why a bundle could not stand in a notebook; nothing where it can. */
function faultOfBundle(data: Readonly<Record<string, unknown>>): string | undefined {
  const entries = Object.entries(data);
  if (entries.length === 0) return "an empty bundle";
  const json = JSON.stringify(data);
  if (json.length > MOST_CHARACTERS) return `a bundle of ${json.length} characters`;
  for (const [type, value] of entries) {
    if (!/^[^/\s]+\/\S+$/.test(type)) return `"${type}" as a type`;
    if (!JSON_TYPE.test(type) && typeof value !== "string") return `${type} that is no text`;
  }
  const stored = JSON.stringify(storableBundle(data));
  return stored === json ? undefined : "a bundle that is stored as another one";
}

function faultOfReport(thrown: unknown): string | undefined {
  const { ename, evalue, traceback } = reportOf(thrown);
  const texts = [ename, evalue, ...traceback];
  if (!texts.every((text) => typeof text === "string") || ename === "") return "a report that is no text";
  return texts.join("").length > MOST_CHARACTERS ? "an endless report" : undefined;
}

function faultOfTexts(value: unknown): string | undefined {
  const texts: unknown[] = [textOf(value), inspected(value), errorName(value), errorMessage(value)];
  if (typeof value === "object" && value !== null) texts.push(...keysOf(value));
  for (const { type, preview } of variables(value)) texts.push(type, preview);
  isError(value);
  propertyOf(value, "then");
  return texts.every((text) => typeof text === "string") ? undefined : "a description that is no text";
}

/** What the list of variables says of a value. */
function variables(value: unknown): readonly VariableInfo[] {
  Reflect.set(globalThis, VARIABLE, value);
  return describeVariables([VARIABLE]);
}

async function verdictOf(value: unknown): Promise<Verdict> {
  const shown = await mimeBundle(value);
  const fault =
    faultOfTexts(value) ??
    faultOfReport(value) ??
    faultOfBundle(shown.data) ??
    (shown.problem === undefined ? undefined : faultOfReport(shown.problem.thrown));
  const outcome = shown.problem === undefined ? "shown" : "shown, its own code throws";
  return { outcome, ...(fault === undefined ? {} : { fault }) };
}

/** Values that do not let themselves be looked at, thrown and shown: there is always a description, and a valid bundle. */
export const values: Kind = {
  name: "values",
  needsData: false,
  make: (random) => {
    const { value, what } = hostileValue(random);
    return {
      what,
      bytes: Buffer.from(what),
      extension: ".txt",
      check: async () => {
        const seen = await verdictOf(value);
        if (seen.fault !== undefined) return seen;
        // The forms in which cells ask for a value to be shown, as far as these do not refuse it.
        const asText = await mimeBundle(forms.html(value));
        const fault = faultOfBundle(asText.data);
        return fault === undefined ? seen : { ...seen, fault: `as HTML: ${fault}` };
      },
    };
  },
};
