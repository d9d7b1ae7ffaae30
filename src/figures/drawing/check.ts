/** Whether a still can be drawn of a figure: all that it says is known to the drawer. */
import { LAYOUT, TRACES, type DrawnFigure } from "./known.js";
import type { Keys, Part } from "./rules.js";

/** What is wrong that one message names. */
const MOST_NAMED = 12;

/**
 * The figure as the drawer takes it.
 * @throws Error that names each trace, key and value that stills do not know, so that nothing is left out in silence
 */
export function checkFigure(figure: {
  readonly data: readonly unknown[];
  readonly layout: Readonly<Record<string, unknown>>;
}): DrawnFigure {
  const unknown = [
    ...figure.data.flatMap((trace, i) => unknownInTrace(trace, `data[${i}]`)),
    ...unknownIn(figure.layout, LAYOUT, "layout"),
  ];
  if (unknown.length > 0)
    throw new Error(
      `This figure cannot be drawn without a browser: ${listed(unknown)} ${unknown.length === 1 ? "is" : "are"} not known. Known are scatter, bar and heatmap traces on one pair of axes (docs/figures.md); change these parts, or save the picture by the camera above the plot.`,
    );
  return figure as unknown as DrawnFigure;
}

/** The first of them: a figure of another kind has a hundred. */
function listed(unknown: readonly string[]): string {
  const more = unknown.length > MOST_NAMED ? `; and ${unknown.length - MOST_NAMED} more` : "";
  return unknown.slice(0, MOST_NAMED).join("; ") + more;
}

function unknownInTrace(trace: unknown, path: string): string[] {
  const type = String((trace as { readonly type?: unknown } | null)?.type);
  if (!isTraceType(type)) return [`${path}.type "${type}"`];
  return unknownIn(trace, TRACES[type], path);
}

function isTraceType(type: string): type is keyof typeof TRACES {
  return Object.hasOwn(TRACES, type);
}

function unknownIn(value: unknown, { needed, optional, ignored = [] }: Keys, path: string): string[] {
  if (typeof value !== "object" || value === null) return [`${path} ${JSON.stringify(value)}`];
  const known: Readonly<Record<string, Part>> = { ...needed, ...optional };
  const missing = Object.keys(needed).filter((name) => !(name in value));
  return [
    ...missing.map((name) => `${path} without ${name}`),
    ...Object.entries(value).flatMap(([name, part]: [string, unknown]) =>
      part === undefined || ignored.includes(name)
        ? []
        : unknownPart(part, Object.hasOwn(known, name) ? known[name] : undefined, `${path}.${name}`),
    ),
  ];
}

function unknownPart(value: unknown, known: Part | undefined, path: string): string[] {
  if (known === undefined) return [path];
  if (typeof known === "function") return known(value) ? [] : [`${path} ${shortened(value)}`];
  if (!isList(known)) return unknownIn(value, known, path);
  if (!Array.isArray(value)) return [path];
  return value.flatMap((item, i) => unknownIn(item, known[0], `${path}[${i}]`));
}

function isList(known: Keys | readonly [Keys]): known is readonly [Keys] {
  return Array.isArray(known);
}

function shortened(value: unknown): string {
  const words = typeof value === "function" ? "a function" : JSON.stringify(value);
  return words.length > 40 ? `${words.slice(0, 40)}…` : words;
}
