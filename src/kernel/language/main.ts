/** The process of the language server: LSP over standard input and output. */
import { createConnection, ProposedFeatures } from "vscode-languageserver/node";
import { serve } from "./server.js";

// Standard output carries the protocol alone.
console.log = console.error;
const connection = createConnection(ProposedFeatures.all, process.stdin, process.stdout);
const report = (error: unknown): void => {
  connection.console.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
};
process.on("uncaughtException", report);
process.on("unhandledRejection", report);
serve(connection);
connection.listen();
