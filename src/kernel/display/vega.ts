import type { MimeBundle } from "../../protocol/index.js";
import { asCell } from "../run/intrinsics.js";
import { Error, Promise, String } from "../run/primordials.js";
import { attempt, callMethod, errorMessage, isError, propertyOf, textOf } from "../run/safely.js";
import { plainJson } from "./portable.js";
import type { Shown } from "./shown.js";

/** Imports a package as a cell does, from the notebook's folder. */
export type ImportPackage = (name: string) => Promise<object>;

type Library = "vega" | "vega-lite";
const NAMES: Readonly<Record<Library, string>> = { vega: "Vega", "vega-lite": "Vega-Lite" };
const SCHEMA = /^https?:\/\/vega\.github\.io\/schema\/(vega|vega-lite)\/v(\d+)[\w.]*\.json$/;

/** Whether a value is a specification of Vega or Vega-Lite, by its `$schema`. */
export function isVega(value: unknown): boolean {
  const schema = propertyOf(value, "$schema");
  return typeof schema === "string" && SCHEMA.test(schema);
}

/**
 * A specification, which Jupyter's front ends draw, and beside it what Vega makes of it as SVG. Vega is what `%npm install` has put
 * into the notebook's folder. Never rejects.
 */
export async function vegaBundle(value: unknown, importPackage: ImportPackage): Promise<Shown> {
  const [, library, version] = SCHEMA.exec(String(propertyOf(value, "$schema"))) as unknown as [
    string,
    Library,
    string,
  ];
  const text = `${NAMES[library]} specification`;
  let own: MimeBundle = {};
  try {
    const spec = plainJson(value);
    own = { [`application/vnd.${library.replace("-", "")}.v${version}+json`]: spec };
    return { data: { ...own, "text/html": await drawn(spec, library, importPackage), "text/plain": text } };
  } catch (thrown) {
    return { data: { ...own, "text/plain": text }, problem: { thrown } };
  }
}

/** @throws Error where Vega is not installed, wants data from elsewhere, or refuses the specification */
async function drawn(spec: unknown, library: Library, importPackage: ImportPackage): Promise<string> {
  const vega = await packageOf("vega", library, importPackage);
  const lite = library === "vega-lite" ? await packageOf("vega-lite", library, importPackage) : undefined;
  let refused: string | undefined;
  const loader = {
    load(address: unknown): Promise<never> {
      refused ??= `The specification wants its data from ${textOf(address)}; a cell loads nothing by itself. Read them in the cell and give them as data.values.`;
      return Promise.reject(new Error(refused));
    },
    sanitize: (href: unknown) => Promise.resolve({ href }),
  };
  const logger = {
    level: () => logger,
    warn: () => logger,
    info: () => logger,
    debug: () => logger,
    error(problem: unknown): object {
      refused ??= isError(problem) ? errorMessage(problem) : textOf(problem);
      return logger;
    },
  };
  return asCell(async () => {
    const compiled = lite === undefined ? spec : propertyOf(callMethod(lite, "compile", spec), "spec");
    const settings = { renderer: "none", loader, logger };
    const View = propertyOf(vega, "View") as new (...settings: unknown[]) => object;
    const view = new View(callMethod(vega, "parse", compiled), settings);
    const svg = await (callMethod(view, "toSVG") as Promise<string>);
    callMethod(view, "finalize");
    if (refused !== undefined) throw new Error(refused);
    return svg;
  });
}

async function packageOf(name: string, library: Library, importPackage: ImportPackage): Promise<object> {
  try {
    return await importPackage(name);
  } catch (thrown) {
    if (
      attempt(
        () => propertyOf(thrown, "code") !== "ERR_MODULE_NOT_FOUND",
        () => true,
      )
    )
      throw thrown;
    const wanted = library === "vega" ? "vega" : "vega vega-lite";
    throw new Error(
      `To draw a ${NAMES[library]} specification, install its library beside the notebook: %npm install ${wanted}`,
    );
  }
}
