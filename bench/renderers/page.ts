/** What runs inside the page: each function is sent there as text, so it uses nothing from outside itself. */
import type { RendererApi } from "vscode-notebook-renderer";

interface Bench {
  renderer: RendererApi;
  /** ms spent in the renderer's animation frames since it was last read. */
  drawn: number;
  /** The page's own clock of frames, which is not counted. */
  nextFrame: () => Promise<number>;
}

declare global {
  interface Window {
    bench: Bench;
  }
}

/** Loads the renderer's script as VS Code does, with its animation frames timed. */
export async function load(script: string): Promise<void> {
  const own = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (callback) =>
    own((time) => {
      const started = performance.now();
      callback(time);
      window.bench.drawn += performance.now() - started;
    });
  const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  const { activate } = (await import(address)) as { activate: (context: object) => RendererApi };
  window.bench = { renderer: activate({}), drawn: 0, nextFrame: () => new Promise(own) };
}

/**
 * Draws an output that arrives as text.
 *
 * @returns ms until the picture is drawn, and until the frame that shows it has ended
 */
export async function firstPaint([mime, text]: readonly [string, string]): Promise<
  readonly [number, number]
> {
  const { renderer, nextFrame } = window.bench;
  const place = document.createElement("div");
  document.body.replaceChildren(place);
  await nextFrame();
  const started = performance.now();
  const item = { id: "first", mime, json: () => JSON.parse(text) as unknown };
  await renderer.renderOutputItem(item as never, place, new AbortController().signal);
  const drawn = performance.now() - started;
  await nextFrame();
  await new Promise((resolve) => setTimeout(resolve));
  return [drawn, performance.now() - started];
}

/** The lower bound: one PNG of the middle slice, decoded by the browser and drawn at the same size. */
export async function firstPaintOfImage([address, side]: readonly [string, number]): Promise<
  readonly [number, number]
> {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  document.body.replaceChildren(canvas);
  await window.bench.nextFrame();
  const started = performance.now();
  const image = new Image();
  image.src = address;
  await image.decode();
  canvas.getContext("2d")!.drawImage(image, 0, 0, side, side);
  const drawn = performance.now() - started;
  await window.bench.nextFrame();
  await new Promise((resolve) => setTimeout(resolve));
  return [drawn, performance.now() - started];
}

export interface Frames {
  /** ms between frames, one each. */
  readonly apart: readonly number[];
  /** ms of our own work in each. */
  readonly own: readonly number[];
}

/** Presses a key in every frame, up and down in turns of ten, and times the frames. */
export async function pressKeys([keys, shiftKey, frames]: readonly [
  readonly [string, string],
  boolean,
  number,
]): Promise<Frames> {
  const { nextFrame } = window.bench;
  const canvas = document.body.firstElementChild!.firstElementChild!.shadowRoot!.querySelector("canvas")!;
  const [apart, own]: [number[], number[]] = [[], []];
  let before = await nextFrame();
  for (let i = 0; i < frames; i++) {
    const started = performance.now();
    const key = keys[Math.floor(i / 10) % 2 === 0 ? 0 : 1];
    canvas.dispatchEvent(new KeyboardEvent("keydown", { key, shiftKey, bubbles: true, cancelable: true }));
    window.bench.drawn += performance.now() - started;
    const now = await nextFrame();
    apart.push(now - before);
    before = now;
    own.push(window.bench.drawn);
    window.bench.drawn = 0;
  }
  return { apart, own };
}

/** The lower bound of scrolling: pictures decoded beforehand, drawn one a frame. */
export async function scrollImages([addresses, side, frames]: readonly [
  readonly string[],
  number,
  number,
]): Promise<Frames> {
  const { nextFrame } = window.bench;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  document.body.replaceChildren(canvas);
  const context = canvas.getContext("2d")!;
  const images = addresses.map((address) => Object.assign(new Image(), { src: address }));
  await Promise.all(images.map((image) => image.decode()));
  const [apart, own]: [number[], number[]] = [[], []];
  let before = await nextFrame();
  for (let i = 0; i < frames; i++) {
    const started = performance.now();
    context.drawImage(images[i % images.length]!, 0, 0, side, side);
    own.push(performance.now() - started);
    const now = await nextFrame();
    apart.push(now - before);
    before = now;
  }
  return { apart, own };
}

/** Draws many outputs at once. @returns ms until all are drawn, and how many show a picture */
export async function drawMany([mime, text, count]: readonly [string, string, number]): Promise<
  readonly [number, number]
> {
  const { renderer, nextFrame } = window.bench;
  const places = Array.from({ length: count }, () => document.createElement("div"));
  document.body.replaceChildren(...places);
  const started = performance.now();
  await Promise.all(
    places.map(async (place, i) => {
      const item = { id: `many-${i}`, mime, json: () => JSON.parse(text) as unknown };
      await renderer.renderOutputItem(item as never, place, new AbortController().signal);
    }),
  );
  await nextFrame();
  const time = performance.now() - started;
  const live = places.filter((place) => {
    const canvas = place.firstElementChild?.shadowRoot?.querySelector("canvas");
    if (!canvas || canvas.width === 0) return false;
    const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
    const seen = new Set<number>();
    for (let i = 0; i < data.length; i += 4 * 101) seen.add(data[i]!);
    return seen.size > 30;
  });
  return [time, live.length];
}
