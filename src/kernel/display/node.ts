import type { MimeBundle } from "../../protocol/index.js";
import { String } from "../run/primordials.js";
import { asCell } from "../run/intrinsics.js";
import { attempt, callMethod, propertyOf } from "../run/safely.js";

/** What the DOM calls an element. */
const ELEMENT = 1;
/** Characters of a picture's title in its text. */
const LONGEST_TITLE = 200;

/** Whether a value is an element of HTML or SVG, of whatever library's document: jsdom's, linkedom's, happy-dom's. */
export function isElement(value: unknown): boolean {
  return (
    propertyOf(value, "nodeType") === ELEMENT &&
    typeof propertyOf(value, "tagName") === "string" &&
    typeof propertyOf(value, "outerHTML") === "string"
  );
}

/** An element as the HTML that it stands for; a picture also as an image, for what shows no HTML. */
export function elementBundle(value: unknown): MimeBundle {
  const html = String(propertyOf(value, "outerHTML"));
  const tag = String(propertyOf(value, "tagName")).toLowerCase();
  const still = tag === "svg" ? { "image/svg+xml": withNamespace(html) } : {};
  return { "text/html": html, ...still, "text/plain": elementText(value, tag) };
}

/** HTML needs no namespace, an image of its own does. */
function withNamespace(svg: string): string {
  return /^<svg[^>]* xmlns=/.test(svg)
    ? svg
    : svg.replace(/^<svg/, '<svg xmlns="http://www.w3.org/2000/svg"');
}

/** What stands for an element where no HTML is shown: a picture's label or title, the text of what is written. */
function elementText(value: unknown, tag: string): string {
  const drawn =
    tag === "svg" ||
    attempt(
      () => ask(value, "querySelector", "svg") !== null,
      () => false,
    );
  const label = attempt(
    () => ask(value, "getAttribute", "aria-label"),
    () => null,
  );
  const text =
    typeof label === "string" && label !== "" ? label : String(propertyOf(value, "textContent") ?? "");
  const short = text.replace(/\s+/g, " ").trim().slice(0, LONGEST_TITLE);
  return drawn ? `SVG picture${short === "" || label === null ? "" : `: ${short}`}` : short || `<${tag}>`;
}

function ask(value: unknown, method: string, argument: string): unknown {
  return asCell(() => callMethod(value as object, method, argument));
}
