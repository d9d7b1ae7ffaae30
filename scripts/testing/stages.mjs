// Which stage of `npm test` a test file belongs to, by its folder. Plain Node, no packages.

/** Folders of test/ whose tests start programs, train networks or render whole studies, in the order in which they run. */
export const SLOW = ["integration", "browser", "e2e", "host"];

/** Whether a test file (path with forward slashes, sources or built) is none of the unit tests. */
export function isSlow(path) {
  return SLOW.some((folder) => path.includes(`test/${folder}/`));
}

/** Whether a test file is asked for: its path contains one of the words, or it is a unit test where there are none. */
export function isAskedFor(path, words) {
  return words.length === 0 ? !isSlow(path) : words.some((word) => path.includes(word));
}

/** The slowest files, first of their stage, so that no core waits for them at its end. */
const LONGEST = [
  "host/workbench",
  "e2e/batch",
  "e2e/docs",
  "e2e/queue",
  "e2e/jupyterTools",
  "e2e/privacy",
  "notebooks/jamaludin",
  "host/cells",
  "host/rating",
  "notebooks/niemeyer",
  "e2e/offline",
  "host/trust",
  "notebooks/",
  "detection/detection",
  "kernel/tampering",
  "training/niemeyerTraining",
  "analysis/reader",
  "api/cohortData",
  "importers/csv",
  "training/readerCalibration",
];

/** Test files with the slowest first. */
export function slowestFirst(files) {
  const rank = (file) => {
    const place = LONGEST.findIndex((word) => file.includes(word));
    return place < 0 ? LONGEST.length : place;
  };
  return [...files].sort((a, b) => rank(a) - rank(b));
}
