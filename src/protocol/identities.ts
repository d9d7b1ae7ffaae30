import type { IdentityFinding, IdentityPattern } from "./messages.js";

/** A string that long without a space is a picture's base64 or other packed data, where only chance would match. */
export const PACKED = /^\S{1000,}$/;

/**
 * The identities that cells have read, as their kernel told them. Whoever runs the kernel holds them, so that a notebook
 * can be searched also when the kernel has died; they are never shown, stored or sent on.
 */
export class ReadIdentities {
  private readonly patterns = new Map<string, { readonly kind: string; readonly expression: RegExp }>();

  /** Takes what a kernel tells of. */
  learn(patterns: readonly IdentityPattern[]): void {
    for (const { kind, source } of patterns)
      if (!this.patterns.has(source))
        this.patterns.set(source, { kind, expression: new RegExp(source, "iu") });
  }

  /** Which texts hold an identity, and of what kind. */
  find(texts: readonly string[]): IdentityFinding[] {
    const patterns = [...this.patterns.values()];
    return texts.flatMap((text, index) =>
      PACKED.test(text)
        ? []
        : patterns
            .filter(({ expression }) => expression.test(text))
            .map(({ kind }) => ({ text: index, kind })),
    );
  }
}
