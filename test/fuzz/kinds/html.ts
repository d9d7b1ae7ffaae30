import type { Element, Root } from "hast";
import { fromParse5 } from "hast-util-from-parse5";
import { parse } from "parse5";
import { stillHtml } from "../../../src/notebook/report/html.js";
import { HTML_PAYLOADS } from "../../support/htmlPayloads.js";
import type { Kind } from "../kind.js";
import type { Random } from "../random.js";

const SCOPE = "output_1_1";
const DESCRIPTION = "a picture";

/** Opening and closing tags, where parsers change their state; attributes are put in at random. */
const TAGS =
  `a b i p br hr div span table tbody tr td th caption colgroup col ul li dl dt details summary pre xmp listing plaintext
  textarea title style script noscript noembed noframes iframe template select option optgroup button form input img image
  svg g path text tspan desc foreignObject use rect linearGradient stop clipPath mask animate set math mi mtext mglyph
  malignmark annotation-xml semantics mrow html head body frameset frame base link meta object embed video audio ruby rt
  rb rtc marquee nobr font center h1 h6 dialog canvas progress meter svg:script x-y`.split(/\s+/);

const ATTRIBUTES = [
  "onload=__pwned=1",
  "ONCLICK='__pwned=1'",
  "on\u0000error=x",
  "src=https://evil.example/a",
  "src='data:image/png;base64,QUJD'",
  'src="data:text/html,<script>__pwned=1</script>"',
  "href=' javascript:__pwned=1'",
  "href=java&Tab;script:__pwned=1",
  "href=#x",
  "xlink:href='//evil.example/#a'",
  "xlink:href=#x",
  "id=x",
  "id='a b'",
  "name=body",
  "class='left-out html'",
  "style='position:fixed;color:red'",
  'style="background:u\\72l(https://evil.example)"',
  "style='fill:url(#x);--a:url(https://evil.example)'",
  "fill=url(#x)",
  "fill='url(https://evil.example/#x)'",
  "filter='url(\"//evil.example\")'",
  "title='</style></script><img src=x onerror=__pwned=1>'",
  'alt="--><img src=x onerror=__pwned=1>"',
  "width=99999999",
  "width=10",
  "colspan=9e9",
  "aria-labelledby='x y'",
  "encoding=text/html",
  "action=javascript:__pwned=1",
  "srcset='https://evil.example/1 2x'",
  "background=https://evil.example/b",
  "attributeName=href to=javascript:__pwned=1",
  "=\"'",
  "a=`",
  "xmlns=http://www.w3.org/1999/xhtml",
];

const TEXTS = [
  "words",
  "&lt;script&gt;__pwned=1&lt;/script&gt;",
  "&#x3c;img src=x onerror=__pwned=1&#x3e;",
  "<!--",
  "-->",
  "--!>",
  "<![CDATA[",
  "]]>",
  "<?x",
  "<!doctype html>",
  "</",
  "<",
  ">",
  "&",
  "\"'`",
  "\u0000",
  "\ud800",
  "\u202e",
  "\n\n",
  "\r",
  "\f",
  "@import 'https://evil.example/x';",
  "p{color:red;background:url(https://evil.example)}",
  "} body { display: none",
  "@media all { * { position: fixed } }",
  'url("#x")',
  "\\",
];

function piece(random: Random): string {
  const kind = random.below(10);
  if (kind < 5) {
    const attributes = Array.from({ length: random.below(4) }, () => ` ${random.pick(ATTRIBUTES)}`).join("");
    return `<${random.pick(TAGS)}${attributes}${random.once(8) ? "/" : ""}${random.once(20) ? "" : ">"}`;
  }
  if (kind < 7) return `</${random.pick(TAGS)}${random.once(10) ? "" : ">"}`;
  if (kind < 9) return random.pick(TEXTS);
  // Those that are only long are no news beside others.
  const payload = random.pick(HTML_PAYLOADS.filter(({ length }) => length < 2000));
  const from = random.once(2) ? 0 : random.below(payload.length);
  return payload.slice(from, from + 1 + random.below(payload.length));
}

