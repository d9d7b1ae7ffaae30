import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../package/index.js";

/** KaTeX's style sheet and fonts, as they ship and as they lie in a checkout that was not built. */
const PLACES = ["dist/assets/katex", "node_modules/katex/dist"];

interface FontRule {
  /** The classes that an element must have, or be in, one list for each selector. */
  readonly selectors: readonly (readonly string[])[];
  readonly declarations: string;
}

/**
 * KaTeX's style sheet for formulas in which these classes occur, with the fonts that they need inside of it as data; what it adds
 * to a page is 76 to 321 kB.
 * @throws Error where KaTeX's files are not there
 */
export function mathStyle(classes: ReadonlySet<string>): string {
  const folder = PLACES.map((place) => join(packageRoot(), place)).find((place) =>
    existsSync(join(place, "katex.min.css")),
  );
  if (folder === undefined)
    throw new Error("The fonts for mathematics (KaTeX) are missing; install Spinebook again.");
  const css = readFileSync(join(folder, "katex.min.css"), "utf8");
  const faces = css.match(/@font-face\{[^}]*\}/g) ?? [];
  const rest = css.replace(/@font-face\{[^}]*\}/g, "");
  const used = fontRules(rest).filter(({ selectors }) =>
    selectors.some((names) => names.every((name) => classes.has(name))),
  );
  const isUsed = (face: string): boolean => {
    const [family, weight, style] = ["font-family", "font-weight", "font-style"].map((name) =>
      valueOf(face, name),
    );
    const own = used.filter(({ declarations }) => new RegExp(`${family}\\b`).test(declarations));
    // Rules without a family make whatever stands there bold or italic.
    const any = [...own, ...used.filter(({ declarations }) => !declarations.includes("KaTeX_"))];
    return (
      own.length > 0 &&
      (weight === "400" ||
        any.some(({ declarations }) => /700|bold/.test(valueOf(declarations, "font-weight") ?? ""))) &&
      (style === "normal" || any.some(({ declarations }) => valueOf(declarations, "font-style") === "italic"))
    );
  };
  return [...faces.filter(isUsed).map((face) => withFont(face, folder)), rest].join("");
}

function valueOf(declarations: string, property: string): string | undefined {
  return new RegExp(`${property}:([^;}]+)`).exec(declarations)?.[1];
}

/** The rules that choose a font, its weight or its slope. */
function fontRules(css: string): FontRule[] {
  return [...css.matchAll(/([^{}]+)\{([^{}]*\bfont(?:-family|-weight|-style)?:[^{}]*)\}/g)].map(
    ([, selectors, declarations]) => ({
      selectors: selectors!
        .split(",")
        .map((selector) => [...selector.matchAll(/\.([\w-]+)/g)].map((match) => match[1]!)),
      declarations: declarations!,
    }),
  );
}

function withFont(face: string, folder: string): string {
  return face.replace(/src:[^;}]*/, (sources) => {
    const file = /fonts\/[\w-]+\.woff2/.exec(sources)?.[0] ?? "";
    const data = readFileSync(join(folder, file)).toString("base64");
    return `src:url(data:font/woff2;base64,${data}) format("woff2")`;
  });
}
