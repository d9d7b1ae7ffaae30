/**
 * What a radiologist graded on one disc, as the SPIDER data set publishes it (van der Graaf et al., Sci Data 11:264, 2024,
 * CC BY 4.0): Pfirrmann 1 to 5, Modic type 0 to 3, the others 0 or 1. `narrowing` is there or not, and marrow change (Modic type)
 * is not split by endplate.
 */
export interface SpiderGrades {
  readonly level: string;
  readonly pfirrmann: number;
  readonly narrowing: number;
  readonly spondylolisthesis: number;
  readonly upperEndplateDefect: number;
  readonly lowerEndplateDefect: number;
  readonly herniation: number;
  readonly bulging: number;
  readonly modic: number;
}
