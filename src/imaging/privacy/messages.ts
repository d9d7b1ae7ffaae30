import type { IdentityValue } from "../dicom/identity.js";
import { ImagingError } from "../errors.js";
import type { Series } from "../series.js";
import { fold, mayMatch, type Pattern } from "./fold.js";
import { searchesFor, type Identity } from "./forms.js";

/** What stands where an identity stood. */
const REMOVED = "[identity removed]";

/** The text without any writing of the identities; the same string where there is none. */
export function hideIdentity(text: string, identities: readonly Identity[]): string {
  return hide(
    text,
    searchesFor(identities).flatMap(({ patterns }) => patterns),
  );
}

function hide(text: string, patterns: readonly Pattern[]): string {
  const { folded, places } = foldedWithPlaces(text);
  const spans = patterns
    .filter((pattern) => mayMatch(pattern, folded))
    .flatMap(({ expression }) => [...folded.matchAll(new RegExp(expression.source, "gu"))])
    .map((match): [number, number] => {
      let end = match.index + match[0].length;
      // A letter of which a part was found, as of a Korean syllable, goes as a whole.
      while (places[end] === places[end - 1]) end++;
      return [places[match.index]!, places[end]!];
    })
    .sort((a, b) => a[0] - b[0] || b[1] - a[1]);
  let [hidden, end] = ["", 0];
  for (const [from, to] of spans) {
    if (to <= end) continue;
    // Findings that overlap or touch are one: a family name, and the family name with the given one behind it.
    hidden += end > 0 && from <= end ? "" : `${text.slice(end, from)}${REMOVED}`;
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
  const known = new Map<string, readonly Pattern[]>();
  const cleanText = (text: string) => hide(text, [...known.values()].flat());
  const cleaned = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (thrown) {
      if (thrown instanceof ImagingError) throw new ImagingError(thrown.code, cleanText(thrown.message));
      throw thrown;
    }
  };
  const series = await cleaned(() =>
    read((identities) => {
      for (const identity of identities) {
        const key = `${identity.form} ${identity.value}`;
        if (!known.has(key))
          known.set(
            key,
            searchesFor([identity]).flatMap(({ patterns }) => patterns),
          );
      }
    }),
  );
  return series.map((one) => ({
    ...one,
    problems: one.problems.map(({ code, message }) => ({ code, message: cleanText(message) })),
    load: () => cleaned(() => one.load()),
  }));
}
