import { detect as detectSpine } from "../../api/index.js";
import { parseCommand } from "../command.js";
import type { Command } from "../command.js";
import { loadSource, SOURCE_HELP, SOURCE_OPTIONS } from "./source.js";

export const detect: Command = {
  name: "detect",
  summary: "find and name vertebrae and discs",
  example: "spinebook detect study/ --json",
  usage: `spinebook detect PATH [--json] [--spacing MM] [--study ID] [--series ID]

Finds vertebrae and discs in the sagittal T2 series of PATH and names them from the sacrum up.
${SOURCE_HELP}

      --json        print vertebrae with corners, discs and flags as JSON (LPS mm; pixels and slices of the input, from 0)
      --spacing MM  distance between the pixels of a .png or .jpg; "auto" estimates it from the size of the bodies
      --study ID    of several studies, take this one
      --series ID   of several series, take this one`,

  async run(args, context) {
    const { values, path } = parseCommand(args, { json: { type: "boolean" }, ...SOURCE_OPTIONS }, "a scan");
    const spine = await detectSpine(await loadSource(path, values, context.log));
    if (values.json) context.out(JSON.stringify(spine));
    else {
      for (const { level, slice, angle, width, height } of spine.discs)
        context.out(
          `${spine.shownLevel(level).padEnd(8)} slice ${slice + 1}  ${width.toFixed(1)} x ${height.toFixed(1)} mm  tilt ${angle.toFixed(0)}°`,
        );
      for (const { message } of spine.flags) context.out(`! ${message}`);
    }
    return 0;
  },
};
