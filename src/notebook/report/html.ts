import type { Element, ElementContent, Nodes, Properties, Root } from "hast";
import { fromParse5 } from "hast-util-from-parse5";
import { sanitize } from "hast-util-sanitize";
import { toHtml } from "hast-util-to-html";
import { parse } from "parse5";
import { escapeMarkup } from "../../text/index.js";
import { cleanStyle, cleanStyleSheet, cleanValue } from "./css.js";
import type { NameId } from "./css.js";
import { REPORT_SCHEMA, TOLD_WHEN_LEFT_OUT } from "./schema.js";

/** Deeper trees are refused: browsers flatten them from 512 on, which makes another tree of them. */
const DEEPEST = 200;
/** How often HTML is cleaned until a parser reads from it what was written. */
const ROUNDS = 4;

const CLICKABLE = /^(?:https?:\/\/|mailto:|#)/i;
const PICTURE = /^data:image\/(?:png|jpeg|gif|webp|svg\+xml)[;,]/i;
/** Whole addresses, in which `url(` are only characters. */
const ADDRESSES = new Set(["href", "src", "xLinkHref"]);
/** Words for readers and drawings' own notation: no addresses are read from them. */
const FREE_TEXT = new Set([
  "alt",
  "title",
  "abbr",
  "ariaLabel",
  "d",
  "points",
  "xmlns",
  "xmlnsXLink",
  "dateTime",
]);
/** What a length of these elements makes of the page; inside of a drawing lengths are its own. */
const SIZED = new Set(["svg", "img", "table", "td", "th", "col", "colgroup"]);
const LENGTHS = new Set([
  "width",
  "height",
  "border",
  "cellPadding",
  "cellSpacing",
  "span",
  "rowSpan",
  "colSpan",
]);
const REFERENCES = new Set(["ariaLabelledBy", "ariaDescribedBy", "headers"]);
const LONGEST_PIXELS = 4000;

/**
 * HTML of an output as it may stand in the report, in an element of its own. It is read as browsers read it (parse5) and
 * written anew from the tree, so that it is balanced: nothing of it reaches over its border. Elements, attributes, style
 * properties and addresses that are not on a list are left out; a style sheet holds for the output alone. What a reader
 * would miss is named below it, and every picture has a description. The page's content security policy is the second wall.
 * @param description For pictures that have none of their own.
 * @param scope id of the output's element, unique in the page; ids inside of it begin with it
 */
export function stillHtml(html: string, description: string, scope: string): string {
  const cleaned = tryClean(html, description, scope);
  if (cleaned !== undefined) return `<div class="html" id="${scope}">${cleaned}</div>\n`;
  return `<div class="html"><p class="left-out">The HTML of this output cannot be shown safely; this is its source.</p><pre class="plain">${escapeMarkup(html)}</pre></div>\n`;
}

/** `undefined` where the HTML is nested too deeply, or is never read as it was written. */
function tryClean(html: string, description: string, scope: string): string | undefined {
  try {
    const read = bodyOf(html);
    if (isDeeperThan(read, DEEPEST)) return undefined;
    const styles = styleSheets(read);
    const missing = leftOut(read);
    const settled = settle(read);
    if (settled === undefined) return undefined;
    const ids = new Set(
      [...elementsOf(settled)].flatMap(({ properties: { id } }) => (typeof id === "string" ? [id] : [])),
    );
    const nameId: NameId = (id) => (ids.has(id) ? `${scope}-${id}` : id);
    for (const element of elementsOf(settled)) finish(element, description, nameId);
    // From here on only values have changed, which change nothing in how the tree is read.
    const body = written(settled);
    const sheet = styles.map((css) => cleanStyleSheet(css, scope, nameId)).filter((css) => css !== "");
    const note =
      missing.length === 0
        ? ""
        : `<p class="left-out">Left out of this output: ${escapeMarkup(missing.join(", "))}.</p>`;
    return `${sheet.length === 0 ? "" : `<style>${sheet.join("\n")}</style>`}${body}${note}`;
  } catch (error) {
    // Trees and texts that are too deep for the stack.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The tree that a browser would make of HTML inside of a page's body. */
function bodyOf(html: string): Root {
  const page = fromParse5(parse(`<!doctype html><body>${html}`, { scriptingEnabled: false })) as Root;
  const root = page.children.find((child): child is Element => child.type === "element");
  const body = root?.children.find(
    (child): child is Element => child.type === "element" && child.tagName === "body",
  );
  return { type: "root", children: body?.children ?? [] };
}

function written(tree: Root): string {
  return toHtml(tree, { closeEmptyElements: true, tightSelfClosing: true });
}

/** Cleans a tree until what is written of it is read as the same tree; `undefined` where that does not come to an end. */
function settle(tree: Root): Root | undefined {
  let current = tree;
  for (let round = 0; round < ROUNDS; round++) {
    const clean = sanitize(current, REPORT_SCHEMA) as Root;
    for (const element of elementsOf(clean)) keepAllowedValues(element);
    const text = written(clean);
    const again = bodyOf(text);
    if (written(again) === text) return clean;
    current = again;
  }
  return undefined;
}

function keepAllowedValues(element: Element): void {
  element.properties = Object.fromEntries(
    Object.entries(element.properties).flatMap(([name, value]) => {
      const clean = allowedValue(element.tagName, name, value);
      return clean === undefined ? [] : [[name, clean]];
    }),
  );
  // A picture without its address is told by its words.
  if (element.tagName !== "img" || element.properties["src"] !== undefined) return;
  const { alt } = element.properties;
  const words = typeof alt === "string" && alt.trim() !== "" ? alt : "picture that is not in this file";
  Object.assign(element, {
    tagName: "em",
    properties: {},
    children: [{ type: "text", value: `[${words}]` }],
  });
}

function allowedValue(tag: string, name: string, value: Properties[string]): Properties[string] {
  if (typeof value === "boolean") return value;
  const text = Array.isArray(value) ? value.join(" ") : String(value ?? "");
  if (name === "style") return cleanStyle(text, (id) => id) || undefined;
  if (name === "src") return PICTURE.test(text.trim()) ? text.trim() : undefined;
  if (name === "href" || name === "xLinkHref") return allowedAddress(tag, text.trim());
  if (SIZED.has(tag) && LENGTHS.has(name)) return isShort(text) ? value : undefined;
  if (FREE_TEXT.has(name) || !/[\\]|url\s*\(|image|src\s*\(/i.test(text)) return value;
  return cleanValue(name, text, (id) => id);
}

/** A link leads to a page or an anchor when it is clicked; everything else refers to the output itself, or is a picture. */
function allowedAddress(tag: string, address: string): string | undefined {
  if (tag === "a") return CLICKABLE.test(address) ? address : undefined;
  const isAllowed = address.startsWith("#") || (tag === "image" && PICTURE.test(address));
  return isAllowed ? address : undefined;
}

function isShort(text: string): boolean {
  const size = /^\s*(\d+(?:\.\d+)?)\s*(?:px|pt|pc|mm|cm|in|r?em|ex|ch|%)?\s*$/.exec(text)?.[1];
  return size !== undefined && Number(size) <= LONGEST_PIXELS;
}

/** Gives an element's ids and references the output's own names, and a picture its description. */
function finish(element: Element, description: string, nameId: NameId): void {
  const { properties, tagName } = element;
  if (typeof properties["id"] === "string") properties["id"] = nameId(properties["id"]);
  for (const [name, value] of Object.entries(properties)) {
    if (REFERENCES.has(name)) properties[name] = listOf(value).map(nameId);
    else if (ADDRESSES.has(name)) {
      if (typeof value === "string" && value.startsWith("#")) properties[name] = `#${nameId(value.slice(1))}`;
    } else if (typeof value === "string" && !FREE_TEXT.has(name) && value.includes("url("))
      properties[name] =
        name === "style" ? cleanStyle(value, nameId) : (cleanValue(name, value, nameId) ?? null);
  }
  element.properties = { ...descriptionFor(tagName, properties, description), ...properties };
}

function listOf(value: Properties[string]): string[] {
  return (Array.isArray(value) ? value.map(String) : String(value ?? "").split(/\s+/)).filter(
    (item) => item !== "",
  );
}

/** The properties that a picture lacks to be described to those who do not see it. */
function descriptionFor(tag: string, properties: Properties, description: string): Properties {
  if (tag === "img") return properties["alt"] === undefined ? { alt: description } : {};
  if (tag !== "svg" || properties["ariaHidden"] !== undefined) return {};
  const isNamed = properties["ariaLabel"] !== undefined || properties["ariaLabelledBy"] !== undefined;
  return {
    ...(properties["role"] === undefined ? { role: "img" } : {}),
    ...(isNamed ? {} : { ariaLabel: description }),
  };
}

function* elementsOf(node: Root | Element): Generator<Element> {
  for (const child of node.children)
    if (child.type === "element") {
      yield child;
      yield* elementsOf(child);
    }
}

function styleSheets(tree: Root): string[] {
  return [...elementsOf(tree)].filter(({ tagName }) => tagName === "style").map(textOf);
}

function textOf({ children }: Element): string {
  return children.map((child: ElementContent) => (child.type === "text" ? child.value : "")).join("");
}

/** Names of elements that are not in the report, and whether a picture would come from elsewhere. */
function leftOut(tree: Root): string[] {
  const names = [...elementsOf(tree)].flatMap(({ tagName, properties }) => {
    if (TOLD_WHEN_LEFT_OUT.has(tagName)) return [tagName];
    const { src } = properties;
    return tagName === "img" && typeof src === "string" && !PICTURE.test(src.trim())
      ? ["picture from elsewhere"]
      : [];
  });
  return [...new Set(names)].sort();
}

function isDeeperThan(node: Nodes, levels: number): boolean {
  if (levels < 0) return true;
  return "children" in node && node.children.some((child) => isDeeperThan(child, levels - 1));
}
