/** What a program does outside of itself, read from the system calls of its whole process tree (strace, Linux). */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { isIPv4 } from "node:net";
import { join, resolve, sep } from "node:path";

/** Whether the calls of a program can be seen here. */
export const hasStrace = spawnSync("strace", ["--version"]).status === 0;

/** A call that reaches off the machine, or makes or changes a file outside of the places allowed. */
export interface Finding {
  readonly kind: "network" | "file";
  /** The address with its port, or the path. */
  readonly what: string;
}

const NETWORK = /\b(?:connect|bind|sendto|sendmsg|sendmmsg)\(/;
const IPV4 = /sin_port=htons\((\d+)\), sin_addr=inet_addr\("([^"]+)"\)/g;
const IPV6 = /sin6_port=htons\((\d+)\).*?inet_pton\(AF_INET6, "([^"]+)"/g;
/** The system's resolver, asked through a socket of its own. */
const RESOLVER = /sun_path="([^"]*(?:resolve|resolved)[^"]*)"/;
/** The port of name lookups: a resolver on this machine asks on outside of it. */
const NAME_LOOKUP = "53";

function isLoopback(address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(address)?.[1] ?? address;
  return isIPv4(mapped) ? mapped.startsWith("127.") : mapped === "::1";
}

function networkFindings(line: string): Finding[] {
  if (!NETWORK.test(line)) return [];
  const calls = [...line.matchAll(IPV4), ...line.matchAll(IPV6)].map(([, port, address]) => ({
    port: port!,
    address: address!,
  }));
  const lookup = RESOLVER.exec(line)?.[1];
  return [
    ...calls
      .filter(({ port, address }) => !isLoopback(address) || port === NAME_LOOKUP)
      .map(({ port, address }) => `${address} port ${port}`),
    ...(lookup === undefined ? [] : [lookup]),
  ].map((what) => ({ kind: "network", what }));
}

const OPENED =
  /\b(?:openat|openat2)\([^,<]*(?:<([^>]*)>)?, "((?:[^"\\]|\\.)*)", [^)]*\b(?:O_CREAT|O_TRUNC|O_WRONLY|O_RDWR)\b/;
const MADE = /\b(?:mkdirat|symlinkat)\([^,<]*(?:<([^>]*)>)?, "((?:[^"\\]|\\.)*)"/;
const PLAIN =
  /\b(?:open\("((?:[^"\\]|\\.)*)", [^)]*\b(?:O_CREAT|O_TRUNC|O_WRONLY|O_RDWR)\b|(?:mkdir|creat|truncate|rmdir|unlink)\("((?:[^"\\]|\\.)*)")/;
const MOVED = /\b(?:rename|renameat|renameat2|link|linkat|symlink)\(.*"((?:[^"\\]|\\.)*)"/;

/** The path that a line makes or writes; undefined where it does neither, or the call failed. */
function writtenPath(line: string, cwd: string): string | undefined {
  if (/= -1 E/.test(line)) return undefined;
  const at = OPENED.exec(line) ?? MADE.exec(line);
  if (at) return resolve(at[1] ?? cwd, at[2]!);
  const plain = PLAIN.exec(line) ?? MOVED.exec(line);
  const path = plain?.[1] ?? plain?.[2];
  return path === undefined ? undefined : resolve(cwd, path);
}

/** Reads strace's log. `allowed` are the folders and files below which files may be made and changed. */
export function readSystemCalls(log: string, cwd: string, allowed: readonly string[]): Finding[] {
  const found = log.split("\n").flatMap((line): Finding[] => {
    const path = writtenPath(line, cwd);
    const foreign =
      path !== undefined && !allowed.some((place) => path === place || path.startsWith(`${place}${sep}`));
    return [...networkFindings(line), ...(foreign ? [{ kind: "file", what: path } as const] : [])];
  });
  return [...new Map(found.map((finding) => [`${finding.kind} ${finding.what}`, finding])).values()];
}

/** The calls that make, change or move a file. */
const FILE_CALLS = [
  ...["open", "openat", "openat2", "creat", "truncate", "unlink"],
  ...["mkdir", "mkdirat", "rmdir", "rename", "renameat", "renameat2"],
  ...["link", "linkat", "symlink", "symlinkat"],
];

/** The kernel's own files, and those of terminals and shared memory. */
const SYSTEM_PLACES = ["/dev", "/proc", "/sys"];

/** The beginning of a command line that runs a program under strace, its log in a file. */
export function straceOf(log: string): string[] {
  const calls = `trace=%network,${FILE_CALLS.join(",")}`;
  return [
    "strace",
    ...[
      "-f",
      "-qq",
      "--seccomp-bpf",
      "-y",
      "-s",
      "512",
      "-o",
      resolve(log),
      "-e",
      calls,
      "-e",
      "signal=none",
    ],
  ];
}

/** Files below a folder, and folders that hold nothing. */
function leavesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    const inside = entry.isDirectory() ? leavesBelow(path) : [];
    return inside.length > 0 ? inside : [path];
  });
}

/** What a program run under strace left behind. */
export interface TracedRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly findings: readonly Finding[];
  /** Files and empty folders left in the home folder and in the temporary folder that it was given. */
  readonly left: readonly string[];
}

/** A program to run, in a workspace of its own. */
export interface TracedProgram {
  readonly args: readonly string[];
  /** The working folder, in which it may write. */
  readonly folder: string;
  /** For the log and the private home and temporary folders. */
  readonly scratch: string;
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/**
 * Runs Node with these arguments under strace, in a home folder and a temporary folder of its own. `CI` is taken from the
 * environment: programs that report home spare machines that test.
 */
export function traceNode({ args, folder, scratch, env = {} }: TracedProgram): TracedRun {
  const [home, temporary] = [join(scratch, "home"), join(scratch, "temporary")];
  for (const place of [home, temporary]) mkdirSync(place, { recursive: true });
  const log = join(scratch, "calls.log");
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(?:CI$|XDG_|NODE_TEST|NODE_V8|ORT_|npm_|SPINEBOOK_)/.test(name),
  );
  const [strace, ...options] = straceOf(log);
  const run = spawnSync(strace!, [...options, process.execPath, ...args], {
    cwd: folder,
    // With io_uring files would be opened without a system call of their own.
    env: {
      ...Object.fromEntries(kept),
      HOME: home,
      TMPDIR: temporary,
      UV_USE_IO_URING: "0",
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
    encoding: "utf8",
    maxBuffer: 256 * 2 ** 20,
  });
  if (run.error) throw run.error;
  return {
    code: run.status,
    stdout: run.stdout,
    stderr: run.stderr,
    findings: readSystemCalls(readFileSync(log, "utf8"), folder, [folder, home, temporary, ...SYSTEM_PLACES]),
    left: [home, temporary].flatMap(leavesBelow),
  };
}
