import type { ActivationFunction } from "vscode-notebook-renderer";
import { showError, type Mounted, type Renderer } from "./dom.js";
import { hostOf, type RendererHost } from "./messaging.js";

/** Mime type -> renderer. An entry lists only those it is meant to carry: plots weigh a hundred times the others. */
export type Renderers = Readonly<Record<string, Renderer>>;

/**
 * Draws a payload in `element` by the renderer of its mime type. A payload that cannot be drawn shows why in its
 * place; then the result is `undefined`.
 */
export async function mount(
  element: HTMLElement,
  mime: string,
  payload: unknown,
  renderers: Renderers,
  host: RendererHost = {},
): Promise<Mounted | undefined> {
  try {
    const renderer = renderers[mime];
    if (!renderer) throw new Error(`nothing here draws ${mime}`);
    return await renderer(element, payload, host);
  } catch (error) {
    showError(element, error);
    return undefined;
  }
}

/** What a VS Code notebook renderer exports: mounts each output and takes it away again. */
export function activation(renderers: Renderers): ActivationFunction {
  const outputs = new Map<string, Promise<Mounted | undefined>>();
  const dispose = (id: string): void => {
    void outputs.get(id)?.then((mounted) => {
      mounted?.dispose();
    });
    outputs.delete(id);
  };
  return (context) => {
    const host = hostOf(context);
    return {
      async renderOutputItem(item, element) {
        dispose(item.id);
        const mounted = mount(element, item.mime, item.json(), renderers, host);
        outputs.set(item.id, mounted);
        await mounted;
      },
      disposeOutputItem(id) {
        if (id !== undefined) dispose(id);
        else for (const known of [...outputs.keys()]) dispose(known);
      },
    };
  };
}
