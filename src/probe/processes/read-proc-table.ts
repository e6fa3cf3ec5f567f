import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type ProcessRow, type ProcessTable, selectTree } from "./process-row.ts";

/** Unrelated processes are checked again after this many reads, in case a pid was reused. */
const fullScanEvery = 30;

interface KernelUnits {
  ticksPerSecond: number;
  pageBytes: number;
}

/**
 * A reader of Linux's /proc that stays cheap with thousands of unrelated processes: a process that is
 * not related to the roots never becomes related, so after the first read only its pid is checked.
 * Processes that end during the read are left out.
 *
 * @param root where proc is mounted, `/proc`
 */
export function procTable(root: string): { read(roots: ReadonlySet<number>): ProcessTable } {
  const units = readKernelUnits(root);
  let relatives = new Set<number>();
  let foreign = new Set<number>();
  let rootsSeen = "";
  let reads = 0;

  function read(roots: ReadonlySet<number>): ProcessTable {
    const pids = listPids(root);
    if (pids === undefined) return { kind: "absent", reason: `${root} cannot be listed` };
    const rootsNow = [...roots].join(",");
    if (reads++ % fullScanEvery === 0 || rootsNow !== rootsSeen) foreign = new Set();
    rootsSeen = rootsNow;

    const seen = pids.flatMap((pid) =>
      foreign.has(pid) ? [] : (readRow(join(root, String(pid), "stat"), units) ?? []),
    );
    // A daemon leaves its parent, group and session: a process once in the tree stays in it.
    const rows = selectTree(seen, new Set([...roots, ...relatives]));
    relatives = new Set(rows.map((row) => row.pid));
    foreign = new Set(pids.filter((pid) => !relatives.has(pid) && !roots.has(pid)));
    return { kind: "rows", rows };
  }
  return { read };
}

function listPids(root: string): number[] | undefined {
  try {
    return readdirSync(root)
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    // No proc file system: the caller reports it.
    return undefined;
  }
}

/** One process of the table; undefined if it exited. */
export function readProcRow(root: string, pid: number | "self"): ProcessRow | undefined {
  return readRow(join(root, String(pid), "stat"), readKernelUnits(root));
}

function readRow(path: string, units: KernelUnits): ProcessRow | undefined {
  try {
    return parseStat(readFileSync(path, "latin1"), units);
  } catch {
    // The process ended between the listing and this read.
    return undefined;
  }
}

/**
 * /proc/<pid>/stat. The second field is the program's name in brackets and may itself hold blanks
 * and brackets, so fields are counted from the last closing one.
 *
 * @see proc_pid_stat(5)
 */
export function parseStat(text: string, units: KernelUnits): ProcessRow | undefined {
  const pid = Number.parseInt(text, 10);
  const fields = text
    .slice(text.lastIndexOf(")") + 2)
    .trim()
    .split(/\s+/);
  const [, parentPid, processGroup, session] = fields.map(Number);
  // Counted from the third field: utime 14, stime 15, cutime 16, cstime 17, starttime 22, rss 24.
  const [utime, stime, cutime, cstime] = fields.slice(11, 15).map(Number);
  const startedTicks = Number(fields[19]);
  const residentBytes = Number(fields[21]) * units.pageBytes;
  const numbers = [pid, parentPid, processGroup, session, utime, stime, cutime, cstime];
  if (!areNumbers(numbers) || !areNumbers([startedTicks, residentBytes])) return undefined;
  const [, , , , user = 0, system = 0, reapedUser = 0, reapedSystem = 0] = numbers;
  return {
    pid,
    parentPid: parentPid ?? 0,
    processGroup: processGroup ?? 0,
    session: session ?? 0,
    startedTicks,
    ownCpuSeconds: (user + system) / units.ticksPerSecond,
    reapedCpuSeconds: (reapedUser + reapedSystem) / units.ticksPerSecond,
    residentBytes,
  };
}

function areNumbers(values: readonly (number | undefined)[]): values is number[] {
  return values.every((value) => value !== undefined && Number.isFinite(value));
}

/** The auxiliary vector's tags for page size and clock ticks, from <linux/auxvec.h>. */
const pageSizeTag = 6n;
const clockTickTag = 17n;

/** Page size differs between kernels (4 KiB, 64 KiB on some Arm servers); the kernel passes it to each process. */
function readKernelUnits(root: string): KernelUnits {
  const units = { ticksPerSecond: 100, pageBytes: 4096 };
  let vector: Buffer;
  try {
    vector = readFileSync(join(root, "self", "auxv"));
  } catch {
    // A copy of /proc without this file: use the values of nearly every Linux.
    return units;
  }
  for (let at = 0; at + 16 <= vector.length; at += 16) {
    const tag = vector.readBigUInt64LE(at);
    if (tag === pageSizeTag) units.pageBytes = Number(vector.readBigUInt64LE(at + 8));
    if (tag === clockTickTag) units.ticksPerSecond = Number(vector.readBigUInt64LE(at + 8));
  }
  return units;
}
