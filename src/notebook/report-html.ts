import { escapeHtml } from "./html.js";

/** A tag with its attributes; a `>` inside of quotes does not end it. */
const TAG = /<([a-z][\w:-]*)((?:"[^"]*"|'[^']*'|[^"'<>])*)>/gi;
const ATTRIBUTE = /[\s/]+([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/g;
const STYLE_SHEET = /<style\b[^>]*>[\s\S]*?<\/style>/gi;
/** Attributes whose address is loaded without a click. */
const LOADED = new Set(["src", "srcset", "poster", "background", "data", "xlink:href", "longdesc", "ping"]);
/** What an address may be that is not loaded from elsewhere. */
const OWN = /^\s*(?:data:|#|$)/i;
const CLICKABLE = /^\s*(?:https?:|mailto:|#)/i;

/**
 * HTML of an output as it may stand in the report: elements that run, load or lead elsewhere are shown as text, addresses
 * that would be loaded are left out, and every picture has a description. The page's content security policy forbids
 * scripts and loading anyway; this keeps the page's own structure and address from being changed as well, and holds
 * where a reader does not heed the policy.
 * @param description For pictures that have none of their own.
 */
export function stillHtml(html: string, description: string): string {
  return withoutActiveElements(html)
    .replace(STYLE_SHEET, withoutLoading)
    .replace(TAG, (_tag, name: string, attributes: string) => {
      const kept = attributes.replace(
        ATTRIBUTE,
        (attribute, key: string, ...values: (string | undefined)[]) =>
          isAllowed(name, key, values.slice(0, 3).find((value) => value !== undefined) ?? "")
            ? attribute
            : "",
      );
      return `<${name}${descriptionFor(name, kept, description)}${withoutLoading(kept)}>`;
    });
}

/** Styles without the addresses that they would load. */
function withoutLoading(style: string): string {
  return style
    .replace(/@import\b[^;<]*;?/gi, "")
    .replace(/url\(\s*(?!["']?\s*(?:data:|#|&quot;|&#39;))[^)]*\)/gi, "none");
}

/** The elements that run, load or lead elsewhere are shown as text. */
function withoutActiveElements(html: string): string {
  return html.replace(
    /<(?=\/?(?:script|meta|base|link|iframe|frame|object|embed|form|template|main|body|html)\b)/gi,
    "&lt;",
  );
}

function isAllowed(name: string, key: string, value: string): boolean {
  const attribute = key.toLowerCase();
  if (attribute === "href") return name.toLowerCase() === "a" ? CLICKABLE.test(value) : OWN.test(value);
  return !LOADED.has(attribute) || OWN.test(value);
}

/** The attributes that a picture lacks to be described to those who do not see it. */
function descriptionFor(name: string, attributes: string, description: string): string {
  const has = (key: string): boolean => new RegExp(`\\s${key}\\s*=`, "i").test(attributes);
  const text = escapeHtml(description);
  if (name.toLowerCase() === "img") return has("alt") ? "" : ` alt="${text}"`;
  if (name.toLowerCase() !== "svg" || has("aria-hidden")) return "";
  const label = has("aria-label") || has("aria-labelledby") ? "" : ` aria-label="${text}"`;
  return `${has("role") ? "" : ' role="img"'}${label}`;
}
