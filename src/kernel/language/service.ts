import { createHash } from "node:crypto";
import type { QueryColumns } from "../../protocol/index.js";
import { completionDetail, completionsAt, type Completion, type CompletionDetail } from "./complete.js";
import { documentationOf, signatureOf } from "./describe.js";
import { problemsOf, type Problem } from "./diagnose.js";
import { toCell, toModule, toPlace, unique, type Place, type Span } from "./place.js";
import { Project, type Cell, type ProjectOptions } from "./project.js";
import { renamableAt, renameAt, type Edit, type Renamable } from "./rename.js";
import { signaturesAt, type SignatureHelp } from "./signatures.js";

/** What is known of the thing at a place. */
export interface Hover extends Span {
  readonly signature: string;
  /** Markdown. */
  readonly documentation: string;
}

/**
 * TypeScript's language service over the cells of one notebook. Every method takes a cell's id and an offset in that
 * cell's own text, and answers in such offsets.
 */
export class CellLanguageService {
  private readonly project: Project;
  private problems = new Map<string, { fingerprint: string; found: readonly Problem[] }>();
  private fingerprints = new Map<string, string>();

  constructor(options: ProjectOptions) {
    this.project = new Project(options);
  }

  /** Takes the notebook's cells, in order; call it after every change. */
  setCells(cells: readonly Cell[]): void {
    this.project.setCells(cells);
    this.fingerprints = this.fingerprintCells();
  }

  /** Takes the queries that the cells have run, whose rows then have types. */
  setQueries(queries: readonly QueryColumns[]): void {
    this.project.setQueries(queries);
    this.fingerprints = this.fingerprintCells();
  }

  /** Looks anew at installed packages and at the files around the notebook. */
  refresh(): void {
    this.project.refresh();
    this.fingerprints = this.fingerprintCells();
  }

  /** What could be written at an offset. */
  complete(id: string, offset: number): Completion[] {
    return completionsAt(this.project, id, offset);
  }

  /** Signature and docstring of one completion of that offset. */
  completionDetail(
    id: string,
    offset: number,
    completion: Pick<Completion, "name" | "source">,
  ): CompletionDetail | undefined {
    return completionDetail(this.project, id, offset, completion);
  }

  /** Signature and docstring of the name at an offset. */
  hover(id: string, offset: number): Hover | undefined {
    const cell = this.project.cell(id);
    const info =
      cell &&
      this.project.ask((service) => service.getQuickInfoAtPosition(cell.path, toModule(cell, offset)));
    const span = info && toCell(cell, info.textSpan);
    if (!span) return undefined;
    return {
      ...span,
      signature: signatureOf(info.displayParts, cell),
      documentation: documentationOf(info.documentation, info.tags),
    };
  }

  /** The parameters of the call that an offset lies in. */
  signatureHelp(id: string, offset: number): SignatureHelp | undefined {
    return signaturesAt(this.project, id, offset);
  }

  /** Where the name at an offset is declared: in this cell, an earlier one or a file. */
  definition(id: string, offset: number): Place[] {
    const cell = this.project.cell(id);
    const found =
      cell &&
      this.project.ask((service) => service.getDefinitionAtPosition(cell.path, toModule(cell, offset)));
    return this.places(found ?? []);
  }

  /** Every use of the name at an offset, over all cells and the files around them, its declaration included. */
  references(id: string, offset: number): Place[] {
    const cell = this.project.cell(id);
    const found =
      cell &&
      this.project.ask((service) => service.getReferencesAtPosition(cell.path, toModule(cell, offset)));
    return this.places(found ?? []);
  }

  /**
   * The name at an offset, if it can be renamed.
   * @throws RenameError that says why not.
   */
  prepareRename(id: string, offset: number): Renamable {
    return renamableAt(this.project, id, offset);
  }

  /**
   * The edits that give the name at an offset another one, in all cells.
   * @throws RenameError where that cannot be.
   */
  rename(id: string, offset: number, newName: string): Edit[] {
    return renameAt(this.project, id, offset, newName);
  }

  /** The problems of a cell; computed again only if the cell or one that it depends on changed. */
  diagnostics(id: string): readonly Problem[] {
    const cell = this.project.cell(id);
    if (!cell) return [];
    const fingerprint = this.fingerprints.get(id)!;
    const known = this.problems.get(id);
    if (known?.fingerprint === fingerprint) return known.found;
    const found = problemsOf(this.project, cell);
    this.problems.set(id, { fingerprint, found });
    return found;
  }

  /** Frees what TypeScript holds. */
  dispose(): void {
    this.project.dispose();
  }

  private places(
    found: readonly { fileName: string; textSpan: { start: number; length: number } }[],
  ): Place[] {
    return unique(found.flatMap(({ fileName, textSpan }) => toPlace(this.project, fileName, textSpan) ?? []));
  }

  /** A text per cell that changes whenever its problems may: its own text, and the same of each cell it imports from. */
  private fingerprintCells(): Map<string, string> {
    const { cells, generation } = this.project;
    const ambient = cells.filter(({ names }) => names.ambient).map(({ source }) => source);
    const common = `${generation}|${hash(ambient.join("\0"))}`;
    const prints: string[] = [];
    for (const cell of cells) {
      const imports = [...cell.link.imports].filter(([name]) => cell.names.words.has(name));
      const origins = imports.map(([name, from]) => `${name}:${prints[from]!}`).sort();
      prints.push(`${common}|${hash(`${cell.source}\0${origins.join()}`)}`);
    }
    this.problems = new Map([...this.problems].filter(([id]) => this.project.cell(id)));
    return new Map(cells.map(({ id }, index) => [id, prints[index]!]));
  }
}

/** A short stand-in for a long text. */
function hash(text: string): string {
  return createHash("sha1").update(text).digest("base64");
}
