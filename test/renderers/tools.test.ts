import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { pixelAt } from "../../src/renderers/slices/drawing.js";
import { keyAction } from "../../src/renderers/slices/events.js";
import {
  angle,
  cobbAngle,
  distance,
  distanceToSegment,
  valueOf,
  valueText,
  type Point,
} from "../../src/renderers/slices/measure.js";
import { reduce, type Action } from "../../src/renderers/slices/reducer.js";
import { initialState, type Bounds, type ViewerState } from "../../src/renderers/slices/state.js";

const near = (actual: number, expected: number, tolerance = 1e-9): void => {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);
};

describe("measurements", () => {
  const spacing = [0.5, 2] as const;

  it("measure distances in mm where pixels are not square", () => {
    near(distance([0, 0], [6, 2], spacing), 5);
    near(
      distanceToSegment(
        [3, 3],
        [
          [0, 0],
          [10, 0],
        ],
        spacing,
      ),
      6,
    );
    near(
      distanceToSegment(
        [-8, 1.5],
        [
          [0, 0],
          [10, 0],
        ],
        spacing,
      ),
      5,
    );
  });

  it("measure angles of three points, whichever arm comes first", () => {
    // Arms of (2, 0) and (0, 2) mm, then of (2, 0) and (-2, 2) mm.
    near(angle([4, 0], [0, 0], [0, 1], spacing), 90);
    near(angle([-4, 1], [0, 0], [4, 0], spacing), 135);
    assert.equal(angle([3, 3], [3, 3], [4, 0], spacing), 0);
  });

  it("measure Cobb angles in either drawing direction, beyond 90 degrees too", () => {
    const line = (degrees: number, at: Point): [Point, Point] => {
      const radians = (degrees * Math.PI) / 180;
      return [at, [at[0] + 40 * Math.cos(radians), at[1] + 40 * Math.sin(radians)]];
    };
    const flip = ([a, b]: [Point, Point]): [Point, Point] => [b, a];
    const [first, second] = [line(-20, [10, 10]), line(30, [12, 90])];
    near(cobbAngle([...first, ...second], [1, 1]), 50);
    near(cobbAngle([...flip(first), ...second], [1, 1]), 50);
    // Lines that stand upright lie neither to the right nor to the left.
    const [upright, leaning] = [line(90, [10, 10]), line(80, [12, 90])];
    near(cobbAngle([...upright, ...leaning], [1, 1]), 10);
    const exact: [Point, Point] = [[10, 10], [10, 50]]; // prettier-ignore
    near(cobbAngle([...exact, ...leaning], [1, 1]), 10);
    near(cobbAngle([...flip(exact), ...leaning], [1, 1]), 10);
    near(cobbAngle([...line(-60, [0, 50]), ...line(55, [0, 90])], [1, 1]), 115);
  });

  it("say their value, and refuse missing points", () => {
    assert.equal(
      valueText(
        {
          kind: "distance",
          slice: 0,
          points: [
            [0, 0],
            [6, 2],
          ],
        },
        spacing,
      ),
      "5.0 mm",
    );
    const cobb = {
      kind: "cobb",
      slice: 0,
      points: [
        [0, 0],
        [8, 0],
        [0, 9],
        [8, 10],
      ],
    } as const;
    near(valueOf(cobb, [1, 1]), 7.125, 1e-3);
    assert.equal(valueText(cobb, [1, 1]), "Cobb 7.1°");
    assert.throws(() => valueOf({ ...cobb, kind: "angle" }, [1, 1]), /3 points, not 4/);
  });
});

