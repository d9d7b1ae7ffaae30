/**
 * Room `package`, on the ground floor: where the installed package (or checkout) lies, what is built and shipped in it beside
 * the code, and where its cache is; files written as a whole. For Node alone; works from a bundle as from the tests' build. Knows nothing of spines.
 */
export { writeAtomically } from "./atomic.js";
export { codeCacheFolder, codeCacheIn } from "./cacheFolder.js";
export { builtFile, packageRoot } from "./root.js";
