/** What the tests in a real browser share. */
import { existsSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { chromium, type Browser, type Locator } from "playwright-core";

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const flags =
  "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";

/** Why tests in a browser are left out, or false; continuous integration leaves none out. */
export const noChromium = existsSync(executablePath) || process.env.CI !== undefined ? false : "no Chromium";

/** Starts Chromium without a screen. @param more flags */
export function launchChromium(more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath, headless: true, args: [...flags.split(" "), ...more] });
}

/** Waits until something holds. @throws Error after twenty seconds */
export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 20_000;
  while (!(await holds())) {
    await setTimeout(50);
    if (Date.now() > end) throw new Error(`${what} did not happen`);
  }
}

/** What a canvas shows, as a data address. Outputs are in shadow trees, which locators reach. */
export function picture(canvas: Locator): Promise<string> {
  return canvas.evaluate((element) => (element as HTMLCanvasElement).toDataURL());
}
