import { join } from "node:path";
import { installKernelSpec, KERNEL_NAME, kernelsFolder, removeKernelSpec } from "../../notebook/index.js";
import { parseArguments, UsageError } from "../command.js";
import type { Command } from "../command.js";

export const jupyter: Command = {
  name: "jupyter",
  summary: "offer the kernel to JupyterLab, nbconvert and papermill",
  example: "spinebook jupyter install",
  usage: `spinebook jupyter install [--prefix DIR] [--name NAME] [--display-name TEXT]
spinebook jupyter uninstall [--prefix DIR] [--name NAME]

Installs the kernel's description (a "kernelspec") where Jupyter looks for it, or removes it again. Jupyter itself, and
Python, are not needed for anything else of Spinebook.

      --prefix DIR         into DIR/share/jupyter, such as a Python environment's folder; your own folder without it
      --name NAME          the kernel's name for programs, "${KERNEL_NAME}" by default
      --display-name TEXT  the kernel's name for people

The description names this installation's files and this Node: install it again when you move or update either.`,

  async run(args, context) {
    const { values, positionals } = parseArguments(
      args,
      {
        prefix: { type: "string", path: "written" },
        name: { type: "string" },
        "display-name": { type: "string" },
      },
      ['what to do, "install" or "uninstall"'],
    );
    const { prefix, name = KERNEL_NAME } = values;
    const kernels = kernelsFolder({ prefix, env: process.env, platform: process.platform });
    if (positionals[0] === "install") {
      const folder = await installKernelSpec(kernels, name, {
        bridgePath: join(context.packageRoot, "dist", "kernel", "jupyter.js"),
        displayName: values["display-name"],
        fallbackPackages: { spinebook: join(context.packageRoot, "dist", "api.js") },
        packageTypes: { spinebook: join(context.packageRoot, "dist", "types", "api", "index.d.ts") },
      });
      context.log(`The kernel "${name}" is installed; "jupyter kernelspec list" shows it.`);
      context.out(folder);
    } else if (positionals[0] === "uninstall") context.out(await removeKernelSpec(kernels, name));
    else throw new UsageError(`"${positionals[0]!}" is neither "install" nor "uninstall".`);
    return 0;
  },
};
