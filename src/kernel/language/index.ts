/**
 * IntelliSense for cells, in a process of its own (`main.ts`, LSP over stdio). To TypeScript each cell is a module beside
 * the notebook (`cells.ts` puts imports of earlier cells' names before its text, `project.ts` hosts the modules and the
 * files around them); `service.ts` answers in the cells' own offsets, so that nothing of that shows; `server.ts` speaks
 * to clients that send each cell (`sync.ts`) or all of them as one text (`split.ts`).
 */
export { CellLanguageService, type Hover } from "./service.js";
export type { Cell, ProjectOptions } from "./project.js";
