import type { Schema } from "hast-util-sanitize";
import { find, html, svg } from "property-information";

/** Names that are split at white space, so that the lists below read as lists. */
const words = (text: string): string[] => text.trim().split(/\s+/);

const HTML_ELEMENTS = words(`
  a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup data dd del details dfn
  div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hgroup hr i img ins kbd label li mark menu meter nav ol p
  pre progress q rp rt ruby s samp section small span strike strong sub summary sup table tbody td tfoot th thead time tr
  tt u ul var wbr`);

/**
 * Elements that draw. Not here: what loads (`image` is held to data), runs (`set`, `animate`), or holds HTML inside of SVG
 * and MathML (`foreignObject`, `title`, `desc`, `annotation-xml`), where parsers have been led astray.
 */
const SVG_ELEMENTS = words(`
  svg g defs symbol use path rect circle ellipse line polyline polygon text tspan textPath linearGradient radialGradient
  stop clipPath mask pattern marker image`);

const MATH_ELEMENTS = words(`
  math menclose merror mfenced mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms mspace msqrt
  mstyle msub msubsup msup mtable mtd mtext mtr munder munderover semantics`);

const GLOBAL_ATTRIBUTES = words(`
  aria-describedby aria-hidden aria-label aria-labelledby class dir id lang role style title`);

const HTML_ATTRIBUTES: Readonly<Record<string, string>> = {
  a: "href",
  col: "span width",
  colgroup: "span width",
  data: "value",
  details: "open",
  img: "src alt width height",
  li: "value",
  meter: "value min max low high optimum",
  ol: "start type reversed",
  progress: "value max",
  table: "border cellpadding cellspacing align width bgcolor",
  td: "colspan rowspan headers align valign width height bgcolor",
  th: "colspan rowspan headers scope abbr align valign width height bgcolor",
  time: "datetime",
  tr: "align valign bgcolor",
};

const SVG_ATTRIBUTES = words(`
  alignment-baseline baseline-shift clip-path clip-rule clipPathUnits color cx cy d dominant-baseline dx dy fill fill-opacity
  fill-rule font-family font-size font-stretch font-style font-variant font-weight fx fy gradientTransform gradientUnits
  height href lengthAdjust letter-spacing marker-end marker-mid marker-start markerHeight markerUnits markerWidth mask
  maskContentUnits maskUnits offset opacity orient paint-order pathLength patternContentUnits patternTransform patternUnits
  points preserveAspectRatio r refX refY rotate rx ry shape-rendering spreadMethod startOffset stop-color stop-opacity stroke
  stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity stroke-width text-anchor
  text-decoration text-rendering textLength transform vector-effect version viewBox visibility width word-spacing x x1 x2
  xlink:href xmlns xmlns:xlink y y1 y2`);

const MATH_ATTRIBUTES = words(`
  accent accentunder columnalign columnlines columnspacing columnspan display displaystyle fence form frame linethickness
  lspace mathvariant maxsize minsize notation rowalign rowlines rowspacing rowspan rspace scriptlevel separator separators
  stretchy symmetric width xmlns`);

const of = (elements: readonly string[], names: string[], space: typeof html): [string, string[]][] =>
  elements.map((element) => [element, names.map((name) => find(space, name).property)]);

/**
 * What of an output's HTML stands in a report: everything that is not named is left out. Values (addresses, styles,
 * lengths) are looked at apart.
 */
export const REPORT_SCHEMA: Schema = {
  tagNames: [...HTML_ELEMENTS, ...SVG_ELEMENTS, ...MATH_ELEMENTS],
  attributes: {
    "*": GLOBAL_ATTRIBUTES.map((name) => find(html, name).property),
    ...Object.fromEntries([
      ...of(SVG_ELEMENTS, SVG_ATTRIBUTES, svg),
      ...of(MATH_ELEMENTS, MATH_ATTRIBUTES, html),
      ...Object.entries(HTML_ATTRIBUTES).flatMap(([element, names]) => of([element], words(names), html)),
    ]),
    // The same name in HTML and in SVG.
    a: ["href", "xLinkHref"],
  },
  // Their content goes with them: it is no text for readers.
  strip: words(`
    script style template iframe object embed applet audio video foreignObject title desc metadata annotation annotation-xml
    textarea noembed noframes head`),
  ancestors: {},
  clobber: [],
  clobberPrefix: "",
  protocols: {},
  required: {},
  allowComments: false,
  allowDoctypes: false,
};

/** Elements that a reader would miss, so that the report says that they are not there. */
export const TOLD_WHEN_LEFT_OUT: ReadonlySet<string> = new Set(
  words(`applet audio base canvas embed foreignObject form frame frameset iframe input link meta object script select
  template textarea video`),
);
