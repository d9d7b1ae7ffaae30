import { createRequire } from "node:module";

/** The version of TypeScript that compiles cells; read from its manifest, as the compiler itself takes long to load. */
export function typescriptVersion(): string {
  const manifest = createRequire(import.meta.url)("typescript/package.json") as { readonly version: string };
  return manifest.version;
}
