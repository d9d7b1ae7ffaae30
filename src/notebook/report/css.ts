import generate from "css-tree/generator";
import parse from "css-tree/parser";
import type { Atrule, Block, CssNode, Declaration, Rule } from "css-tree";

/**
 * Properties that change how an output looks within its own border. Not here: what takes an element out of its place
 * (`position`, `inset`, `z-index`, `transform`, negative margins) or loads something.
 */
const PROPERTIES =
  /^(?:aspect-ratio|align-(?:items|content|self)|justify-(?:items|content|self)|place-(?:items|content|self)|background(?:-color)?|border(?:-(?:top|right|bottom|left|block|inline)(?:-(?:start|end))?)?(?:-(?:color|style|width))?|border(?:-(?:top|bottom)-(?:left|right))?-radius|border-(?:collapse|spacing)|box-sizing|break-(?:after|before|inside)|caption-side|clear|color|column-gap|columns|column-(?:count|width)|cursor|direction|display|empty-cells|fill(?:-opacity|-rule)?|flex(?:-(?:basis|direction|flow|grow|shrink|wrap))?|float|font(?:-(?:family|size|stretch|style|variant|variant-numeric|weight))?|gap|grid(?:-(?:area|auto-columns|auto-flow|auto-rows|column|row|template|template-areas|template-columns|template-rows))?|(?:max-|min-)?(?:height|width)|hyphens|letter-spacing|line-height|list-style(?:-position|-type)?|margin(?:-(?:top|right|bottom|left|block|inline)(?:-(?:start|end))?)?|object-fit|opacity|order|overflow(?:-[xy]|-wrap)?|padding(?:-(?:top|right|bottom|left|block|inline)(?:-(?:start|end))?)?|row-gap|stop-(?:color|opacity)|stroke(?:-(?:dasharray|dashoffset|linecap|linejoin|miterlimit|opacity|width))?|tab-size|table-layout|text-(?:align|anchor|decoration|indent|overflow|transform|wrap)|dominant-baseline|unicode-bidi|vertical-align|visibility|white-space|word-(?:break|spacing|wrap)|--[\w-]+)$/;

/** One piece of a value that is allowed: number with unit, colour, name, text in quotes, function of such pieces, marks. */
const PIECE =
  /\s+|[,/]|#[\da-f]{3,8}\b|(?<number>[+-]?(?:\d+\.?\d*|\.\d+))(?<unit>%|[a-z]+)?|(?<call>-?-?[a-z][\w-]*)\(|\)|-?-?[a-z][\w-]*|"[\w .,'+-]*"|'[\w .,"+-]*'/iy;
