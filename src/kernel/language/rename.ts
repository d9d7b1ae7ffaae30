import type ts from "typescript";
import { toModule, toPlace, unique, type Place, type Span } from "./place.js";
import type { CellModule, Project } from "./project.js";

/** A stretch to be replaced. */
export type Edit = Place & { readonly newText: string };

/** The name at an offset, if it can be renamed. */
export interface Renamable extends Span {
  readonly name: string;
}

/** A name that is imported, or stands for a member too, changes alone: `old as new`, `member: new`. */
const PREFERENCES: ts.UserPreferences = { providePrefixAndSuffixTextForRename: true };

/** A name cannot be renamed; the message says why. */
export class RenameError extends Error {
  override readonly name = "RenameError";
}

/**
 * The name at an offset.
 * @throws RenameError where there is none, or where it belongs to a package.
 */
export function renamableAt(project: Project, id: string, offset: number): Renamable {
  const cell = project.cell(id);
  if (!cell) throw new RenameError("This cell is not known.");
  const info = project.ask((service) =>
    service.getRenameInfo(cell.path, toModule(cell, offset), PREFERENCES),
  );
  if (!info.canRename) throw new RenameError(info.localizedErrorMessage);
  const start = info.triggerSpan.start - cell.link.prelude.length;
  return { start, end: start + info.triggerSpan.length, name: info.displayName };
}

/**
 * Renames a name in all cells. TypeScript renames within a module and stops at its imports and exports, adding
 * `old as new`; from there this goes on by the links between the cells, so that declaration and uses change alike and
 * nothing of a package does.
 * @throws RenameError where the name cannot be renamed.
 */
export function renameAt(project: Project, id: string, offset: number, newName: string): Edit[] {
  if (!/^#?[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(newName))
    throw new RenameError(`“${newName}” cannot be a name.`);
  renamableAt(project, id, offset);
  const cell = project.cell(id)!;
  const edits: Edit[] = [];
  const seen = new Set<string>();
  const waiting: [CellModule, number][] = [[cell, toModule(cell, offset)]];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [from, position] = next;
    const found =
      project.ask((service) => service.findRenameLocations(from.path, position, false, false, PREFERENCES)) ??
      [];
    for (const { fileName, textSpan, prefixText, suffixText } of found) {
      const place = toPlace(project, fileName, textSpan);
      if (place) {
        edits.push({ ...place, newText: `${prefixText ?? ""}${newName}${suffixText ?? ""}` });
        continue;
      }
      const module = project.cellOfPath(fileName)!;
      const name = module.text.slice(textSpan.start, textSpan.start + textSpan.length);
      if (seen.has(`${module.path}|${name}`)) continue;
      seen.add(`${module.path}|${name}`);
      waiting.push(...linkedPlaces(project, module, name));
    }
  }
  return unique(edits);
}

/** Where a name that stands in a module's prelude goes on: its declaration, or the cells that import it. */
function linkedPlaces(project: Project, module: CellModule, name: string): [CellModule, number][] {
  const from = module.link.imports.get(name);
  const declaring = from === undefined ? module : project.cells[from]!;
  const index = project.cells.indexOf(declaring);
  const importing = project.cells.filter(({ link }) => link.imports.get(name) === index);
  const declaration = declaring.names.declarations.get(name);
  return [
    ...(declaration ? [[declaring, toModule(declaring, declaration.start)] as [CellModule, number]] : []),
    ...importing.map((cell): [CellModule, number] => [cell, importPosition(cell, name)]),
  ];
}

function importPosition({ link }: CellModule, name: string): number {
  const word = new RegExp(`(?<=[ ,])${name.replaceAll("$", "\\$")}(?=[ ,])`);
  return link.prelude.search(word);
}
