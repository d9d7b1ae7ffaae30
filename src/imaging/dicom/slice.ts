import type { FrameHeader } from "./frameHeader.js";
import type { FileHeader } from "./header.js";

/** One slice with the file it lies in. */
export interface Slice {
  /** Tells files apart; never shown. */
  readonly path: string;
  /** Reads the whole file again. */
  readonly read: () => Promise<Uint8Array>;
  /** Base file name, for messages. */
  readonly name: string;
  readonly file: FileHeader;
  readonly frame: FrameHeader;
}
