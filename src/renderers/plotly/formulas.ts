/** Formulas in words, `$\alpha_{1}^2$`, as plotly.js writes words: Greek letters, signs, raised and lowered parts. Pure. */

const SIGNS: Readonly<Record<string, string>> = Object.fromEntries(
  (
    "alpha α beta β gamma γ delta δ epsilon ε varepsilon ε zeta ζ eta η theta θ iota ι kappa κ lambda λ mu μ nu ν xi ξ pi π rho ρ " +
    "sigma σ tau τ upsilon υ phi φ varphi φ chi χ psi ψ omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Phi Φ Psi Ψ " +
    "Omega Ω times × cdot · pm ± mp ∓ leq ≤ le ≤ geq ≥ ge ≥ neq ≠ ne ≠ approx ≈ equiv ≡ sim ∼ propto ∝ infty ∞ partial ∂ nabla ∇ " +
    "sum ∑ prod ∏ int ∫ to → rightarrow → leftarrow ← Rightarrow ⇒ circ ° degree ° in ∈ cup ∪ cap ∩ subset ⊂ forall ∀ exists ∃ " +
    "ldots … dots … cdots ⋯ ell ℓ prime ′ div ÷ langle ⟨ rangle ⟩ log log ln ln exp exp sin sin cos cos tan tan min min max max"
  )
    .split(" ")
    .reduce<(readonly [string, string])[]>(
      (pairs, word, i, all) => (i % 2 === 1 ? [...pairs, [all[i - 1]!, word] as const] : pairs),
      [],
    ),
);

/** Two parts over each other, and what stands about its one. */
const FORMS: Readonly<Record<string, (parts: readonly string[]) => string>> = {
  frac: ([above = "", below = ""]) => `${grouped(above)}/${grouped(below)}`,
  sqrt: ([inner = ""]) => `√${grouped(inner)}`,
  text: ([inner = ""]) => inner,
  mathrm: ([inner = ""]) => inner,
  mathit: ([inner = ""]) => `<i>${inner}</i>`,
  mathbf: ([inner = ""]) => `<b>${inner}</b>`,
  bar: ([inner = ""]) => `${inner}\u0304`,
  hat: ([inner = ""]) => `${inner}\u0302`,
};
const SPACES = /^(?:[,;:! ]|quad|qquad|left|right)$/;

class NotKnown extends Error {}

/** Words with their formulas written out; `undefined` where one holds what these have no form for. */
export function withFormulas(words: string): string | undefined {
  try {
    return words.replace(/\$([^$]*[\\^_][^$]*)\$/g, (_, formula: string) => written(formula));
  } catch (thrown) {
    if (thrown instanceof NotKnown) return undefined;
    throw thrown;
  }
}

function grouped(part: string): string {
  return Array.from(part.replace(/<[^>]*>/g, "")).length > 1 ? `(${part})` : part;
}

function written(formula: string): string {
  let rest = formula;
  /** The next letter, command or part in braces. */
  const next = (): string => {
    const command = /^\\([a-zA-Z]+|.)/.exec(rest);
    if (command) {
      rest = rest.slice(command[0].length);
      return commandOf(command[1]!);
    }
    if (rest.startsWith("{")) return braced();
    const [letter = ""] = Array.from(rest);
    rest = rest.slice(letter.length);
    if (letter === "^" || letter === "_")
      return `<${letter === "^" ? "sup" : "sub"}>${next()}</${letter === "^" ? "sup" : "sub"}>`;
    if (letter === "}" || letter === "&") throw new NotKnown();
    return letter === "-" ? "−" : letter === "~" ? " " : letter;
  };
  const braced = (): string => {
    rest = rest.slice(1);
    let inner = "";
    while (!rest.startsWith("}")) {
      if (rest === "") throw new NotKnown();
      inner += next();
    }
    rest = rest.slice(1);
    return inner;
  };
  const commandOf = (name: string): string => {
    if (SPACES.test(name)) return name === "left" || name === "right" ? "" : " ";
    if (Object.hasOwn(SIGNS, name)) return SIGNS[name]!;
    if (Object.hasOwn(FORMS, name)) {
      const count = name === "frac" ? 2 : 1;
      return FORMS[name]!(Array.from({ length: count }, next));
    }
    if (/^[%$#&_{}]$/.test(name)) return name;
    throw new NotKnown();
  };
  let out = "";
  while (rest !== "") out += next();
  return out;
}
