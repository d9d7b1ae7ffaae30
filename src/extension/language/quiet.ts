import { existsSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import type { PluginConfiguration } from "./plugin.js";

/** Name of our plugin to VS Code's TypeScript server, which `package.json` contributes. */
const PLUGIN = "spinebook-cells";

/** The part of the built-in TypeScript extension's public interface that is used here. */
interface TypeScriptExtension {
  getAPI?(version: 0): { configurePlugin(plugin: string, configuration: PluginConfiguration): void };
}

/**
 * Says to VS Code's own TypeScript, by our plugin in its server, whether it is to answer about cells.
 * @returns whether it listens: without the plugin, or where VS Code runs a TypeScript that takes none, it always answers
 */
export async function configureBuiltIn(
  extensionFolder: string,
  configuration: PluginConfiguration,
): Promise<boolean> {
  const extension = vscode.extensions.getExtension<TypeScriptExtension | undefined>(
    "vscode.typescript-language-features",
  );
  if (extension === undefined) return true; // there is no one to be quiet
  const api = (await extension.activate())?.getAPI?.(0);
  api?.configurePlugin(PLUGIN, configuration);
  return api !== undefined && existsSync(join(extensionFolder, "node_modules", PLUGIN, "package.json"));
}
