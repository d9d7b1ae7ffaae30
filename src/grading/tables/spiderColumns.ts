/**
 * The columns of SPIDER's gradings by key of a table's feature, the published name first. Its narrowing is there or not, and its Modic type is one
 * for both endplates.
 */
export const SPIDER_COLUMNS: readonly (readonly [key: string, column: string, ...others: string[]])[] = [
  ["pfirrmann", "Pfirrman grade", "Pfirrmann grade"],
  ["narrowingPresent", "Disc narrowing"],
  ["spondylolisthesis", "Spondylolisthesis"],
  ["upperEndplateDefect", "UP endplate"],
  ["lowerEndplateDefect", "LOW endplate"],
  ["herniation", "Disc herniation"],
  ["bulging", "Disc bulging"],
  ["modic", "Modic"],
];