const FUNCTIONS = new Set([
  "linear-gradient",
  "rgb",
  "rgba",
  "hsl",
  "hsla",
  "var",
  "repeat",
  "minmax",
  "fit-content",
  "min",
  "max",
  "clamp",
]);
const OWN_ADDRESS = /url\(\s*(["']?)#([\w.:-]+)\1\s*\)/gi;

/** The most that a length may be, by unit: what is longer would push the rest of the page out of sight. */
const LONGEST: Readonly<Record<string, number>> = {
  "": 1000,
  "%": 400,
  px: 10_000,
  em: 200,
  rem: 200,
  ex: 400,
  ch: 400,
  pt: 3000,
  pc: 250,
  mm: 1000,
  cm: 100,
  in: 40,
  fr: 100,
  deg: 360,
  ms: 0,
  s: 0,
};

/** How references to an output's own elements are written in the page. */
export type NameId = (id: string) => string;

/** The declarations of a `style` attribute that are allowed, as text; empty when none is. */
export function cleanStyle(style: string, nameId: NameId): string {
  const list = parsed(style, "declarationList");
  return list?.type === "DeclarationList" ? declarations([...list.children], nameId) : "";
}

/**
 * An output's style sheet, held to the inside of one element: each selector is looked for below it only. Rules, selectors
 * and declarations that are not allowed are left out.
 * @param scope id of that element
 */
export function cleanStyleSheet(css: string, scope: string, nameId: NameId): string {
  const sheet = parsed(css, "stylesheet");
  return sheet?.type === "StyleSheet" ? rules([...sheet.children], scope, nameId) : "";
}

/** A value such as `url(#gradient) 2px` with its references renamed; `undefined` when it holds what is not allowed. */
export function cleanValue(property: string, value: string, nameId: NameId): string | undefined {
  if (property.startsWith("overflow") && /visible/i.test(value)) return undefined;
  const rest = value.replace(OWN_ADDRESS, "none");
  let [at, open] = [0, 0];
  while (at < rest.length) {
    PIECE.lastIndex = at;
    const piece = PIECE.exec(rest);
    if (!piece || !isAllowedPiece(property, piece.groups ?? {})) return undefined;
    if (piece.groups?.["call"] !== undefined) open++;
    if (piece[0] === ")" && --open < 0) return undefined;
    at = PIECE.lastIndex;
  }
  if (open !== 0) return undefined;
  return value.replace(OWN_ADDRESS, (_all, _quote, id: string) => `url(#${nameId(id)})`);
}

function isAllowedPiece(
  property: string,
  { number, unit, call }: Readonly<Record<string, string | undefined>>,
): boolean {
  if (call !== undefined) return FUNCTIONS.has(call.toLowerCase());
  if (number === undefined) return true;
  const size = Number(number);
  // A line's height without a unit is a factor of the font's.
  if (property === "line-height" && (unit ?? "") === "") return size >= 0 && size <= 4;
  if (size < 0) return property === "letter-spacing" && size >= -2;
  return size <= (LONGEST[(unit ?? "").toLowerCase()] ?? -1);
}

function parsed(css: string, context: string): CssNode | undefined {
  try {
    return parse(css, { context, parseCustomProperty: false });
  } catch {
    return undefined;
  }
}

function declarations(nodes: readonly CssNode[], nameId: NameId): string {
  return nodes
    .filter((node): node is Declaration => node.type === "Declaration")
    .flatMap(({ property, value, important }) => {
      const name = property.startsWith("--") ? property : property.toLowerCase();
      if (!PROPERTIES.test(name)) return [];
      const clean = cleanValue(name, generate(value).trim(), nameId);
      return clean === undefined || clean === ""
        ? []
        : [`${name}: ${clean}${important ? " !important" : ""}`];
    })
    .join("; ");
}

function rules(nodes: readonly CssNode[], scope: string, nameId: NameId): string {
  return nodes
    .flatMap((node) => {
      if (node.type === "Rule") return [rule(node, scope, nameId)];
      return node.type === "Atrule" ? [media(node, scope, nameId)] : [];
    })
    .filter((text) => text !== "")
    .join("\n");
}

function rule({ prelude, block }: Rule, scope: string, nameId: NameId): string {
  const body = declarations([...block.children], nameId);
  if (prelude.type !== "SelectorList" || body === "") return "";
  const selectors = [...prelude.children].flatMap((selector) => {
    if (selector.type !== "Selector" || selector.children.first?.type === "Combinator") return [];
    const text = generate(selector).replace(/#([\w-]+)/g, (_all, id: string) => `#${nameId(id)}`);
    return /^[\w\s.#:()>+~*="'[\]-]+$/.test(text) ? [`#${scope} ${text}`] : [];
  });
  return selectors.length === 0 ? "" : `${selectors.join(", ")} { ${body} }`;
}

function media({ name, prelude, block }: Atrule, scope: string, nameId: NameId): string {
  const query = prelude === null ? "" : generate(prelude);
  if (name.toLowerCase() !== "media" || block === null || !/^[\w\s():,.-]+$/.test(query)) return "";
  const body = rules([...(block satisfies Block).children], scope, nameId);
  return body === "" ? "" : `@media ${query} {\n${body}\n}`;
}
