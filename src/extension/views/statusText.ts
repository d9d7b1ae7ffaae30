import type { KernelInfo, KernelState } from "../session.js";
import { sizeText } from "./texts.js";

/** What is known of a notebook's kernel. */
export interface KernelStatus {
  readonly state: KernelState;
  readonly info: KernelInfo | undefined;
  /** What networks run on; undefined until one has run. */
  readonly backend: string | undefined;
}

const ICONS: Readonly<Record<KernelState, string>> = {
  "not started": "$(circle-outline)",
  idle: "$(circle-filled)",
  running: "$(sync~spin)",
  ended: "$(error)",
};

const BYTES_PER_MB = 2 ** 20;

/** The status bar's text: state, memory of its limit, backend. */
export function statusText({ state, info, backend }: KernelStatus): string {
  const alive = state === "idle" || state === "running";
  const parts = [
    `${ICONS[state]} Spinebook: ${state}`,
    alive ? memoryText(info) : "",
    alive ? (backend ?? "") : "",
  ];
  return parts.filter((part) => part !== "").join("  ·  ");
}

/** `182 MB / 4.3 GB`; "" where the kernel did not tell. */
function memoryText(info: KernelInfo | undefined): string {
  if (info?.memory === undefined) return "";
  return `${sizeText(info.memory)} / ${sizeText(info.memoryLimit * BYTES_PER_MB)}`;
}

/** The status bar's explanation, as Markdown. */
export function statusTooltip({ state, info, backend }: KernelStatus): string {
  const lines = [`**Spinebook kernel: ${state}**`];
  if (state === "not started") lines.push("It starts with the first cell that runs.");
  if (state === "ended") lines.push("It ended by itself. The next cell starts a fresh one.");
  if (info !== undefined && (state === "idle" || state === "running")) {
    if (info.memory !== undefined) lines.push(`Memory of its process: ${sizeText(info.memory)}`);
    lines.push(`Limit of the JavaScript heap: ${sizeText(info.memoryLimit * BYTES_PER_MB)}`);
    lines.push(
      backend === undefined
        ? "Inference: no network has run yet"
        : `Inference: ${backend.replace(/ (\S+)$/, (_, device: string) => ` on the ${device.toUpperCase()}`)}`,
    );
    lines.push(`Spinebook ${info.version}, Node ${info.node}, TypeScript ${info.typescript}`);
  }
  return lines.join("\n\n");
}
