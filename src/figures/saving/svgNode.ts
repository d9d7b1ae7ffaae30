/** What is needed of an element of a page, of whatever library's document. */
export interface PageElement {
  readonly nodeType: number;
  readonly tagName: string;
  readonly outerHTML: string;
}

/** What the DOM calls an element. */
const ELEMENT = 1;
const NAMESPACE = ' xmlns="http://www.w3.org/2000/svg"';

/** Whether a value is an element of HTML or SVG, as D3 and Observable Plot make them. */
export function isPageElement(value: unknown): value is PageElement {
  const { nodeType, tagName, outerHTML } = (value ?? {}) as Partial<PageElement>;
  return nodeType === ELEMENT && typeof tagName === "string" && typeof outerHTML === "string";
}

/**
 * An SVG element as a drawing of its own: with its namespace, in the font that is kept with it, without what only a page could tell.
 * @throws TypeError for an element of HTML, which only a browser can lay out
 */
export function svgOfElement({ tagName, outerHTML }: PageElement): string {
  const tag = tagName.toLowerCase();
  if (tag !== "svg")
    throw new TypeError(
      `This is <${tag}>, an element of HTML, which is laid out by a browser alone. Save an SVG in it: saveFigure(element.querySelector("svg"), ...).`,
    );
  const svg = outerHTML
    // Colours that a page would set: the fallback, or the white of paper.
    .replace(/var\(--[\w-]+(?:,\s*([^()]*))?\)/g, (_, fallback?: string) => fallback ?? "white")
    .replace(/ font-family="[^"]*"/g, "");
  return svg.replace(/^<svg[^>]*?(?=\/?>)/i, (root) => {
    const named = / xmlns=/.test(root) ? root : root + NAMESPACE;
    return `${named} font-family="DejaVu Sans"`;
  });
}