function elements(node: Root | Element): Element[] {
  return node.children.flatMap((child) => (child.type === "element" ? [child, ...elements(child)] : []));
}

const FORBIDDEN =
  /^(?:script|iframe|object|embed|form|input|button|link|meta|base|template|set|animate|foreignobject|video|audio|frame|frameset|textarea|select|dialog)$/i;

/** What of a cleaned output would run, load or reach over its border. */
export function harmIn(cleaned: string): string | undefined {
  const page = fromParse5(parse(`<!doctype html><body><main>${cleaned}</main><footer>f</footer>`)) as Root;
  const body = elements(page).find(({ tagName }) => tagName === "body")!;
  const blocks = body.children.map((child) => (child.type === "element" ? child.tagName : child.type));
  if (blocks.join() !== "main,footer") return `it is not balanced: the page becomes ${blocks.join()}`;
  for (const { tagName, properties } of elements(body)) {
    if (FORBIDDEN.test(tagName)) return `it holds <${tagName}>`;
    for (const [name, value] of Object.entries(properties)) {
      const text = Array.isArray(value) ? value.join(" ") : String(value);
      if (/^on|^action|^formAction|^srcSet|^poster|^ping|^background$|^srcDoc/i.test(name))
        return `it holds ${name}`;
      if (/^(?:href|xLinkHref)$/.test(name) && tagName === "a" && !/^(?:https?:\/\/|mailto:|#)/i.test(text))
        return `it leads to ${text}`;
      if (/^(?:src|href|xLinkHref)$/.test(name) && tagName !== "a" && !/^(?:data:image\/|#)/i.test(text))
        return `it loads ${text}`;
      if (name === "style" && /position|url\(\s*["']?[^#"']|\\/i.test(text))
        return `it has the style ${text}`;
      if (name === "id" && !new RegExp(`^${SCOPE}(?:-|$)`).test(text))
        return `it takes the page's name ${text}`;
      // In an address these are only characters: where it leads is asked above.
      if (!/^(?:alt|title|ariaLabel|abbr|href|xLinkHref|src)$/.test(name) && /url\(\s*["']?(?!#)/.test(text))
        return `it refers to ${text}`;
    }
  }
  const sheets = [...cleaned.matchAll(/<style>([\s\S]*?)<\/style>/g)].map((match) => match[1]!);
  return sheets.some((css) => /url\(|@(?!media)|position|\\|evil/.test(css))
    ? "its style sheet reaches out"
    : undefined;
}

/** What is cleaned, without the element around it, its style sheet and the names that are the page's. */
function bare(cleaned: string): string {
  return cleaned
    .replace(/^<div class="html"(?: id="[^"]*")?>([\s\S]*)<\/div>\n$/, "$1")
    .replace(/^<style>[\s\S]*?<\/style>/, "")
    .replaceAll(`${SCOPE}-`, "");
}

/** HTML outputs put together from hostile pieces, cleaned as a report cleans them. */
export const html: Kind = {
  name: "html",
  needsData: false,
  make: (random) => {
    const count = 1 + random.below(random.once(20) ? 400 : 25);
    const source = Array.from({ length: count }, () => piece(random)).join("");
    return {
      what: `HTML of ${count} pieces`,
      bytes: Buffer.from(source),
      extension: ".html",
      check: () => {
        const cleaned = stillHtml(source, DESCRIPTION, SCOPE);
        const refused = cleaned.includes("cannot be shown safely");
        const once = bare(cleaned);
        const again = bare(stillHtml(once, DESCRIPTION, SCOPE));
        const fault =
          harmIn(cleaned) ??
          (again === once ? undefined : `cleaned again it is other HTML: ${firstChange(once, again)}`);
        return { outcome: refused ? "refused" : "cleaned", ...(fault === undefined ? {} : { fault }) };
      },
    };
  },
};

function firstChange(one: string, other: string): string {
  let at = 0;
  while (one[at] === other[at]) at++;
  const around = (text: string) => JSON.stringify(text.slice(Math.max(0, at - 60), at + 60));
  return `${around(one)} becomes ${around(other)}`;
}
