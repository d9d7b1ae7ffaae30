/** A length as displays write it: one that rests on an estimated spacing is marked, `≈ 23.4 mm`. */
export function lengthText(millimetres: string | number, lengths: "estimated" | undefined): string {
  return `${lengths === "estimated" ? "≈ " : ""}${millimetres} mm`;
}
