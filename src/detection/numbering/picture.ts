import type { Volume } from "../../imaging/index.js";
import type { TissueMap } from "../tissueMap.js";

/** One slice and what was found in it. */
export interface SignPicture {
  readonly map: TissueMap;
  readonly volume: Volume;
  readonly slice: number;
}
