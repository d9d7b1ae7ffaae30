// ESLint: typescript-eslint's strict type-checked rules for everything written in TypeScript.
import tseslint from "typescript-eslint";

/** Globals that the kernel's main thread takes from `primordials.ts`, as a cell may cover them. */
const COVERABLE = [
  ..."Array ArrayBuffer Atomics BigInt Boolean Buffer Date Error Function Infinity Int32Array JSON Map Math NaN".split(
    " ",
  ),
  ..."Number Object Promise Proxy Reflect RegExp Set SharedArrayBuffer String Symbol TextDecoder URL".split(
    " ",
  ),
  ..."Uint8Array WeakMap WeakRef AbortController clearImmediate clearTimeout console encodeURIComponent".split(
    " ",
  ),
  ..."globalThis performance process queueMicrotask setImmediate setTimeout".split(" "),
];

/** Calls home unless it is told not to before it loads, so one file loads it; types may be taken from it. */
const ONNXRUNTIME =
  "Take onnxruntime from src/engine/onnxruntime.ts, which switches its telemetry off before it loads.";

export default tseslint.config(
  { ignores: ["dist/", "build/", "node_modules/", "checkpoints/", "**/*.cjs", "src/kernel/globals.d.ts"] },
  ...tseslint.configs.strictTypeChecked.map((config) => ({ ...config, files: ["**/*.ts"] })),
  {
    files: ["**/*.ts"],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Tensor code indexes typed arrays whose bounds are known from the shapes; `array[i]!` says so in one character.
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      // A lone async test or main function is reported by its runner.
      "@typescript-eslint/no-floating-promises": [
        "error",
        {
          allowForKnownSafeCalls: [
            { from: "package", name: ["test", "it", "describe"], package: "node:test" },
          ],
        },
      ],
    },
  },
  {
    files: ["**/*.ts"],
    ignores: ["src/engine/onnxruntime.ts"],
    rules: {
      "@typescript-eslint/no-restricted-imports": [
        "error",
        { paths: [{ name: "onnxruntime-node", message: ONNXRUNTIME }] },
      ],
      "no-restricted-syntax": [
        "error",
        { selector: "ImportExpression > Literal[value='onnxruntime-node']", message: ONNXRUNTIME },
        { selector: "CallExpression > Literal[value='onnxruntime-node']", message: ONNXRUNTIME },
      ],
    },
  },
  {
    // What runs beside the cells' code, on the main thread.
    files: ["src/kernel/run/*.ts", "src/kernel/display/*.ts"],
    ignores: ["src/kernel/run/primordials.ts"],
    rules: { "no-restricted-globals": ["error", ...COVERABLE] },
  },
);
