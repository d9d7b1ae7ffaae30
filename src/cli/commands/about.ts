import { about as readAbout, aboutText } from "../../api/index.js";
import { parseArguments } from "../command.js";
import type { Command } from "../command.js";

/** `spinebook about`: versions, backend, the folders that are written to, and that it is offline. */
export const about: Command = {
  name: "about",
  summary: "versions, backend, the folders it writes to, and that it is offline",
  example: "spinebook about",
  usage: `spinebook about [--json]

Prints the versions of Spinebook and of the packages that compute, what networks run on, the places that are
written to besides the outputs that are named, and what goes over a network: nothing.

  --json   the same as one JSON document`,
  async run(args, { out }) {
    const { values } = parseArguments(args, { json: { type: "boolean", default: false } }, []);
    const facts = await readAbout();
    out(values.json ? JSON.stringify(facts, undefined, 2) : aboutText(facts));
    return 0;
  },
};
