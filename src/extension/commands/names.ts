import { topLevelCode, visibleCode } from "./visibleCode.js";

/** The functions of "spinebook" that inserted cells call. */
export const SPINE_FUNCTIONS = [
  "loadSeries",
  "detect",
  "grade",
  "hotspots",
  "confusionMatrix",
  "exampleStudy",
] as const;
export type SpineFunction = (typeof SPINE_FUNCTIONS)[number];

/** Something that a step makes and a later step works on. */
export type Product = "scan" | "spine" | "graded";

/** Which function makes a product. */
const MAKER: Readonly<Record<Product, SpineFunction>> = {
  scan: "loadSeries",
  spine: "detect",
  graded: "grade",
};

/** What a new cell has to know of the names in the cells around it. */
export interface NotebookNames {
  /** How a function of "spinebook" that a cell above imports is called there: `detect`, an alias, or `sb.detect`. */
  readonly functions: ReadonlyMap<SpineFunction, string>;
  /** The variables that hold products above, the one made last at the end. */
  readonly products: readonly { readonly product: Product; readonly name: string }[];
  /** Every name that any cell declares or imports. */
  readonly taken: ReadonlySet<string>;
}

const IDENTIFIER = String.raw`[\p{L}_$][\p{L}\p{N}_$]*`;

/**
 * Reads the names that matter out of the notebook's TypeScript cells, without running or compiling them: a cell that is
 * half written must not keep another one from being inserted.
 * @param above sources of the code cells above the place of the new cell, in order
 * @param below sources of those under it; they only tell which names are taken
 */
export function namesIn(above: readonly string[], below: readonly string[] = []): NotebookNames {
  const functions = new Map<SpineFunction, string>();
  const products: NotebookNames["products"][number][] = [];
  for (const source of above) {
    const visible = visibleCode(source);
    for (const { imported, local } of spinebookImports(source, visible))
      for (const name of imported === "*"
        ? SPINE_FUNCTIONS
        : SPINE_FUNCTIONS.filter((one) => one === imported))
        functions.set(name, imported === "*" ? `${local}.${name}` : local);
    products.push(...productsOf(topLevelCode(visible), functions));
  }
  return { functions, products, taken: new Set([...above, ...below].flatMap(declaredNames)) };
}

/** The variable made last of those that hold one of the products; `undefined` where there is none. */
export function latest({ products }: NotebookNames, wanted: readonly Product[]): string | undefined {
  return products.findLast(({ product }) => wanted.includes(product))?.name;
}

/** `name`, or `name2`, `name3` ... where it is taken. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  for (let count = 2; taken.has(free); count++) free = `${name}${count}`;
  return free;
}

interface ImportedName {
  /** `*` for the whole package under one name. */
  readonly imported: string;
  readonly local: string;
}

function spinebookImports(source: string, visible: string): ImportedName[] {
  return imports(visible).flatMap(({ clause, quote }) =>
    source.slice(quote + 1).startsWith(`spinebook${source[quote]!}`) ? importedNames(clause) : [],
  );
}

/** The cell's import declarations that give values, with the place of the quote before the package's name. */
function imports(visible: string): { clause: string; quote: number }[] {
  return [...visible.matchAll(/(?<![\w$.])import\s+(?!type\s+[\w${*])([\w$\s,{}*]+?)\s*\bfrom\s*["']/g)].map(
    (match) => ({ clause: match[1]!, quote: match.index + match[0].length - 1 }),
  );
}

function importedNames(clause: string): ImportedName[] {
  const whole = /\*\s*as\s+([\w$]+)/.exec(clause);
  if (whole) return [{ imported: "*", local: whole[1]! }];
  const listed = /\{([^}]*)\}/.exec(clause)?.[1] ?? "";
  return listed
    .split(",")
    .map((part) => part.trim().split(/\s+as\s+/))
    .filter(([imported]) => imported !== "" && !/^type\s/.test(imported!))
    .map(([imported, local]) => ({ imported: imported!, local: local ?? imported! }));
}

/** The top-level variables that get the result of a maker, in the order of the code. */
function productsOf(
  topLevel: string,
  functions: ReadonlyMap<SpineFunction, string>,
): { product: Product; name: string }[] {
  const found = (Object.entries(MAKER) as [Product, SpineFunction][]).flatMap(([product, maker]) => {
    const called = functions.get(maker);
    if (called === undefined) return [];
    const call = called.replace(/[$.]/g, (character) => (character === "." ? String.raw`\s*\.\s*` : "\\$"));
    const assignment = new RegExp(
      String.raw`(?<![\p{L}\p{N}_$.])(${IDENTIFIER})\s*(?::[^=;\n]*)?=\s*(?:await\s+)?${call}\s*\(`,
      "gu",
    );
    return [...topLevel.matchAll(assignment)].map(({ index, 1: name }) => ({ index, product, name: name! }));
  });
  return found.sort((a, b) => a.index - b.index).map(({ product, name }) => ({ product, name }));
}

/** All that a cell may declare; rather a name too many than one too few, since a new name must not clash. */
function declaredNames(source: string): string[] {
  const visible = visibleCode(source);
  const topLevel = topLevelCode(visible);
  const named = matches(
    topLevel,
    String.raw`\b(?:function\s*\*?|class|enum|namespace|interface|type)\s+(${IDENTIFIER})`,
  );
  const declarations = matches(topLevel, String.raw`\b(?:const|let|var)\s+([^=;\n]+)`);
  const patterns = matches(visible, String.raw`\b(?:const|let|var)\s*([{[][^=]*[}\]])\s*=`);
  const assigned = matches(topLevel, String.raw`(?<![\p{L}\p{N}_$.])(${IDENTIFIER})\s*=(?![=>])`);
  const clauses = [...visible.matchAll(/(?<![\w$.])import\s+([\w$\s,{}*]+?)\s*\bfrom\s*["']/g)].map(
    (match) => match[1]!,
  );
  return [
    ...named,
    ...assigned,
    ...[...declarations, ...patterns].flatMap((text) => matches(text, `(${IDENTIFIER})`)),
    ...clauses.flatMap((clause) => [
      ...importedNames(clause).map(({ local }) => local),
      ...matches(clause.replace(/\{[^}]*\}/, "").replace(/\*\s*as\b/, ""), `(${IDENTIFIER})`),
    ]),
  ];
}

function matches(text: string, pattern: string): string[] {
  return [...text.matchAll(new RegExp(pattern, "gu"))].map((match) => match[1]!);
}
