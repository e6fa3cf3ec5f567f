import type { ProcessRow } from "./process-row.ts";

/** The process that started the roots and waits for them. */
export interface WaitingParent {
  pid: number;
  /** Time of all its children that ended, since whenever it began. */
  reapedCpuSeconds: number;
}

export interface ProcessLook {
  timeMs: number;
  /** The run's processes that live now. */
  rows: readonly ProcessRow[];
  /** The process that waits for the roots, if it can be seen. */
  parent: WaitingParent | undefined;
}

export interface CpuAccount {
  /** Adds one reading and returns the CPU time of the run so far. Never decreases. */
  add(look: ProcessLook): number;
}

/**
 * CPU time of processes that start and end, from readings of the running ones.
 *
 * The time of an ended process is added to the reaped time of the process that waited for it. If that is
 * a process of the run, its time is already counted. Otherwise (no process waited, or init did) the last
 * reading of the process itself is used. The roots are in the reaped time of the process that started
 * them, which includes their last fraction of an interval. It is bounded by the time of `coreCount`
 * cores, because that parent may have waited for other processes too.
 *
 * @param coreCount how many cores the run may use
 */
export function accountCpu(coreCount: number): CpuAccount {
  let before: ProcessLook | undefined;
  let endedCpuSeconds = 0;
  let highest = 0;

  function add(look: ProcessLook): number {
    if (before !== undefined) endedCpuSeconds += timeOfEnded(before, look, coreCount);
    before = look;
    const living = look.rows.reduce((sum, row) => sum + allCpuSeconds(row), 0);
    highest = Math.max(highest, living + endedCpuSeconds);
    return highest;
  }
  return { add };
}

/** Time of processes that ended between two readings and is not in any running process of the run. */
function timeOfEnded(before: ProcessLook, now: ProcessLook, coreCount: number): number {
  const living = new Map(now.rows.map((row) => [identity(row), row]));
  const earlier = new Map(before.rows.map((row) => [row.pid, row]));
  const lostByHeir = new Map<string, number>();
  for (const row of before.rows) {
    if (living.has(identity(row))) continue;
    const heir = nearestLivingAncestor(row, earlier, living);
    const key = heir === undefined ? "outside" : identity(heir);
    lostByHeir.set(key, (lostByHeir.get(key) ?? 0) + allCpuSeconds(row));
  }

  let uncarried = 0;
  for (const [key, lost] of lostByHeir) {
    if (key === "outside") {
      uncarried += reapedOutside(lost, before, now, coreCount);
      continue;
    }
    const heir = living.get(key);
    const heirBefore = heir === undefined ? undefined : earlier.get(heir.pid);
    const arrived = (heir?.reapedCpuSeconds ?? 0) - (heirBefore?.reapedCpuSeconds ?? 0);
    uncarried += Math.max(0, lost - arrived);
  }
  return uncarried;
}

function reapedOutside(
  lost: number,
  before: ProcessLook,
  now: ProcessLook,
  coreCount: number,
): number {
  if (before.parent === undefined || now.parent === undefined) return lost;
  const arrived = now.parent.reapedCpuSeconds - before.parent.reapedCpuSeconds;
  const possible = lost + (Math.max(0, now.timeMs - before.timeMs) / 1000) * coreCount;
  return Math.min(Math.max(lost, arrived), possible);
}

function nearestLivingAncestor(
  row: ProcessRow,
  earlier: ReadonlyMap<number, ProcessRow>,
  living: ReadonlyMap<string, ProcessRow>,
): ProcessRow | undefined {
  const seen = new Set([row.pid]);
  for (let parent = earlier.get(row.parentPid); parent !== undefined;) {
    if (seen.has(parent.pid)) return undefined;
    seen.add(parent.pid);
    const alive = living.get(identity(parent));
    if (alive !== undefined) return alive;
    parent = earlier.get(parent.parentPid);
  }
  return undefined;
}

function allCpuSeconds(row: ProcessRow): number {
  return row.ownCpuSeconds + row.reapedCpuSeconds;
}

/** A reused pid is another process. */
function identity(row: ProcessRow): string {
  return `${row.pid}@${row.startedTicks ?? 0}`;
}
