/** One process at one moment, from the system's process table. */
export interface ProcessRow {
  pid: number;
  parentPid: number;
  processGroup: number;
  /** Absent if the table does not contain it (`ps` on macOS). */
  session: number | undefined;
  /** Distinguishes two processes with the same pid; absent if the table does not contain it. */
  startedTicks: number | undefined;
  /** User and system time of all its threads, those that ended included. */
  ownCpuSeconds: number;
  /** Time of children that ended and were waited for, their own children's included. */
  reapedCpuSeconds: number;
  residentBytes: number;
}

/** All visible processes, or why there are none. */
export type ProcessTable =
  | { kind: "rows"; rows: readonly ProcessRow[] }
  | { kind: "absent"; reason: string };

/** The roots, all processes in their process groups and sessions, and all descendants. */
export function selectTree(
  rows: readonly ProcessRow[],
  roots: ReadonlySet<number>,
): readonly ProcessRow[] {
  const chosen = new Set(rows.filter((row) => isAtRoot(row, roots)).map((row) => row.pid));
  // Children may be listed before their parents once pids have wrapped, so repeat until none is added.
  for (let sizeBefore = -1; sizeBefore !== chosen.size;) {
    sizeBefore = chosen.size;
    for (const row of rows) if (chosen.has(row.parentPid)) chosen.add(row.pid);
  }
  return rows.filter((row) => chosen.has(row.pid));
}

/** Whether a process is a root, or shares a root's process group or session. */
function isAtRoot(row: ProcessRow, roots: ReadonlySet<number>): boolean {
  return (
    roots.has(row.pid) ||
    roots.has(row.processGroup) ||
    (row.session !== undefined && roots.has(row.session))
  );
}
