/**
 * Room `package`, on the ground floor: where the installed package (or checkout) lies, and what is built and shipped in it beside
 * the code. For Node alone; works from a bundle as from the tests' build. Knows nothing of spines.
 */
export { builtFile, packageRoot } from "./root.js";
