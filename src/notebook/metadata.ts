import * as v from "valibot";
import { checked, plainObject } from "../text/index.js";
import type { Schema } from "../text/index.js";
import type { JsonObject, Notebook } from "./ipynb.js";

/**
 * What is read of a notebook's metadata. Any program may have written there, and a notebook opens whatever stands in them: each
 * field is taken by itself, and one that is not as it should be is none.
 */
export interface KnownMetadata {
  /** Name of the language, as the kernel said it. */
  readonly language?: string | undefined;
  /** Name of the language, as the kernelspec says it. */
  readonly kernelLanguage?: string | undefined;
  /** All of `language_info`. */
  readonly languageInfo?: JsonObject | undefined;
  /** All that is Spinebook's own. */
  readonly own?: JsonObject | undefined;
  /** The record of a headless run. */
  readonly provenance?: JsonObject | undefined;
}

const OBJECT: Schema<JsonObject> = v.pipe(plainObject(), v.record(v.string(), v.unknown()));
const LANGUAGE_INFO = v.object({ language_info: OBJECT });
const LANGUAGE = v.object({ language_info: v.object({ name: v.string() }) });
const KERNEL = v.object({ kernelspec: v.object({ language: v.string() }) });
const OWN = v.object({ spinebook: OBJECT });
const PROVENANCE = v.object({ spinebook: v.object({ provenance: OBJECT }) });

/** The fields of a notebook's metadata that are known and as they should be. */
export function knownMetadata({ metadata }: Pick<Notebook, "metadata">): KnownMetadata {
  return {
    language: checked(metadata, LANGUAGE).value?.language_info.name,
    kernelLanguage: checked(metadata, KERNEL).value?.kernelspec.language,
    languageInfo: checked(metadata, LANGUAGE_INFO).value?.language_info,
    own: checked(metadata, OWN).value?.spinebook,
    provenance: checked(metadata, PROVENANCE).value?.spinebook.provenance,
  };
}
