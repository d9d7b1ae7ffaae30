/** Debian's and Red Hat's user without rights of its own. */
const NOBODY = 65534;

const isRoot = process.getuid?.() === 0;

/** Runs something as a user to whom files can be denied: for the administrator, who may read and write all, as `nobody`. */
export async function asOrdinaryUser(run: () => Promise<void>): Promise<void> {
  if (!isRoot) return run();
  process.setegid!(NOBODY);
  process.seteuid!(NOBODY);
  try {
    await run();
  } finally {
    process.seteuid!(0);
    process.setegid!(0);
  }
}

/** The options of a child process that is to run as an ordinary user, where this one is no such user's. */
export const ordinaryUser = isRoot ? { uid: NOBODY, gid: NOBODY } : undefined;
