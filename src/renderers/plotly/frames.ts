/** The frames of an animation and the controls that play them: pure. */

type Plain = Readonly<Record<string, unknown>>;

/** Height of the controls below a plot, in pixels. */
export const CONTROLS_HEIGHT = 90;
/** Milliseconds that each frame stands. */
const PACE = 500;

/**
 * Frames with a name each, and for those traces only that are drawn.
 * @param kept by the index that a trace has in the figure: its index among those that are drawn, -1 for one that is left out
 */
export function drawnFrames(frames: unknown, kept: readonly number[]): readonly Plain[] {
  if (!Array.isArray(frames)) return [];
  return frames.filter(isObject).map((frame, index) => {
    const name =
      typeof frame["name"] === "string" || typeof frame["name"] === "number" ? frame["name"] : index + 1;
    return { ...frame, name: String(name), ...tracesOf(frame, kept) };
  });
}

function tracesOf({ data, traces }: Plain, kept: readonly number[]): Plain {
  if (!Array.isArray(data)) return {};
  const targets = Array.isArray(traces) ? (traces as readonly unknown[]) : data.map((_, index) => index);
  const pairs = data
    .map((trace: unknown, index) => ({ trace, target: kept[Number(targets[index])] ?? -1 }))
    .filter(({ target }) => target >= 0);
  return { data: pairs.map(({ trace }) => trace), traces: pairs.map(({ target }) => target) };
}

/** Traces of the first frame, for a figure that has none. */
export function firstData(frames: unknown): readonly unknown[] {
  const first: unknown = Array.isArray(frames) ? frames[0] : undefined;
  return isObject(first) && Array.isArray(first["data"]) ? first["data"] : [];
}

/** Traces with those of a frame in place of what they lack, where they hold no values of their own. */
export function withFirstFrame(data: readonly Plain[], frame: Plain | undefined): readonly Plain[] {
  const [given, targets] = [frame?.["data"], frame?.["traces"]] as [
    readonly unknown[] | undefined,
    readonly number[],
  ];
  if (given === undefined) return data;
  const first = new Map(given.map((trace, i) => [targets[i]!, trace]));
  return data.map((trace, i) => {
    const further = first.get(i);
    return isObject(further) && !holdsValues(trace) ? { ...trace, ...further } : trace;
  });
}

/** Whether a list with something in it lies in a value. */
function holdsValues(value: unknown): boolean {
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return (value as ArrayLike<unknown>).length > 0;
  return isObject(value) && Object.values(value).some(holdsValues);
}

/** Whether a figure brings buttons or a slider of its own. */
export function hasControls({ updatemenus, sliders }: Plain): boolean {
  return [updatemenus, sliders].some((list) => Array.isArray(list) && list.length > 0);
}

/** The layout's part that plays and stops the frames, and goes to any of them. */
export function frameControls(frames: readonly Plain[]): Plain {
  const still = { mode: "immediate", frame: { duration: 0, redraw: true }, transition: { duration: 0 } };
  const play = { fromcurrent: true, frame: { duration: PACE, redraw: true }, transition: { duration: 0 } };
  const steps = frames.map(({ name }) => ({
    label: String(name),
    method: "animate",
    args: [[String(name)], still],
  }));
  return {
    updatemenus: [
      {
        type: "buttons",
        direction: "left",
        showactive: false,
        x: 0,
        y: 0,
        xanchor: "left",
        yanchor: "top",
        pad: { t: 52 },
        buttons: [
          { label: "▶ Play", method: "animate", args: [null, play] },
          { label: "■ Stop", method: "animate", args: [[null], still] },
        ],
      },
    ],
    sliders: [
      {
        x: 1,
        xanchor: "right",
        y: 0,
        yanchor: "top",
        len: 0.72,
        pad: { t: 44 },
        currentvalue: { visible: false },
        steps,
      },
    ],
  };
}

function isObject(value: unknown): value is Plain {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
