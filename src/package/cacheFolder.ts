import { homedir } from "node:os";
import { join } from "node:path";
import process from "node:process";

/** What the place of caches depends on. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** As `process.platform` gives it. */
  readonly platform: string;
  readonly home: string;
}

/** Where the system keeps caches of a user's programs, and in it this product's compiled code. */
export function codeCacheIn({ env, platform, home }: Surroundings): string {
  const system =
    platform === "win32"
      ? (env.LOCALAPPDATA ?? join(home, "AppData", "Local"))
      : platform === "darwin"
        ? join(home, "Library", "Caches")
        : (env.XDG_CACHE_HOME ?? join(home, ".cache"));
  return join(system, "spinebook", "code");
}

/** The folder of compiled code, which a kernel keeps to start sooner the next time; none for a user without a home folder. */
export function codeCacheFolder(): string | undefined {
  try {
    return codeCacheIn({ env: process.env, platform: process.platform, home: homedir() });
  } catch {
    return undefined;
  }
}
