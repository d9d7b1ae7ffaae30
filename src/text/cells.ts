/** What stands in the cells of tables: names that people write in many ways, and numbers. */

/** A name without case, accents and punctuation: `UP endplate` and `up_endplate` are `upendplate`. */
export function plainName(name: string): string {
  return name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "");
}

/** A number as a cell holds it, `.46875` and `2.` included; undefined for any other text and what no number can hold. */
export function numberOf(text: string, decimalComma = false): number | undefined {
  const plain = decimalComma ? text.trim().replace(",", ".") : text.trim();
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(plain)) return undefined;
  const value = Number(plain);
  return Number.isFinite(value) ? value : undefined;
}
