/** Rows of a CSV text with a header line, as objects keyed by column name; quoted fields may hold commas, quotes and line ends. */
export function parseCsv(text: string): Record<string, string>[] {
  const rows: string[][] = [[""]];
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    const row = rows.at(-1)!;
    if (quoted) {
      if (character === '"' && text[i + 1] === '"') append(row, text[++i]!);
      else if (character === '"') quoted = false;
      else append(row, character);
    } else if (character === '"') quoted = true;
    else if (character === ",") row.push("");
    else if (character === "\n") rows.push([""]);
    else if (character !== "\r" && character !== "\uFEFF") append(row, character);
  }
  const [header = [], ...body] = rows.filter((row) => row.length > 1 || row[0] !== "");
  return body.map((row) => Object.fromEntries(header.map((name, i) => [name, row[i] ?? ""])));
}

function append(row: string[], text: string): void {
  row.push((row.pop() ?? "") + text);
}
