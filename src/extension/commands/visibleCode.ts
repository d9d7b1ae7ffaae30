/** Characters behind which a `/` begins a regular expression; behind others it divides. */
const BEFORE_PATTERN = /(?:^|[(,=:[!&|?{};+*%~^<>-]|\b(?:return|typeof|case|in|of|await))\s*$/;
const SKIPPED = /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|(["'])(?:\\[\s\S]|(?!\1)[^\\\n])*\1?/y;
const PATTERN = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/y;

/**
 * A cell's code with all comments and the contents of all strings, templates and regular expressions blanked; each
 * character that stays keeps its place, and so do line ends and quotes.
 */
export function visibleCode(source: string): string {
  let code = "";
  let at = 0;
  while (at < source.length) {
    const end = skipped(source, at, code);
    if (end === undefined) code += source[at++]!;
    else {
      code += blank(source.slice(at, end));
      at = end;
    }
  }
  return code;
}

/** Visible code without what stands inside of any brackets: the part whose names other cells see. */
export function topLevelCode(visible: string): string {
  let depth = 0;
  let code = "";
  for (const character of visible) {
    if (")]}".includes(character)) depth = Math.max(0, depth - 1);
    code += depth === 0 || character === "\n" ? character : " ";
    if ("([{".includes(character)) depth++;
  }
  return code;
}

/** Where the comment, string, template or regular expression that begins at `at` ends; `undefined` where none begins. */
function skipped(source: string, at: number, before: string): number | undefined {
  const first = source[at]!;
  if (first === "`") return templateEnd(source, at);
  if (!"/'\"".includes(first)) return undefined;
  SKIPPED.lastIndex = at;
  const match = SKIPPED.exec(source);
  if (match) return at + match[0].length;
  if (first !== "/" || !BEFORE_PATTERN.test(before.slice(-20))) return undefined;
  PATTERN.lastIndex = at;
  const pattern = PATTERN.exec(source);
  return pattern === null ? undefined : at + pattern[0].length;
}

/** Behind a template's closing backtick, also where its `${...}` hold strings and templates of their own. */
function templateEnd(source: string, start: number): number {
  let at = start + 1;
  while (at < source.length && source[at] !== "`") {
    if (source[at] === "\\") at += 2;
    else if (source.startsWith("${", at)) at = expressionEnd(source, at + 2);
    else at++;
  }
  return Math.min(at + 1, source.length);
}

/** Behind the `}` that closes a template's expression. */
function expressionEnd(source: string, start: number): number {
  let depth = 1;
  let at = start;
  while (at < source.length && depth > 0) {
    const end = skipped(source, at, source.slice(start, at));
    if (source[at] === "{") depth++;
    if (source[at] === "}") depth--;
    at = end ?? at + 1;
  }
  return at;
}

function blank(text: string): string {
  const quoted = /^["'`]/.test(text) && text.length > 1;
  const inside = text.replace(/[^\n]/g, " ");
  return quoted ? text[0]! + inside.slice(1, -1) + text.at(-1)! : inside;
}
