/** The grades of a spine: a table of discs by features beside the picture that they were read from. */
import { h, styledRoot, type Mounted } from "../dom.js";
import { GRADES, payloadOf } from "../forms.js";
import { createViewer } from "../slices/index.js";
import { centroid, heatLayerOf, legendLines } from "./model.js";
import { createTable, type Choice } from "./table.js";

export * from "./model.js";

/** Renderer of `GRADES_MIME`. */
export async function renderGrades(element: HTMLElement, data: unknown): Promise<Mounted> {
  const payload = payloadOf(data, GRADES, "these grades have");
  const picture = h("div", { class: "picture" });
  const readings = h("div", { class: "readings" });
  const root = styledRoot(element);
  root.append(h("div", { class: "grades" }, ...(payload.slices ? [picture] : []), readings));
  const viewer =
    payload.slices && (await createViewer(picture, payload.slices, { maxHeight: 480, heatShown: false }));

  let choice: Choice = { disc: -1, feature: "" };
  const table = createTable(payload, (change) => {
    choice = { ...choice, ...change };
    // The evidence belongs to a disc; the first click on a feature takes the first disc.
    if (choice.disc < 0 && choice.feature !== "") choice = { ...choice, disc: 0 };
    table.show(choice);
    showEvidence();
  });

  function showEvidence(): void {
    const disc = payload.discs[choice.disc];
    if (!viewer || !disc) return;
    viewer.dispatch({ type: "goTo", slice: disc.slice });
    viewer.dispatch({ type: "highlight", label: disc.level });
    const outline = payload.slices.outlines.find(({ label }) => label === disc.level);
    if (outline) viewer.dispatch({ type: "centre", point: centroid(outline.corners) });
    const name = payload.features.find(({ key }) => key === choice.feature)?.name;
    if (name !== undefined) viewer.dispatch({ type: "heat", index: heatLayerOf(payload, disc.level, name) });
  }

  if (payload.title !== "") readings.append(h("h3", {}, payload.title));
  readings.append(table.element, ...list("legend", legendLines(payload)));
  readings.append(
    ...list(
      "flags",
      payload.flags.map(({ message }) => `⚠ ${message}`),
    ),
  );
  return {
    dispose() {
      viewer?.dispose();
      table.dispose();
    },
  };
}

function list(name: string, lines: readonly string[]): readonly HTMLElement[] {
  return lines.length === 0 ? [] : [h("ul", { class: name }, ...lines.map((line) => h("li", {}, line)))];
}
