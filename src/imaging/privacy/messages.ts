import type { IdentityValue } from "../dicom/identity.js";
import { ImagingError } from "../errors.js";
import type { Series } from "../series.js";
import { fold, searchesFor, type Identity } from "./forms.js";

/** What stands where an identity stood. */
const REMOVED = "[identity removed]";

/** The text without any writing of the identities; the same string where there is none. */
export function hideIdentity(text: string, identities: readonly Identity[]): string {
  const { folded, places } = foldedWithPlaces(text);
  const spans = searchesFor(identities)
    .flatMap(({ patterns }) => patterns)
    .flatMap((pattern) => [...folded.matchAll(new RegExp(pattern.expression.source, "gu"))])
    .map((match): [number, number] => [places[match.index]!, places[match.index + match[0].length]!])
    .sort((a, b) => a[0] - b[0] || b[1] - a[1]);
  let [hidden, end] = ["", 0];
  for (const [from, to] of spans) {
    if (to <= end) continue;
    // Overlapping findings are one: a family name, and the family name with the given one behind it.
    hidden += from < end ? "" : `${text.slice(end, from)}${REMOVED}`;
    end = to;
  }
  return hidden + text.slice(end);
}

/** The folded text, and for each of its places (and its end) the place in the text. */
function foldedWithPlaces(text: string): { folded: string; places: number[] } {
  const places: number[] = [];
  let [folded, at] = ["", 0];
  for (const character of text) {
    const plain = fold(character);
    for (let i = 0; i < plain.length; i++) places.push(at);
    folded += plain;
    at += character.length;
  }
  return { folded, places: [...places, at] };
}

/**
 * Reads series so that no message names the patient. Messages name files, and names of files may carry names of persons;
 * who that is, the files' own headers say.
 * @param read reads, telling every identity that it comes across
 */
export async function namingNobody(
  read: (onIdentity: (identities: readonly IdentityValue[]) => void) => Promise<Series[]>,
): Promise<Series[]> {
  const known = new Map<string, IdentityValue>();
  const hide = (text: string) => hideIdentity(text, [...known.values()]);
  const cleaned = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (thrown) {
      if (thrown instanceof ImagingError) throw new ImagingError(thrown.code, hide(thrown.message));
      throw thrown;
    }
  };
  const series = await cleaned(() =>
    read((identities) => {
      for (const identity of identities) known.set(`${identity.form} ${identity.value}`, identity);
    }),
  );
  return series.map((one) => ({
    ...one,
    problems: one.problems.map(({ code, message }) => ({ code, message: hide(message) })),
    load: () => cleaned(() => one.load()),
  }));
}
