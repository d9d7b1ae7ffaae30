import { freeName, latest, namesIn } from "./names.js";
import type { NotebookNames, Product, SpineFunction } from "./names.js";

/** One step of an analysis; each is a cell. */
export type Step = "load" | "detect" | "grade" | "confusion" | "hotspots";

/** The steps of a whole analysis, in order. */
export const ANALYSIS: readonly Step[] = ["load", "detect", "grade", "confusion", "hotspots"];

/** What a "load" cell reads: a file or folder, as the cell will write it, or the example patient. */
export type Source =
  | {
      readonly path: string;
      /** Which series of the study, by its id; the sagittal T2 series where left out. */
      readonly series?: string;
      /** Distance between pixels in mm, for a picture that does not carry it. */
      readonly spacing?: number;
    }
  | { readonly example: true };

/** Stands in a cell until the person writes a path. */
export const PLACEHOLDER: Source = { path: "path/to/study" };

/** How to get what a cell works on where no cell above makes it. */
const MISSING: Readonly<Record<Product, string>> = {
  scan: `is a loaded series; "Spinebook: Insert Load Series" makes one above.`,
  spine: `is a detected spine; "Spinebook: Insert Detect" makes one above.`,
  graded: `is a graded spine; "Spinebook: Insert Grade" makes one above.`,
};

/**
 * The cells of some steps, ready to be inserted. Each works on what the cells above it make, under their names; what none
 * of them imports from "spinebook" is imported by the first new cell that can; no new name clashes with one of the notebook.
 * @param above sources of the code cells above the place of the new cells, in order
 * @param below sources of those under it
 */
export function cellsOf(
  steps: readonly Step[],
  source: Source,
  above: readonly string[] = [],
  below: readonly string[] = [],
): string[] {
  const needed = steps.flatMap((step) => functionsOf(step, source));
  const made: string[] = [];
  for (const step of steps) {
    const names = namesIn([...above, ...made], below);
    made.push(made.length === 0 ? cell(step, source, names, needed) : cell(step, source, names, []));
  }
  return made;
}

function functionsOf(step: Step, source: Source): SpineFunction[] {
  switch (step) {
    case "load":
      return "example" in source ? ["loadSeries", "exampleStudy"] : ["loadSeries"];
    case "confusion":
      return ["confusionMatrix"];
    default:
      return [step];
  }
}

function cell(step: Step, source: Source, names: NotebookNames, needed: readonly SpineFunction[]): string {
  const missing = [...new Set(needed)].filter((name) => !names.functions.has(name));
  const imported = new Map(
    missing.map((name) => [name, names.taken.has(name) ? freeName(`${name}Spinebook`, names.taken) : name]),
  );
  const clauses = [...imported].map(([name, local]) => (name === local ? name : `${name} as ${local}`));
  const declaration = clauses.length === 0 ? "" : `import { ${clauses.join(", ")} } from "spinebook";\n\n`;
  const call = (name: SpineFunction): string => names.functions.get(name) ?? imported.get(name) ?? name;
  const free = (name: string): string => freeName(name, new Set([...names.taken, ...imported.values()]));
  return declaration + body(step, source, names, call, free);
}

function body(
  step: Step,
  source: Source,
  names: NotebookNames,
  call: (name: SpineFunction) => string,
  free: (name: string) => string,
): string {
  const on = (...wanted: [Product, ...Product[]]): { name: string; note: string } => {
    const name = latest(names, wanted);
    return name === undefined
      ? { name: wanted[0], note: `// "${wanted[0]}" ${MISSING[wanted[0]]}\n` }
      : { name, note: "" };
  };
  switch (step) {
    case "load":
      return loadText(source, call, free);
    case "detect": {
      const { name, note } = on("scan");
      const spine = free("spine");
      return `${note}const ${spine} = await ${call("detect")}(${name});\n${spine}`;
    }
    case "grade": {
      const { name, note } = on("spine", "scan");
      const graded = free("graded");
      return `${note}const ${graded} = await ${call("grade")}(${name});\n${graded}`;
    }
    case "confusion": {
      const { name, note } = on("graded");
      return note + confusionText(name, free("rater"), free("rated"), call("confusionMatrix"));
    }
    case "hotspots": {
      const { name, note } = on("graded");
      const evidence = free("evidence");
      return `${note}const ${evidence} = await ${call("hotspots")}(${name});\n${evidence}`;
    }
  }
}

function loadText(
  source: Source,
  call: (name: SpineFunction) => string,
  free: (name: string) => string,
): string {
  const scan = free("scan");
  if ("example" in source) {
    const study = free("study");
    return [
      `const ${study} = await ${call("exampleStudy")}();`,
      `const ${scan} = await ${call("loadSeries")}(${study}.dicom);`,
      scan,
    ].join("\n");
  }
  const options = [
    ...(source.series === undefined ? [] : [`series: ${JSON.stringify(source.series)}`]),
    ...(source.spacing === undefined ? [] : [`spacing: ${source.spacing}`]),
  ];
  const given = options.length === 0 ? "" : `, { ${options.join(", ")} }`;
  return `const ${scan} = await ${call("loadSeries")}(${JSON.stringify(source.path)}${given});\n${scan}`;
}

/** A rater's grades are input of the person: the cell says so, and takes them level by level. */
function confusionText(graded: string, rater: string, rated: string, confusionMatrix: string): string {
  return `// A rater's Pfirrmann grades of the same discs: put yours here.
const ${rater} = new Map<string, number>([["L1-L2", 2], ["L2-L3", 2], ["L3-L4", 3], ["L4-L5", 4], ["L5-S1", 3]]);
const ${rated} = ${graded}.discs.filter(({ level }) => ${rater}.has(level));
${confusionMatrix}(
  ${rated}.map(({ level }) => ${rater}.get(level)!),
  ${rated}.map(({ grades }) => grades.pfirrmann!.grade),
  { classes: [1, 2, 3, 4, 5], title: "Pfirrmann grades: rater and Spinebook" },
)`;
}
