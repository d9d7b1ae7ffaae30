/** What stands in a list of completions; VS Code's items are of this form. */
interface Labelled {
  readonly label: string | { readonly label: string };
}

interface Point {
  readonly line: number;
  readonly character: number;
}

/** A place as VS Code's `Location` gives it. */
export interface LocationLike {
  readonly uri: { toString(): string };
  readonly range: { readonly start: Point };
}

/** A place as VS Code's `LocationLink` gives it. */
export interface LinkLike {
  readonly targetUri: { toString(): string };
  readonly targetRange: { readonly start: Point };
  readonly targetSelectionRange?: { readonly start: Point };
}

/** The items whose label is not among the others'. */
export function itemsMissing<Item extends Labelled>(
  own: readonly Item[],
  others: readonly Labelled[],
): Item[] {
  const known = new Set(others.map(textOf));
  return own.filter((item) => !known.has(textOf(item)));
}

function textOf({ label }: Labelled): string {
  return typeof label === "string" ? label : label.label;
}

/** Where the name at a place begins: the same for a location and for a link to it. */
export function keyOfPlace(place: LocationLike | LinkLike): string {
  const [uri, { start }] =
    "uri" in place
      ? [place.uri, place.range]
      : [place.targetUri, place.targetSelectionRange ?? place.targetRange];
  return `${uri.toString()} ${start.line}:${start.character}`;
}

/** The places that are not among the others. */
export function placesMissing<Place extends LocationLike | LinkLike>(
  own: readonly Place[],
  others: readonly (LocationLike | LinkLike)[],
): Place[] {
  const known = new Set(others.map(keyOfPlace));
  return own.filter((place) => !known.has(keyOfPlace(place)));
}

/** Whether a hover's code tells a type: one of only `any`, as of a name that TypeScript cannot find, tells none. */
export function tellsType(hover: string): boolean {
  const code = /^\s*```\w*\n([^]*?)\n?```/.exec(hover)?.[1] ?? hover;
  return code.trim() !== "" && !/(?:^|:)\s*any$/.test(code.trim());
}
