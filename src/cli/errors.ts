/** Error classes of the language itself: when one of them gets here, the fault is in Spinebook. */
const LANGUAGE_ERRORS = new Set([
  "Error",
  "AggregateError",
  "EvalError",
  "RangeError",
  "ReferenceError",
  "SyntaxError",
  "TypeError",
  "URIError",
]);

/** What the operating system's error codes mean to someone who named a file. */
const SYSTEM_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: "is not there",
  EACCES: "may not be opened by you",
  EPERM: "may not be changed by you",
  EISDIR: "is a folder",
  ENOTDIR: "is not inside of a folder",
  EEXIST: "is there already",
  ENOSPC: "cannot be written: the disk is full",
  EDQUOT: "cannot be written: your share of the disk is full",
  EROFS: "cannot be written: the disk is read-only",
  EMFILE: "cannot be opened: too many files are open",
};

/** Errors with a code and errors of a class of ours are meant for people; Node's `ERR_...` codes are programming errors. */
export function isExpected(error: Error): boolean {
  if ("code" in error && typeof error.code === "string") return !error.code.startsWith("ERR_");
  return error.name.endsWith("Error") && !LANGUAGE_ERRORS.has(error.name);
}

/** The sentence that a person is told: what is where, or the error's own. */
export function sentenceOf(error: Error): string {
  const { code, path } = error as NodeJS.ErrnoException;
  const meaning = code === undefined ? undefined : SYSTEM_ERRORS[code];
  return meaning !== undefined && path !== undefined ? `${path} ${meaning}.` : error.message;
}
