import {
  globals,
  Object,
  Proxy,
  ReferenceError,
  Reflect,
  Set,
  String,
  SyntaxError,
  TypeError,
} from "./primordials.js";

/** What compiled cells ask of the kernel about their variables; `compile/bindings.ts` says when. */
export interface BindingHost {
  /** The globals, with the errors that JavaScript has for its own variables. */
  readonly bindings: object;
  /** Says that names which may be used too early are there now. */
  declared(...names: readonly string[]): void;
  pick: typeof pick;
}

/** The constants among the globals, by what the cells so far have declared. */
const constants = new Set<string>();

/** Takes note of what a cell that begins declares, some of it as constants. */
export function noteDeclarations(names: readonly string[], constant: readonly string[]): void {
  for (const name of names) constants.delete(name);
  for (const name of constant) constants.add(name);
}

/** Makes a constant's global one that cannot be assigned, until a cell declares it anew. */
export function sealConstant(name: string): void {
  const known = Object.getOwnPropertyDescriptor(globals, name);
  if (!constants.has(name) || known?.writable !== true || known.configurable !== true) return;
  Object.defineProperty(globals, name, { writable: false });
}

/** Forgets all constants: the cells that declared them are no more. */
export function forgetConstants(): void {
  constants.clear();
}

/** Forgets that a name is a constant: the cell that was to declare it failed before it came so far. */
export function forgetConstant(name: string): void {
  constants.delete(name);
}

/**
 * The bindings of one run.
 * @param early names that are not there until the cell has declared them
 */
export function bindingsFor(early: readonly string[]): BindingHost {
  const absent = new Set<PropertyKey>(early);
  const check = (name: PropertyKey): void => {
    if (absent.has(name)) throw new ReferenceError(`Cannot access '${String(name)}' before initialization`);
    if (!Reflect.has(globals, name)) throw new ReferenceError(`${String(name)} is not defined`);
  };
  const bindings = new Proxy(Object.create(null) as object, {
    get: (_, name): unknown => {
      check(name);
      return Reflect.get(globals, name);
    },
    set: (_, name, value) => {
      check(name);
      if (constants.has(String(name))) throw new TypeError("Assignment to constant variable.");
      return Reflect.set(globals, name, value);
    },
  });
  return {
    bindings,
    declared: (...names) => {
      for (const name of names) absent.delete(name);
    },
    pick,
  };
}

/**
 * A module's exports, of which `wanted` tells: local name -> name in the module.
 * @throws SyntaxError as ES modules do, for one that is not there; but not where its name begins as those of types do: the
 *   compiler can't know types of other modules, so that only a use of it throws.
 */
function pick(namespace: object, specifier: string, wanted: Readonly<Record<string, string>>): object {
  for (const local of Object.keys(wanted)) {
    const name = wanted[local]!;
    if (Reflect.has(namespace, name)) continue;
    const problem = (): SyntaxError =>
      new SyntaxError(`The requested module '${specifier}' does not provide an export named '${name}'`);
    if (!/^\p{Lu}/u.test(local)) throw problem();
    refuseUse(local, problem);
  }
  return namespace;
}

/** Gives a global that throws when it is read, until it gets a value. */
function refuseUse(name: string, problem: () => Error): void {
  Object.defineProperty(globals, name, {
    get: () => {
      throw problem();
    },
    // The import itself assigns `undefined`.
    set: (value: unknown) => {
      if (value === undefined) return;
      Object.defineProperty(globals, name, { value, configurable: true, writable: true, enumerable: true });
    },
    configurable: true,
    enumerable: true,
  });
}
