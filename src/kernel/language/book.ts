import { isAbsolute, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Location, Position, Range } from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import type { Place, Span } from "./place.js";
import type { ProjectOptions } from "./project.js";
import { CellLanguageService } from "./service.js";
import { pieceAt, splitText } from "./split.js";

/** A place in a document of the client as one of the service. */
export interface Spot {
  readonly id: string;
  readonly offset: number;
}

/** The part of the options that does not depend on the notebook. */
export type SharedOptions = Omit<ProjectOptions, "notebook">;

interface Part {
  readonly id: string;
  readonly document: TextDocument;
  /** Where the cell begins in the document. */
  readonly start: number;
  readonly text: string;
}

/**
 * A notebook that the client has open: its documents, its service, and the way between their positions. The client
 * sends each cell as a document, or all of them as one.
 */
export class Book {
  readonly service: CellLanguageService;
  /** Rises with each change. */
  version = 0;
  private parts: readonly Part[] = [];

  constructor(uri: string, folder: string, options: SharedOptions) {
    this.service = new CellLanguageService({ ...options, notebook: notebookPath(uri, folder) });
  }

  /** Takes the notebook's cells, in order. */
  setCells(documents: readonly TextDocument[]): void {
    this.setParts(
      documents.map((document) => ({ id: document.uri, document, start: 0, text: document.getText() })),
    );
  }

  /** Takes one document with the text of all cells. */
  setText(document: TextDocument): void {
    const pieces = splitText(document.getText());
    this.setParts(pieces.map(({ start, text }, index) => ({ id: String(index), document, start, text })));
  }

  /** The documents that hold the cells. */
  get documents(): TextDocument[] {
    return [...new Set(this.parts.map(({ document }) => document))];
  }

  /** The cells' ids, document by document. */
  partsOf(document: TextDocument): string[] {
    return this.parts.filter((part) => part.document === document).map(({ id }) => id);
  }

  /** Where a position of a document lies in the cells. */
  locate(uri: string, position: Position): Spot | undefined {
    const own = this.parts.filter(({ document }) => document.uri === uri);
    if (own.length === 0) return undefined;
    const offset = own[0]!.document.offsetAt(position);
    const part = own[pieceAt(own, offset)]!;
    return { id: part.id, offset: offset - part.start };
  }

  /** A stretch of a cell as a range of its document. */
  range(id: string, { start, end }: Span): Range {
    const part = this.parts.find((one) => one.id === id)!;
    return {
      start: part.document.positionAt(part.start + start),
      end: part.document.positionAt(part.start + end),
    };
  }

  /** A place of the service as one of the client. */
  location(place: Place): Location {
    if (place.id !== undefined) {
      const { document } = this.parts.find(({ id }) => id === place.id)!;
      return { uri: document.uri, range: this.range(place.id, place) };
    }
    const uri = pathToFileURL(place.path).href;
    const file = TextDocument.create(uri, "typescript", 0, place.text);
    return { uri, range: { start: file.positionAt(place.start), end: file.positionAt(place.end) } };
  }

  private setParts(parts: readonly Part[]): void {
    this.version++;
    this.parts = parts;
    this.service.setCells(parts);
  }
}

/** A notebook's path; one that is not saved yet lies in the workspace's folder. */
function notebookPath(uri: string, folder: string): string {
  if (uri.startsWith("file:")) {
    try {
      return fileURLToPath(uri);
    } catch {
      // A host that this system does not reach; the name is all that is left.
    }
  }
  const name = decodeURIComponent(uri.replace(/[?#].*$/, "").replace(/^.*[/:]/, ""));
  const path = join(folder, name === "" ? "notebook" : name);
  return isAbsolute(path) ? path : resolve(path);
}
