import * as vscode from "vscode";
import type { RendererMessage } from "../protocol/index.js";
import type { SpinebookController } from "./controller.js";
import { commFromRenderer } from "./displayChannels.js";

/** The renderer in package.json whose displays talk to the kernel. */
const RENDERER = "spinebook-spine";

/** Passes messages between the displays of a notebook and the cells that listen for them, whatever they are about. */
export function registerRendererMessaging(controller: SpinebookController): vscode.Disposable {
  const messaging = vscode.notebooks.createRendererMessaging(RENDERER);
  return vscode.Disposable.from(
    messaging.onDidReceiveMessage(
      ({ editor, message }: { editor: vscode.NotebookEditor; message: unknown }) => {
        const comm = commFromRenderer(message);
        if (comm !== undefined) controller.receiveFromDisplay(editor.notebook, comm);
      },
    ),
    controller.onDidSendToDisplays((message) => {
      // To all editors, also those behind another tab: a display takes only what bears its channel's id.
      void messaging.postMessage({ type: "comm_message", message } satisfies RendererMessage);
    }),
  );
}
