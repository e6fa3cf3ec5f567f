import { existsSync, readdirSync, readFileSync } from "node:fs";
import { parseProcessStat, type ProcessStat } from "../../foundation/process-stat.ts";
import { runDirectoryVariable } from "../rank-environment.ts";
import { hasTag, jobTag } from "./job-tag.ts";

/**
 * The processes of one job: its process group, all processes with the run's directory in their initial
 * environment or with the job's tag (`job-tag.ts`), and the descendants of these. Environment and tag
 * find processes in their own session whose parent has ended.
 *
 * A process is identified by pid and start time, so a reused pid is not confused with it. Without
 * /proc only the group is known.
 */
export class ProcessTree {
  readonly #groupId: number | undefined;
  readonly #marker: string;
  readonly #tag: number;
  readonly #sinceTicks: number | undefined;
  #members = new Map<number, ProcessStat>();
  /** Processes known to have neither mark: neither can be acquired later. */
  #unmarked = new Set<string>();
  #groupLives = true;

  private constructor(runDirectory: string, leader?: { groupId: number }) {
    this.#groupId = leader?.groupId;
    this.#marker = `${runDirectoryVariable}=${runDirectory}`;
    this.#tag = jobTag(runDirectory);
    if (leader === undefined) {
      this.#sinceTicks = existsSync("/proc/self/stat") ? 0 : undefined;
      return;
    }
    const stat = readStat(leader.groupId);
    if (stat !== undefined) this.#members.set(stat.pid, stat);
    this.#sinceTicks = stat?.startedTicks;
  }

  /** @param groupId of the job's main process, which has just been started */
  static startedAs(groupId: number, runDirectory: string): ProcessTree {
    return new ProcessTree(runDirectory, { groupId });
  }

  /** Processes of a run that was started earlier: those with its mark, and their descendants. */
  static ofRun(runDirectory: string): ProcessTree {
    return new ProcessTree(runDirectory);
  }

  /** Start time of the main process in clock ticks since boot; undefined without /proc. */
  get startedTicks(): number | undefined {
    return this.#sinceTicks;
  }

  /** Ids of the running members, from a scan of all processes of the machine. */
  scan(): number[] {
    if (this.#sinceTicks === undefined) return this.#groupAlone();
    const young = readProcesses(this.#sinceTicks);
    const members = this.#survivors(young);
    const group = young.filter((stat) => stat.groupId === this.#groupId);
    // A group that was empty has ended; its id may have been reused.
    if (this.#groupLives) for (const stat of group) members.set(stat.pid, stat);
    this.#groupLives &&= group.length > 0;
    for (const stat of young) {
      if (!members.has(stat.pid) && this.#isMarked(stat)) members.set(stat.pid, stat);
    }
    addDescendants(members, young);
    this.#members = members;
    return this.#livePids();
  }

  /** Ids of the members from the last scan that are still running. Cheap. */
  remaining(): number[] {
    if (this.#sinceTicks === undefined) return this.scan();
    const known = [...this.#members.keys()].map(readStat).filter((stat) => stat !== undefined);
    this.#members = this.#survivors(known);
    return this.#livePids();
  }

  /** Sends a signal to the members from the last scan, and to the whole group. */
  signal(signal: NodeJS.Signals): void {
    const stats = [...this.#members.values()].filter((stat) => isSame(stat, readStat(stat.pid)));
    // The id of a group is not reused while it has a running member.
    const inGroup = new Set(stats.filter((stat) => stat.groupId === this.#groupId));
    if (inGroup.size > 0 || this.#sinceTicks === undefined) this.#signalGroup(signal);
    for (const stat of stats) if (!inGroup.has(stat)) signalProcess(stat.pid, signal);
  }

  /** Without /proc: the group by its id, if it has members. */
  #groupAlone(): number[] {
    return this.#groupId !== undefined && this.#signalGroup(0) ? [this.#groupId] : [];
  }

  #signalGroup(signal: NodeJS.Signals | 0): boolean {
    return this.#groupId !== undefined && signalProcess(-this.#groupId, signal);
  }

  #survivors(stats: readonly ProcessStat[]): Map<number, ProcessStat> {
    const same = stats.filter((stat) => isSame(stat, this.#members.get(stat.pid)));
    return new Map(same.map((stat) => [stat.pid, stat]));
  }

  #livePids(): number[] {
    // A zombie process does nothing any more.
    const live = [...this.#members.values()].filter((stat) => stat.state !== "Z");
    return live.map((stat) => stat.pid);
  }

  #isMarked(stat: ProcessStat): boolean {
    const identity = `${stat.pid} ${stat.startedTicks}`;
    const isOwnChild = stat.parentPid === process.pid && stat.pid !== this.#groupId;
    // Pitwall itself has the tag for a moment, and its own tools may have it too.
    if (stat.pid === process.pid || isOwnChild || this.#unmarked.has(identity)) return false;
    const isMarked =
      readEnvironment(stat.pid).includes(this.#marker) || hasTag(stat.pid, this.#tag);
    if (!isMarked) this.#unmarked.add(identity);
    return isMarked;
  }
}

function addDescendants(members: Map<number, ProcessStat>, young: readonly ProcessStat[]): void {
  for (let sizeBefore = -1; sizeBefore !== members.size;) {
    sizeBefore = members.size;
    for (const stat of young) {
      if (members.has(stat.parentPid)) members.set(stat.pid, stat);
    }
  }
}

function readProcesses(sinceTicks: number): ProcessStat[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const stats = pids.map((pid) => readStat(Number(pid))).filter((stat) => stat !== undefined);
  return stats.filter((stat) => stat.startedTicks >= sinceTicks);
}

function readStat(pid: number): ProcessStat | undefined {
  try {
    return parseProcessStat(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    // The process has ended, or there is no /proc.
    return undefined;
  }
}

function readEnvironment(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  } catch {
    // The process has ended or belongs to another user; processes that we started are readable.
    return [];
  }
}

function isSame(a: ProcessStat, b: ProcessStat | undefined): boolean {
  return a.pid === b?.pid && a.startedTicks === b.startedTicks;
}

/** Whether a signal could be sent. */
export function signalProcess(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    // The process has ended or changed its user: nothing more can be done.
    return false;
  }
}
