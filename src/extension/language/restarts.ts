/** Within this time deaths are counted, in milliseconds. */
const WINDOW = 3 * 60_000;

/** So many deaths within the window are borne; with the next one the server stays away. */
const MOST_DEATHS = 3;

/**
 * Whether a server that has died should be started again.
 * @param deaths times of its earlier deaths and of this one, in milliseconds
 */
export function shouldRestart(deaths: readonly number[]): boolean {
  const now = deaths.at(-1) ?? 0;
  return deaths.filter((time) => now - time < WINDOW).length <= MOST_DEATHS;
}
