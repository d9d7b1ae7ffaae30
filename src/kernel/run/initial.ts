import process from "node:process";
import { asCell, isPristine } from "./intrinsics.js";
import { forgetPage } from "./pageGlobals.js";
import { globals, Map, Object, Reflect, String } from "./primordials.js";

/** Properties that Node itself adds to the global object when it is first asked for the network. */
const OF_NODE = /^Symbol\(undici\./;
/** What the kernel itself leaves for a moment; the timers of cells are stopped. */
const MOMENTARY = /^(?:Timeout|Immediate|CloseReq)$/;

/** The process as it was before any cell ran, to which a kernel goes back between one notebook and the next. */
export class InitialState {
  private readonly properties = ownProperties(globals);
  /** How many properties each global object and class, and its prototype, has: cells may keep something in any of them. */
  private readonly sizes = sizesOf(this.properties.values());
  private readonly environment = { ...process.env };
  private readonly folder = process.cwd();
  private readonly resources = activeResources();

  /**
   * Takes back what cells did to the global object and the process.
   * @param names The variables that cells declared
   * @returns whether nothing is left; what was put elsewhere, or is still under way, cannot be taken back: into the language's own
   *   objects, or into a global that no cell declared and a package may need
   */
  restore(names: ReadonlySet<string>): boolean {
    let isClean = asCell(isPristine);
    for (const key of Reflect.ownKeys(globals)) {
      const original = this.properties.get(key);
      if (isSame(original, Object.getOwnPropertyDescriptor(globals, key))) continue;
      const isRestored = original
        ? Reflect.defineProperty(globals, key, original)
        : OF_NODE.test(String(key)) || Reflect.deleteProperty(globals, key);
      if (!isRestored || !(names.has(String(key)) || OF_NODE.test(String(key)))) isClean = false;
    }
    for (const [key, descriptor] of this.properties)
      if (!Reflect.has(globals, key)) Reflect.defineProperty(globals, key, descriptor);
    for (const [owner, size] of this.sizes) if (Reflect.ownKeys(owner).length !== size) isClean = false;
    for (const [kind, count] of activeResources())
      if (count > (this.resources.get(kind) ?? 0)) isClean = false;
    this.restoreProcess();
    forgetPage();
    return isClean;
  }

  private restoreProcess(): void {
    for (const name of Object.keys(process.env))
      if (this.environment[name] === undefined) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, this.environment);
    process.chdir(this.folder);
    process.exitCode = undefined;
  }
}

function ownProperties(owner: object): Map<PropertyKey, PropertyDescriptor> {
  return new Map(
    Reflect.ownKeys(owner).map((key) => [key, Object.getOwnPropertyDescriptor(owner, key)!] as const),
  );
}

/** Whether a global is as it was; Node puts some in place when they are first asked for. */
function isSame(before: PropertyDescriptor | undefined, now: PropertyDescriptor | undefined): boolean {
  if (!before || !now) return false;
  if (before.get && "value" in now) return Object.is(before.get.call(globals), now.value);
  return Object.is(before.value, now.value) && before.get === now.get && before.set === now.set;
}

function sizesOf(descriptors: Iterable<PropertyDescriptor>): Map<object, number> {
  const owners = [...descriptors].flatMap(({ value }: { value?: unknown }) => {
    if ((typeof value !== "object" && typeof value !== "function") || value === null || value === globals)
      return [];
    const { prototype } = value as { prototype?: unknown };
    return typeof prototype === "object" && prototype !== null ? [value, prototype] : [value];
  });
  return new Map(owners.map((owner) => [owner, Reflect.ownKeys(owner).length]));
}

/** How many of each kind of resource keep the process alive: files that are being read, connections, threads. */
function activeResources(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo())
    if (!MOMENTARY.test(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}