describe("drawing", () => {
  const bounds: Bounds = {
    columns: 100,
    rows: 200,
    slices: 9,
    spacing: [1, 0.5],
    heatLayers: 1,
    window: { centre: 500, width: 1000 },
    initialSlice: 4,
  };
  const start = initialState(bounds, true);
  const run = (state: ViewerState, ...actions: readonly Action[]): ViewerState =>
    actions.reduce((before, action) => reduce(before, action, bounds), state);
  /** A place of the stage by its pixel, with the picture as a whole in view. */
  const at = (column: number, row: number) =>
    ({ at: [(column + 0.5) / 100 - 0.5, (row + 0.5) / 200 - 0.5], reach: 0.02 }) as const;
  const drag = (from: Point, to: Point): readonly Action[] => [
    { type: "press", ...at(...from) },
    { type: "drag", ...at(...to) },
    { type: "release", ...at(...to) },
  ];
  const click = (point: Point): readonly Action[] => [
    { type: "press", ...at(...point) },
    { type: "release", ...at(...point) },
  ];

  it("finds the pixel under the pointer when zoomed and moved", () => {
    const state = run(start, { type: "zoom", factor: 4, at: [0.1, -0.2] }, { type: "pan", by: [0.3, 0.1] });
    const { pan, zoom } = state;
    const [column, row] = [30.25, 88.5];
    const place = [
      pan[0] + ((column + 0.5) / 100 - 0.5) * zoom,
      pan[1] + ((row + 0.5) / 200 - 0.5) * zoom,
    ] as const;
    const [x, y] = pixelAt(state, place, bounds);
    near(x, column);
    near(y, row);
    assert.deepEqual(pixelAt(start, [-3, 3], bounds), [-0.5, 199.5]);
  });

  it("makes a distance by dragging and by two clicks", () => {
    const tool = run(start, { type: "tool", tool: "distance" });
    const dragged = run(tool, ...drag([10, 20], [40, 100]));
    const clicked = run(tool, ...click([10, 20]), ...click([40, 100]));
    for (const { measurements, draft } of [dragged, clicked]) {
      assert.equal(draft.length, 0);
      assert.equal(measurements.length, 1);
      assert.deepEqual([measurements[0]!.kind, measurements[0]!.slice], ["distance", 4]);
      near(valueOf(measurements[0]!, bounds.spacing), 50, 1e-6);
    }
  });

  it("makes angles by clicks and Cobb angles by two drags or four clicks", () => {
    const angled = run(
      start,
      { type: "tool", tool: "angle" },
      ...click([10, 20]),
      ...click([40, 20]),
      ...click([40, 80]),
    );
    near(valueOf(angled.measurements[0]!, bounds.spacing), 90, 1e-6);
    const tool = run(start, { type: "tool", tool: "cobb" });
    const ends: readonly Point[] = [
      [10, 20],
      [50, 20],
      [10, 100],
      [50, 180],
    ];
    const dragged = run(tool, ...drag(ends[0]!, ends[1]!), ...drag(ends[2]!, ends[3]!));
    const clicked = run(tool, ...ends.flatMap(click));
    for (const state of [dragged, clicked]) near(valueOf(state.measurements[0]!, bounds.spacing), 45, 1e-6);
  });

  it("corrects an end, selects a line, removes one, and clears all", () => {
    let state = run(
      start,
      { type: "tool", tool: "distance" },
      ...drag([10, 20], [40, 100]),
      ...drag([60, 20], [90, 20]),
      ...drag([90, 20], [90, 140]),
    );
    assert.equal(state.measurements.length, 2, "the third drag moved an end");
    near(valueOf(state.measurements[1]!, bounds.spacing), Math.hypot(30, 60), 1e-6);
    state = run(state, ...click([25, 60]));
    assert.deepEqual([state.selected, state.draft.length], [0, 0]);
    state = run(state, { type: "remove" });
    near(valueOf(state.measurements[0]!, bounds.spacing), Math.hypot(30, 60), 1e-6);
    state = run(state, { type: "scroll", by: 1 }, { type: "remove" });
    assert.equal(state.measurements.length, 1, "another slice's measurement stays");
    state = run(state, { type: "clear" });
    assert.equal(state.measurements.length, 0);
  });

  it("gives up what was begun on Escape, with another tool, and on another slice", () => {
    const begun = run(start, { type: "tool", tool: "angle" }, ...click([10, 20]));
    assert.equal(begun.draft.length, 1);
    for (const action of [
      { type: "cancel" },
      { type: "tool", tool: "cobb" },
      { type: "scroll", by: 1 },
    ] as const)
      assert.equal(run(begun, action).draft.length, 0);
    assert.equal(run(start, { type: "cancel" }), start);
  });

  it("works by keys alone", () => {
    const key = (name: string, shiftKey: boolean, state: ViewerState): ViewerState => {
      const event = { key: name, shiftKey, ctrlKey: false, altKey: false, metaKey: false };
      return run(state, keyAction(event, state.tool)!);
    };
    let state = key("d", false, start);
    state = key("ArrowRight", true, state);
    state = key("Enter", false, state);
    for (let i = 0; i < 12; i++) state = key("ArrowDown", true, state);
    state = key(" ", false, state);
    near(valueOf(state.measurements[0]!, bounds.spacing), 6, 1e-6);
    state = key("Delete", false, state);
    assert.equal(state.measurements.length, 0);
  });

  it("brings a disc to the middle of a zoomed picture, never beyond its edge", () => {
    const zoomed = run(start, { type: "zoom", factor: 4, at: [0, 0] });
    const { pan, zoom } = run(zoomed, { type: "centre", point: [30, 120] });
    const [x, y] = pixelAt({ pan, zoom }, [0, 0], bounds);
    near(x, 30);
    near(y, 120);
    assert.deepEqual(run(start, { type: "centre", point: [30, 120] }).pan.map(Math.abs), [0, 0]);
  });
});
